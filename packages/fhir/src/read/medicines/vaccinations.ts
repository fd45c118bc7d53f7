import { isLater } from '../conditions-of.ts'
import type { ReadContext, Resource } from '../context.ts'
import { conceptOf, dayOf, stringOf, wordsOf } from '../shapes.ts'
import { says } from '../treatment/phrases.ts'
import type { MedicineWords } from './dose.ts'
import { drugLookup } from './drug-lookup.ts'
import type { MedicineEvent } from './medicine-event.ts'

/**
 * Vaccinations with a live vaccine as doses of a medicine, so that one that was given lately counts among what is taken now. Other vaccines
 * interact with nothing and are left alone.
 */
export function liveVaccinations(context: ReadContext, words: MedicineWords): readonly MedicineEvent[] {
  return context.chart.ofType('Immunization').flatMap((resource) => {
    const on = dayOf(resource.occurrenceDateTime) ?? dayOf(resource.recorded)
    if (stringOf(resource.status) !== 'completed' || isLater(context, on)) return []
    const vaccine = liveVaccineOf(context, resource, words)
    if (vaccine === undefined) return []
    return [
      {
        resource,
        name: vaccine.name,
        drugs: [vaccine.drug],
        fromText: conceptOf(resource.vaccineCode).codings.length === 0,
        taking: 'dose' as const,
        ...(on === undefined ? {} : { start: on }),
        statusReason: [],
        reasons: [],
        notes: [],
        intent: { codings: [] },
        categories: [],
        isOrder: false,
      },
    ]
  })
}

function liveVaccineOf(
  context: ReadContext,
  resource: Resource,
  { vaccines }: MedicineWords,
): { readonly name: string; readonly drug: string } | undefined {
  const concept = conceptOf(resource.vaccineCode)
  const labels = wordsOf(concept)
  const text = labels.join('. ')
  const name = labels[0] ?? concept.codings[0]?.code
  if (name === undefined || says(text, vaccines.notLive)) return undefined
  const lookup = drugLookup(context.knowledge)
  const isLive = (drug: string): boolean => lookup.entries.get(drug)?.interaction?.includes('live-vaccine') === true
  const coded = concept.codings.flatMap(({ system, code }) =>
    /\bcvx\b|2\.16\.840\.1\.113883\.12\.292/.test(system) ? (vaccines.cvx[code] ?? []) : [],
  )
  const named = lookup.find(text).map((mention) => mention.drug)
  const told = Object.entries(vaccines.live).flatMap(([drug, phrases]) => (says(text, phrases) ? [drug] : []))
  const drug = [...coded, ...named, ...told].find(isLive)
  return drug === undefined ? undefined : { name, drug }
}
