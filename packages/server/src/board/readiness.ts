import type { KnowledgeBase, PlanDocument } from '@secondwind/core'
import type { Readiness, ReadinessItem } from '../contract/board.ts'

/** Who sees to one missing thing, by when: what people said, kept beside what the plan says. */
export interface Preparation {
  readonly [item: string]: { readonly owner: string; readonly ownerName: string; readonly dueOn: string }
}

/** Options whose questions are asked before a board: those that will be talked about first. */
const TALKED_ABOUT = 3

/**
 * What is missing before a case can be decided: the tests that the plan asks for, the questions that its first options hang on, and what is wrong with
 * the chart. Nothing is judged anew here. Blocking is what could change the choice: a test that the plan says settles an option, and a problem that it calls an error.
 */
export function readinessOf(document: PlanDocument, preparation: Preparation, knowledge: KnowledgeBase): Readiness {
  const tested = new Set(document.tests.flatMap(({ facts }) => facts))
  const items: ReadinessItem[] = []
  const add = (item: ReadinessItem): void => {
    if (!items.some(({ id }) => id === item.id)) items.push({ ...item, ...preparation[item.id] })
  }
  for (const { code, path, message, remedy, severity } of document.problems)
    if (severity !== 'information')
      add({
        id: `problem:${code}:${path}`,
        kind: 'problem',
        title: message,
        ...(remedy === undefined ? {} : { remedy }),
        isBlocking: severity === 'error',
      })
  for (const { id, title, before, settles } of document.tests)
    add({ id: `test:${id}`, kind: 'test', title, ...(before === undefined ? {} : { before }), isBlocking: settles.length > 0 })
  for (const option of document.options.slice(0, TALKED_ABOUT))
    for (const { fact, asks, test } of option.needs)
      if (!tested.has(fact) && (test === undefined || !document.tests.some(({ id }) => id === test)))
        add({
          id: `question:${fact}`,
          kind: 'plan',
          title: asks ?? knowledge.facts.find(({ id }) => id === fact)?.label ?? fact,
          isBlocking: false,
        })
  const isBlocked = document.status === 'refused' || items.some(({ isBlocking }) => isBlocking)
  // what could change the choice first; otherwise in the order of the plan
  items.sort((a, b) => Number(b.isBlocking) - Number(a.isBlocking))
  return { state: isBlocked ? 'blocked' : items.length > 0 ? 'gaps' : 'ready', asOf: document.asOf, items }
}

/** What somebody who makes agendas may know: which tests are out and who sees to them. */
export const testsOnly = ({ items, ...rest }: Readiness): Readiness => ({ ...rest, items: items.filter(({ kind }) => kind === 'test') })
