import { absentFact, deriveFacts, type Fact, type FactDefinition, type Issue, latestDay } from '@secondwind/core'
import type { ReaderKnowledge } from '../read/context.ts'
import type { Findings } from '../read/reading-context.ts'
import { toleranceOf } from '../read/units.ts'
import { withFreshness } from './freshness.ts'
import { kidneyContradiction } from './kidney-stage.ts'
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
  const { silence, definitions } = registryOf(knowledge)
  const facts = { ...silence }
  for (const [id, readings] of findings.readings) {
    if (findings.settled.has(id)) continue
    const definition = knowledge.facts.get(id)!
    const fact = settleFact(definition, readings, options)
    if (fact !== undefined) facts[id] = withFreshness(definition, fact, today, issue)
  }
  for (const [id, fact] of findings.settled) facts[id] = withFreshness(knowledge.facts.get(id)!, fact, today, issue)
  const derived = deriveFacts(facts, asOf, definitions)
  const contradiction = kidneyContradiction(derived, knowledge)
  return { facts: derived, issues: contradiction === undefined ? issues : [...issues, contradiction] }
}

interface Registry {
  /** What a chart that says nothing says of every fact, in registry order (so that the same chart prints the same bytes). */
  readonly silence: Readonly<Record<string, Fact>>
  readonly definitions: readonly FactDefinition[]
}

const registries = new WeakMap<ReaderKnowledge, Registry>()

/** Made once per knowledge base. */
function registryOf(knowledge: ReaderKnowledge): Registry {
  const known = registries.get(knowledge)
  if (known !== undefined) return known
  const built: Record<string, Fact> = {}
  const definitions = [...knowledge.facts.values()]
  for (const definition of definitions) built[definition.id] = Object.freeze(absentFact(definition))
  // a record built key by key is a hash table to V8, slow to copy; its copy is not
  const registry = { silence: { ...built }, definitions }
  registries.set(knowledge, registry)
  return registry
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
