import type { Evidence as Claim } from '@secondwind/core'
import { IconExternalLink } from '@tabler/icons-react'
import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import { ageInYears, useView } from './view.ts'

const FIRST = 2

/** What the sources found, in their figures: each with its kind, its year and how old that is. The first ones stand open. */
export function Cited({ of }: { readonly of: readonly Claim[] }) {
  const t = useWords('plan')
  const rest = of.slice(FIRST)
  return (
    <>
      <ul className={classes.plain}>
        {of.slice(0, FIRST).map((one) => (
          <One key={`${one.source}${one.at}${one.says}`} of={one} />
        ))}
      </ul>
      {rest.length > 0 && (
        <details className={classes.fold}>
          <summary>{t('plan:evidence.more', { count: rest.length })}</summary>
          <ul className={classes.plain}>
            {rest.map((one) => (
              <One key={`${one.source}${one.at}${one.says}`} of={one} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function One({ of }: { readonly of: Claim }) {
  const t = useWords('plan')
  const { document, named } = useView()
  const source = named.words.sources[of.source]
  const year = source?.year
  return (
    <li>
      <span lang="en">{of.says}</span>
      <br />
      <span className={classes.cite}>
        {of.url === undefined ? (
          <span lang="en">{of.source}</span>
        ) : (
          <a href={of.url} target="_blank" rel="noreferrer" title={source?.title}>
            {of.source}
            <IconExternalLink size={12} aria-hidden />
          </a>
        )}{' '}
        <span lang="en">{of.at}</span>
        {source !== undefined && <> · {t(`plan:source.${source.kind}`)}</>}
        {year !== undefined && (
          <>
            {' '}
            · {year} ({t('plan:source.age', { count: Math.max(0, ageInYears(year, document.asOf)) })})
          </>
        )}{' '}
        {of.review === 'unconfirmed' && <Unconfirmed />}
      </span>
    </li>
  )
}
