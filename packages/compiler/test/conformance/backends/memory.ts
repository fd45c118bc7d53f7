import { caseView, criteriaCompiler, explain } from '@secondwind/core'
import type { Backend } from './backend.ts'

/** The reference meaning. */
export const explanation: Backend = {
  name: 'explanation',
  answer: async ({ words, questions, cases, asOf }) =>
    cases.map(({ facts }) => {
      const view = caseView(words, facts, asOf)
      return questions.map(({ when }) => explain(when, view, words).truth)
    }),
}

export const closures: Backend = {
  name: 'closures',
  answer: async ({ words, questions, cases, asOf }) => {
    const compiler = criteriaCompiler(words)
    const decides = questions.map(({ when }) => compiler.compile(when))
    return cases.map(({ facts }) => {
      const view = caseView(words, facts, asOf, compiler.program)
      return decides.map((decide) => decide(view))
    })
  },
}
