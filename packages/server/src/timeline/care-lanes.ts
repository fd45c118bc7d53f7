import { isKnown } from '@secondwind/core'
import type { Resource } from '@secondwind/fhir'
import { dated, dayOf, timeOf } from './days.ts'
import { code, type Draft, day, type LaneInput, spoken, text } from './lane-input.ts'

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : [])
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
/** The day that is written, without a time zone: the clinic's own. */
const isoOf = (value: unknown): string | undefined => textOf(value)?.split('T')[0]

/** What a person would read of a CodeableConcept or a Coding. */
function wordsOf(value: unknown): string | undefined {
  for (const concept of listOf(value)) {
    const words =
      textOf(concept.text) ??
      textOf(concept.display) ??
      listOf(concept.coding)
        .map((c) => textOf(c.display))
        .find(Boolean)
    if (words !== undefined) return words
  }
  return undefined
}

const ofType = ({ resources }: LaneInput, type: string): readonly Resource[] =>
  resources.filter(({ resourceType }) => resourceType === type)
const NOT_HAPPENED: ReadonlySet<string> = new Set(['cancelled', 'entered-in-error', 'planned'])

/** Stays and visits. A stay whose end nobody recorded, and that is not said to go on, ends at an unknown day. */
export const admissionsLane = (input: LaneInput): readonly Draft[] => [
  ...ofType(input, 'Encounter').flatMap((encounter) => visit(input, encounter, wordsOf(encounter.class), 'in-progress')),
  ...ofType(input, 'EpisodeOfCare').flatMap((episode) => visit(input, episode, undefined, 'active')),
]

function visit({ history, asOf }: LaneInput, resource: Resource, place: string | undefined, running: string): readonly Draft[] {
  const status = textOf(resource.status) ?? ''
  const period = isObject(resource.period) ? resource.period : {}
  const [from, to] = [isoOf(period.start), isoOf(period.end)]
  const start = dayOf(from)
  if (NOT_HAPPENED.has(status) || timeOf(start, asOf) === 'planned') return []
  const isRunning = status === running && to === undefined
  const isSpan = isRunning || from !== to
  return [
    {
      row: place ?? wordsOf(resource.type) ?? resource.resourceType,
      shape: isSpan ? 'span' : 'point',
      title: wordsOf(resource.type) ?? place ?? resource.resourceType,
      ...(start === undefined ? {} : { start }),
      ...(isSpan
        ? { ...dated('end', to), ending: isRunning ? ('running' as const) : to === undefined ? ('unknown' as const) : ('ended' as const) }
        : {}),
      time: isRunning ? 'now' : 'past',
      mark: isSpan ? 'stay' : 'visit',
      details: [...text('place', place), ...text('reason', wordsOf(resource.reasonCode))],
      sources: [history.source(resource)],
    },
  ]
}

/** What was decided and when, from the journal. */
export const decisionsLane = ({ decisions = [], document, knowledge }: LaneInput): readonly Draft[] =>
  decisions.map((decision) => {
    const title =
      decision.chosen === null
        ? ''
        : (document.options.find(({ id }) => id === decision.chosen)?.title ??
          knowledge.options.find(({ id }) => id === decision.chosen?.split(':')[0])?.title ??
          decision.chosen)
    return {
      row: 'decisions',
      shape: 'point',
      title,
      ...dated('start', isoOf(decision.recordedAt)),
      time: 'past',
      mark: 'decision',
      details: [
        ...(decision.chosen === null ? code('chosen', 'none') : text('chosen', title)),
        ...text('reason', decision.reason),
        ...decision.dissent.flatMap(({ who, reason }) => text('dissent', `${who}: ${reason}`)),
        ...text('by', decision.recordedBy),
        ...day('plan-of', decision.asOf),
      ],
      sources: [],
    }
  })

const OPEN_APPOINTMENT: ReadonlySet<string> = new Set(['booked', 'pending', 'proposed', 'waitlist', 'arrived', 'checked-in'])

/** What is to come: appointments, open orders, and what the plan wants done by a day. */
export function plannedLane(input: LaneInput): readonly Draft[] {
  const { history, document, asOf } = input
  const appointments = ofType(input, 'Appointment').flatMap((appointment): readonly Draft[] => {
    const start = dayOf(isoOf(appointment.start))
    if (!OPEN_APPOINTMENT.has(textOf(appointment.status) ?? '') || (start !== undefined && start.last < asOf)) return []
    const title = textOf(appointment.description) ?? wordsOf(appointment.serviceType) ?? wordsOf(appointment.appointmentType)
    return [
      {
        row: 'appointments',
        shape: 'point',
        title: title ?? '',
        ...(start === undefined ? {} : { start }),
        time: 'planned',
        mark: 'appointment',
        details: [...text('reason', wordsOf(appointment.reasonCode)), ...text('status', textOf(appointment.status))],
        sources: [history.source(appointment)],
      },
    ]
  })
  // tests of the tumour, operations and drugs stand in lanes of their own
  const elsewhere = new Set([
    ...history.tests.flatMap(({ sources }) => sources.map(({ reference }) => reference)),
    ...history.operations.map(({ resource }) => history.source(resource).reference),
  ])
  const orders = ofType(input, 'ServiceRequest').flatMap((request): readonly Draft[] => {
    const source = history.source(request)
    if (!['active', 'on-hold'].includes(textOf(request.status) ?? '') || elsewhere.has(source.reference)) return []
    const due = isoOf(request.occurrenceDateTime) ?? isoOf(isObject(request.occurrencePeriod) ? request.occurrencePeriod.start : undefined)
    const isAhead = due !== undefined && timeOf(dayOf(due), asOf) === 'planned'
    return [
      {
        row: 'orders',
        shape: isAhead ? 'point' : 'span',
        title: wordsOf(request.code) ?? source.reference,
        ...dated('start', isAhead ? due : isoOf(request.authoredOn)),
        ...(isAhead ? {} : { ending: request.status === 'on-hold' ? ('held' as const) : ('running' as const) }),
        time: isAhead ? 'planned' : 'now',
        mark: 'order',
        details: [...day('ordered', isoOf(request.authoredOn)), ...text('reason', wordsOf(request.reasonCode))],
        sources: [source],
      },
    ]
  })
  const due = document.support.flatMap((support): readonly Draft[] => {
    const start = dayOf(support.dueBy)
    if (start === undefined) return []
    return [
      {
        row: 'support',
        shape: 'point',
        title: support.title,
        start,
        time: timeOf(start, asOf),
        mark: 'due',
        details: [],
        words: support.actions.join(' · '),
        ...(support.review === undefined ? {} : { review: support.review }),
        sources: [],
      },
    ]
  })
  return [...appointments, ...orders, ...due]
}

/** What clashes, as bars: from the day that the waiting time counts from to the earliest safe day, where the knowledge has one. */
export function conflictsLane({ document, knowledge, asOf }: LaneInput): readonly Draft[] {
  const titles = new Map(document.options.map(({ id, title }) => [id, title]))
  return document.interactions.map((interaction) => {
    const rule = knowledge.interactions.find(({ id }) => id === interaction.id)
    const base = rule?.window === undefined ? undefined : document.case.facts[rule.window.of]
    const since = isKnown(base) && typeof base.value === 'string' ? dayOf(base.value) : undefined
    const earliest = dayOf(interaction.window?.earliest)
    return {
      row: interaction.id,
      shape: 'span',
      title: interaction.title,
      ...(since === undefined ? {} : { start: since }),
      ...(earliest === undefined ? {} : { end: earliest }),
      ending: earliest === undefined ? 'unknown' : 'ended',
      time: earliest !== undefined && earliest.last < asOf ? 'past' : 'now',
      mark: 'conflict',
      details: [
        ...text(
          'between',
          interaction.between
            .filter((one) => !titles.has(one))
            .map(spoken)
            .join(' · '),
        ),
        ...interaction.between.flatMap((one) => text('option', titles.get(one))),
        ...(earliest === undefined ? [] : day('earliest', earliest.said)),
        ...text('window', interaction.window?.text),
      ],
      words: interaction.because.claim,
      rule: interaction.id,
      ...(interaction.review === undefined ? {} : { review: interaction.review }),
      sources: isKnown(base) ? base.sources : [],
    }
  })
}
