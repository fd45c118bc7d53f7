import type { Chart, ReadContext, Resource } from './context.ts'
import { Kept } from './kept.ts'
import { type Concept, choiceDay, codingOf, dayOf, type Json, objectsOf, stringOf } from './shapes.ts'
import { counts } from './texts.ts'

/** One answered item of a QuestionnaireResponse, as an element with a `value[x]`. */
export interface AnsweredItem {
  readonly response: Resource
  readonly path: string
  readonly label: string
  /** The item's LOINC code, when its link id is one. */
  readonly concept?: Concept
  readonly element: Json
  readonly on?: string
}

const cache = new Kept<Chart, readonly AnsweredItem[]>()

/** Every answered item, groups opened. A coded answer becomes a CodeableConcept so that one reader serves both. */
export function answersOf(context: ReadContext): readonly AnsweredItem[] {
  const known = cache.get(context.chart)
  if (known) return known
  const items: AnsweredItem[] = []
  for (const response of context.chart.ofType('QuestionnaireResponse')) {
    if (!counts(response)) continue
    const on = dayOf(response.authored) ?? choiceDay(response, 'effective')
    walk(response, response, 'item', on, items, 0)
  }
  cache.set(context.chart, items)
  return items
}

function walk(response: Resource, parent: Json, path: string, on: string | undefined, into: AnsweredItem[], depth: number): void {
  if (depth > 12) return
  objectsOf(parent.item).forEach((item, index) => {
    const here = `${path}[${index}]`
    const label = stringOf(item.text) ?? ''
    const link = stringOf(item.linkId)?.replace(/^\//, '')
    for (const answer of objectsOf(item.answer)) {
      const coding = codingOf(answer.valueCoding)
      const element = coding === undefined ? answer : { ...answer, valueCodeableConcept: { coding: [coding] } }
      into.push({
        response,
        path: here,
        label,
        ...(link !== undefined && /^\d+-\d$/.test(link) ? { concept: { codings: [{ system: 'http://loinc.org', code: link }] } } : {}),
        element,
        ...(on === undefined ? {} : { on }),
      })
      walk(response, answer, `${here}.answer.item`, on, into, depth + 1)
    }
    walk(response, item, `${here}.item`, on, into, depth + 1)
  })
}
