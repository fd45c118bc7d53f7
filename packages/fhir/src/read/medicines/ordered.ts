import type { ReaderKnowledge, Resource } from '../context.ts'
import { type Concept, conceptOf, labelOf, objectOf, objectsOf, stringOf, wordsOf } from '../shapes.ts'
import { drugLookup } from './drug-lookup.ts'

/** What one order is for. */
export interface OrderedMedicine {
  readonly name: string
  /** Ids of the base's drugs; none when the medicine is not in it. */
  readonly drugs: readonly string[]
}

/**
 * The medicine of an order that is not part of a chart yet (a draft MedicationRequest, say). A coded name and a code that disagree: the name counts, as in a chart.
 * `others`: where a referenced Medication may stand. Undefined: the order names no medicine.
 */
export function orderedMedicine(order: Resource, knowledge: ReaderKnowledge, others: readonly Resource[]): OrderedMedicine | undefined {
  const reference = objectOf(order.medicationReference) ?? objectOf(objectOf(order.medication)?.reference)
  const target = medicationOf(stringOf(reference?.reference), order, others)
  const concepts = [
    conceptOf(order.medicationCodeableConcept),
    conceptOf(objectOf(order.medication)?.concept),
    conceptOf(target?.code),
    ...objectsOf(target?.ingredient).map((part) => conceptOf(part.itemCodeableConcept)),
    conceptOf(stringOf(reference?.display)),
  ].filter((c) => c.codings.length > 0 || c.text !== undefined)
  const name = concepts.map(labelOf).find((label) => label !== undefined)
  return name === undefined ? undefined : { name, drugs: drugsNamed(concepts, knowledge) }
}

function drugsNamed(concepts: readonly Concept[], knowledge: ReaderKnowledge): readonly string[] {
  const lookup = drugLookup(knowledge)
  const named = concepts.flatMap(wordsOf).flatMap((text) => lookup.find(text).map(({ drug }) => drug))
  const coded = concepts.flatMap(({ codings }) => codings.flatMap(({ system, code }) => lookup.byCode(system, code) ?? []))
  return [...new Set(named.length > 0 ? named : coded)].sort()
}

function medicationOf(
  reference: string | undefined,
  order: Resource,
  others: readonly Resource[],
): { readonly [key: string]: unknown } | undefined {
  if (reference === undefined) return undefined
  if (reference.startsWith('#')) return objectsOf(order.contained).find((one) => one.id === reference.slice(1))
  return others.find((one) => one.resourceType === 'Medication' && `Medication/${one.id}` === reference)
}
