import type { Option } from '@secondwind/core'
import type { ReactNode } from 'react'
import { useWords } from '../../shared/words.ts'
import { Caution, ROWS, type Row } from './cells.tsx'
import { cautionKey, type SharedLine, sharedLines } from './shared-lines.ts'
import classes from './shared-rows.module.css'

interface SharedRow {
  readonly keys: ReadonlySet<string>
  readonly lines: readonly { readonly key: string; readonly said: ReactNode; readonly options: readonly Option[] }[]
}

type SharedRows = { readonly [row in Row]?: SharedRow }

/** What several of the compared options would say in the same words, by row. */
export function sharedOf(options: readonly Option[]): SharedRows {
  const row = <T,>(shared: readonly SharedLine<T>[], show: (line: T) => ReactNode): SharedRow => ({
    keys: new Set(shared.map(({ key }) => key)),
    lines: shared.map(({ key, line, options: concerned }) => ({ key, said: show(line), options: concerned })),
  })
  return {
    place: row(
      sharedLines(
        options,
        ({ rankedBy }) => (rankedBy === undefined ? [] : [rankedBy]),
        (line) => line,
      ),
      (line) => <span className="quiet">{line}</span>,
    ),
    watch: row(
      sharedLines(options, ({ cautions }) => cautions, cautionKey),
      (line) => <Caution of={line} />,
    ),
  }
}

/** Lines that concern several options, each behind the numbers of those options. */
export function Shared({ of }: { readonly of: SharedRow }) {
  const t = useWords('plan')
  return (
    <ul className={classes.shared} lang="en">
      {of.lines.map(({ key, said, options }) => (
        <li key={key}>
          <span className={classes.ranks} aria-hidden>
            {options.map(({ id, rank }) => (
              <span key={id} className={classes.rank}>
                {rank}
              </span>
            ))}
          </span>
          <span className="visually-hidden">{t('plan:options.shared', { titles: options.map(({ title }) => title).join(', ') })}</span>
          {said}
        </li>
      ))}
    </ul>
  )
}

/** On a phone the options stand below each other: what several of them share stands before the first. */
export function Together({ of }: { readonly of: SharedRows }) {
  const t = useWords('plan')
  return ROWS.map((row) =>
    of[row] === undefined || of[row].lines.length === 0 ? null : (
      <section key={row} className={classes.together} data-row={row} data-shared>
        <h3 className={classes.title}>{t(`plan:row.${row}`)}</h3>
        <Shared of={of[row]} />
      </section>
    ),
  )
}
