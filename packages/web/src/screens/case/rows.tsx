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
export function Facts({ all, isTable = false }: { readonly all: readonly CaseFact[]; readonly isTable?: boolean }) {
  const t = useWords('case')
  const { lines, absent, unknown } = useMemo(() => sortFacts(all), [all])
  const day = commonDay(lines)
  const denied = absent.filter((one) => !isAssumed(one))
  const assumed = absent.filter(isAssumed)
  return (
    <>
      {lines.length > 0 && (
        <dl className={isTable ? classes.table : classes.rows}>
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

/** The day that most facts of a part share, beside its heading; a row names its day only where it is another. */
export function CommonDay({ all }: { readonly all: readonly CaseFact[] }) {
  const { view } = useScene()
  const day = commonDay(sortFacts(all).lines)
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
      <span lang="en">
        {all.map((one, at) => (
          <span key={one.id} className={at < shown ? '' : classes.folded}>
            <FactButton one={one} isFramed>
              {shortLabel(facts.get(one.id)?.label ?? one.id)}
              {at < all.length - 1 ? ',' : ''}
            </FactButton>{' '}
          </span>
        ))}
      </span>
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
  readonly label: ReactNode
  readonly ids: readonly (readonly [id: string, before?: string | undefined, after?: string])[]
}) {
  const { shown, view } = useScene()
  const there = ids.flatMap(([id, before, after]) => {
    const one = shown.get(id)
    return one === undefined ? [] : [{ one, before, after }]
  })
  if (there.length === 0) return null
  const day = commonDay(there.map(({ one }) => one))
  return (
    <div className={classes.breath}>
      <dt>{label}</dt>
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
