import type { ListItem } from '@secondwind/core'
import type { ReadContext, Reader, Resource } from '../context.ts'
import { conceptOf, nameOf, objectOf, objectsOf, stringOf, wordsOf } from '../shapes.ts'
import { anticancerDrugs } from '../treatment/courses.ts'
import { lastDay, later } from '../treatment/days.ts'
import { otherUses } from '../treatment/other-use.ts'
import { says } from '../treatment/phrases.ts'
import { dailyDose, type MedicineWords } from './dose.ts'
import { drugLookup } from './drug-lookup.ts'
import { readImmunosuppression } from './immunosuppression.ts'
import { type MedicineEvent, medicineEvents } from './medicine-event.ts'
import { readReceived } from './received.ts'
import { readSteroids } from './steroids.ts'
import { liveVaccinations } from './vaccinations.ts'

/** One medicine taken now: all events that name it. */
export interface OwnMedicine {
  readonly key: string
  readonly name: string
  readonly drug: string | undefined
  /** Interaction classes; undefined when the table has none for it. */
  readonly classes: readonly string[] | undefined
  readonly events: readonly MedicineEvent[]
  readonly since: string | undefined
  readonly dailyDoseMg: number | undefined
  readonly assumedOnceDaily: boolean
  readonly texts: string
}

/**
 * The patient's own medicines: what is taken now, its interaction classes, steroids in prednisone equivalents, anticoagulation and vitamins.
 *
 * A medicine counts as taken while its latest record says so; a stop later than the last "active" record ends it. A stop that is no later than
 * the record that says "active" is a contradiction, reported, and the medicine is kept: an interaction missed is worse than one asked about.
 */
export const readMedicines: Reader = (context) => {
  const words = context.knowledge.terminology<MedicineWords>('medicines')
  const lookup = drugLookup(context.knowledge)
  const byKey = new Map<string, { drug: string | undefined; events: MedicineEvent[] }>()
  for (const event of [...medicineEvents(context), ...listedMedicines(context, words), ...liveVaccinations(context, words)]) {
    const others = otherUses(context, event)
    const own = event.drugs.filter((id) => lookup.entries.get(id)?.anticancer !== true || others.includes(id))
    if ((event.drugs.length > 0 && own.length === 0) || (event.drugs.length === 0 && anticancerDrugs(event, lookup).length > 0)) continue
    context.understood(event.resource)
    for (const drug of own.length > 0 ? own : [undefined]) {
      const key = drug ?? event.name.toLowerCase()
      const group = byKey.get(key) ?? { drug, events: [] }
      group.events.push(event)
      byKey.set(key, group)
    }
  }
  const medicines = [...byKey.keys()]
    .sort()
    .map((key) => ownMedicine(context, words, key, byKey.get(key)!))
    .filter((medicine) => medicine !== undefined)
  readReceived(context, words)
  settleLists(context, medicines)
  readImmunosuppression(context, words, medicines, readSteroids(context, words, medicines))
  readAnticoagulation(context, words, medicines)
  readVitamins(context, byKey)
}

function ownMedicine(
  context: ReadContext,
  words: MedicineWords,
  key: string,
  group: { drug: string | undefined; events: readonly MedicineEvent[] },
): OwnMedicine | undefined {
  const entry = group.drug === undefined ? undefined : drugLookup(context.knowledge).entries.get(group.drug)
  const running = group.events.filter((event) => isTaken(context, words, event, entry?.interaction ?? []))
  if (running.length === 0) return undefined
  const stops = group.events.filter((event) => event.taking === 'ended' || event.taking === 'not-given')
  const lastStart = running.reduce<string | undefined>((day, event) => later(day, event.start), undefined)
  const lastStop = stops.reduce<string | undefined>((day, event) => later(day, event.end ?? event.start), undefined)
  if (
    lastStop !== undefined &&
    lastStart !== undefined &&
    (lastDay(lastStop) ?? 0) > (lastDay(lastStart) ?? 0) &&
    running.every((event) => event.isOrder)
  ) {
    // an order left open after the medicine was stopped
    return undefined
  }
  if (
    lastStop !== undefined &&
    stops.some((stop) => stop.end !== undefined) &&
    (lastStart === undefined || (lastDay(lastStop) ?? 0) >= (lastDay(lastStart) ?? 0))
  ) {
    context.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: nameOf(running[0]!.resource),
      message: `${group.drug ?? running[0]!.name} is recorded as taken and as stopped on ${lastStop}; it is read as taken`,
      remedy: 'ask which is right and correct the list',
    })
  }
  const latest = running.at(-1)!
  const dose = [...running]
    .reverse()
    .map((event) => dailyDose(event, words))
    .find((one) => one.mg !== undefined)
  return {
    key,
    name: latest.name,
    drug: group.drug,
    classes: entry?.interaction,
    events: running,
    since: running[0]!.start,
    dailyDoseMg: dose?.mg,
    assumedOnceDaily: dose?.assumedOnceDaily === true,
    texts: running
      .flatMap((event) => [event.name, ...event.notes, ...event.reasons, ...event.categories, routeText(event.resource)])
      .join('. '),
  }
}

/** Taken now: running, or a dose of a medicine that is given at long intervals. */
function isTaken(context: ReadContext, words: MedicineWords, event: MedicineEvent, classes: readonly string[]): boolean {
  if (event.taking === 'running') return !(event.fromText && says(event.name, words.notTaken))
  if (event.taking !== 'dose') return false
  const day = lastDay(event.start)
  const reach = Math.max(0, ...classes.map((id) => words.intermittent[id] ?? 0))
  return day !== undefined && reach > 0 && day + reach >= (lastDay(context.asOf) ?? 0)
}

function routeText(resource: Resource): string {
  return [...objectsOf(resource.dosageInstruction), ...objectsOf(resource.dosage)]
    .flatMap((dosage) => wordsOf(conceptOf(dosage.route)))
    .join(', ')
}

function settleLists(context: ReadContext, medicines: readonly OwnMedicine[]): void {
  if (medicines.length === 0) return
  const sources = (of: readonly OwnMedicine[]) => of.flatMap((medicine) => medicine.events.map((event) => context.source(event.resource)))
  const rows: ListItem[] = medicines.map((medicine) => ({
    name: medicine.name,
    drug: medicine.drug ?? '',
    classes: [...(medicine.classes ?? [])].sort(),
    dailyDoseMg: medicine.dailyDoseMg ?? null,
    since: medicine.since ?? null,
  }))
  context.settle('medicines', { value: rows, sources: sources(medicines) })
  const classed = medicines.filter((medicine) => (medicine.classes ?? []).length > 0)
  if (classed.length > 0)
    context.settle('medicine-classes', {
      value: [...new Set(classed.flatMap((medicine) => medicine.classes ?? []))].sort(),
      sources: sources(classed),
    })
  const qt = medicines.filter((medicine) => medicine.classes?.includes('qt-prolonging'))
  if (qt.length > 0) context.settle('qt-prolonging-count', { value: qt.length, sources: sources(qt) })
  const unmapped = medicines.filter((medicine) => medicine.classes === undefined)
  if (unmapped.length > 0)
    context.settle('unmapped-medicines', {
      value: [...new Set(unmapped.map((medicine) => medicine.drug ?? medicine.name))].sort(),
      sources: sources(unmapped),
    })
  for (const medicine of unmapped) {
    context.issue({
      code: 'unmapped-code',
      severity: 'warning',
      path: nameOf(medicine.events[0]!.resource),
      message: `the interactions of "${medicine.name}" are not known to this software`,
      remedy: 'have a pharmacist check it against the treatment that is chosen',
    })
  }
}

/** Therapeutic unless the words say prophylactic. A silent record counts as therapeutic: bleeding risk is then looked at. */
function readAnticoagulation(context: ReadContext, words: MedicineWords, medicines: readonly OwnMedicine[]): void {
  const anticoagulants = medicines.filter((medicine) => medicine.classes?.some((id) => id === 'doac' || id === 'vka' || id === 'lmwh'))
  if (anticoagulants.length === 0) return
  const therapeutic = anticoagulants.filter(
    (medicine) => !says(medicine.texts, words.prophylactic) || says(medicine.texts, words.therapeutic),
  )
  const of = therapeutic.length > 0 ? therapeutic : anticoagulants
  context.settle('anticoagulated', {
    value: therapeutic.length > 0,
    sources: of.flatMap((medicine) => medicine.events.map((event) => context.source(event.resource))),
  })
}

function readVitamins(
  context: ReadContext,
  byKey: ReadonlyMap<string, { drug: string | undefined; events: readonly MedicineEvent[] }>,
): void {
  const lookup = drugLookup(context.knowledge)
  const eventsOf = (interaction: string) =>
    [...byKey.values()]
      .filter((group) => lookup.entries.get(group.drug ?? '')?.interaction?.includes(interaction))
      .flatMap((group) => group.events)
  const folate = eventsOf('folic-acid').filter((event) => event.taking === 'running')
  settleDay(
    context,
    'folic-acid-started-on',
    folate,
    folate
      .map((event) => event.start)
      .filter((day) => day !== undefined)
      .sort()[0],
  )
  const b12 = eventsOf('vitamin-b12').filter((event) => event.taking === 'running' || event.taking === 'dose' || event.taking === 'ended')
  settleDay(
    context,
    'vitamin-b12-on',
    b12,
    b12
      .map((event) => event.start)
      .filter((day) => day !== undefined)
      .sort()
      .at(-1),
  )
}

function settleDay(context: ReadContext, fact: string, events: readonly MedicineEvent[], day: string | undefined): void {
  if (events.length === 0) return
  const sources = events.map((event) => context.source(event.resource))
  context.settle(fact, day === undefined ? { unknown: 'not-recorded', sources } : { value: day, on: day, sources })
}

/** Medicines named only as text in a medication List. */
function listedMedicines(context: ReadContext, words: MedicineWords): readonly MedicineEvent[] {
  const lookup = drugLookup(context.knowledge)
  const events: MedicineEvent[] = []
  for (const list of context.chart.ofType('List')) {
    const title = [stringOf(list.title), ...wordsOf(conceptOf(list.code))].filter((text) => text !== undefined).join('. ')
    if (stringOf(list.status) !== 'current' || !says(title, words.medicationLists)) continue
    context.understood(list)
    for (const entry of objectsOf(list.entry)) {
      const item = objectOf(entry.item)
      const name = stringOf(item?.display)
      if (entry.deleted === true || name === undefined || context.chart.resolve(item, list) !== undefined) continue
      const drugs = [...new Set(lookup.find(name).map((mention) => mention.drug))].sort()
      events.push({
        resource: list,
        name,
        drugs,
        fromText: true,
        taking: 'running',
        statusReason: [],
        reasons: [],
        notes: [],
        intent: { codings: [] },
        categories: [],
        isOrder: false,
      })
    }
  }
  return events.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
