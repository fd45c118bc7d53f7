import { statementsOf } from '../assertion.ts'
import type { ReadContext } from '../context.ts'
import { countIn, growingLesions, type ResponseWords, responseWords, sitesIn, statusEvents } from '../disease-status.ts'
import { notesOf } from '../shapes.ts'
import { type Lexicon, lexiconOf } from '../words.ts'
import type { Course } from './courses.ts'
import { firstDay, lastDay } from './days.ts'
import { type Assessment, lastVerdict } from './progress.ts'
import { sorted } from './told-line.ts'
import { treatmentWords } from './words.ts'

/** The assessment of the disease itself, and how it grows. Words count only once a treatment has begun: a first scan describes, it does not compare. */
export function readDiseaseStatus(context: ReadContext, courses: readonly Course[], all: readonly Assessment[]): void {
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
  // a coded status carries its own words in its notes
  const text = near
    .map((one) => one.words ?? '')
    .concat(events.flatMap((event) => notesOf(event.resource)))
    .concat(courses.flatMap((course) => (course.isRunning || course.stop === 'progression' ? [course.words] : [])))
    .join('. ')
  const kind = kindIn(context, text)
  if (kind !== undefined) context.settle('progression-kind', { value: kind, on: verdict.on, words: text.slice(0, 300), sources: from2 })
}

const lexicons = new WeakMap<ResponseWords['kinds'], Lexicon<string>>()

function kindsOf({ kinds }: ResponseWords): Lexicon<string> {
  const known = lexicons.get(kinds)
  if (known !== undefined) return known
  const lexicon = lexiconOf(Object.entries(kinds).flatMap(([kind, phrases]) => phrases.map((phrase) => [phrase, kind] as const)))
  lexicons.set(kinds, lexicon)
  return lexicon
}

/** How the disease grows, as words assert it: the first kind of the list that is said and not denied or doubted. */
function kindIn(context: ReadContext, text: string): string | undefined {
  const dictionary = responseWords(context)
  const said = statementsOf(context.knowledge, kindsOf(dictionary), text)
  return Object.keys(dictionary.kinds).find((kind) => said.some(({ value, polarity }) => value === kind && polarity === 'present'))
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
  const kind = kindIn(context, course.words)
  if (sites.length > 0) context.settle('progressing-sites', { value: sites, ...told })
  if (count !== undefined) context.settle('progressing-lesion-count', { value: count, ...told })
  if (kind !== undefined) context.settle('progression-kind', { value: kind, ...told })
}
