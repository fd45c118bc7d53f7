import { type Fact, type KnowledgeBase, latestDay, vocabulary } from '@secondwind/core'
import { smtEmitter } from '../emit/smt.ts'
import type { Term } from '../emit/smt-terms.ts'
import { binding } from './decide.ts'
import { plannerModel } from './planner.ts'
import { openSolver } from './solver.ts'

/** What the proof's model of the planner says of each option in one concrete case, through Z3: held against the planner itself in tests. */
export interface PlanDecider {
  /** By the id of each option that is offered. Facts that are absent are unknown; a list may hold as many rows as were allowed. */
  decide(
    facts: { readonly [id: string]: Fact },
    asOf: string,
  ): Promise<ReadonlyMap<string, 'recommended' | 'alternative' | 'conditional or needs-data'>>
  close(): void
}

/** `rows`: the longest list of a case. */
export async function planDecider(knowledge: KnowledgeBase, rows: number): Promise<PlanDecider> {
  const drugs = knowledge.drugs.filter((d) => d.anticancer).map((d) => d.id)
  const emitter = smtEmitter(vocabulary(knowledge.facts, knowledge.criteria), {
    rows,
    codes: (fact) => (fact === 'current-drugs' || fact === 'progressed-on' ? drugs : undefined),
  })
  const { judgements } = plannerModel(knowledge, emitter)
  const solver = await openSolver()
  await solver.tell(
    [
      ...[...emitter.variables.values()].map(({ name, sort }) => `(declare-const ${name} ${sort})`),
      ...[...emitter.definitions].map(([name, term]) => `(define-fun ${name} () Bool ${term})`),
    ].join('\n'),
  )
  return {
    decide: async (facts, asOf) => {
      const day = latestDay(asOf) ?? 0
      const bound = [...emitter.variables.values()].map((variable) => binding(variable, facts, day))
      const read: Term[] = judgements.flatMap(({ offered, recommended, stands }) => [offered, recommended, stands])
      const answer = await solver.check(bound, [...new Set(read)])
      if (!answer.sat) throw new Error('invariant: the case contradicts itself in the SMT backend')
      const holds = (term: Term): boolean => answer.values.get(term) === true
      return new Map(
        judgements
          .filter(({ offered }) => holds(offered))
          .map(({ candidate, recommended, stands }) => [
            candidate.id,
            holds(recommended) ? 'recommended' : holds(stands) ? 'alternative' : 'conditional or needs-data',
          ]),
      )
    },
    close: () => solver.close(),
  }
}
