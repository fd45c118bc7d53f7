import type { CaseFact } from '@secondwind/server/contract'
import { type ReactNode, useMemo, useState } from 'react'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { FactButton, FactRow } from './fact-row.tsx'
import { commonDay, isAssumed, sortFacts } from './sort-facts.ts'
import { Value } from './value.tsx'
import { shortLabel, useScene } from './view.ts'

/**
 * Facts of one part: what is there on a line each, what was looked for and is not there on one line together, what no list names (and so counts as a no until it is
 * confirmed) apart from that, and what is not known hatched, by its reason. No, not named and not known never look alike.
 */
export function Facts({
  all,
  isTable = false,
  bare,
  day: given,
}: {
  readonly all: readonly CaseFact[]
  readonly isTable?: boolean
  /** The fact that the heading of the part names already. */
  readonly bare?: string
  /** The day beside the heading; a row names its own only where it is another. */
  readonly day?: string | undefined
}) {
  const t = useWords('case')
  const first = all.find(({ id }) => id === bare)
  const { lines, absent, unknown } = useMemo(() => sortFacts(all.filter(({ id }) => id !== bare)), [all, bare])
  const day = given ?? commonDay(lines)
  const denied = absent.filter((one) => !isAssumed(one))
  const assumed = absent.filter(isAssumed)
  return (
    <>
      {(lines.length > 0 || first !== undefined) && (
        <dl className={isTable ? classes.table : classes.rows}>
          {first !== undefined && <FactRow one={first} isBare />}
          {lines.map((one) => (
            <FactRow key={one.id} one={one} {...(day === undefined ? {} : { commonDay: day })} />
          ))}
        </dl>
      )}
      {absent.length > 0 && (
        <p className={classes.absent}>
          <Names title={t('case:absent')} all={denied} />
          <Names title={t('case:assumed')} all={assumed} look={classes.assumed} />
        </p>
      )}
      {[...unknown].map(([reason, some]) => (
        <p key={reason} className={classes.notKnown}>
          <Names title={t(`app:unknown.${reason}`)} all={some} />
        </p>
      ))}
    </>
  )
}

/** The day that the heading of a part says. */
export const dayOf = (all: readonly CaseFact[]): string | undefined => commonDay(sortFacts(all).lines)

/** The day that most facts of a part share, beside its heading; a row names its day only where it is another. */
export function CommonDay({ all }: { readonly all: readonly CaseFact[] }) {
  const { view } = useScene()
  const day = dayOf(all)
  return day === undefined ? null : (
    <span className={classes.when}>
      <When day={day} asOf={view.asOf} isBrief />
    </span>
  )
}

/** Names that are shown before the rest is folded: a chart without any molecular test would be a page of what is missing. */
const MOST_NAMES = 14

function Names({ title, all, look }: { readonly title: string; readonly all: readonly CaseFact[]; readonly look?: string | undefined }) {
  const t = useWords('case')
  const { facts } = useScene()
  const [isWhole, setWhole] = useState(false)
  if (all.length === 0) return null
  const shown = isWhole || all.length <= MOST_NAMES + 2 ? all.length : MOST_NAMES
  return (
    <span className={look}>
      <span className={classes.listName}>{title}</span>{' '}
      {all.map((one, at) => {
        const about = facts.get(one.id)
        return (
          <span key={one.id} className={at < shown ? '' : classes.folded} lang={about?.lang}>
            <FactButton one={one} isFramed isNamed>
              {shortLabel(about?.label ?? one.id)}
              {at < all.length - 1 ? ',' : ''}
              <span className="visually-hidden">: {title}</span>
            </FactButton>{' '}
          </span>
        )
      })}
      {shown < all.length && (
        <button type="button" className={classes.moreNames} onClick={() => setWhole(true)}>
          {t('case:more', { count: all.length - shown })}
        </button>
      )}
    </span>
  )
}

/** Several facts that a colleague says in one breath, on one line: each still its own. */
export function Breath({
  label,
  ids,
}: {
  /** Absent: the heading of the part says it. */
  readonly label?: ReactNode
  readonly ids: readonly (readonly [id: string, before?: string | undefined, after?: string])[]
}) {
  const { shown, view, facts } = useScene()
  const there = ids.flatMap(([id, before, after]) => {
    const one = shown.get(id)
    return one === undefined ? [] : [{ one, before, after }]
  })
  if (there.length === 0) return null
  const day = commonDay(there.map(({ one }) => one))
  return (
    <div className={`${classes.breath} ${label === undefined ? classes.bare : ''}`}>
      <dt>{label ?? facts.get(there[0]!.one.id)?.label}</dt>
      <dd>
        {there.map(({ one, before, after }, at) => (
          <span key={one.id}>
            {at > 0 && <span className="quiet"> · </span>}
            <FactButton one={one}>
              {before !== undefined && <span className="quiet">{before} </span>}
              <Value one={one} isUndated={day !== undefined && 'value' in one.fact && one.fact.on === day} />
              {after !== undefined && <span className="quiet"> {after}</span>}
            </FactButton>
          </span>
        ))}
        {day !== undefined && (
          <span className={classes.when}>
            <When day={day} asOf={view.asOf} isBrief />
          </span>
        )}
      </dd>
    </div>
  )
}
