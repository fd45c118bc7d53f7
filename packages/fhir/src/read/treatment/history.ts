import type { Fact, FactSource, ListItem } from '@secondwind/core'
import type { ReadContext } from '../context.ts'
import { countIn, growingLesions, responseWords, sitesIn, statusEvents } from '../disease-status.ts'
import { nameOf } from '../shapes.ts'
import { type Course, hasRole } from './courses.ts'
import { daysBetween, earlier, firstDay, lastDay, later } from './days.ts'
import type { Extent } from './extent.ts'
import { type Line, linesOf, type PlacedCourse } from './lines.ts'
import { firstKey } from './phrases.ts'
import { type Assessment, assessmentsOf, assessmentsOn, bestResponse, lastVerdict } from './progress.ts'
import { type Role, treatmentWords } from './words.ts'

/** A line with what became of it. */
interface ToldLine {
  readonly line: Line
  /** 1 for the first line for advanced disease; null for treatment meant to cure. */
  readonly number: number | null
  readonly drugs: readonly string[]
  readonly classes: readonly string[]
  readonly assessments: readonly Assessment[]
  readonly hasProgressed: boolean
  readonly progressedOn?: string
  readonly sources: readonly FactSource[]
}

/** Settles every fact about systemic treatment so far. Says nothing when the chart holds no anticancer drug. */
export function readHistory(context: ReadContext, courses: readonly PlacedCourse[], extent: Extent): void {
  const words = treatmentWords(context)
  const all = assessmentsOf(context, courses, extent)
  readDiseaseStatus(context, courses, all)
  if (courses.length === 0) return
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
}

const sourcesOf = (courses: readonly Course[]): readonly FactSource[] => courses.flatMap((course) => course.sources)
const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort()

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

/** The assessment of the disease itself, and how it grows. Words count only once a treatment has begun: a first scan describes, it does not compare. */
function readDiseaseStatus(context: ReadContext, courses: readonly Course[], all: readonly Assessment[]): void {
  const { limits } = treatmentWords(context)
  const start = courses.map((course) => firstDay(course.start)).filter((day) => day !== undefined)
  const from = start.length > 0 ? Math.min(...start) + limits.baselineDays : undefined
  const counted = all.filter((one) => !one.fromText || (from !== undefined && (lastDay(one.on) ?? 0) > from))
  const verdict = lastVerdict(counted)
  if (verdict === undefined) {
    readUndatedStatus(context, courses)
    return
  }
  const sources = verdict.assessments.flatMap((one) => one.sources)
  const words = verdict.assessments.every((one) => one.fromText)
    ? verdict.assessments.map((one) => one.words).find((text) => text !== undefined)
    : undefined
  if (words !== undefined)
    context.issue({
      code: 'read-from-text',
      severity: 'information',
      path: sources[0]?.reference ?? 'disease-status',
      message: `the state of the disease was read from words: "${words.slice(0, 160)}"`,
      remedy: 'record the disease status (97509-4)',
    })
  context.settle(
    'disease-status',
    verdict.value === 'conflict'
      ? { unknown: 'conflicting', on: verdict.on, sources }
      : { value: verdict.value, on: verdict.on, ...(words === undefined ? {} : { words: words.slice(0, 300) }), sources },
  )
  context.settle('disease-status-on', { value: verdict.on, on: verdict.on, sources })
  if (verdict.value !== 'progression') return

  const dictionary = responseWords(context)
  const latest = courses.map((course) => firstDay(course.start)).filter((day) => day !== undefined)
  const since = latest.length > 0 ? Math.max(...latest) + limits.baselineDays : undefined
  // sites and kind may stand in the report of another day than the status that rests on it
  const near = counted.filter(
    (one) =>
      one.value === 'progression' &&
      (since === undefined || (lastDay(one.on) ?? 0) > since) &&
      (lastDay(verdict.on) ?? 0) - (lastDay(one.on) ?? 0) <= limits.statusNearEndDays,
  )
  const events = statusEvents(context).filter(
    (event) =>
      event.value === 'progression' &&
      near.some((one) => one.on === event.on && one.sources.some((source) => source.reference === event.source.reference)),
  )
  const growth = near
    .filter((one) => one.words?.startsWith('new metastasis: ') === true)
    .map((one) => one.words!.slice('new metastasis: '.length))
  const known = new Set(Object.keys(dictionary.sites))
  const sites = sorted([
    ...events.flatMap((event) => event.sites),
    ...growth.map((site) => (site.startsWith('node') ? 'node' : known.has(site) ? site : 'other')),
    ...near.filter((one) => !one.isImaging && one.fromText).flatMap((one) => sitesIn(one.words ?? '', dictionary, true)),
  ])
  const from2 = near.flatMap((one) => one.sources)
  if (sites.length > 0) context.settle('progressing-sites', { value: sites, on: verdict.on, sources: from2 })
  const lesions = growingLesions(context, since)
  if (lesions !== undefined)
    context.settle('progressing-lesion-count', {
      value: lesions.count,
      ...(lesions.on === undefined ? {} : { on: lesions.on }),
      ...(lesions.fromText ? { words: lesions.words.slice(0, 300) } : {}),
      sources: [lesions.source],
    })
  const text = near
    .map((one) => one.words ?? '')
    .concat(courses.flatMap((course) => (course.isRunning || course.stop === 'progression' ? [course.words] : [])))
    .join('. ')
  const kind = firstKey(text, dictionary.kinds)
  if (kind !== undefined) context.settle('progression-kind', { value: kind, on: verdict.on, words: text.slice(0, 300), sources: from2 })
}

/** Without any dated assessment: what the words about the present or latest treatment say, undated as they are. */
function readUndatedStatus(context: ReadContext, courses: readonly Course[]): void {
  const dictionary = responseWords(context)
  const running = courses.filter((course) => course.isRunning || course.isHeld)
  const latest = running.length > 0 ? running : courses.slice(-1)
  const course = latest.find((one) => one.statuses.length > 0)
  const status = course?.statuses.at(-1)
  if (course === undefined || status === undefined || status.on !== undefined) return
  const told = { words: course.words.slice(0, 300), sources: course.sources }
  context.settle('disease-status', { value: status.value, ...told })
  if (status.value !== 'progression') return
  const sites = sitesIn(course.words, dictionary, true)
  const count = countIn(course.words, dictionary)
  const kind = firstKey(course.words, dictionary.kinds)
  if (sites.length > 0) context.settle('progressing-sites', { value: sites, ...told })
  if (count !== undefined) context.settle('progressing-lesion-count', { value: count, ...told })
  if (kind !== undefined) context.settle('progression-kind', { value: kind, ...told })
}

function settleCurative(context: ReadContext, lines: readonly ToldLine[], extent: Extent): void {
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

function settleLastDoses(context: ReadContext, courses: readonly PlacedCourse[], lines: readonly ToldLine[]): void {
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
