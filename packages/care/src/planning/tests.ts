import {
  type CaseView,
  define,
  type Explanation,
  type Option,
  type PlannedTest,
  type TestDefinition,
  TRUE,
  type Urgency,
} from '@secondwind/core'
import type { Engine } from './engine.ts'
import type { Explainer } from './explain-rule.ts'
import { atLeast } from './listed.ts'

interface Wanted {
  urgency: Urgency
  readonly before: string | undefined
  readonly settles: Set<string>
  readonly facts: Set<string>
  readonly reasons: Explanation[]
  /** Said beside what the test is for. */
  readonly toConfirm: Set<string>
  weight: number
}

const URGENCIES: readonly Urgency[] = ['emergency', 'urgent', 'soon']
const WEIGHT = { recommended: 4, alternative: 2, conditional: 1, 'needs-data': 3 } as const

/** Tests that would look for what cannot be there yet: not planned to settle an option (`defers` of a test rule). */
export const deferredTests = (engine: Engine, view: CaseView): ReadonlySet<string> =>
  new Set(
    atLeast(engine.testRules, TRUE, view)
      .filter((rule) => rule.defers)
      .map((rule) => rule.test),
  )

/** The option without deferred tests beside its open questions: they stay open, and nobody is sent to such a test for them. */
export const withoutTests = (option: Option, deferred: ReadonlySet<string>): Option =>
  option.needs.some(({ test }) => test !== undefined && deferred.has(test))
    ? { ...option, needs: option.needs.map(({ test, ...need }) => (test === undefined || deferred.has(test) ? need : { ...need, test })) }
    : option

/** The tests worth doing now: those that would settle an open option, those that a rule asks for, and those that must precede the first dose. Ranked by what they could change. */
export function plannedTests(
  engine: Engine,
  view: CaseView,
  explain: Explainer,
  options: readonly Option[],
  extra: readonly {
    readonly test: string
    readonly reason: Explanation
    readonly before?: string
    readonly option?: string
    readonly urgency?: Urgency
    readonly toConfirm?: string
  }[],
): readonly PlannedTest[] {
  const catalogue = engine.testsById
  const wanted = new Map<string, Wanted>()
  const want = (id: string, urgency: Urgency | undefined, before: string | undefined): Wanted | undefined => {
    const definition = catalogue.get(id)
    if (!definition) return undefined
    let w = wanted.get(id)
    if (!w) {
      w = {
        urgency: urgency ?? definition.urgency,
        before: before ?? definition.before,
        settles: new Set(),
        facts: new Set(),
        reasons: [],
        toConfirm: new Set(),
        weight: 0,
      }
      wanted.set(id, w)
    }
    if (urgency && URGENCIES.indexOf(urgency) < URGENCIES.indexOf(w.urgency)) w.urgency = urgency
    return w
  }

  for (const rule of atLeast(engine.testRules, TRUE, view)) {
    if (rule.defers) continue
    const w = want(rule.test, rule.urgency, rule.before)
    if (!w) continue
    w.reasons.push(explain.of(rule.when, rule.say, rule.cites))
    w.weight += 2
  }
  for (const { test, reason, before, option, urgency, toConfirm } of extra) {
    const w = want(test, urgency, before)
    if (!w) continue
    w.reasons.push(reason)
    if (option) w.settles.add(option)
    if (toConfirm) w.toConfirm.add(toConfirm)
    w.weight += 1
  }
  for (const option of options) {
    for (const need of option.needs) {
      if (!need.test) continue
      const w = want(need.test, undefined, undefined)
      if (!w) continue
      w.settles.add(option.id)
      w.facts.add(need.fact)
      w.weight += WEIGHT[option.standing]
    }
  }

  return [...wanted.entries()]
    .sort(([a, x], [b, y]) => URGENCIES.indexOf(x.urgency) - URGENCIES.indexOf(y.urgency) || y.weight - x.weight || (a < b ? -1 : 1))
    .map(([id, w]) => {
      const definition = catalogue.get(id) as TestDefinition
      const labels = [...w.facts].map((f) => define(engine.words, f).label)
      const open = labels.length > 0 ? [`not known yet: ${labels.join(', ')}`] : []
      const claim = [definition.say, ...w.toConfirm, ...open].join('; ')
      return {
        id,
        title: definition.title,
        urgency: w.urgency,
        settles: [...w.settles],
        ...(w.before ? { before: w.before } : {}),
        because: {
          claim,
          truth: 'true' as const,
          facts: [...new Set([...w.facts, ...w.reasons.flatMap((r) => r.facts)])],
          children: dedupe(w.reasons),
        },
        facts: [...w.facts],
      }
    })
}

const dedupe = (reasons: readonly Explanation[]): readonly Explanation[] =>
  reasons.filter((r, i) => reasons.findIndex((o) => o.claim === r.claim) === i)
