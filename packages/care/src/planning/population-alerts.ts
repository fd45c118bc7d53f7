import { type AlertHold, NOBODY, type Plane, type PlaneCompiler, type Standing } from '@secondwind/core'
import { urgencyOrder } from './alerts.ts'
import { type Candidate, isEnding } from './candidate.ts'
import type { Engine } from './engine.ts'
import { type DrugPlanes, matchesCurrent } from './population-drugs.ts'
import { matches } from './target.ts'

export type Standings = { readonly [standing in Standing]: Plane }

/** One way in which an alert speaks: shown or suspected, by one of its rules. */
interface Variant {
  readonly isEmergency: boolean
  readonly cases: Plane
  readonly defers: boolean
  readonly except: readonly string[]
  readonly hold?: { readonly target: AlertHold; readonly cases: Plane }
}

/** Every alert with its variants, the one that speaks first in front (`activeAlerts` of `alerts.ts`). */
export type AlertPlanes = readonly (readonly Variant[])[]

export function alertPlanes(engine: Engine, { code, compile, everyone }: PlaneCompiler): AlertPlanes {
  const variants = engine.alerts.flatMap(({ rule }) => {
    const isThere = compile(rule.when).isTrue
    const suspected = rule.suspect ? code.andNot(compile(rule.suspect.when).isTrue, isThere) : NOBODY
    return [
      { rule, isSuspected: false, cases: isThere, holds: rule.holds },
      { rule, isSuspected: true, cases: suspected, holds: rule.suspect?.holds },
    ]
  })
  variants.sort((a, b) => urgencyOrder(a.rule.urgency) - urgencyOrder(b.rule.urgency) || Number(a.isSuspected) - Number(b.isSuspected))
  const byAlert = Map.groupBy(variants, ({ rule }) => rule.alert)
  return [...byAlert.values()].map((group) =>
    group.map(
      ({ rule, cases, holds }): Variant => ({
        isEmergency: rule.urgency === 'emergency',
        cases,
        defers: rule.defersSystemic === true,
        except: rule.exceptOptions ?? [],
        ...(holds ? { hold: { target: holds, cases: code.and([cases, holds.when ? compile(holds.when).isTrue : everyone]) } } : {}),
      }),
    ),
  )
}

/** Emergencies that put new systemic treatment off: of several variants of one alert the first that holds speaks. */
export function deferring(
  alerts: AlertPlanes,
  { code }: PlaneCompiler,
): readonly { readonly cases: Plane; readonly except: readonly string[] }[] {
  return alerts.flatMap((variants) => {
    let before = NOBODY
    return variants.flatMap(({ cases, defers, except }) => {
      const speaks = code.andNot(cases, before)
      before = code.or([before, cases])
      return defers ? [{ cases: speaks, except }] : []
    })
  })
}

/** `withHolds` of `held.ts` for all cases at once. */
export function withHoldPlanes(
  judged: readonly { readonly candidate: Candidate; readonly standings: Standings }[],
  alerts: AlertPlanes,
  current: DrugPlanes,
  compiler: PlaneCompiler,
): readonly Standings[] {
  const { code, everyone } = compiler
  const heldBy = (candidate: Candidate): { readonly some: Plane; readonly emergency: Plane } => {
    const groups = alerts.map((variants) => {
      const held = code.or(
        variants.flatMap(({ hold }) => (hold ? [code.and([hold.cases, aimedAt(hold.target, candidate, current, compiler)])] : [])),
      )
      const emergency = code.or(variants.filter((v) => v.isEmergency).map((v) => v.cases))
      return { held, urgent: code.and([held, emergency]) }
    })
    return { some: code.or(groups.map((g) => g.held)), emergency: code.or(groups.map((g) => g.urgent)) }
  }

  const held = judged.map(({ candidate, standings }): Standings => {
    if (isEnding(candidate.rule)) return standings
    const { some, emergency } = heldBy(candidate)
    const gone = candidate.rule.procedure === 'continue' ? emergency : NOBODY
    const lowered = code.and([some, code.or([standings.recommended, standings.alternative])])
    return {
      recommended: code.andNot(standings.recommended, some),
      alternative: code.andNot(standings.alternative, some),
      conditional: code.andNot(code.or([standings.conditional, lowered]), gone),
      'needs-data': code.andNot(standings['needs-data'], gone),
    }
  })

  const pauses = held.filter((_, i) => isEnding(judged[i]!.candidate.rule)).map((standings) => standings.recommended)
  // one pause is advised where none is: the best that stands, by standing, then by priority; where all lack data the most general
  let open = code.andNot(everyone, code.or(pauses))
  const chosen = held.map(() => NOBODY)
  const holds = judged
    .map(({ candidate }, i) => ({ candidate, i }))
    .filter(({ candidate }) => candidate.rule.procedure === 'hold')
    .sort((a, b) => a.candidate.rule.priority - b.candidate.rule.priority)
  const generalFirst = holds.toSorted((a, b) => b.candidate.rule.priority - a.candidate.rule.priority)
  for (const standing of ['alternative', 'conditional', 'needs-data'] as const) {
    for (const { i } of standing === 'needs-data' ? generalFirst : holds) {
      const taken = code.and([open, held[i]![standing]])
      chosen[i] = code.or([chosen[i]!, taken])
      open = code.andNot(open, taken)
    }
  }
  return held.map((standings, i) => {
    if (chosen[i] === NOBODY) return standings
    const raised = code.and([chosen[i]!, heldBy(judged[i]!.candidate).some])
    return {
      recommended: code.or([standings.recommended, raised]),
      alternative: code.andNot(standings.alternative, raised),
      conditional: code.andNot(standings.conditional, raised),
      'needs-data': code.andNot(standings['needs-data'], raised),
    }
  })
}

function aimedAt(target: AlertHold, candidate: Candidate, current: DrugPlanes, compiler: PlaneCompiler): Plane {
  const { when: _, ...aim } = target
  if (candidate.rule.drugsFrom) return matchesCurrent(aim, candidate, current, compiler)
  return candidate.treatment.drugs.length > 0 && matches(aim, candidate.treatment) ? compiler.everyone : NOBODY
}
