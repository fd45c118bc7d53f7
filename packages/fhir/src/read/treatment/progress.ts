import type { FactSource } from '@secondwind/core'
import type { ReadContext } from '../context.ts'
import { type DiseaseStatus, type StatusEvent, statusEvents } from '../disease-status.ts'
import type { Course } from './courses.ts'
import { firstDay, lastDay } from './days.ts'
import type { Extent } from './extent.ts'
import type { Line } from './lines.ts'
import { treatmentWords } from './words.ts'

/** One dated assessment, whatever it was read from. */
export interface Assessment {
  readonly value: DiseaseStatus
  readonly on: string
  readonly fromText: boolean
  readonly isImaging: boolean
  readonly words?: string
  readonly sources: readonly FactSource[]
  /** The course whose record tells it: it says nothing about other lines. */
  readonly course?: Course
}

/** Every dated assessment of the chart: status observations, imaging, stop reasons, dated words of notes, new metastases. Sorted by day. */
export function assessmentsOf(context: ReadContext, courses: readonly Course[], extent: Extent): readonly Assessment[] {
  const found: Assessment[] = []
  for (const event of statusEvents(context)) {
    if (event.isBest || event.on === undefined) continue
    found.push({
      value: event.value,
      on: event.on,
      fromText: event.fromText,
      isImaging: event.isImaging,
      words: event.words,
      sources: [event.source],
    })
  }
  for (const course of courses) {
    for (const status of course.statuses) {
      if (status.on !== undefined)
        found.push({
          value: status.value,
          on: status.on,
          fromText: true,
          isImaging: false,
          words: course.words,
          sources: course.sources,
          course,
        })
    }
  }
  // a stop for progression dates it only where no assessment near it does
  const dated = found.filter((one) => one.value === 'progression')
  for (const course of courses) {
    if (course.stop !== 'progression' || course.end === undefined) continue
    const isSeen = dated.some(
      (one) => Math.abs((lastDay(one.on) ?? 0) - (lastDay(course.end) ?? 0)) <= treatmentWords(context).limits.statusNearEndDays,
    )
    if (!isSeen)
      found.push({
        value: 'progression',
        on: course.end,
        fromText: course.fromText,
        isImaging: false,
        words: course.words,
        sources: course.sources,
        course,
      })
  }
  const first = firstDay(extent.metastaticOn)
  for (const { site, on, resource } of extent.metastases) {
    if (first === undefined || (firstDay(on) ?? 0) - first <= treatmentWords(context).limits.metastasisGraceDays) continue
    found.push({
      value: 'progression',
      on,
      fromText: true,
      isImaging: true,
      words: `new metastasis: ${site}`,
      sources: [context.source(resource, 'onset[x]')],
    })
  }
  const sorted = found.sort(
    (a, b) => (lastDay(a.on) ?? 0) - (lastDay(b.on) ?? 0) || Number(b.fromText) - Number(a.fromText) || (key(a) < key(b) ? -1 : 1),
  )
  return withoutHastyCalm(sorted, treatmentWords(context).limits.statusNearEndDays)
}

const key = (assessment: Assessment): string =>
  `${assessment.value}|${assessment.sources.map((source) => source.reference).join()}|${assessment.words ?? ''}`

/**
 * Words that call the disease quiet do not take back progression found shortly before: a coded progression stands against the words of a scan or a
 * visit ("clinically stable") until a coded assessment, another line, or `statusNearEndDays` have passed.
 */
function withoutHastyCalm(all: readonly Assessment[], days: number): readonly Assessment[] {
  const growth = all.filter((one) => one.value === 'progression' && (!one.fromText || one.isImaging))
  return all.filter((one) => {
    if (!one.fromText || one.value === 'progression') return true
    return !growth.some(
      (seen) =>
        (lastDay(seen.on) ?? 0) <= (lastDay(one.on) ?? 0) &&
        (lastDay(one.on) ?? 0) - (lastDay(seen.on) ?? 0) <= days &&
        (firstDay(seen.on) ?? 0) < (firstDay(one.on) ?? 0),
    )
  })
}

/** Assessments that speak about a line: after its first weeks, and before the next line had its own. */
export function assessmentsOn(line: Line, next: Line | undefined, all: readonly Assessment[], baselineDays: number): readonly Assessment[] {
  const from = firstDay(line.from)
  const until = firstDay(next?.from)
  const own: readonly Course[] = [...line.courses, ...line.continued]
  return all.filter(
    (one) =>
      (one.course === undefined || own.includes(one.course)) &&
      (from === undefined || (lastDay(one.on) ?? 0) > from + baselineDays) &&
      (until === undefined || (firstDay(one.on) ?? 0) <= until + baselineDays),
  )
}

/**
 * The verdict of the last day with an assessment. A coded status of that day wins over words; among words of one day growth wins (one scan may
 * show what another does not). Two coded statuses of one day that differ are a conflict.
 */
export function lastVerdict(
  assessments: readonly Assessment[],
): { value: DiseaseStatus | 'conflict'; on: string; assessments: readonly Assessment[] } | undefined {
  const last = assessments.at(-1)
  if (last === undefined) return undefined
  const same = assessments.filter((one) => lastDay(one.on) === lastDay(last.on))
  const coded = same.filter((one) => !one.fromText)
  const voices = coded.length > 0 ? coded : same
  const values = new Set(voices.map((one) => one.value))
  const growth = values.has('progression')
  const shrinkOrStable = [...values].some((value) => value !== 'progression' && value !== 'undetermined')
  if (coded.length > 1 && growth && shrinkOrStable) return { value: 'conflict', on: last.on, assessments: voices }
  const value = growth ? 'progression' : (ORDER.find((one) => values.has(one)) ?? last.value)
  return { value, on: last.on, assessments: voices }
}

const ORDER: readonly DiseaseStatus[] = ['complete-response', 'response', 'stable', 'undetermined']
const BEST: readonly DiseaseStatus[] = ['complete-response', 'response', 'stable', 'progression']

/** Best response on a line, best-response statements and undated words included. */
export function bestResponse(
  line: Line,
  next: Line | undefined,
  assessments: readonly Assessment[],
  events: readonly StatusEvent[],
  baselineDays: number,
): DiseaseStatus | undefined {
  const from = firstDay(line.from)
  const until = firstDay(next?.from)
  const told = line.courses.flatMap((course) => course.statuses.map((status) => status.value))
  const stated = events
    .filter(
      (event) =>
        event.isBest &&
        (event.on === undefined
          ? next === undefined
          : (from === undefined || (lastDay(event.on) ?? 0) >= from) &&
            (until === undefined || (firstDay(event.on) ?? 0) <= until + baselineDays)),
    )
    .map((event) => event.value)
  const values = new Set([...told, ...stated, ...assessments.map((one) => one.value)])
  return BEST.find((value) => values.has(value))
}
