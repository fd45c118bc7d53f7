import { cancerKindOf } from './cancers.ts'
import { conditionsOf, foundOn, isLater, stateOf } from './conditions-of.ts'
import type { ReadContext, Resource } from './context.ts'
import { statusEvents } from './disease-status.ts'
import { conceptsOf, dayOf, objectsOf, observedOn, stringOf, wordsOf } from './shapes.ts'
import { type ChartText, counts } from './texts.ts'

const MEDICINES = ['MedicationStatement', 'MedicationRequest', 'MedicationAdministration'] as const

/**
 * Texts beside reports and notes that name where the cancer has spread: the words and notes of the lung cancer itself, the value of a disease status
 * ("progression: new liver lesions"), and the reasons and notes of a medicine ("stopped for progression in bone").
 */
export function metastaticTexts(context: ReadContext): readonly ChartText[] {
  const texts: ChartText[] = []
  const put = (resource: Resource, path: string, text: string | undefined, on: string | undefined): void => {
    if (text !== undefined && !isLater(context, on)) texts.push({ resource, path, text, kind: 'note', ...(on === undefined ? {} : { on }) })
  }
  const putNotes = (resource: Resource, on: string | undefined): void => {
    for (const [index, note] of objectsOf(resource.note).entries())
      put(resource, `note[${index}]`, stringOf(note.text), dayOf(note.time) ?? on)
  }
  for (const condition of conditionsOf(context)) {
    if (cancerKindOf(context, condition) !== 'lung' || !['present', 'past'].includes(stateOf(condition))) continue
    for (const words of conceptsOf(condition.code).flatMap(wordsOf)) put(condition, 'code', words, foundOn(condition))
    putNotes(condition, undefined)
  }
  for (const event of statusEvents(context))
    if (event.resource.resourceType === 'Observation') put(event.resource, event.source.path ?? 'value[x]', event.words, event.on)
  for (const type of MEDICINES) {
    for (const medicine of context.chart.ofType(type)) {
      if (!counts(medicine)) continue
      const on = observedOn(medicine) ?? dayOf(medicine.authoredOn)
      for (const words of conceptsOf(medicine.statusReason).flatMap(wordsOf)) put(medicine, 'statusReason', words, undefined)
      if (!isLater(context, on)) putNotes(medicine, undefined)
    }
  }
  return texts
}
