import { earliestDay, latestDay } from '@secondwind/core'
import type { Chart, ReadContext, Resource } from '../context.ts'
import { rememberConcept } from '../remember.ts'
import {
  type Concept,
  choiceDay,
  codeKeysOf,
  conceptOf,
  conceptsOf,
  dayOf,
  elementValue,
  type Json,
  objectOf,
  objectsOf,
  periodOf,
  stringOf,
  wordsOf,
} from '../shapes.ts'
import { findPhrases, tokensOf } from '../words.ts'
import { type EventsOfType, type QualityTables, qualityTables } from './quality-file.ts'

/** Something that happened on a day, with the resource that says so. */
export interface QualityEvent {
  readonly on: string
  readonly resource: Resource
}

/** What never took place, or is only planned. */
const NOT_DONE = new Set([
  'entered-in-error',
  'cancelled',
  'not-done',
  'planned',
  'draft',
  'proposed',
  'rejected',
  'revoked',
  'preparation',
  'waitlist',
  'booked',
  'noshow',
])
/** The class of an encounter is a code of this system, whether it says so or not. */
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const FINAL = new Set(['final', 'amended', 'corrected', 'appended'])

/**
 * The events of a chart by kind, each in the order of its days. What has no day, lies after the plan's day or never took place is left out.
 * An encounter is dated by its start, an order by its writing, a result by its release.
 */
export function qualityEvents(context: ReadContext, chart: Chart): ReadonlyMap<string, readonly QualityEvent[]> {
  const tables = qualityTables(context.knowledge)
  const today = latestDay(context.asOf) ?? Number.POSITIVE_INFINITY
  const found = new Map<string, QualityEvent[]>()
  for (const [type, ofType] of tables.byType) {
    for (const resource of chart.ofType(type)) {
      const status = stringOf(resource.status) ?? ''
      if (NOT_DONE.has(status)) continue
      const kinds = kindsOf(ofType, chart, resource)
      if (kinds.size === 0) continue
      const on = eventDay(resource)
      if (on === undefined || (earliestDay(on) ?? 0) > today) continue
      for (const kind of kinds) {
        if (tables.onlyDone.has(kind) && !isDone(tables, resource, status)) continue
        const list = found.get(kind)
        if (list) list.push({ on, resource })
        else found.set(kind, [{ on, resource }])
      }
    }
  }
  for (const list of found.values()) list.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
  return found
}

const NO_KINDS: ReadonlySet<string> = new Set()

function kindsOf(ofType: EventsOfType, chart: Chart, resource: Resource): ReadonlySet<string> {
  // most of a chart: only the code says what was observed
  if (resource.resourceType === 'Observation') return kindsOfConcept(ofType, conceptOf(resource.code))
  let kinds: Set<string> | undefined
  for (const concept of conceptsIn(chart, resource)) {
    for (const kind of kindsOfConcept(ofType, concept)) {
      kinds ??= new Set()
      kinds.add(kind)
    }
  }
  return kinds ?? NO_KINDS
}

const kindsOfConcept = rememberConcept(
  ({ codes, words }: EventsOfType, concept: Concept): ReadonlySet<string> =>
    new Set([
      ...codeKeysOf(concept).flatMap((key) => codes.get(key) ?? []),
      ...wordsOf(concept).flatMap((text) => findPhrases(words, tokensOf(text)).map(({ value }) => value)),
    ]),
)

/** Every concept by which a resource says what kind of thing it is. */
function conceptsIn(chart: Chart, resource: Resource): readonly Concept[] {
  switch (resource.resourceType) {
    case 'Encounter': {
      const classOf = objectOf(resource.class)
      const places = objectsOf(resource.location).map((one) => one.location)
      return [
        conceptOf(classOf?.coding === undefined ? { coding: classOf === undefined ? [] : [{ system: ACT_CODE, ...classOf }] } : classOf),
        ...conceptsOf(resource.type),
        conceptOf(resource.serviceType),
        conceptOf(objectOf(resource.hospitalization)?.dischargeDisposition),
        ...places.flatMap((place) => placeConcepts(chart, place, resource)),
      ]
    }
    case 'Consent':
      return [conceptOf(resource.scope), ...conceptsOf(resource.category), ...conceptsOf(objectOf(resource.provision)?.code)]
    default:
      return [conceptOf(resource.code), ...conceptsOf(resource.type), ...conceptsOf(resource.category)]
  }
}

function placeConcepts(chart: Chart, place: unknown, from: Resource): readonly Concept[] {
  const target = chart.resolve(place, from)
  const name = stringOf(objectOf(place)?.display) ?? stringOf(target?.name)
  return [
    ...(name === undefined ? [] : [conceptOf({ text: name })]),
    ...(target ? [...conceptsOf(target.type), conceptOf(target.physicalType)] : []),
  ]
}

export function eventDay(resource: Resource): string | undefined {
  switch (resource.resourceType) {
    case 'Encounter':
    case 'EpisodeOfCare':
      return periodOf(resource.period).start
    case 'Procedure':
      return periodOf(resource.performedPeriod).start ?? choiceDay(resource, 'performed')
    case 'ServiceRequest':
      return dayOf(resource.authoredOn)
    case 'Consent':
      return dayOf(resource.dateTime)
    case 'CarePlan':
      return dayOf(resource.created) ?? periodOf(resource.period).start
    default:
      return dayOf(resource.issued) ?? choiceDay(resource, 'effective')
  }
}

function isDone(tables: QualityTables, resource: Resource, status: string): boolean {
  if (!FINAL.has(status)) return false
  return resource.resourceType === 'Observation' ? hasValue(resource) : !isFailedReport(tables, resource)
}

const hasValue = (resource: Json): boolean =>
  elementValue(resource) !== undefined || objectsOf(resource.component).some((component) => elementValue(component) !== undefined)

/** The report says that the sample did not suffice. */
export const isFailedReport = (tables: QualityTables, resource: Resource): boolean =>
  [stringOf(resource.conclusion) ?? '', ...conceptsOf(resource.conclusionCode).flatMap(wordsOf)].some(
    (text) => findPhrases(tables.failed, tokensOf(text)).length > 0,
  )
