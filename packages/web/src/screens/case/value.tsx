import type { KnownFact } from '@secondwind/core'
import type { CaseFact } from '@secondwind/server/contract'
import { IconAlertTriangleFilled, IconDiamondFilled, IconHistory } from '@tabler/icons-react'
import { absoluteDay } from '../../shared/format/dates.ts'
import { useUnits } from '../../shared/format/units.ts'
import { valueWords } from '../../shared/format/value-words.ts'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { useScene } from './view.ts'

/** The words of one value, in the units and language of this device. */
export function useValueWords(): (id: string, value: KnownFact['value']) => string {
  const { facts } = useScene()
  const t = useWords('app')
  const language = useLanguage()
  const [units] = useUnits()
  return (id, value) => {
    const about = facts.get(id)
    return about === undefined ? String(value) : valueWords(value, about, units, language, t)
  }
}

/** One value on the line: how it stands is said by mark, by word and only then by colour. */
export function Value({ one, isUndated = false }: { readonly one: CaseFact; readonly isUndated?: boolean }) {
  const t = useWords('case')
  const { view, changed, facts } = useScene()
  const words = useValueWords()
  const language = useLanguage()
  const { fact, said, id } = one
  const mark = changed.has(id) ? (
    <span className={classes.changed}>
      <IconDiamondFilled size={9} aria-hidden />
      <span className="visually-hidden">, {t('case:since.mark')}</span>
    </span>
  ) : null
  if (!('value' in fact)) {
    const voices = [...new Set((said ?? []).map((voice) => ('value' in voice.fact ? words(id, voice.fact.value) : '')))]
    if (fact.unknown === 'conflicting')
      return (
        <span className={classes.conflict}>
          <IconAlertTriangleFilled size={13} aria-hidden />{' '}
          {voices.length > 1 ? voices.join(` ${t('case:or')} `) : t('app:unknown.conflicting')}
          {voices.length > 1 && <span className="visually-hidden"> ({t('app:unknown.conflicting')})</span>}
          {mark}
        </span>
      )
    return (
      <span className={classes.unknown}>
        {t(`app:unknown.${fact.unknown}`)}
        {mark}
      </span>
    )
  }
  return (
    <span className={fact.stale === true ? classes.stale : classes.known}>
      <span className={classes.words} lang={facts.get(id)?.lang} dir="auto">
        {words(id, fact.value)}
      </span>
      {fact.stale === true && (
        <>
          {' '}
          <IconHistory size={12} aria-hidden />
          <span className="visually-hidden">, {t('app:fact.stale')}</span>
        </>
      )}
      {fact.absence === 'listed' && fact.sources.length === 0 && <span className="quiet"> {t('app:fact.not-listed')}</span>}
      {fact.on !== undefined && (
        <>
          <span className="visually-hidden">
            , {t('case:from')} {absoluteDay(fact.on, language)}
          </span>
          {!isUndated && (
            <span className={classes.when}>
              <When day={fact.on} asOf={view.asOf} isBrief />
            </span>
          )}
        </>
      )}
      {mark}
    </span>
  )
}
