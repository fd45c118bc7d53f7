import type { CaseFact, NamedSource } from '@secondwind/server/contract'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { useValueWords } from './value.tsx'
import { useScene } from './view.ts'

/** Where a fact comes from: its day both ways, the very words, each entry of the chart, what each says where they contradict, what it was at the last board. */
export function FactCard({ one }: { readonly one: CaseFact }) {
  const t = useWords('case')
  const { view, facts, changed } = useScene()
  const words = useValueWords()
  const { id, fact, sources, said } = one
  const before = changed.get(id)?.before
  const isKnown = 'value' in fact
  return (
    <div className={classes.card}>
      <p className={classes.cardTitle} lang={facts.get(id)?.lang}>
        {facts.get(id)?.label}
        {isKnown && <>: {words(id, fact.value)}</>}
      </p>
      {!isKnown && <p>{t(`app:unknown.${fact.unknown}`)}</p>}
      {fact.on !== undefined && (
        <p>
          <When day={fact.on} asOf={view.asOf} />
          {isKnown && fact.stale === true && <> · {t('app:fact.stale')}</>}
        </p>
      )}
      {fact.words !== undefined && (
        <p>
          {t('app:fact.words')}: <q lang="en">{fact.words}</q>
        </p>
      )}
      {said !== undefined ? (
        <ul className={classes.cardList}>
          {said.map(({ fact: voice, source }) => (
            <li key={source.reference}>
              <b>{'value' in voice ? words(id, voice.value) : ''}</b> <Source source={source} />
            </li>
          ))}
        </ul>
      ) : sources.length === 0 ? (
        <p className="quiet">{isKnown && fact.derived === true ? t('case:card.derived') : t('app:fact.no-source')}</p>
      ) : (
        <ul className={classes.cardList}>
          {sources.slice(0, 5).map((source) => (
            <li key={`${source.reference}${source.path}`}>
              <Source source={source} />
            </li>
          ))}
          {sources.length > 5 && <li>{t('case:more', { count: sources.length - 5 })}</li>}
        </ul>
      )}
      {before !== undefined && (
        <p className={classes.before}>
          {t('case:since.was')}: {'value' in before ? words(id, before.value) : t(`app:unknown.${before.unknown}`)}
        </p>
      )}
    </div>
  )
}

function Source({ source: { reference, path, title, on, by } }: { readonly source: NamedSource }) {
  const { view } = useScene()
  return (
    <>
      {title !== undefined && <span lang="en">{title}</span>}
      {on !== undefined && (
        <>
          {title !== undefined && ', '}
          <When day={on} asOf={view.asOf} />
        </>
      )}
      {by !== undefined && <>, {by}</>}{' '}
      <span className="quiet">
        {reference}
        {path === undefined ? '' : ` · ${path}`}
      </span>
    </>
  )
}
