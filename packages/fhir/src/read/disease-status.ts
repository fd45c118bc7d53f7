import type { FactSource } from '@secondwind/core'
import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { Kept } from './kept.ts'
import { rememberConcept, rememberWith } from './remember.ts'
import {
  type Concept,
  choiceDay,
  codeKeysOf,
  conceptOf,
  dayOf,
  elementValue,
  nameOf,
  notesOf,
  observedOn,
  profilesOf,
  quantityOf,
  stringOf,
  wordsOf,
} from './shapes.ts'
import { sentencesRead } from './texts.ts'
import { datesIn, lastDay } from './treatment/days.ts'
import { firstKey, type Hit, hitsOf, says, saysConcept, sentencesOf } from './treatment/phrases.ts'
import { sentencesOf as sentencesAsWritten } from './words.ts'

export type DiseaseStatus = 'complete-response' | 'response' | 'stable' | 'progression' | 'undetermined'

/** `knowledge/terminology/response.yaml`. */
export interface ResponseWords {
  readonly observation: { readonly codes: readonly string[]; readonly words: readonly string[] }
  readonly bestResponseWords: readonly string[]
  readonly codes: { readonly [code: string]: DiseaseStatus }
  readonly values: { readonly [status in DiseaseStatus]: readonly string[] }
  readonly notHappened: readonly string[]
  readonly untilWords: readonly string[]
  readonly negated: readonly string[]
  readonly imaging: readonly string[]
  readonly diseaseWords: readonly string[]
  readonly brainImaging: readonly string[]
  readonly bodyImaging: readonly string[]
  readonly sites: { readonly [site: string]: readonly string[] }
  readonly kinds: { readonly [kind: string]: readonly string[] }
  readonly lesionCount: readonly string[]
  readonly countWords: { readonly [word: string]: number }
}

/** One statement of what the disease did. */
export interface StatusEvent {
  readonly value: DiseaseStatus
  readonly on?: string
  readonly fromText: boolean
  /** An imaging report: one of several reports of a day may show growth where another does not. */
  readonly isImaging: boolean
  /** A best response sums up a line; it is no assessment of its day. */
  readonly isBest: boolean
  readonly words: string
  readonly sites: readonly string[]
  readonly resource: Resource
  readonly source: FactSource
}

export const responseWords = (context: { readonly knowledge: ReaderKnowledge }): ResponseWords =>
  context.knowledge.terminology<ResponseWords>('response')

export interface StatusWords {
  readonly value: DiseaseStatus
  readonly at: number
  readonly words: string
  /** A date that stands right behind the words. */
  readonly on?: string
}

/** What a sentence says the disease did, in order. Negations and things that have not happened are left out; the longest phrase at a place counts. */
export const statusesIn = (text: string, words: ResponseWords): readonly StatusWords[] => statusesBy(words, text)

const statusesBy = rememberWith((words: ResponseWords, text): readonly StatusWords[] => {
  const spans: (Hit & { value: DiseaseStatus | 'not' | 'until' })[] = []
  for (const value of Object.keys(words.values) as DiseaseStatus[]) {
    for (const hit of hitsOf(text, words.values[value])) if (isWord(hit, text)) spans.push({ ...hit, value })
  }
  for (const hit of hitsOf(text, words.notHappened)) spans.push({ ...hit, value: 'not' })
  for (const hit of hitsOf(text, words.untilWords)) spans.push({ ...hit, value: 'until' })
  spans.sort((a, b) => b.words.length - a.words.length || a.at - b.at || RANK.indexOf(a.value) - RANK.indexOf(b.value))
  const kept: typeof spans = []
  for (const span of spans) {
    if (!kept.some((other) => span.at < other.at + other.words.length && other.at < span.at + span.words.length)) kept.push(span)
  }
  kept.sort((a, b) => a.at - b.at)
  const dates = datesIn(text)
  const found: StatusWords[] = []
  for (const span of kept) {
    const end = span.at + span.words.length
    const date = dates.find((one) => one.at >= end && one.at - end <= 32 && BETWEEN.test(text.slice(end, one.at)))
    if (span.value === 'not' || (span.value === 'until' && date === undefined)) continue
    const value = span.value === 'until' ? 'progression' : span.value
    if (value === 'progression' && isNegated(text.slice(0, span.at), words)) continue
    found.push({ value, at: span.at, words: span.words, ...(date === undefined ? {} : { on: date.iso }) })
  }
  return found
})

/** What may stand between a status and its date: "progression (CT of 2026-11-01)", "PD in January 2026". */
const BETWEEN = /^[\s,(:-]*(?:(?:in|on|by|seen|dated|at|of|the|since|ct|mri|pet|scan|imaging)[\s:(-]+)*$/i

const RANK: readonly string[] = ['until', 'not', 'undetermined', 'progression', 'stable', 'response', 'complete-response']

/** Two- and three-letter codes count only in capitals, and "PD" not before "-L1" or "-1". */
function isWord(hit: Hit, text: string): boolean {
  if (hit.words.length > 4 || /[\s-]/.test(hit.words)) return true
  if (hit.words.length <= 3 && hit.words !== hit.words.toUpperCase()) return false
  return !/^[\s-]*\(?l?\)?1/i.test(text.slice(hit.at + hit.words.length))
}

function isNegated(before: string, words: ResponseWords): boolean {
  const clause = before.slice(Math.max(before.lastIndexOf(','), before.lastIndexOf('.'), before.lastIndexOf(' but ')) + 1)
  const near = clause.split(/\s+/).slice(-6).join(' ')
  return says(near, words.negated)
}

const CACHE = new Kept<object, readonly StatusEvent[]>()

/** Every assessment of the disease that stands as its own resource: coded status, response observations, imaging conclusions. Sorted by day. */
export function statusEvents(context: ReadContext): readonly StatusEvent[] {
  const known = CACHE.get(context)
  if (known) return known
  const words = responseWords(context)
  const events = [
    ...context.chart.ofType('Observation').flatMap((resource) => observationStatus(context, resource, words)),
    ...context.chart.ofType('DiagnosticReport').flatMap((resource) => reportStatus(context, resource, words)),
    ...context.chart.ofType('ClinicalImpression').flatMap((resource) => impressionStatus(context, resource, words)),
  ]
    .filter((event) => event.on === undefined || (lastDay(event.on) ?? 0) <= (lastDay(context.asOf) ?? 0) || event.on.length < 10)
    .sort((a, b) => compare(`${a.on ?? ''}|${nameOf(a.resource)}|${a.value}`, `${b.on ?? ''}|${nameOf(b.resource)}|${b.value}`))
  CACHE.set(context, events)
  return events
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const UNFIT = new Set(['entered-in-error', 'cancelled', 'registered'])

const namesStatus = rememberConcept(
  ({ observation }: ResponseWords, code: Concept): boolean =>
    codeKeysOf(code).some((key) => observation.codes.includes(key)) || saysConcept(code, observation.words),
)

const hasStatusProfile = (resource: Resource): boolean =>
  profilesOf(resource).some((url) => url.endsWith('/mcode-cancer-disease-status') || url.endsWith('/onco-core-CancerDiseaseStatus'))

function observationStatus(context: ReadContext, resource: Resource, words: ResponseWords): readonly StatusEvent[] {
  const code = conceptOf(resource.code)
  if (!namesStatus(words, code) && !hasStatusProfile(resource)) return []
  const named = wordsOf(code).join('. ')
  if (UNFIT.has(stringOf(resource.status) ?? '')) return []
  const value = elementValue(resource)?.value
  const concept = conceptOf(value)
  const byCode = concept.codings.map((coding) => words.codes[coding.code]).find((status) => status !== undefined)
  const text = [...wordsOf(concept), ...(typeof value === 'string' ? [value] : [])].join('. ')
  const byText = lastOf(statusesIn(text, words))
  // the text beside a code is the finer statement ("complete response" beside "improved"), unless the two contradict
  const status = byCode === undefined ? byText : byCode === 'response' && byText === 'complete-response' ? byText : byCode
  if (status === undefined) return []
  context.understood(resource)
  const on = observedOn(resource)
  const all = [named, text, ...notesOf(resource)].join('. ')
  return [
    {
      value: status,
      ...(on === undefined ? {} : { on }),
      fromText: byCode === undefined,
      isImaging: false,
      isBest: says(named, words.bestResponseWords),
      words: text || named,
      sites: status === 'progression' ? sitesIn([text, ...notesOf(resource)].join('. '), words, false) : [],
      resource,
      source: context.source(resource, `value${all === '' ? '' : '[x]'}`),
    },
  ]
}

const lastOf = (found: readonly StatusWords[]): DiseaseStatus | undefined => found.at(-1)?.value

function reportStatus(context: ReadContext, resource: Resource, words: ResponseWords): readonly StatusEvent[] {
  const conclusion = stringOf(resource.conclusion)
  if (conclusion === undefined || UNFIT.has(stringOf(resource.status) ?? '')) return []
  const title = [...wordsOf(conceptOf(resource.code)), ...categoryWords(resource)].join('. ')
  if (!says(`${title}. ${conclusion}`, words.imaging)) return []
  const found = statusesIn(conclusion, words)
  if (found.length === 0) return []
  const values = new Set(found.map((one) => one.value))
  // growth anywhere in a report is progression, whatever else shrank; a quiet brain says nothing of the body
  const value = ORDER_IN_REPORT.find((status) => values.has(status))
  if (value === undefined) return []
  if (value !== 'progression' && says(title, words.brainImaging) && !says(title, words.bodyImaging)) return []
  sentencesRead(
    context,
    sentencesAsWritten(conclusion).filter((sentence) => statusesIn(sentence, words).length > 0),
  )
  const on = observedOn(resource)
  return [
    {
      value,
      ...(on === undefined ? {} : { on }),
      fromText: true,
      isImaging: true,
      isBest: false,
      words: conclusion,
      sites: value === 'progression' ? sitesIn(conclusion, words, true, title) : [],
      resource,
      source: context.source(resource, 'conclusion'),
    },
  ]
}

/** What a visit says of the disease: the date in the words, else the day of the visit when the sentence names no date at all. Sentences that plan or suppose are left to the phrase lists. */
function impressionStatus(context: ReadContext, resource: Resource, words: ResponseWords): readonly StatusEvent[] {
  if (UNFIT.has(stringOf(resource.status) ?? '')) return []
  const visit = choiceDay(resource, 'effective') ?? dayOf(resource.date)
  const events: StatusEvent[] = []
  const fields = [
    ['summary', stringOf(resource.summary)] as const,
    ...notesOf(resource).map((text, index) => [`note[${index}].text`, text] as const),
  ]
  for (const [path, text] of fields) {
    for (const sentence of sentencesOf(text ?? '')) {
      const last = statusesIn(sentence, words).at(-1)
      const on = last?.on ?? (datesIn(sentence).length === 0 ? visit : undefined)
      const isOfDisease = says(sentence, words.diseaseWords) || Object.values(words.sites).some((site) => says(sentence, site))
      if (last === undefined || on === undefined || !isOfDisease) continue
      context.understood(resource, path)
      events.push({
        value: last.value,
        on,
        fromText: true,
        isImaging: false,
        isBest: says(sentence, words.bestResponseWords),
        words: sentence,
        sites: last.value === 'progression' ? sitesIn(sentence, words, true) : [],
        resource,
        source: context.source(resource, path),
      })
    }
  }
  return events
}

const ORDER_IN_REPORT: readonly DiseaseStatus[] = ['progression', 'undetermined', 'complete-response', 'response', 'stable']
const categoryWords = (resource: Resource): readonly string[] =>
  Array.isArray(resource.category) ? resource.category.flatMap((category) => wordsOf(conceptOf(category))) : []

/** Sites named in the clauses that tell of growth; with `strict`, only in those clauses, and the examined region when no clause names one. */
export function sitesIn(text: string, words: ResponseWords, strict: boolean, title = ''): readonly string[] {
  const clauses = text.split(/[.;,\n]|\bbut\b|\bwhile\b/i)
  const growing = strict
    ? clauses.filter((clause) => statusesIn(clause, words).some((one) => one.value === 'progression'))
    : clauses.filter((clause) => !statusesIn(clause, words).some((one) => one.value === 'stable' || one.value === 'response'))
  const sites = new Set<string>()
  for (const clause of growing) for (const [site, phrases] of Object.entries(words.sites)) if (says(clause, phrases)) sites.add(site)
  if (sites.size === 0 && strict) {
    const region = firstKey(title, { brain: words.sites.brain ?? [] })
    if (region !== undefined) sites.add(region)
  }
  if (sites.has('spine')) sites.delete('bone')
  return [...sites].sort()
}

/** How many lesions grow, where the chart counts them: an observation of that name, or words such as "two growing lesions". */
export function growingLesions(
  context: ReadContext,
  since: number | undefined,
): { count: number; on?: string; words: string; fromText: boolean; source: FactSource } | undefined {
  const words = responseWords(context)
  const found: { count: number; on?: string; words: string; fromText: boolean; source: FactSource; day: number }[] = []
  const accept = (on: string | undefined): boolean => since === undefined || (lastDay(on) ?? 0) > since
  for (const resource of context.chart.ofType('Observation')) {
    const code = conceptOf(resource.code)
    if (!saysConcept(code, words.lesionCount) || UNFIT.has(stringOf(resource.status) ?? '')) continue
    const value = elementValue(resource)?.value
    const count = typeof value === 'number' ? value : quantityOf(value)?.value
    const on = observedOn(resource)
    if (count === undefined || !Number.isInteger(count) || count < 0 || !accept(on)) continue
    context.understood(resource)
    found.push({
      count,
      ...(on === undefined ? {} : { on }),
      words: wordsOf(code).join('. '),
      fromText: false,
      source: context.source(resource, 'valueInteger'),
      day: lastDay(on) ?? 0,
    })
  }
  for (const event of statusEvents(context)) {
    if (event.value !== 'progression' || !accept(event.on)) continue
    const count = countIn([event.words, ...notesOf(event.resource)].join('. '), words)
    if (count !== undefined)
      found.push({
        count,
        ...(event.on === undefined ? {} : { on: event.on }),
        words: event.words,
        fromText: true,
        source: event.source,
        day: lastDay(event.on) ?? 0,
      })
  }
  return found.sort(
    (a, b) => b.day - a.day || Number(a.fromText) - Number(b.fromText) || compare(a.source.reference, b.source.reference),
  )[0]
}

export function countIn(text: string, words: ResponseWords): number | undefined {
  const number = `(\\d{1,2}|${Object.keys(words.countWords).join('|')})`
  for (const sentence of text.split(/[.;\n]/)) {
    if (!statusesIn(sentence, words).some((one) => one.value === 'progression') && !says(sentence, words.lesionCount)) continue
    const match = new RegExp(`\\b${number}\\s+(?:\\p{L}+\\s+){0,3}(?:lesions?|metastas[ie]s|nodules?|sites?)\\b`, 'iu').exec(sentence)
    const word = match?.[1]?.toLowerCase()
    if (word === undefined) continue
    return words.countWords[word] ?? Number(word)
  }
  return undefined
}
