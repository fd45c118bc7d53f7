import type { CaseFact } from '@secondwind/server/contract'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { FactButton, FactRow } from './fact-row.tsx'
import { shortLabel, useScene } from './view.ts'

interface Split {
  /** Found, measured, contradictory or on its way: a line each. */
  readonly lines: readonly CaseFact[]
  readonly absent: readonly CaseFact[]
  /** By reason. */
  readonly unknown: ReadonlyMap<string, readonly CaseFact[]>
}

/** What was found and measured; what was looked for and is not there; what nobody has looked for. The last two must never look alike. */
export function splitBiomarkers(all: readonly CaseFact[]): Split {
  const lines: CaseFact[] = []
  const absent: CaseFact[] = []
  const unknown = new Map<string, CaseFact[]>()
  for (const one of all) {
    const { fact } = one
    if ('value' in fact) {
      const isNothing = Array.isArray(fact.value) && fact.value.length === 0
      if (fact.value === false) absent.push(one)
      else if (!isNothing) lines.push(one)
    } else if (fact.unknown === 'conflicting') lines.unshift(one)
    else unknown.set(fact.unknown, [...(unknown.get(fact.unknown) ?? []), one])
  }
  return { lines, absent, unknown }
}

export function Biomarkers({ all }: { readonly all: readonly CaseFact[] }) {
  const t = useWords('case')
  const { facts } = useScene()
  const truths = all.filter(({ id }) => facts.get(id)?.type === 'truth')
  const others = all.filter(({ id, fact }) => facts.get(id)?.type !== 'truth' && (facts.get(id)?.test !== undefined || 'value' in fact))
  const { lines, absent, unknown } = splitBiomarkers([...truths, ...others])
  return (
    <>
      <dl className={classes.rows}>
        {lines.map((one) => (
          <FactRow key={one.id} one={one} />
        ))}
      </dl>
      {absent.length > 0 && (
        <p className={classes.absent}>
          <span className={classes.listName}>{t('case:biomarkers.absent')}</span> <Names all={absent} />
        </p>
      )}
      {[...unknown].map(([reason, some]) => (
        <p key={reason} className={classes.notKnown}>
          <span className={classes.listName}>{t(`app:unknown.${reason}`)}</span> <Names all={some} />
        </p>
      ))}
    </>
  )
}

function Names({ all }: { readonly all: readonly CaseFact[] }) {
  const { facts } = useScene()
  return (
    <span lang="en">
      {all.map((one, at) => (
        <span key={one.id}>
          <FactButton one={one} isFramed>
            {shortLabel(facts.get(one.id)?.label ?? one.id)}
          </FactButton>
          {at < all.length - 1 ? ', ' : ''}
        </span>
      ))}
    </span>
  )
}
