import { absentFact, deriveFacts, type Fact, type Issue, latestDay } from '@secondwind/core'
import type { ReaderKnowledge } from '../read/context.ts'
import type { Findings } from '../read/reading-context.ts'
import { toleranceOf } from '../read/units.ts'
import { withFreshness } from './freshness.ts'
import { settleFact } from './settle.ts'

export interface Projection {
  /** Every fact of the registry, in its order: what the chart says, what its silence says, or that it is unknown. */
  readonly facts: Record<string, Fact>
  readonly issues: readonly Issue[]
}

/** Settles what the readers found into one fact each: readings first, then what silence says, then what follows from the rest. */
export function project(findings: Findings, knowledge: ReaderKnowledge, asOf: string): Projection {
  const issues: Issue[] = [...findings.issues]
  const issue = (one: Issue): void => {
    issues.push(one)
  }
  const options = { asOf, tolerance: toleranceOf(knowledge), issue }
  const today = latestDay(asOf) ?? 0
  const facts = { ...silenceOf(knowledge) }
  for (const [id, readings] of findings.readings) {
    if (findings.settled.has(id)) continue
    const definition = knowledge.facts.get(id)!
    const fact = settleFact(definition, readings, options)
    if (fact !== undefined) facts[id] = withFreshness(definition, fact, today, issue)
  }
  for (const [id, fact] of findings.settled) facts[id] = withFreshness(knowledge.facts.get(id)!, fact, today, issue)
  return { facts: deriveFacts(facts, asOf, knowledge.facts.values()), issues }
}

const silences = new WeakMap<ReaderKnowledge, Readonly<Record<string, Fact>>>()

/** What a chart that says nothing says of every fact, in registry order (so that the same chart prints the same bytes). Made once per knowledge base. */
function silenceOf(knowledge: ReaderKnowledge): Readonly<Record<string, Fact>> {
  const known = silences.get(knowledge)
  if (known !== undefined) return known
  const silence: Record<string, Fact> = {}
  for (const definition of knowledge.facts.values()) silence[definition.id] = Object.freeze(absentFact(definition))
  silences.set(knowledge, silence)
  return silence
}

/** Issues without repetition, worst first, in an order that does not depend on the input. */
export function sortIssues(issues: readonly Issue[]): readonly Issue[] {
  const rank = { error: 0, warning: 1, information: 2 } as const
  const seen = new Map<string, Issue>()
  for (const issue of issues) {
    const key = `${rank[issue.severity]} ${issue.code} ${issue.path} ${issue.message}`
    if (!seen.has(key)) seen.set(key, issue)
  }
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, issue]) => issue)
}
