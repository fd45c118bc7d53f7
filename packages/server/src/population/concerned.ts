import { type Engine, engineOf, populationPlanes, type StandingPlanes } from '@secondwind/care'
import { ColumnCompiler, countPlanes, factsOf, type KnowledgeBase, latestDay, type Plane, type PlaneCompiler } from '@secondwind/core'
import type { Cases } from './summary.ts'
import { casesOf } from './threads.ts'

/** How many a test concerns, and which. */
export interface TestCount {
  readonly test: string
  readonly title: string
  readonly patients: {
    /** A rule asks for it now. */
    readonly due: readonly string[]
    /** An option waits for a fact that it would settle. */
    readonly open: readonly string[]
  }
}

/** For how many the condition of a rule holds, and for how many nobody knows. */
export interface RuleCount {
  readonly kind: 'safety' | 'alert' | 'suspicion' | 'test rule' | 'support' | 'interaction' | 'dose'
  readonly rule: string
  readonly says: string
  readonly patients: { readonly holds: readonly string[]; readonly unknown: readonly string[] }
}

export interface Concerned {
  readonly tests: readonly TestCount[]
  readonly rules: readonly RuleCount[]
}

/** Who misses which test, and which rule concerns how many, by the columns backend. Tests and rules that concern nobody are left out. */
export function concernedBy({ table, room, names }: Cases, knowledge: KnowledgeBase, asOf: string): Concerned {
  const engine = engineOf(knowledge)
  const compiler = new ColumnCompiler(engine.words, table, latestDay(asOf)!)
  const keep = (plane: Plane): (() => readonly string[]) => {
    const at = room.take(table.rows / 8)
    compiler.code.keep(plane, at)
    return () => casesOf(room, at, table).map((row) => names[row]!)
  }
  const waiting = waitingFor(engine, compiler, populationPlanes(engine, compiler).options)
  const tests = knowledge.tests.map(({ id, title }) => {
    const rules = knowledge.testRules.filter((rule) => rule.test === id && !rule.defers)
    return {
      test: id,
      title,
      due: keep(compiler.code.or(rules.map(({ when }) => compiler.compile(when).isTrue))),
      open: keep(compiler.code.or(waiting.get(id) ?? [])),
    }
  })
  const rules = conditionsOf(knowledge).map(({ when, ...rule }) => {
    const { isTrue, isFalse } = compiler.compile(when)
    // constants are true of every place of a block, cases or none
    const unknown = compiler.code.andNot(compiler.everyone, compiler.code.or([isTrue, isFalse]))
    return { ...rule, holds: keep(compiler.code.and([isTrue, compiler.everyone])), unknown: keep(unknown) }
  })
  countPlanes(compiler.code, table, room)
  return {
    tests: tests
      .map(({ due, open, ...test }) => ({ ...test, patients: { due: due(), open: open() } }))
      .filter(({ patients }) => patients.due.length + patients.open.length > 0),
    rules: rules
      .map(({ holds, unknown, ...rule }) => ({ ...rule, patients: { holds: holds(), unknown: unknown() } }))
      .filter(({ patients }) => patients.holds.length + patients.unknown.length > 0),
  }
}

/**
 * By test, the cases in which an option that needs data waits for a fact that the test settles: the fact is not known and stands in a condition that is
 * open, of the option itself or of a safety rule that holds it back.
 */
function waitingFor(engine: Engine, compiler: PlaneCompiler, options: readonly StandingPlanes[]): ReadonlyMap<string, readonly Plane[]> {
  const { words } = engine
  const { code } = compiler
  const found = new Map<string, Plane[]>()
  const candidates = new Map(engine.candidates.items.map((candidate) => [candidate.id, candidate]))
  for (const { option, planes } of options) {
    const candidate = candidates.get(option)
    if (!candidate) continue
    const bars = candidate.safety.items.flatMap(({ effect, whenUnknown, when }) =>
      effect === 'bar' && whenUnknown === 'needs-data' ? [when] : [],
    )
    for (const condition of [candidate.rule.when, ...bars]) {
      const { isTrue, isFalse } = compiler.compile(condition)
      const open = code.andNot(planes['needs-data'], code.or([isTrue, isFalse]))
      for (const fact of factsOf(condition, words)) {
        const test = words.facts[words.position.get(fact)!]?.test
        if (test === undefined) continue
        const own = code.and([open, compiler.compile({ op: 'known', fact }).isFalse])
        const list = found.get(test)
        if (list) list.push(own)
        else found.set(test, [own])
      }
    }
  }
  return found
}

function conditionsOf(knowledge: KnowledgeBase) {
  const kind = (name: RuleCount['kind']): RuleCount['kind'] => name
  return [
    ...knowledge.safety.map(({ id, say, when }) => ({ kind: kind('safety'), rule: id, says: say, when })),
    ...knowledge.alerts.map(({ id, title, when }) => ({ kind: kind('alert'), rule: id, says: title, when })),
    ...knowledge.alerts.flatMap(({ id, suspect }) =>
      suspect ? [{ kind: kind('suspicion'), rule: id, says: suspect.title, when: suspect.when }] : [],
    ),
    ...knowledge.testRules.map(({ id, say, when }) => ({ kind: kind('test rule'), rule: id, says: say, when })),
    ...knowledge.support.map(({ id, title, when }) => ({ kind: kind('support'), rule: id, says: title, when })),
    ...knowledge.interactions.map(({ id, title, when }) => ({ kind: kind('interaction'), rule: id, says: title, when })),
    ...knowledge.dosing.map(({ id, say, when }) => ({ kind: kind('dose'), rule: id, says: say, when })),
  ]
}
