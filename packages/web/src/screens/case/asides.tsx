import { useState } from 'react'
import { Urgency } from '../../shared/parts/badges.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { FactButton } from './fact-row.tsx'
import { shortLabel, useScene } from './view.ts'

/** Results on their way, with the day on which they are due. */
export function Pending() {
  const t = useWords('case')
  const { view } = useScene()
  if (view.pending.length === 0) return null
  return (
    <ul className={classes.list}>
      {view.pending.map((one) => {
        const isLate = one.dueOn !== undefined && one.dueOn < view.asOf
        return (
          <li key={one.sources[0]?.reference}>
            <b lang="en">{one.title}</b>
            {one.orderedOn !== undefined && (
              <span className="quiet">
                {' '}
                {t('case:pending.ordered')} <When day={one.orderedOn} asOf={view.asOf} isBrief />
              </span>
            )}{' '}
            {one.dueOn === undefined ? (
              <span className={classes.unknown}>{t('case:pending.no-day')}</span>
            ) : (
              <span className={isLate ? classes.late : ''}>
                {t(isLate ? 'case:pending.late' : 'case:pending.due')} <When day={one.dueOn} asOf={view.asOf} />
              </span>
            )}
            <span className="quiet">
              {' '}
              <Labels of={one.facts.slice(0, 3)} />
              {one.facts.length > 3 ? ` +${one.facts.length - 3}` : ''}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

/** Questions that are shown before the rest is folded; the plan puts them in the order in which they matter. */
const MOST_OPEN = 6

/** What is not known and what would settle it. */
export function Open() {
  const t = useWords('case')
  const { view, facts, shown } = useScene()
  const [isWhole, setWhole] = useState(false)
  const first = isWhole || view.open.length <= MOST_OPEN + 1 ? view.open.length : MOST_OPEN
  if (view.open.length === 0) return <p className={classes.nothing}>{t('case:open.none')}</p>
  return (
    <ul className={classes.list}>
      {view.open.map(({ test, title, urgency, before, settles, facts: ids }, at) => {
        const asked = test === undefined ? ids[0] : undefined
        const entry =
          asked === undefined ? undefined : (shown.get(asked) ?? { id: asked, fact: { unknown: 'not-recorded' as const }, sources: [] })
        return (
          <li
            key={test ?? asked}
            className={at < first ? '' : classes.folded}
            title={ids.map((id) => facts.get(id)?.label ?? id).join(', ')}
          >
            {urgency === 'emergency' || urgency === 'urgent' ? <Urgency value={urgency} /> : null}{' '}
            <span lang="en">
              {entry === undefined ? (
                title
              ) : (
                <FactButton one={entry} isNamed>
                  {title}
                </FactButton>
              )}
            </span>
            {before !== undefined && (
              <span className="quiet" lang="en">
                , {before}
              </span>
            )}
            {settles > 0 && <span className="quiet"> · {t('case:open.settles', { count: settles })}</span>}
          </li>
        )
      })}
      {first < view.open.length && (
        <li>
          <button type="button" className={classes.moreNames} onClick={() => setWhole(true)}>
            {t('case:more', { count: view.open.length - first })}
          </button>
        </li>
      )}
    </ul>
  )
}

/** What the chart contradicts itself in, and what cannot be. */
export function Problems() {
  const t = useWords('case')
  const { view } = useScene()
  const serious = view.problems.filter(({ severity }) => severity !== 'information')
  const rest = view.problems.length - serious.length
  return (
    <>
      {serious.length === 0 ? (
        <p className={classes.nothing}>{t('case:problems.none')}</p>
      ) : (
        <ul className={classes.list} lang="en">
          {serious.slice(0, 8).map(({ path, message, remedy, severity }) => (
            <li key={`${path}${message}`} data-severity={severity}>
              {message}
              {remedy === undefined ? null : <span className="quiet">. {remedy}</span>}
            </li>
          ))}
          {serious.length > 8 && <li className="quiet">{t('case:more', { count: serious.length - 8 })}</li>}
        </ul>
      )}
      {rest > 0 && <p className="quiet">{t('case:problems.notes', { count: rest })}</p>}
    </>
  )
}

/** What the patient wants, in their own words. */
export function Goals() {
  const { view } = useScene()
  return (
    <ul className={classes.quotes}>
      {view.goals.map(({ words, on, reference }) => (
        <li key={reference}>
          <q>{words}</q>
          {on !== undefined && (
            <span className={classes.when}>
              <When day={on} asOf={view.asOf} isBrief />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

/** What is different from the day of the last decision. */
export function Since() {
  const t = useWords('case')
  const { view } = useScene()
  const { since } = view
  if (since === undefined) return <p className={classes.nothing}>{t('case:since.never')}</p>
  return (
    <div>
      <p>
        <When day={since.at} asOf={view.asOf} />: <b lang="en">{since.chosenTitle ?? since.chosen ?? t('case:since.none-chosen')}</b>{' '}
        <span className="quiet">{since.reason}</span>
      </p>
      {since.unclear !== undefined ? (
        <p className="quiet">{t('case:since.unclear')}</p>
      ) : since.facts.length === 0 && since.plan.length === 0 ? (
        <p className={classes.nothing}>{t('case:since.same')}</p>
      ) : (
        <p>
          {since.facts.length > 0 && (
            <>
              {t('case:since.facts', { count: since.facts.length })} <Labels of={since.facts.slice(0, 6).map(({ id }) => id)} />
              {since.facts.length > 6 ? ', …' : ''}.{' '}
            </>
          )}
          {since.plan.length > 0 && t('case:since.plan', { count: since.plan.length })}
        </p>
      )}
    </div>
  )
}

/** Names of facts, each in the language that it has. */
function Labels({ of }: { readonly of: readonly string[] }) {
  const { facts } = useScene()
  return of.map((id, at) => (
    <span key={id} lang={facts.get(id)?.lang}>
      {at > 0 && ', '}
      {shortLabel(facts.get(id)?.label ?? id)}
    </span>
  ))
}
