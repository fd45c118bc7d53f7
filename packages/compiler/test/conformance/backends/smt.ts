import { smtDecider } from '../../../src/index.ts'
import type { Backend } from './backend.ts'

/** Z3, through the pairs (is true, is false) that the proofs rest on. */
export const smt: Backend = {
  name: 'SMT (Z3)',
  answer: async ({ words, questions, cases, asOf }) => {
    const decider = await smtDecider(words)
    try {
      const answers = []
      for (const { facts } of cases)
        answers.push(
          await decider.decide(
            questions.map(({ when }) => when),
            facts,
            asOf,
          ),
        )
      return answers
    } finally {
      decider.close()
    }
  },
}
