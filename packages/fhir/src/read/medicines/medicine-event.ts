import type { ReadContext, Resource } from '../context.ts'
import { Kept } from '../kept.ts'
import {
  type Concept,
  choiceDay,
  conceptOf,
  conceptsOf,
  dayOf,
  extensionOf,
  nameOf,
  notesOf,
  numberOf,
  objectOf,
  objectsOf,
  periodOf,
  referencesOf,
  stringOf,
  wordsOf,
} from '../shapes.ts'
import { firstDay, lastDay, plusDays } from '../treatment/days.ts'
import { drugLookup } from './drug-lookup.ts'

/** What one resource says about taking: `running` and `ended` describe a course, `dose` a single administration or supply, `planned` and `not-given` nothing taken. */
export type Taking = 'running' | 'held' | 'ended' | 'dose' | 'planned' | 'not-given'

/** One resource about one medicine, as read, before anything is concluded from it. */
export interface MedicineEvent {
  readonly resource: Resource
  readonly name: string
  /** Ids of `drugs.yaml`; several for a combination named in one resource, none when the medicine is not in the table. */
  readonly drugs: readonly string[]
  /** No code was there: the name is text. */
  readonly fromText: boolean
  readonly taking: Taking
  /** First and last day, possibly partial. */
  readonly start?: string
  readonly end?: string
  readonly statusReason: readonly Concept[]
  readonly reasons: readonly string[]
  readonly notes: readonly string[]
  readonly intent: Concept
  readonly categories: readonly string[]
  /** An order without a sign that it was ever given. */
  readonly isOrder: boolean
}

const TYPES = ['MedicationStatement', 'MedicationRequest', 'MedicationAdministration', 'MedicationDispense'] as const

export const medicationLimits = (context: ReadContext): { readonly supplyGraceDays: number } => {
  const limits = context.knowledge.terminology<{ limits?: { supplyGraceDays?: number } } | undefined>('treatment')?.limits
  return { supplyGraceDays: limits?.supplyGraceDays ?? 0 }
}

const CACHE = new Kept<object, readonly MedicineEvent[]>()

/** Every medicine resource of the chart as an event, in a fixed order whatever the order of the resources. Read once per reading of a chart and shared by the readers. */
export function medicineEvents(context: ReadContext): readonly MedicineEvent[] {
  const known = CACHE.get(context)
  if (known) return known
  const events = TYPES.flatMap((type) => context.chart.ofType(type))
    .map((resource) => eventOf(context, resource))
    .filter((event) => event !== undefined)
    .sort((a, b) => compare(orderKey(a), orderKey(b)))
  CACHE.set(context, events)
  return events
}

const orderKey = (event: MedicineEvent): string =>
  `${event.start ?? event.end ?? '9999'}|${event.drugs.join('+')}|${nameOf(event.resource)}|${event.name}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function eventOf(context: ReadContext, resource: Resource): MedicineEvent | undefined {
  const status = stringOf(resource.status) ?? ''
  if (status === 'entered-in-error' || resource.doNotPerform === true) return undefined
  const medicine = medicineOf(context, resource)
  if (medicine === undefined) {
    context.issue({
      code: 'invalid-element',
      severity: 'warning',
      path: `${nameOf(resource)}.medication`,
      message: 'the resource names no medicine',
      remedy: 'give medicationCodeableConcept or a Medication that the chart holds',
    })
    return undefined
  }
  const { taking, start, end } = takingOf(context, resource, status)
  const intent = conceptOf(
    (
      extensionOf(resource, 'mcode-procedure-intent') ??
      extensionOf(resource, 'mcode-treatment-intent') ??
      extensionOf(resource, 'onco-core-TreatmentIntent-extension')
    )?.valueCodeableConcept,
  )
  const terminated =
    extensionOf(resource, 'mcode-treatment-termination-reason') ?? extensionOf(resource, 'onco-core-TerminationReason-extension')
  return {
    resource,
    ...medicine,
    taking,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    statusReason: [
      ...conceptsOf(resource.statusReason),
      ...conceptsOf(resource.statusReasonCodeableConcept),
      ...conceptsOf(terminated?.valueCodeableConcept),
    ],
    reasons: reasonsOf(context, resource),
    notes: [...notesOf(resource), ...dosageTexts(resource)],
    intent,
    categories: conceptsOf(resource.category).flatMap(wordsOf),
    isOrder: resource.resourceType === 'MedicationRequest',
  }
}

const RX_ISSUE = 'the code and the name of a medicine say different drugs; the name was taken'

/** Name and drug ids of a medicine. Text and displays win over a code that says another drug: wrong codes are commoner than wrong words. */
export function medicineOf(context: ReadContext, resource: Resource): Pick<MedicineEvent, 'name' | 'drugs' | 'fromText'> | undefined {
  const lookup = drugLookup(context.knowledge)
  const concepts = conceptsFor(context, resource)
  const words = concepts.flatMap(wordsOf)
  const codings = concepts.flatMap((concept) => concept.codings)
  const name = concepts[0]?.text ?? words[0] ?? codings[0]?.code
  if (name === undefined) return undefined
  const coded = codings.map((coding) => lookup.byCode(coding.system, coding.code)).filter((id) => id !== undefined)
  const named = words.flatMap((text) => lookup.find(text).map((mention) => mention.drug))
  if (coded.length > 0 && named.length > 0 && !coded.some((id) => named.includes(id))) {
    context.issue({
      code: 'suspicious-code',
      severity: 'warning',
      path: `${nameOf(resource)}.medicationCodeableConcept`,
      message: `${RX_ISSUE}: ${coded.join(', ')} by code, ${named.join(', ')} by name`,
      remedy: 'correct the code',
    })
  }
  const drugs = [...new Set(named.length > 0 ? named : coded)].sort()
  return { name, drugs, fromText: codings.length === 0 }
}

function conceptsFor(context: ReadContext, resource: Resource): readonly Concept[] {
  const direct = [conceptOf(resource.medicationCodeableConcept), conceptOf(objectOf(resource.medication)?.concept)]
  const reference = objectOf(resource.medicationReference) ?? objectOf(objectOf(resource.medication)?.reference)
  const target = reference === undefined ? undefined : context.chart.resolve(reference, resource)
  const shown = stringOf(reference?.display)
  const resolved =
    target === undefined ? [] : [conceptOf(target.code), ...objectsOf(target.ingredient).map((part) => conceptOf(part.itemCodeableConcept))]
  if (target !== undefined && target.resourceType === 'Medication') context.understood(target)
  return [...direct, ...resolved, ...(shown === undefined ? [] : [conceptOf(shown)])].filter(
    (concept) => concept.codings.length > 0 || concept.text !== undefined,
  )
}

function takingOf(context: ReadContext, resource: Resource, status: string): { taking: Taking; start?: string; end?: string } {
  switch (resource.resourceType) {
    case 'MedicationRequest':
      return requestTaking(context, resource, status)
    case 'MedicationAdministration':
      return administrationTaking(context, resource, status)
    case 'MedicationDispense':
      return dispenseTaking(context, resource, status)
    default:
      return statementTaking(context, resource, status)
  }
}

function statementTaking(context: ReadContext, resource: Resource, status: string): { taking: Taking; start?: string; end?: string } {
  const period = periodOf(resource.effectivePeriod)
  const point = dayOf(resource.effectiveDateTime)
  const start = period.start ?? point
  const span = { ...(start === undefined ? {} : { start }), ...(period.end === undefined ? {} : { end: period.end }) }
  const future = (firstDay(start) ?? 0) > (lastDay(context.asOf) ?? 0)
  if (status === 'intended' || future) return { taking: 'planned', ...span }
  if (status === 'not-taken') return { taking: 'not-given', ...span }
  if (status === 'completed' || status === 'stopped') return { taking: 'ended', ...span }
  if (isPast(context, period.end)) {
    if (status === 'active') contradiction(context, resource, 'is active but its period ended', period.end)
    return { taking: 'ended', ...span }
  }
  return { taking: status === 'on-hold' ? 'held' : 'running', ...span }
}

const GIVEN_INTENTS = new Set(['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order', ''])

/**
 * An order is taken as given when it is active and was written before the plan's date. A draft, a proposal, a plan, an order of the plan's own
 * date or of a later one is not: it may be what is being decided. (Ours; the caller adds other evidence, such as administrations.)
 */
function requestTaking(context: ReadContext, resource: Resource, status: string): { taking: Taking; start?: string; end?: string } {
  const authored = dayOf(resource.authoredOn)
  const bounds = objectsOf(resource.dosageInstruction)
    .map((dosage) => periodOf(objectOf(objectOf(dosage.timing)?.repeat)?.boundsPeriod))
    .find((period) => period.start !== undefined || period.end !== undefined)
  const start = bounds?.start ?? authored
  const span = { ...(start === undefined ? {} : { start }), ...(bounds?.end === undefined ? {} : { end: bounds.end }) }
  if (status === 'cancelled') return { taking: 'not-given', ...span }
  if (status === 'draft' || !GIVEN_INTENTS.has(stringOf(resource.intent) ?? '')) return { taking: 'planned', ...span }
  if (status === 'stopped' || status === 'completed') {
    const changed = dayOf(resource.statusChanged)
    return { taking: 'ended', ...span, ...(span.end === undefined && changed !== undefined ? { end: changed } : {}) }
  }
  const from = firstDay(start)
  const today = firstDay(context.asOf)
  if (from !== undefined && today !== undefined && from >= today) return { taking: 'planned', ...span }
  if (isPast(context, bounds?.end)) return { taking: 'ended', ...span }
  return { taking: status === 'on-hold' ? 'held' : 'running', ...span }
}

function administrationTaking(context: ReadContext, resource: Resource, status: string): { taking: Taking; start?: string; end?: string } {
  const period = periodOf(resource.effectivePeriod)
  const start =
    period.start ??
    dayOf(resource.effectiveDateTime) ??
    dayOf(objectOf(resource.occurencePeriod)?.start) ??
    choiceDay(resource, 'occurence')
  const end = period.end
  if (status === 'not-done') return { taking: 'not-given', ...(start === undefined ? {} : { start }) }
  if ((firstDay(start) ?? 0) > (lastDay(context.asOf) ?? 0)) return { taking: 'planned', ...(start === undefined ? {} : { start }) }
  const oneDay = end === undefined || (lastDay(end) ?? 0) - (firstDay(start) ?? 0) <= 3
  const span = { ...(start === undefined ? {} : { start }), ...(end === undefined || oneDay ? {} : { end }) }
  if (oneDay && status !== 'on-hold') return { taking: 'dose', ...span }
  return { taking: status === 'in-progress' && !isPast(context, end) ? 'running' : status === 'on-hold' ? 'held' : 'ended', ...span }
}

function dispenseTaking(context: ReadContext, resource: Resource, status: string): { taking: Taking; start?: string; end?: string } {
  const start = dayOf(resource.whenHandedOver) ?? dayOf(resource.whenPrepared)
  if (['cancelled', 'declined', 'preparation'].includes(status)) return { taking: 'not-given', ...(start === undefined ? {} : { start }) }
  const days = numberOf(objectOf(resource.daysSupply)?.value)
  const end = start === undefined || days === undefined ? undefined : plusDays(start, days)
  if (start === undefined) return { taking: 'dose' }
  const until = lastDay(end)
  const running = until !== undefined && until + medicationLimits(context).supplyGraceDays >= (lastDay(context.asOf) ?? 0)
  return running ? { taking: 'running', start } : { taking: 'ended', start, ...(end === undefined ? {} : { end }) }
}

const isPast = (context: ReadContext, end: string | undefined): boolean => {
  const day = lastDay(end)
  const today = firstDay(context.asOf)
  return day !== undefined && today !== undefined && day < today
}

function contradiction(context: ReadContext, resource: Resource, what: string, on: string | undefined): void {
  context.issue({
    code: 'contradictory-result',
    severity: 'warning',
    path: `${nameOf(resource)}.status`,
    message: `the medicine ${what} on ${on}; it is read as ended`,
    remedy: 'correct the status or the date',
  })
}

function reasonsOf(context: ReadContext, resource: Resource): readonly string[] {
  const coded = [...conceptsOf(resource.reasonCode), ...conceptsOf(resource.reason).map((concept) => concept)].flatMap(wordsOf)
  const codes = conceptsOf(resource.reasonCode).flatMap((concept) => concept.codings.map((coding) => coding.code))
  const conditions = referencesOf(resource.reasonReference)
    .map((reference) => context.chart.resolve(reference, resource))
    .filter((target) => target !== undefined)
    .flatMap((target) => [...wordsOf(conceptOf(target.code)), ...conceptOf(target.code).codings.map((coding) => coding.code)])
  return [...coded, ...codes, ...conditions]
}

export const dosagesOf = (resource: Resource): readonly { readonly [key: string]: unknown }[] => [
  ...objectsOf(resource.dosageInstruction),
  ...objectsOf(resource.dosage),
]

const dosageTexts = (resource: Resource): readonly string[] =>
  dosagesOf(resource)
    .flatMap((dosage) => [
      stringOf(dosage.text),
      stringOf(dosage.patientInstruction),
      ...conceptsOf(dosage.additionalInstruction).flatMap(wordsOf),
    ])
    .filter((text) => text !== undefined)
