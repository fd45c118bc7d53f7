import type { Fact, FactSource, ListItem } from '@secondwind/core'
import type { ReadContext, Resource } from '../context.ts'
import { statusEvents } from '../disease-status.ts'
import { choiceDay, dayOf, nameOf } from '../shapes.ts'
import { daysBetween, firstDay, later } from './days.ts'
import { settleCurative, settleLastDoses } from './dose-facts.ts'
import type { Extent } from './extent.ts'
import { type Line, linesOf, type PlacedCourse } from './lines.ts'
import { type Assessment, assessmentsOf, assessmentsOn, bestResponse, lastVerdict } from './progress.ts'
import { readDiseaseStatus } from './status-facts.ts'
import { sorted, sourcesOf, type ToldLine } from './told-line.ts'
import { treatmentWords } from './words.ts'

/** Settles every fact about systemic treatment so far, and gives its lines. Says nothing when the chart holds no anticancer drug. */
export function readHistory(context: ReadContext, courses: readonly PlacedCourse[], extent: Extent): readonly ToldLine[] {
  const words = treatmentWords(context)
  const all = assessmentsOf(context, courses, extent)
  readDiseaseStatus(context, courses, all)
  if (courses.length === 0) return []
  const progressions = all.filter((one) => one.value === 'progression')
  const lines = tellLines(
    context,
    linesOf(
      courses,
      progressions,
      all.filter((one) => one.value !== 'progression' && one.value !== 'undetermined'),
      words,
    ),
    all,
    extent,
  )
  for (const course of courses) {
    if (!course.fromText) continue
    context.issue({
      code: 'read-from-text',
      severity: 'warning',
      path: course.sources[0]?.reference ?? course.drug,
      message: `treatment with ${course.drug} was read from words only: "${course.words.slice(0, 160)}"`,
      remedy: 'confirm it, or record it as a medication',
    })
  }
  reportOpenOrders(context, lines)
  settleLines(context, lines)
  settleDrugs(context, courses, lines)
  settleCurrent(context, lines, all, extent)
  settleCurative(context, lines, extent)
  settleLastDoses(context, courses, lines)
  return lines
}

function tellLines(context: ReadContext, lines: readonly Line[], all: readonly Assessment[], extent: Extent): readonly ToldLine[] {
  const { limits } = treatmentWords(context)
  let number = 0
  const curative = lines.filter((line) => line.intent === 'curative').length
  return lines.map((line, index) => {
    if (line.intent === 'palliative') number = numberOf(context, line, number + 1, curative)
    const next = lines[index + 1]
    const courses = [...line.courses, ...line.continued]
    const assessments = assessmentsOn(line, next, all, limits.baselineDays)
    const seen = assessments.filter((one) => one.value === 'progression')
    const stopped = line.courses.some((course) => course.stop === 'progression')
    const last = line.courses.flatMap((course) => course.statuses).at(-1)
    const told = last?.value === 'progression'
    const relapsed =
      line.intent === 'curative' && extent.metastaticOn !== undefined && (firstDay(extent.metastaticOn) ?? 0) >= (firstDay(line.from) ?? 0)
    // growth seen early that later assessments of the same line took back does not end it
    const verdict = lastVerdict(assessments)
    const grew = seen.length > 0 && (next !== undefined || verdict?.value === 'progression' || verdict?.value === 'conflict')
    const isUnexplained =
      !grew && !stopped && !told && !relapsed && next !== undefined && next.intent === line.intent && line.intent === 'palliative'
    const presumed = isUnexplained && !['toxicity', 'choice', 'other'].includes(line.stop ?? '')
    if (presumed) {
      context.issue({
        code: 'missing-input',
        severity: 'warning',
        path: nameOf(line.courses[0]!.resources[0]!),
        message: `another line followed ${sorted(courses.map((course) => course.drug)).join(', ')} without a recorded reason; progression is presumed`,
        remedy: 'record why the treatment ended',
      })
    }
    const hasProgressed = grew || stopped || told || relapsed || presumed
    const progressedOn =
      relapsed && seen.length === 0
        ? extent.metastaticOn
        : (seen.map((one) => one.on).sort((a, b) => (firstDay(a) ?? 0) - (firstDay(b) ?? 0))[0] ?? (stopped ? line.end : undefined))
    return {
      line,
      number: line.intent === 'palliative' ? number : null,
      drugs: sorted(courses.map((course) => course.drug)),
      classes: sorted(courses.flatMap((course) => course.classes)),
      assessments,
      hasProgressed,
      ...(hasProgressed && progressedOn !== undefined ? { progressedOn } : {}),
      sources: sourcesOf(courses),
    }
  })
}

/** The chart's own count of a line where it is higher than what is on record: an earlier line is missing from the chart, not from the patient. */
function numberOf(context: ReadContext, line: Line, counted: number, curative: number): number {
  const course = line.courses.find((one) => one.line !== undefined)
  const stated = course?.line
  if (course === undefined || stated === undefined || stated === counted) return counted
  const countsCurative = stated === counted + curative
  if (!countsCurative) {
    context.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: course.sources[0]?.reference ?? course.drug,
      message: `the chart calls ${course.drug} line ${stated}, but it is line ${counted} of those on record${stated > counted ? '; the higher number was taken' : ''}`,
      remedy: stated > counted ? 'record the earlier lines: what they held is not known here' : 'correct the line number, or the lines',
    })
  }
  return countsCurative ? counted : Math.max(stated, counted)
}

function reportOpenOrders(context: ReadContext, lines: readonly ToldLine[]): void {
  for (const { line } of lines) {
    for (const course of line.superseded) {
      context.issue({
        code: 'contradictory-result',
        severity: 'warning',
        path: nameOf(course.resources[0]!),
        message: `${course.drug} is still recorded as active although another line began${line.start === undefined ? '' : ` on ${line.start}`}; it is read as ended`,
        remedy: 'close the order, or say that it goes on',
      })
    }
    for (const course of [...line.courses, ...line.continued]) {
      if (!course.isHeld) continue
      context.issue({
        code: 'missing-input',
        severity: 'information',
        path: nameOf(course.resources[0]!),
        message: `${course.drug} is on hold; it is not counted as running`,
        remedy: 'record the reason of the hold',
      })
    }
  }
}

/** Cycles as stated, else the days of administration of the drug given on fewest days: of gemcitabine and carboplatin, carboplatin counts the cycles. */
function cyclesOf(courses: readonly PlacedCourse[]): number | undefined {
  const stated = courses.map((course) => course.cycles).filter((count) => count !== undefined)
  if (stated.length > 0) return Math.max(...stated)
  const days = new Map<string, Set<string>>()
  for (const course of courses) days.set(course.drug, new Set([...(days.get(course.drug) ?? []), ...course.doses]))
  const counts = [...days.values()].map((set) => set.size).filter((count) => count > 0)
  return counts.length > 0 ? Math.min(...counts) : undefined
}

function settleLines(context: ReadContext, lines: readonly ToldLine[]): void {
  const { limits } = treatmentWords(context)
  const events = statusEvents(context)
  const rows: ListItem[] = lines.map(({ line, number, drugs, classes, assessments, hasProgressed }, index) => ({
    number,
    intent: line.intent,
    drugs,
    classes,
    start: line.start ?? null,
    end: line.end ?? null,
    stopReason: line.stop ?? (hasProgressed && !line.isRunning ? 'progression' : null),
    bestResponse: bestResponse(line, lines[index + 1]?.line, assessments, events, limits.baselineDays) ?? null,
    current: line.isRunning,
    cycles: cyclesOf(line.courses) ?? null,
  }))
  const words = lines.flatMap(({ line }) => line.courses.filter((course) => course.fromText).map((course) => course.words))
  const sources = lines.flatMap((line) => line.sources)
  context.settle('lines', { value: rows, ...(words.length > 0 ? { words: sorted(words).join(' | ').slice(0, 500) } : {}), sources })
  const palliative = lines.filter(({ line }) => line.intent === 'palliative')
  if (palliative.length === 0) return
  const of = palliative.flatMap((line) => line.sources)
  const count = palliative.at(-1)?.number ?? palliative.length
  context.settle('palliative-lines', { value: count, sources: of })
  const failed = palliative.filter((line) => line.hasProgressed)
  // lines that the chart counts but does not hold were followed by another: they failed
  context.settle('failed-lines', {
    value: failed.length + count - palliative.length,
    sources: failed.length > 0 ? failed.flatMap((line) => line.sources) : of,
  })
}

function settleDrugs(context: ReadContext, courses: readonly PlacedCourse[], lines: readonly ToldLine[]): void {
  const settle = (fact: string, of: readonly PlacedCourse[], pick: (course: PlacedCourse) => readonly string[]): void => {
    if (of.length > 0) context.settle(fact, { value: sorted(of.flatMap(pick)), sources: sourcesOf(of) })
  }
  const drug = (course: PlacedCourse) => [course.drug]
  const classes = (course: PlacedCourse) => course.classes
  settle('prior-drugs', courses, drug)
  settle('prior-classes', courses, classes)
  const palliative = lines.filter(({ line }) => line.intent === 'palliative').flatMap(({ line }) => [...line.courses, ...line.continued])
  settle('palliative-drugs', palliative, drug)
  settle('palliative-classes', palliative, classes)
  const failed = lines
    .filter((line) => line.hasProgressed)
    .flatMap(({ line, progressedOn }) =>
      [...line.courses, ...line.continued].filter((course) => wasOn(context, course, line, progressedOn)),
    )
  settle('progressed-on', failed, drug)
  settle('progressed-on-classes', failed, classes)
  settle(
    'stopped-for-toxicity',
    courses.filter((course) => course.stop === 'toxicity'),
    drug,
  )
}

/** Progression on a drug: the drug was part of the line that failed. A drug stopped for toxicity well before did not fail; nor did a curative drug that ended long before the relapse. */
function wasOn(context: ReadContext, course: PlacedCourse, line: Line, progressedOn: string | undefined): boolean {
  const { limits } = treatmentWords(context)
  if (course.isRunning || course.stop === 'progression') return true
  const gap = daysBetween(course.end, progressedOn)
  if (line.intent === 'curative') return gap !== undefined && gap <= limits.onTreatmentDays
  return !(course.stop === 'toxicity' && (gap === undefined || gap > limits.statusNearEndDays))
}

/** An order that was never closed makes a drug run for years: said, when nothing has named the drug for long. */
function sayUnheard(context: ReadContext, course: PlacedCourse): void {
  const { limits } = treatmentWords(context)
  const days = [course.start, ...course.doses, ...course.resources.flatMap(writtenDays)].filter((day) => day !== undefined)
  const heard = [...days].sort().at(-1)
  const silence = daysBetween(heard, context.asOf)
  if (heard === undefined || silence === undefined || silence <= limits.runningUnheardDays) return
  const resource = course.resources[0]
  context.issue({
    code: 'stale-value',
    severity: course.resources.every(({ resourceType }) => resourceType === 'MedicationRequest') ? 'warning' : 'information',
    path: resource === undefined ? course.drug : nameOf(resource),
    message: `${course.drug} is counted as running, but the last entry that names it is of ${heard}`,
    remedy: 'ask whether it is still taken; close the order if not',
  })
}

const writtenDays = (resource: Resource): readonly (string | undefined)[] => [
  dayOf(resource.authoredOn),
  dayOf(resource.dateAsserted),
  choiceDay(resource, 'effective'),
  dayOf(resource.date),
  dayOf(resource.issued),
  dayOf(resource.whenHandedOver),
]

function settleCurrent(context: ReadContext, lines: readonly ToldLine[], all: readonly Assessment[], extent: Extent): void {
  const { limits } = treatmentWords(context)
  const last = lines.at(-1)!
  const { line } = last
  const running = [...line.courses, ...line.continued].filter((course) => course.isRunning)
  if (running.length > 0) {
    const sources = sourcesOf(running)
    context.settle('on-treatment', { value: true, on: context.asOf, sources })
    context.settle('current-drugs', { value: sorted(running.map((course) => course.drug)), sources })
    context.settle('current-classes', { value: sorted(running.flatMap((course) => course.classes)), sources })
    for (const course of running) sayUnheard(context, course)
  } else if (line.courses.every((course) => course.fromText && course.end === undefined && course.stop === undefined)) {
    // words name the treatment but not its end: whether it runs is not known
    for (const fact of ['on-treatment', 'current-drugs', 'current-classes'])
      context.settle(fact, { unknown: 'not-recorded', sources: last.sources })
  } else context.settle('on-treatment', { value: false, sources: last.sources })
  if (line.start !== undefined) context.settle('current-line-start-on', { value: line.start, on: line.start, sources: last.sources })
  const now = new Set(running.map((course) => course.drug))
  const cycles = cyclesOf(line.courses.filter((course) => !line.isRunning || now.has(course.drug)))
  if (cycles !== undefined) context.settle('current-cycles', { value: cycles, sources: last.sources })
  const best = bestResponse(line, undefined, last.assessments, statusEvents(context), limits.baselineDays)
  if (best !== undefined)
    context.settle('current-best-response', { value: best, sources: [...last.sources, ...last.assessments.flatMap((one) => one.sources)] })

  settleProgressing(context, last, extent)
  const progressed = lines.filter((one) => one.progressedOn !== undefined)
  const quietAt = last.assessments.findLastIndex((one) => one.value !== 'progression' && one.value !== 'undetermined')
  const since = last.hasProgressed ? last.assessments.slice(quietAt + 1).find((one) => one.value === 'progression')?.on : undefined
  const latest = since ?? progressed.reduce<string | undefined>((day, one) => later(day, one.progressedOn), undefined)
  if (latest !== undefined) {
    const sources = all.filter((one) => one.on === latest && one.value === 'progression').flatMap((one) => one.sources)
    context.settle('progression-on', { value: latest, on: latest, sources: sources.length > 0 ? sources : last.sources })
  }
}

/** Progression on or after the latest treatment that no later line has answered. An assessment up to a week after its start describes the disease before it. */
function settleProgressing(
  context: ReadContext,
  { line, assessments, sources, hasProgressed, progressedOn }: ToldLine,
  extent: Extent,
): void {
  const verdict = lastVerdict(assessments)
  const settle = (fact: Fact): void => context.settle('progressing-now', fact)
  const of = (list: readonly Assessment[]): readonly FactSource[] => (list.length > 0 ? list.flatMap((one) => one.sources) : sources)
  const ended = !line.isRunning && line.stop === 'progression'
  if (verdict?.value === 'conflict') {
    context.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: of(verdict.assessments)[0]?.reference ?? 'progressing-now',
      message: `two assessments of ${verdict.on} contradict each other`,
      remedy: 'settle which one stands: the next step depends on it',
    })
    settle({ unknown: 'conflicting', on: verdict.on, sources: of(verdict.assessments) })
    return
  }
  if (verdict !== undefined && verdict.value !== 'progression' && ended) {
    context.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: of(verdict.assessments)[0]?.reference ?? 'progressing-now',
      message: `the treatment ended for progression, but the assessment of ${verdict.on} says ${verdict.value}; progression stands until another line begins`,
      remedy: 'confirm the state of the disease',
    })
  }
  const words = verdict?.assessments.find((one) => one.fromText)?.words
  if (ended || verdict?.value === 'progression') {
    const on = verdict?.value === 'progression' ? verdict.on : progressedOn
    const isText = verdict?.value === 'progression' && verdict.assessments.every((one) => one.fromText)
    settle({
      value: true,
      ...(on === undefined ? {} : { on }),
      ...(isText && words !== undefined ? { words: words.slice(0, 300) } : {}),
      sources: of(verdict?.assessments ?? []),
    })
    return
  }
  if (verdict === undefined && hasProgressed) {
    // a relapse after curative treatment, or undated words of the line itself
    const on = line.intent === 'curative' ? extent.metastaticOn : progressedOn
    settle({ value: true, ...(on === undefined ? {} : { on }), sources })
    return
  }
  if (
    verdict !== undefined &&
    line.intent === 'curative' &&
    hasProgressed &&
    (firstDay(verdict.on) ?? 0) <= (firstDay(extent.metastaticOn) ?? 0)
  ) {
    settle({ value: true, ...(extent.metastaticOn === undefined ? {} : { on: extent.metastaticOn }), sources })
    return
  }
  if (verdict !== undefined) {
    if (verdict.value === 'undetermined')
      settle({
        unknown: 'not-informative',
        on: verdict.on,
        ...(words === undefined ? {} : { words: words.slice(0, 300) }),
        sources: of(verdict.assessments),
      })
    else
      settle({
        value: false,
        on: verdict.on,
        ...(words === undefined ? {} : { words: words.slice(0, 300) }),
        sources: of(verdict.assessments),
      })
    return
  }
  const told = line.courses.flatMap((course) => course.statuses).at(-1)
  if (told !== undefined && told.value !== 'undetermined') settle({ value: told.value === 'progression', words: told.words, sources })
}
