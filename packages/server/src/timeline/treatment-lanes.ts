import type { Drug, ListItem } from '@secondwind/core'
import { isKnown } from '@secondwind/core'
import type { ChartHistory } from '@secondwind/fhir'
import type { TimelineDay, TimelineEnding, TimelineLine } from '../contract/timeline.ts'
import { dated, dayOf, timeOf } from './days.ts'
import { amount, code, type Draft, type LaneInput, spoken, text } from './lane-input.ts'

type Told = ChartHistory['lines'][number]
type Course = Told['line']['courses'][number]

/** Systemic treatment by drug: a span for each course, the days of its doses, where the dose changed, and what is ordered. */
export function systemicLane(input: LaneInput): readonly Draft[] {
  const { history, knowledge } = input
  const drugs = new Map(knowledge.drugs.map((drug) => [drug.id, drug]))
  const rows = rowsOf(input)
  const replaced = new Set(history.lines.flatMap(({ line }) => line.superseded))
  const given = history.lines.flatMap((told, index) =>
    told.line.courses.map((course) => courseDraft(told, course, rows[index], drugs, replaced.has(course))),
  )
  return [...given, ...doseChanges(input, drugs), ...orders(input, drugs), ...decided(input, drugs)]
}

/** The rows of the fact `lines`: in the order of the lines. */
function rowsOf({ document }: LaneInput): readonly ListItem[] {
  const { lines } = document.case.facts
  return isKnown(lines) && Array.isArray(lines.value) ? (lines.value as readonly ListItem[]) : []
}

const labelOf = (drugs: ReadonlyMap<string, Drug>, id: string): string => drugs.get(id)?.label ?? id

function endingOf(course: Course, isReplaced: boolean): TimelineEnding {
  // an order that nobody closed while another line began: when it ended is not known
  if (isReplaced) return 'unknown'
  if (course.isHeld) return 'held'
  if (course.isRunning) return 'running'
  return course.end === undefined ? 'unknown' : 'ended'
}

function courseDraft(told: Told, course: Course, row: ListItem | undefined, drugs: ReadonlyMap<string, Drug>, isReplaced: boolean): Draft {
  const ending = endingOf(course, isReplaced)
  const ticks = course.doses.map(dayOf).filter((day): day is TimelineDay => day !== undefined)
  const best = row?.bestResponse
  return {
    row: course.drug,
    shape: 'span',
    title: labelOf(drugs, course.drug),
    ...dated('start', course.start),
    ...(ending === 'ended' ? dated('end', course.end) : {}),
    ending,
    time: ending === 'running' || ending === 'held' ? 'now' : 'past',
    mark: 'start',
    ...(ticks.length > 1 ? { ticks } : {}),
    details: [
      ...amount('line', told.number),
      ...code('intent', course.lineIntent),
      ...code('stopped-because', course.stop),
      ...code('best-response', typeof best === 'string' ? best : undefined),
      ...amount('cycles', course.cycles),
      ...(ticks.length > 0 ? amount('doses', ticks.length) : []),
    ],
    ...(course.fromText ? { words: course.words } : {}),
    sources: course.sources,
  }
}

const doseText = ({ value, unit, words }: ChartHistory['doses'][number]): string =>
  value === undefined ? (words ?? '') : `${value}${unit === undefined ? '' : ` ${unit}`}`

/** Where a dose differs from the one before it: given against given, ordered against ordered, numbers of one unit or the words of the order. */
function doseChanges({ history, asOf }: LaneInput, drugs: ReadonlyMap<string, Drug>): readonly Draft[] {
  const before = new Map<string, ChartHistory['doses'][number]>()
  return history.doses.flatMap((dose): readonly Draft[] => {
    const key = `${dose.drug}|${dose.isGiven}|${dose.value === undefined ? 'words' : (dose.unit ?? '')}`
    const last = before.get(key)
    before.set(key, dose)
    if (last === undefined || doseText(last) === doseText(dose)) return []
    const start = dayOf(dose.on)
    return [
      {
        row: dose.drug,
        shape: 'point',
        title: labelOf(drugs, dose.drug),
        ...(start === undefined ? {} : { start }),
        time: timeOf(start, asOf),
        mark: 'dose-change',
        details: [...text('dose-before', doseText(last)), ...text('dose-after', doseText(dose))],
        sources: [last.source, dose.source],
      },
    ]
  })
}

/** Ordered or proposed, and nothing shows that it was given. */
function orders({ history }: LaneInput, drugs: ReadonlyMap<string, Drug>): readonly Draft[] {
  return history.ordered.map((event) => ({
    row: event.drugs[0] ?? event.name,
    shape: 'span',
    title: event.drugs.map((drug) => labelOf(drugs, drug)).join(' + ') || event.name,
    ...dated('start', event.start),
    ...dated('end', event.end),
    ending: event.end === undefined ? 'unknown' : 'ended',
    time: 'planned',
    mark: 'order',
    details: [],
    sources: [history.source(event.resource)],
  }))
}

/** The latest decision, while none of its drugs runs: without a date, since nobody gave one. */
function decided({ decisions = [], document, history, knowledge }: LaneInput, drugs: ReadonlyMap<string, Drug>): readonly Draft[] {
  const last = decisions.at(-1)
  if (last === undefined || last.chosen === null) return []
  const option = document.options.find(({ id }) => id === last.chosen)
  if (option === undefined || option.drugs.length === 0) return []
  const begun = new Set(
    history.lines
      .flatMap(({ line }) => [...line.courses, ...line.continued])
      .filter(({ isRunning, start }) => isRunning || (start !== undefined && start >= last.asOf))
      .map(({ drug }) => drug),
  )
  if (option.drugs.some((drug) => begun.has(drug)) || option.procedure === 'stop' || option.procedure === 'hold') return []
  const known = new Set(knowledge.drugs.map(({ id }) => id))
  return option.drugs
    .filter((drug) => known.has(drug))
    .map((drug) => ({
      row: drug,
      shape: 'span',
      title: labelOf(drugs, drug),
      ending: 'unknown',
      time: 'planned',
      mark: 'decision',
      details: [...text('chosen', option.title), ...text('reason', last.reason)],
      sources: [],
    }))
}

/** Radiation that was given or is being given: site, dose, fractions, technique. */
export const radiationLane = ({ history, asOf }: LaneInput): readonly Draft[] =>
  history.radiation.map((course) => {
    const start = dayOf(course.start)
    const isRunning = course.resource.status === 'in-progress'
    const isOneDay = course.start !== undefined && course.start === course.end
    return {
      row: spoken(course.site),
      shape: isOneDay ? 'point' : 'span',
      title: spoken(course.site),
      ...(start === undefined ? {} : { start }),
      ...dated('end', course.end),
      ending: isRunning ? 'running' : course.end === undefined ? 'unknown' : 'ended',
      time: isRunning ? 'now' : timeOf(start, asOf),
      mark: 'start',
      details: [
        ...text('site', spoken(course.site)),
        ...amount('dose', course.doseGy, 'Gy'),
        ...amount('fractions', course.fractions),
        ...text('technique', course.technique === undefined ? undefined : spoken(course.technique)),
        ...code('intent', course.intent),
      ],
      sources: [history.source(course.resource)],
    }
  })

/** Operations and interventions, done and planned. */
export const surgeryLane = ({ history }: LaneInput): readonly Draft[] =>
  history.operations.map((operation) => ({
    row: spoken(operation.procedure),
    shape: 'point',
    title: spoken(operation.procedure),
    ...dated('start', operation.on),
    time: operation.isPlanned ? 'planned' : 'past',
    mark: 'start',
    details: operation.isCurative ? code('intent', 'curative') : [],
    sources: [history.source(operation.resource)],
  }))

export const treatmentLines = ({ history }: LaneInput): readonly TimelineLine[] =>
  history.lines.map(({ line, number, drugs }) => ({
    ...(number === null ? {} : { number }),
    intent: line.intent,
    drugs,
    ...dated('start', line.start),
    ...dated('end', line.end),
    ending: line.isRunning ? 'running' : line.isHeld ? 'held' : line.end === undefined ? 'unknown' : 'ended',
  }))
