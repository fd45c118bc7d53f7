import { type Criterion, deriveFacts, type KnowledgeBase, type PatientCase, vocabulary } from '@secondwind/core'
import { criterion, domainOf, patientCase, steered } from '../../compiler/test/conformance/generate.ts'
import { random } from '../../compiler/test/conformance/random.ts'
import type { EngineAnswer } from '../src/population/engines/engine.ts'

export const AS_OF = '2026-11-23'

/**
 * A base of rules that nobody has written: some options, exclusions, cautions and alerts of the real one, each with generated criteria of any shape,
 * and cases that are steered towards them. Most cases are in scope.
 */
export function generatedBase(
  real: KnowledgeBase,
  seed: number,
  cases: number,
): { readonly knowledge: KnowledgeBase; readonly cases: readonly PatientCase[] } {
  const r = random(seed)
  const written: Criterion[] = [...real.options.map(({ when }) => when), ...real.safety.map(({ when }) => when)]
  const domain = domainOf(real.facts, written, AS_OF)
  const made: Criterion[] = []
  const any = (): Criterion => {
    // a real leaf now and then: what nobody has is asked about too rarely else
    const one = r.chance(0.3) ? { op: 'any' as const, of: [criterion(domain, r, 2), r.pick(written)] } : criterion(domain, r)
    made.push(one)
    return one
  }
  const some = <T>(list: readonly T[], count: number): readonly T[] =>
    Array.from({ length: count }, () => r.pick(list)).filter((one, i, all) => all.indexOf(one) === i)
  const pausing = real.options.filter(({ drugsFrom, procedure }) => drugsFrom !== undefined || procedure === 'hold')
  const knowledge: KnowledgeBase = {
    ...real,
    options: [...some(real.options, 12), ...some(pausing, 3)]
      .filter((one, i, all) => all.indexOf(one) === i)
      .map((option) => ({
        ...option,
        when: any(),
        standing: option.standing.map((row) => (row.when === undefined ? row : { ...row, when: any() })),
      })),
    safety: some(real.safety, 30).map((rule) => ({ ...rule, when: any() })),
    alerts: some(real.alerts, 6).map((rule) => ({ ...rule, when: any() })),
    trials: [],
  }
  const words = vocabulary(real.facts, real.criteria)
  const scoped: Criterion[] = [
    { op: 'is', fact: 'histology', values: ['adenocarcinoma'] },
    { op: 'is', fact: 'stage-iv', values: ['true'] },
    { op: 'is', fact: 'deceased', values: ['false'] },
  ]
  return {
    knowledge,
    cases: Array.from({ length: cases }, (_, i) => {
      const aims = [...(r.chance(0.85) ? scoped : []), r.pick(made), r.pick(made)]
      const one = steered(patientCase(domain, r, `Patient/generated-${i}`, r.next() * 0.7), aims, words.named, domain, r)
      return { ...one, facts: deriveFacts(one.facts, AS_OF, real.facts) }
    }),
  }
}

/** Throws where a count or a case of one answer does not stand in the other. */
export function expectSame(answer: EngineAnswer, reference: EngineAnswer): void {
  const differences: string[] = []
  const keys = (of: ReadonlyMap<string, unknown>): string => JSON.stringify([...of.keys()].sort())
  if (keys(answer.counts) !== keys(reference.counts)) differences.push('other questions were counted')
  if (keys(answer.lists) !== keys(reference.lists)) differences.push('other questions were listed')
  for (const [name, count] of reference.counts)
    if (answer.counts.get(name) !== count)
      differences.push(`${name}: ${answer.engine} ${answer.counts.get(name)}, ${reference.engine} ${count}`)
  for (const [name, cases] of reference.lists) {
    const found = answer.lists.get(name) ?? []
    const odd = [...cases.filter((one) => !found.includes(one)), ...found.filter((one) => !cases.includes(one))]
    if (odd.length > 0) differences.push(`${name}: ${odd.slice(0, 5).join(', ')} in one alone`)
  }
  if (differences.length > 0) throw new Error(`${differences.length} differences: ${differences.slice(0, 10).join('; ')}`)
}
