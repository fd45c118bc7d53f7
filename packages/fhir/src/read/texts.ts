import { isLater } from './conditions-of.ts'
import type { Chart, ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { Kept } from './kept.ts'
import { onceFor, rememberConcept, rememberWith } from './remember.ts'
import {
  type Concept,
  choiceDay,
  codeKeysOf,
  conceptOf,
  conceptsOf,
  dayOf,
  nameOf,
  notesOf,
  objectOf,
  objectsOf,
  observedOn,
  stringOf,
  wordsOf,
} from './shapes.ts'
import { each, findPhrases, type Lexicon, lexiconOf, tokensOf } from './words.ts'

/** What a text is: decides which readers look at it. */
export type TextKind = 'imaging' | 'pathology' | 'report' | 'observation' | 'note'

export interface ChartText {
  readonly resource: Resource
  readonly path: string
  readonly text: string
  readonly on?: string
  readonly kind: TextKind
}

/** Which report or imaging study is which (`imaging-phrases.yaml`, `reports`). */
export type ReportKind = 'imaging' | 'pathology' | 'brain' | 'brainWeak' | 'body'

interface ReportsFile {
  readonly reports: { readonly [kind in ReportKind]?: { readonly codes?: readonly string[]; readonly words?: readonly string[] } }
}

interface Compiled {
  readonly codes: ReadonlyMap<string, ReadonlySet<ReportKind>>
  readonly words: Lexicon<ReportKind>
}

const compile = onceFor((knowledge: ReaderKnowledge): Compiled => {
  const file = knowledge.terminology<ReportsFile>('imaging-phrases')
  const codes = new Map<string, Set<ReportKind>>()
  const words: [string, ReportKind][] = []
  for (const [kind, entry] of Object.entries(file.reports) as [ReportKind, { codes?: readonly string[]; words?: readonly string[] }][]) {
    for (const code of entry.codes ?? []) codes.set(code, (codes.get(code) ?? new Set<ReportKind>()).add(kind))
    for (const word of entry.words ?? []) words.push([word, kind])
  }
  const compiled = { codes, words: lexiconOf(words) }
  return compiled
})

const NO_KINDS: ReadonlySet<ReportKind> = new Set()

/** Kinds named by one concept, by its codes or its words. */
const kindsOfConcept = rememberConcept((knowledge: ReaderKnowledge, concept: Concept): ReadonlySet<ReportKind> => {
  const { codes } = compile(knowledge)
  const kinds = new Set<ReportKind>()
  for (const key of codeKeysOf(concept)) for (const kind of codes.get(key) ?? []) kinds.add(kind)
  for (const text of wordsOf(concept)) for (const kind of kindsOfWords(knowledge, text)) kinds.add(kind)
  return kinds
})

const kindsOfWords = rememberWith((knowledge: ReaderKnowledge, text): ReadonlySet<ReportKind> => {
  return new Set(findPhrases(compile(knowledge).words, tokensOf(text)).map((hit) => hit.value))
})

const joined = (a: ReadonlySet<ReportKind>, b: ReadonlySet<ReportKind>): ReadonlySet<ReportKind> =>
  b.size === 0 ? a : a.size === 0 ? b : new Set([...a, ...b])

/** Kinds named by category, code, body site and modality of a report, an observation or an imaging study. */
export function reportKindsOf(knowledge: ReaderKnowledge, resource: Resource): ReadonlySet<ReportKind> {
  let kinds = NO_KINDS
  const add = (concept: Concept): void => {
    kinds = joined(kinds, kindsOfConcept(knowledge, concept))
  }
  if (resource.code !== undefined) add(conceptOf(resource.code))
  // by name, not in a loop over names: this is asked of every report and of every observation with words
  if (resource.category !== undefined) each(conceptsOf(resource.category), add)
  if (resource.procedureCode !== undefined) each(conceptsOf(resource.procedureCode), add)
  if (resource.bodySite !== undefined) each(conceptsOf(resource.bodySite), add)
  if (resource.modality !== undefined) each(conceptsOf(resource.modality), add)
  if (resource.series !== undefined)
    for (const series of objectsOf(resource.series)) {
      add(conceptOf(series.bodySite))
      add(conceptOf(series.modality))
    }
  const description = stringOf(resource.description)
  return description === undefined ? kinds : joined(kinds, kindsOfWords(knowledge, description))
}

/** Kinds named by a sentence alone. */
export const reportKindsIn = rememberWith(
  (knowledge: ReaderKnowledge, sentence): ReadonlySet<ReportKind> =>
    reportKindsOf(knowledge, { resourceType: 'DiagnosticReport', description: sentence }),
)

const DEAD: ReadonlySet<string> = new Set(['entered-in-error', 'cancelled', 'registered', 'not-done', 'rejected', 'unknown'])

/** Whether a resource's status lets its content count. A result that is only registered or was cancelled does not. */
export const counts = (resource: Resource): boolean => !DEAD.has(stringOf(resource.status) ?? '')

/** An observation without any of the texts that `textsOf` takes from observations: most of a chart. */
const isBareNumber = (resource: Resource): boolean =>
  resource.resourceType === 'Observation' && resource.valueString === undefined && resource.note === undefined

const cache = new Kept<Chart, readonly ChartText[]>()

/** All free text of the chart that may speak of findings: reports, studies, observations, notes. Conditions and goals are read by their own readers. */
export function textsOf(context: ReadContext): readonly ChartText[] {
  const known = cache.get(context.chart)
  if (known) return known
  const texts: ChartText[] = []
  const put = (resource: Resource, path: string, text: string | undefined, kind: TextKind, on: string | undefined): void => {
    if (text !== undefined) texts.push(on === undefined ? { resource, path, text, kind } : { resource, path, text, kind, on })
  }
  for (const resource of context.chart.resources) {
    if (isBareNumber(resource) || !counts(resource)) continue
    const on = dayOfText(resource)
    if (isLater(context, on)) continue
    switch (resource.resourceType) {
      case 'DiagnosticReport': {
        const kind = kindOf(context.knowledge, resource)
        put(resource, 'conclusion', stringOf(resource.conclusion), kind, on)
        // the whole text also holds the question and the history: it is read only where nobody has drawn a conclusion
        if (stringOf(resource.conclusion) === undefined)
          each(objectsOf(resource.presentedForm), (form, index) => put(resource, `presentedForm[${index}]`, attachmentText(form), kind, on))
        each(conceptsOf(resource.conclusionCode), (concept, index) =>
          put(resource, `conclusionCode[${index}]`, wordsOf(concept)[0], kind, on),
        )
        break
      }
      case 'ImagingStudy':
        put(resource, 'description', stringOf(resource.description), 'imaging', on)
        each(notesOf(resource), (note, index) => put(resource, `note[${index}]`, note, 'imaging', on))
        break
      case 'Observation': {
        const kind = kindOf(context.knowledge, resource)
        const own = kind === 'report' ? 'observation' : kind
        put(resource, 'valueString', stringOf(resource.valueString), own, on)
        each(notesOf(resource), (note, index) => put(resource, `note[${index}]`, note, own, on))
        break
      }
      case 'ClinicalImpression':
        for (const path of ['summary', 'description'] as const) put(resource, path, stringOf(resource[path]), 'note', on)
        each(objectsOf(resource.finding), (finding, index) =>
          put(resource, `finding[${index}]`, wordsOf(conceptOf(finding.itemCodeableConcept))[0], 'note', on),
        )
        each(notesOf(resource), (note, index) => put(resource, `note[${index}]`, note, 'note', on))
        break
      case 'Composition':
        each(sectionsOf(resource), (text, index) => put(resource, `section[${index}]`, text, 'note', on))
        break
      case 'DocumentReference':
        put(resource, 'description', stringOf(resource.description), 'note', on)
        each(objectsOf(resource.content), (content, index) =>
          put(resource, `content[${index}]`, attachmentText(objectOf(content.attachment)), 'note', on),
        )
        break
      case 'Procedure':
        each(notesOf(resource), (note, index) => put(resource, `note[${index}]`, note, 'note', on))
        put(resource, 'outcome', wordsOf(conceptOf(resource.outcome))[0], 'note', on)
        break
      case 'QuestionnaireResponse':
        each(answersIn(resource), ({ path, text }) => put(resource, path, text, 'note', on))
        break
      case 'Communication':
        each(objectsOf(resource.payload), (payload, index) =>
          put(
            resource,
            `payload[${index}]`,
            stringOf(payload.contentString) ?? attachmentText(objectOf(payload.contentAttachment)),
            'note',
            on,
          ),
        )
        break
      case 'CarePlan':
        put(resource, 'description', stringOf(resource.description), 'note', on)
        each(notesOf(resource), (note, index) => put(resource, `note[${index}]`, note, 'note', on))
        break
      case 'Encounter':
        each(conceptsOf(resource.reasonCode), (reason, index) => put(resource, `reasonCode[${index}]`, wordsOf(reason)[0], 'note', on))
        break
      default:
    }
  }
  cache.set(context.chart, texts)
  return texts
}

function kindOf(knowledge: ReaderKnowledge, resource: Resource): TextKind {
  const kinds = reportKindsOf(knowledge, resource)
  return kinds.has('pathology') ? 'pathology' : kinds.has('imaging') ? 'imaging' : 'report'
}

const dayOfText = (resource: Resource): string | undefined =>
  observedOn(resource) ??
  choiceDay(resource, 'performed') ??
  dayOf(resource.started) ??
  dayOf(resource.date) ??
  dayOf(resource.created) ??
  dayOf(resource.authored) ??
  dayOf(resource.sent) ??
  choiceDay(resource, '') ??
  dayOf(objectOf(resource.period)?.start)

/** An answer of this many letters is a sentence, not a choice. */
const SHORTEST_ANSWER = 15

/** Answers in the person's own words, groups opened. Short answers mean nothing without their question: the reader of questions takes those. */
function answersIn(
  element: { readonly [key: string]: unknown },
  at = '',
  depth = 0,
): readonly { readonly path: string; readonly text: string }[] {
  if (depth > 12) return []
  return objectsOf(element.item).flatMap((item, index) => {
    const path = `${at}item[${index}]`
    const own = objectsOf(item.answer).flatMap((answer) => {
      const text = stringOf(answer.valueString)
      const inner = answersIn(answer, `${path}.answer.`, depth + 1)
      return text === undefined || text.length < SHORTEST_ANSWER ? inner : [{ path, text }, ...inner]
    })
    return [...own, ...answersIn(item, `${path}.`, depth + 1)]
  })
}

function sectionsOf(element: Resource | { readonly [key: string]: unknown }, depth = 0): readonly string[] {
  if (depth > 6) return []
  return objectsOf(element.section).flatMap((section) => {
    const div = stringOf(objectOf(section.text)?.div)
    const own = div === undefined ? [] : [stripTags(div)]
    return [...own, ...sectionsOf(section, depth + 1)]
  })
}

/** The words of an XHTML fragment: block ends become line ends. */
const stripTags = (xhtml: string): string =>
  xhtml
    .replace(/<\/(?:p|div|li|tr|h\d)>|<br\s*\/?>/gi, '\n')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .trim()

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Text of an inline attachment of type text/plain or text/html; undefined for other types. */
function attachmentText(attachment: { readonly [key: string]: unknown } | undefined): string | undefined {
  const type = stringOf(attachment?.contentType) ?? ''
  const data = stringOf(attachment?.data)
  if (data === undefined || !type.startsWith('text/')) return undefined
  const text = decodedText(data)
  return type.includes('html') ? stripTags(text) : text
}

/** By character code: the six bits that a letter of the alphabet stands for; -1 for what is no such letter. */
const SIX_BITS = Int8Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)))

/** The text that base64 stands for: UTF-8, else Latin-1. What is not of the alphabet is skipped. */
function decodedText(data: string): string {
  const bytes = new Uint8Array(Math.ceil((data.length * 3) / 4))
  let count = 0
  let held = 0
  let bits = 0
  for (let at = 0; at < data.length; at += 1) {
    const six = SIX_BITS[data.charCodeAt(at)] ?? -1
    if (six < 0) continue
    held = ((held << 6) | six) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[count] = (held >> bits) & 0xff
      count += 1
    }
  }
  const told = bytes.subarray(0, count)
  try {
    return STRICT_UTF8.decode(told)
  } catch {
    return String.fromCharCode(...told.subarray(0, 100_000))
  }
}

declare const TextDecoder: {
  new (encoding: string, options: { readonly fatal: boolean; readonly ignoreBOM: boolean }): { decode(bytes: Uint8Array): string }
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const said = new Kept<ReadContext, Set<string>>()

/** Words shorter than this may stand in a sentence by chance. */
const SHORTEST_PART = 6

/** Whether some reader has read facts from this sentence, or from a part of it. */
export function wasSaid(context: ReadContext, sentence: string): boolean {
  const known = said.get(context)
  if (known === undefined) return false
  if (known.has(sentence)) return true
  for (const part of known) if (part.length >= SHORTEST_PART && sentence.includes(part)) return true
  return false
}

/** Says that these sentences were understood, where another issue already tells so. */
export function sentencesRead(context: ReadContext, sentences: readonly string[]): void {
  const known = said.get(context) ?? new Set<string>()
  said.set(context, known)
  for (const sentence of sentences) known.add(sentence)
}

/** Says that a fact was read from words, so that a person checks it. */
export function saidInText(context: ReadContext, resource: Resource, path: string, words: string): void {
  const known = said.get(context) ?? new Set<string>()
  said.set(context, known.add(words))
  context.issue({
    code: 'read-from-text',
    severity: 'information',
    path: `${nameOf(resource)}.${path}`,
    message: `read from text: "${words.length > 200 ? `${words.slice(0, 200)}…` : words}"`,
    remedy: 'check the words; record it with a code to be certain',
  })
}
