import type { ReadContext } from '../context.ts'
import { hasRole } from './courses.ts'
import { daysBetween, earlier, firstDay, lastDay, later } from './days.ts'
import type { Extent } from './extent.ts'
import type { PlacedCourse } from './lines.ts'
import { sorted, sourcesOf, type ToldLine } from './told-line.ts'
import { type Role, treatmentWords } from './words.ts'

/** Facts of treatment meant to cure: what was given, and how long before the relapse. */
export function settleCurative(context: ReadContext, lines: readonly ToldLine[], extent: Extent): void {
  const words = treatmentWords(context)
  const curative = lines.filter(({ line }) => line.intent === 'curative')
  if (curative.length === 0) return
  const courses = curative.flatMap(({ line }) => line.courses)
  const end = curative.at(-1)!
  const relapseOn =
    extent.metastaticOn !== undefined && (firstDay(extent.metastaticOn) ?? 0) >= (firstDay(end.line.from) ?? 0)
      ? extent.metastaticOn
      : curative.map((line) => line.progressedOn).find((day) => day !== undefined)
  const ici = courses.filter((course) => hasRole(words, course.classes, 'ici'))
  if (ici.length > 0) context.settle('curative-ici', { value: true, sources: sourcesOf(ici) })
  settleInterval(context, 'curative-ici-to-relapse-days', ici, relapseOn)
  settleInterval(
    context,
    'curative-platinum-to-relapse-days',
    courses.filter((course) => hasRole(words, course.classes, 'platinum')),
    relapseOn,
  )
  const tki = courses.filter((course) => hasRole(words, course.classes, 'tki'))
  if (tki.length === 0) return
  context.settle('curative-tki', { value: sorted(tki.map((course) => course.drug)), sources: sourcesOf(tki) })
  if (relapseOn === undefined) return
  const gaps = tki.map((course) => (course.isRunning ? 0 : daysBetween(course.end, relapseOn)))
  const sources = sourcesOf(tki)
  if (gaps.some((gap) => gap !== undefined && gap <= words.limits.onTreatmentDays))
    context.settle('relapse-on-curative-tki', { value: true, on: relapseOn, sources })
  else if (gaps.every((gap) => gap !== undefined)) context.settle('relapse-on-curative-tki', { value: false, on: relapseOn, sources })
}

/** Days from the last curative dose to relapse; nothing when either is not known, zero for a relapse under treatment. */
function settleInterval(context: ReadContext, fact: string, courses: readonly PlacedCourse[], relapseOn: string | undefined): void {
  if (courses.length === 0 || relapseOn === undefined) return
  const running = courses.some((course) => course.isRunning)
  const last = courses.reduce<string | undefined>((day, course) => later(day, course.end), undefined)
  const from = lastDay(last)
  const to = firstDay(relapseOn)
  if (running) context.settle(fact, { value: 0, unit: 'd', on: relapseOn, sources: sourcesOf(courses) })
  else if (from !== undefined && to !== undefined && courses.every((course) => course.end !== undefined))
    context.settle(fact, { value: Math.max(0, to - from), unit: 'd', on: relapseOn, sources: sourcesOf(courses) })
}

const LAST: readonly (readonly [fact: string, role: Role | undefined])[] = [
  ['last-platinum-on', 'platinum'],
  ['last-ici-on', 'ici'],
  ['last-tki-on', 'tki'],
  ['last-cytotoxic-on', 'cytotoxic'],
  ['last-antiangiogenic-on', 'antiangiogenic'],
  ['last-systemic-on', undefined],
]

/** Last doses by role, time on checkpoint inhibitors and why they ended. */
export function settleLastDoses(context: ReadContext, courses: readonly PlacedCourse[], lines: readonly ToldLine[]): void {
  const words = treatmentWords(context)
  const superseded = new Set(lines.flatMap(({ line }) => line.superseded))
  const isOn = (course: PlacedCourse): boolean => course.isRunning && !superseded.has(course)
  for (const [fact, role] of LAST) {
    const of = courses.filter((course) => role === undefined || hasRole(words, course.classes, role))
    if (of.length === 0) continue
    const sources = sourcesOf(of)
    const last = lastDose(context, of, isOn)
    const bound = last === undefined ? latestPossible(of, lines) : undefined
    if (last !== undefined) context.settle(fact, { value: last, on: last, sources })
    else if (bound !== undefined)
      context.settle(fact, { value: bound, on: bound, words: 'end not recorded; no later than the start of the next line', sources })
    else context.settle(fact, { unknown: 'not-recorded', sources })
    if (fact === 'last-platinum-on') settlePlatinumFree(context, of, last, lines)
  }
  const ici = courses.filter((course) => hasRole(words, course.classes, 'ici'))
  if (ici.length === 0) return
  const sources = sourcesOf(ici)
  // within a line the days count from its first dose to its last, breaks included
  const spans = lines
    .map(({ line }) => line.courses.filter((course) => ici.includes(course)))
    .filter((of) => of.length > 0)
    .map((of) => {
      const end = of.some(isOn)
        ? context.asOf
        : of.every((course) => course.end !== undefined)
          ? of.reduce<string | undefined>((day, course) => later(day, course.end), undefined)
          : undefined
      const start = of.every((course) => course.start !== undefined)
        ? of.reduce<string | undefined>((day, course) => earlier(day, course.start), undefined)
        : undefined
      return daysBetween(start, end)
    })
  const total = spans.every((days) => days !== undefined) ? spans.reduce<number>((sum, days) => sum + Math.max(0, days ?? 0), 0) : undefined
  context.settle('ici-duration-days', total === undefined ? { unknown: 'not-recorded', sources } : { value: total, unit: 'd', sources })
  const latest = [...ici].sort((a, b) => (firstDay(a.start) ?? 0) - (firstDay(b.start) ?? 0)).at(-1)!
  const line = lines.find((one) => one.line.courses.includes(latest))
  const reason = isOn(latest)
    ? 'running'
    : (latest.stop ?? (line?.hasProgressed && line.line.intent === 'palliative' ? 'progression' : undefined))
  if (reason !== undefined) context.settle('ici-stop-reason', { value: reason, sources })
}

/** The last dose of a group of courses. A running course without single doses counts as taken today; one whose end nobody recorded leaves the answer unknown unless another is later. */
function lastDose(context: ReadContext, courses: readonly PlacedCourse[], isOn: (course: PlacedCourse) => boolean): string | undefined {
  if (courses.some((course) => isOn(course) && course.doses.length === 0)) return context.asOf
  const known = courses.map((course) => (isOn(course) ? course.doses.at(-1) : later(course.end, course.doses.at(-1))))
  const last = known.reduce<string | undefined>((day, one) => later(day, one), undefined)
  const open = courses.filter((_, index) => known[index] === undefined)
  const mayBeLater = open.some(
    (course) =>
      course.start === undefined || last === undefined || (firstDay(course.start) ?? 0) >= (firstDay(last) ?? 0) || course.isRunning,
  )
  return mayBeLater ? undefined : last
}

/** Where ends are missing: every course ended at the latest when the next line began. The latest day is the careful one for a wash-out. */
function latestPossible(courses: readonly PlacedCourse[], lines: readonly ToldLine[]): string | undefined {
  const bounds = courses.map((course) => {
    if (course.end !== undefined || course.doses.length > 0) return later(course.end, course.doses.at(-1))
    const at = lines.findIndex(({ line }) => line.courses.includes(course))
    const next = lines[at + 1]?.line
    return at < 0 || next === undefined || next.continued.includes(course) ? undefined : next.start
  })
  return bounds.some((day) => day === undefined) ? undefined : bounds.reduce<string | undefined>((day, one) => later(day, one), undefined)
}

/** From the last platinum dose to the first progression after it (a later line stands for one), or to now. */
function settlePlatinumFree(
  context: ReadContext,
  courses: readonly PlacedCourse[],
  last: string | undefined,
  lines: readonly ToldLine[],
): void {
  const from = lastDay(last)
  const sources = sourcesOf(courses)
  if (from === undefined) {
    context.settle('platinum-free-days', { unknown: 'not-recorded', sources })
    return
  }
  const growth = lines.flatMap((line) => [
    line.progressedOn,
    ...line.assessments.filter((one) => one.value === 'progression').map((one) => one.on),
  ])
  const relapses = [
    ...growth.map(firstDay).filter((day) => day !== undefined && day >= from),
    ...lines.map(({ line }) => firstDay(line.start)).filter((day) => day !== undefined && day > from),
  ]
  const until = relapses.length > 0 ? Math.min(...relapses.map((day) => day ?? from)) : (firstDay(context.asOf) ?? from)
  context.settle('platinum-free-days', { value: Math.max(0, until - from), unit: 'd', sources })
}
