import { byStart, type Course, hasRole } from './courses.ts'
import { firstDay, lastDay, later } from './days.ts'
import type { Intent, StopReason, TreatmentWords } from './words.ts'

/** A dated assessment: of progression, or of a quiet disease. */
export interface Dated {
  readonly on: string
}

export interface PlacedCourse extends Course {
  readonly lineIntent: Intent
}

/** A line of systemic treatment: one regimen with what was dropped from it, swapped in it or added to maintain it. */
export interface Line {
  readonly intent: Intent
  readonly courses: readonly PlacedCourse[]
  /** Courses of an earlier line that go on in this one (a kinase inhibitor kept beyond progression). */
  readonly continued: readonly PlacedCourse[]
  /** Running courses of earlier lines that this line replaced although nobody closed them. */
  readonly superseded: readonly PlacedCourse[]
  /** First recorded day. */
  readonly start?: string
  /** The start, else the first day of any record of the line: where assessments of it can begin. */
  readonly from?: string
  readonly end?: string
  readonly isRunning: boolean
  readonly isHeld: boolean
  readonly stop?: StopReason
}

/**
 * Groups courses into lines.
 *
 * Same line: drugs that start within the regimen window; a drug that is dropped; platinum for platinum, paclitaxel for nab-paclitaxel; a drug of the
 * same narrow class after a stop for toxicity without progression; maintenance and consolidation; a restart of the same drug
 * within the gap, or after a longer one in which the disease was seen to be quiet.
 * New line: another drug after progression, a drug that none of these rules covers, the same drug again after progression, and any treatment
 * for advanced disease after one that was meant to cure. Local treatment alone is no line.
 * Sources: treatment.yaml, lot-table and lot-framework; the swap for toxicity follows lot-targeted in spirit and is ours in detail.
 */
export function linesOf(
  courses: readonly PlacedCourse[],
  progressions: readonly Dated[],
  quiet: readonly Dated[],
  words: TreatmentWords,
): readonly Line[] {
  const dated = courses.filter((course) => course.start !== undefined || course.end !== undefined).sort(byStart)
  const undated = courses.filter((course) => course.start === undefined && course.end === undefined)
  const groups: PlacedCourse[][] = []
  for (const course of dated) {
    const last = groups.at(-1)
    if (last && joins(last, course, progressions, quiet, words)) last.push(course)
    else groups.push([course])
  }
  for (const group of undatedGroups(undated)) place(groups, group)
  return finish(groups, words)
}

const startOf = (group: readonly PlacedCourse[]): string | undefined =>
  group
    .map((course) => course.start ?? course.end)
    .filter((day) => day !== undefined)
    .sort((a, b) => (firstDay(a) ?? 0) - (firstDay(b) ?? 0))[0]

function joins(
  line: readonly PlacedCourse[],
  course: PlacedCourse,
  progressions: readonly Dated[],
  quiet: readonly Dated[],
  words: TreatmentWords,
): boolean {
  const { limits } = words
  if (line[0]!.lineIntent !== course.lineIntent) return false
  const lineNumber = line.find((one) => one.line !== undefined)?.line
  if (lineNumber !== undefined && course.line !== undefined) return lineNumber === course.line
  const from = firstDay(startOf(line))
  const at = firstDay(course.start ?? course.end)
  if (from === undefined || at === undefined) return false
  const toldTogether = course.order > 0 && line.some((one) => one.order === course.order)
  const endedBefore = line.some(
    (one) => one.stop === 'progression' && one.start !== undefined && one.end !== undefined && at > from && (lastDay(one.end) ?? 0) <= at,
  )
  if (toldTogether || (at - from <= limits.regimenWindowDays && !endedBefore)) return true
  const failed =
    progressions.some(
      (one) => (lastDay(one.on) ?? 0) > from + limits.baselineDays && (firstDay(one.on) ?? 0) <= at + limits.baselineDays,
    ) || line.some((one) => one.stop === 'progression' && (lastDay(one.end ?? course.start) ?? 0) <= at + limits.baselineDays)
  if (failed) return false
  if (course.lineIntent === 'curative') return true
  const isMaintenance = course.setting === 'maintenance' || course.setting === 'consolidation'
  const hadPlatinum = line.some((one) => hasRole(words, one.classes, 'platinum'))
  const gap = at - (lineEnd(line) ?? at)
  if (line.some((one) => one.drug === course.drug)) {
    const until = lineEnd(line)
    const wasQuiet =
      until !== undefined && quiet.some((one) => (lastDay(one.on) ?? 0) >= until && (firstDay(one.on) ?? 0) <= at + limits.baselineDays)
    return gap <= limits.gapDays || wasQuiet || hasRole(words, course.classes, 'tki')
  }
  if (
    isMaintenance ||
    (hadPlatinum &&
      words.maintenanceAfterPlatinum.includes(course.drug) &&
      gap <= limits.lastDoseRunningDays * 2 &&
      !hasOtherBackbone(line, course, words))
  )
    return true
  if (
    line.some((one) => words.substitutions.some((pair) => pair.includes(one.drug) && pair.includes(course.drug))) &&
    gap <= limits.gapDays
  )
    return true
  const swapped = line.find((one) => one.classes.some((id) => course.classes.includes(id) && !words.broadClasses.includes(id)))
  const stops = line.map((one) => one.stop)
  return (
    swapped !== undefined &&
    (swapped.stop === 'toxicity' || (stops.includes('toxicity') && !stops.includes('progression'))) &&
    gap <= limits.gapDays
  )
}

/** Switch maintenance is one added drug while nothing of the first regimen still runs as a full regimen: a second platinum-free doublet is no maintenance. */
const hasOtherBackbone = (line: readonly PlacedCourse[], course: PlacedCourse, words: TreatmentWords): boolean =>
  hasRole(words, course.classes, 'platinum') || line.some((one) => one.isRunning && hasRole(words, one.classes, 'tki'))

function lineEnd(line: readonly PlacedCourse[]): number | undefined {
  if (line.some((course) => course.isRunning)) return undefined
  return line
    .map((course) => lastDay(course.end))
    .reduce<number | undefined>((a, b) => (a === undefined ? b : b === undefined ? a : Math.max(a, b)), undefined)
}

/** Courses without any date: one group for each line number told, else for each telling. */
function undatedGroups(courses: readonly PlacedCourse[]): readonly PlacedCourse[][] {
  const groups = new Map<string, PlacedCourse[]>()
  const sorted = [...courses].sort((a, b) => (a.line ?? 99) - (b.line ?? 99) || a.order - b.order || (a.drug < b.drug ? -1 : 1))
  for (const course of sorted) {
    const key = `${course.lineIntent}|${course.line ?? `told ${course.order}`}`
    groups.set(key, [...(groups.get(key) ?? []), course])
  }
  return [...groups.values()]
}

/** Puts an undated group where its line number says; running ones last, others before the dated lines. */
function place(groups: PlacedCourse[][], group: PlacedCourse[]): void {
  const { lineIntent, line } = group[0]!
  const isOpen = group.some((course) => course.isRunning || course.isHeld)
  const samePlace = groups.find(
    (one) => one[0]!.lineIntent === lineIntent && line !== undefined && one.some((course) => course.line === line),
  )
  if (samePlace) samePlace.push(...group)
  else if (isOpen && !groups.some((one) => one.some((course) => course.isRunning))) groups.push(group)
  else if (isOpen) groups.at(-1)!.push(...group)
  else if (lineIntent === 'curative') groups.unshift(group)
  else {
    const palliative = groups.filter((one) => one[0]!.lineIntent === 'palliative')
    const before =
      line === undefined
        ? palliative.find((one) => one.some((course) => course.start !== undefined || course.end !== undefined))
        : (palliative.find((one) => one.some((course) => (course.line ?? 0) > line)) ?? palliative[line - 1])
    if (before) groups.splice(groups.indexOf(before), 0, group)
    else groups.push(group)
  }
}

function finish(groups: readonly PlacedCourse[][], words: TreatmentWords): readonly Line[] {
  const lines: Line[] = []
  const open: PlacedCourse[] = []
  groups.forEach((group, index) => {
    const firstRecord = startOf(group)
    const from = firstDay(firstRecord)
    const start = group.some((course) => course.start !== undefined) ? firstRecord : undefined
    const continued: PlacedCourse[] = []
    const superseded: PlacedCourse[] = []
    for (const course of [...open]) {
      if (goesOn(course, group, from, words)) continued.push(course)
      else {
        superseded.push(course)
        open.splice(open.indexOf(course), 1)
      }
    }
    open.push(...group.filter((course) => course.isRunning))
    const isLast = index === groups.length - 1
    const isRunning = isLast && (group.some((course) => course.isRunning) || (continued.length > 0 && open.length > 0))
    const isHeld = isLast && !isRunning && group.some((course) => course.isHeld)
    const ends = group.map((course) => course.end)
    const end = isRunning || isHeld ? undefined : ends.reduce<string | undefined>((a, b) => later(a, b), undefined)
    const stop = isRunning ? undefined : stopOf(group)
    lines.push({
      intent: group[0]!.lineIntent,
      courses: group,
      continued,
      superseded,
      ...(start === undefined ? {} : { start }),
      ...(firstRecord === undefined ? {} : { from: firstRecord }),
      ...(end === undefined ? {} : { end }),
      isRunning,
      isHeld,
      ...(stop === undefined ? {} : { stop }),
    })
  })
  return lines
}

/** An open kinase inhibitor goes on beside drugs of another kind; anything else only when a dose was given after the new line began. */
function goesOn(course: PlacedCourse, group: readonly PlacedCourse[], from: number | undefined, words: TreatmentWords): boolean {
  if (from !== undefined && course.doses.some((day) => (firstDay(day) ?? 0) >= from)) return true
  const replaced = group.some((one) => one.classes.some((id) => course.classes.includes(id) && !words.broadClasses.includes(id)))
  return hasRole(words, course.classes, 'tki') && !replaced && course.lineIntent === group[0]!.lineIntent
}

/** Why the line ended: the reason given for what ended last; progression wins among those of one day. */
function stopOf(group: readonly PlacedCourse[]): StopReason | undefined {
  const reasons = [...group].sort(
    (a, b) => (lastDay(a.end) ?? 0) - (lastDay(b.end) ?? 0) || Number(a.stop === 'progression') - Number(b.stop === 'progression'),
  )
  return reasons.findLast((course) => course.stop !== undefined)?.stop
}
