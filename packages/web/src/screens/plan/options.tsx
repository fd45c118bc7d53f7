import { Checkbox, NativeSelect } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { Option } from '@secondwind/core'
import { Fragment, useEffect, useMemo, useState } from 'react'
import { Standing } from '../../shared/parts/badges.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import { cellOf, ROWS, type Row } from './cells.tsx'
import { DecideButton } from './decide.tsx'
import { MarkOf } from './mark.tsx'
import classes from './plan.module.css'
import { Shared, sharedOf, Together } from './shared-rows.tsx'
import { between, firstShown, ORDERS, type Order, ordered, useView } from './view.ts'

/** What an empty cell means: that nothing is open is not that nothing is known. */
const NOTHING: { readonly [row in Row]?: 'open' | 'known' | 'found' } = {
  unknown: 'open',
  burden: 'known',
  availability: 'known',
  interactions: 'found',
}

/** Most options side by side: more cannot be compared. */
const MOST = 5

/** Options side by side: the rows are the questions, the columns the options; below it all of them, to choose which to compare. */
export function Options() {
  const t = useWords('plan')
  const { document } = useView()
  const isWide = useMediaQuery('(min-width: 100rem)', false, { getInitialValueInEffect: false })
  const first = useMemo(() => firstShown(document.options, isWide ? MOST : MOST - 1), [document.options, isWide])
  const [chosen, setChosen] = useState<readonly string[]>()
  const isNarrow = useMediaQuery('(max-width: 48rem)', false, { getInitialValueInEffect: false })
  const ids = document.options.map(({ id }) => id).join()
  // what is compared stays compared while facts are tried out, as far as it is still there
  // biome-ignore lint/correctness/useExhaustiveDependencies: by what the plan holds, not by its object
  useEffect(() => setChosen((now) => now?.filter((id) => document.options.some((option) => option.id === id))), [ids])
  const compared = chosen === undefined || chosen.length === 0 ? first : chosen
  const shown = document.options.filter(({ id }) => compared.includes(id))
  const toggle = (id: string): void =>
    setChosen(compared.includes(id) ? compared.filter((one) => one !== id) : [...compared.slice(compared.length >= MOST ? 1 : 0), id])
  if (document.options.length === 0) return null
  return (
    <Panel
      title={t('plan:options')}
      id="options"
      aside={<span className="quiet">{t('plan:options.shown', { shown: shown.length, all: document.options.length })}</span>}
    >
      {isNarrow ? <Stacked options={shown} /> : <SideBySide options={shown} />}
      <Between options={between(document.options, compared)} toggle={toggle} />
      <All compared={compared} toggle={toggle} />
    </Panel>
  )
}

function SideBySide({ options }: { readonly options: readonly Option[] }) {
  const t = useWords('plan')
  const { document } = useView()
  const shared = sharedOf(options)
  const rows = ROWS.flatMap((row) => {
    const cells = options.map((option) => cellOf(row, option, document, shared[row]?.keys))
    const together = shared[row]?.lines.length ? shared[row] : undefined
    const hasOwn = cells.some((cell) => cell !== undefined)
    return hasOwn || together !== undefined ? [{ row, cells, hasOwn, together }] : []
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <section className={classes.scroll} data-columns={options.length} tabIndex={0} aria-label={t('plan:options.compare')}>
      <table className={classes.compare} style={{ '--columns': options.length } as React.CSSProperties}>
        <caption className="visually-hidden">{t('plan:options.compare')}</caption>
        <thead>
          <tr className={classes.stays}>
            <td />
            {options.map((option) => (
              <th scope="col" key={option.id}>
                <Name option={option} />
              </th>
            ))}
          </tr>
          <tr className={classes.below}>
            <td />
            {options.map((option) => (
              <td key={option.id}>
                <Approaches of={option} />
                <DecideButton option={option} />
              </td>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ row, cells, hasOwn, together }) => {
            const head = (
              <th scope="row" rowSpan={hasOwn && together !== undefined ? 2 : 1}>
                {t(`plan:row.${row}`)}
              </th>
            )
            return (
              <Fragment key={row}>
                {together !== undefined && (
                  <tr data-row={row} data-shared>
                    {head}
                    <td colSpan={options.length}>
                      <Shared of={together} />
                    </td>
                  </tr>
                )}
                {hasOwn && (
                  <tr data-row={row}>
                    {together === undefined && head}
                    {cells.map((cell, i) => (
                      <td key={options[i]!.id}>
                        {cell ??
                          (together?.lines.some(({ options: concerned }) => concerned.includes(options[i]!)) ? null : (
                            <span className="quiet">{t(`plan:nothing.${NOTHING[row] ?? 'here'}`)}</span>
                          ))}
                      </td>
                    ))}
                  </tr>
                )}
              </Fragment>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

function Stacked({ options }: { readonly options: readonly Option[] }) {
  const t = useWords('plan')
  const { document } = useView()
  const shared = sharedOf(options)
  return (
    <div>
      <Together of={shared} />
      {options.map((option) => (
        <article key={option.id} className={classes.stacked}>
          <Head option={option} />
          {ROWS.map((row) => ({ row, cell: cellOf(row, option, document, shared[row]?.keys) }))
            .filter(({ cell }) => cell !== undefined)
            .map(({ row, cell }) => (
              <section key={row} data-row={row}>
                <h4>{t(`plan:row.${row}`)}</h4>
                {cell}
              </section>
            ))}
        </article>
      ))}
    </div>
  )
}

function Head({ option }: { readonly option: Option }) {
  return (
    <>
      <Name option={option} />
      <Approaches of={option} />
      <DecideButton option={option} />
    </>
  )
}

function Name({ option }: { readonly option: Option }) {
  return (
    <div className={classes.optionHead}>
      <span className={classes.badges}>
        <span className={classes.rank}>{option.rank}</span>
        <Standing value={option.standing} />
        <MarkOf id={option.id} />
      </span>
      <h3 lang="en">{option.title}</h3>
    </div>
  )
}

function Approaches({ of }: { readonly of: Option }) {
  const t = useWords('plan')
  return <p className={classes.approaches}>{of.approaches.map((one) => t(`terms:${one}`)).join(' · ')}</p>
}

/** What the numbers above pass over, each to be put beside them. */
function Between({ options, toggle }: { readonly options: readonly Option[]; readonly toggle: (id: string) => void }) {
  const t = useWords('plan')
  if (options.length === 0) return null
  return (
    <div className={`${classes.between} no-print`}>
      <span className="quiet">{t('plan:options.between')}</span>
      <ul>
        {options.slice(0, MOST_BETWEEN).map(({ id, rank, title, variantOf }) => (
          <li key={id}>
            <button type="button" className={classes.beside} onClick={() => toggle(id)}>
              {rank}. <span lang="en">{title}</span>
              <span className="visually-hidden">: {t('plan:options.beside')}</span>
            </button>
            {variantOf !== undefined && <span className="quiet"> ({t('plan:options.variant')})</span>}
          </li>
        ))}
      </ul>
      {options.length > MOST_BETWEEN && (
        <span className="quiet">{t('plan:options.between-more', { count: options.length - MOST_BETWEEN })}</span>
      )}
    </div>
  )
}

const MOST_BETWEEN = 6

/** Every option of the plan, in its order or by one burden. */
function All({ compared, toggle }: { readonly compared: readonly string[]; readonly toggle: (id: string) => void }) {
  const t = useWords('plan')
  const { document } = useView()
  const [by, setBy] = useState<Order>('rank')
  return (
    <details className={classes.all}>
      <summary>{t('plan:options.all', { count: document.options.length })}</summary>
      <NativeSelect
        label={t('plan:options.order')}
        value={by}
        onChange={(event) => setBy(event.currentTarget.value as Order)}
        data={ORDERS.map((value) => ({ value, label: t(`plan:order.${value}`) }))}
        maw={280}
        my="sm"
      />
      <ol className={classes.list}>
        {ordered(document.options, by).map((option) => (
          <li key={option.id}>
            <Checkbox
              checked={compared.includes(option.id)}
              onChange={() => toggle(option.id)}
              disabled={compared.length === 1 && compared.includes(option.id)}
              label={
                <span className={classes.line}>
                  <span className={classes.rank}>{option.rank}</span>
                  <Standing value={option.standing} />
                  <MarkOf id={option.id} />
                  <span lang="en">{option.title}</span>
                  {by !== 'rank' && (
                    <span className="quiet">
                      {t(`plan:order.${by}`)}:{' '}
                      {(by === 'visits'
                        ? option.burden?.visitsPerMonth
                        : by === 'contact-days'
                          ? option.burden?.contactDaysPerMonth
                          : option.burden?.infusionHoursPerMonth) ?? t('plan:burden.unknown')}
                    </span>
                  )}
                </span>
              }
            />
          </li>
        ))}
      </ol>
    </details>
  )
}
