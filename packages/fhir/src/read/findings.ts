import type { FactValue } from '@secondwind/core'
import { type Polarity, type Statement, statementsOf } from './assertion.ts'
import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { gather } from './gathered.ts'
import { Kept } from './kept.ts'
import { onceFor, rememberConcept, rememberWith } from './remember.ts'
import type { Concept } from './shapes.ts'
import { findPhrases, type Lexicon, lexiconOf, tokensOf } from './words.ts'

/**
 * A finding of the knowledge base (`terminology/{conditions,symptoms,imaging-phrases,wishes}.yaml`): the codes and phrases that name it
 * and the facts it settles. Truth facts in `sets` become false when the finding is denied, unless `noDenial`.
 */
export interface Finding {
  readonly id: string
  readonly sets?: { readonly [fact: string]: FactValue }
  /** Values added to `codes` facts. */
  readonly adds?: { readonly [fact: string]: string }
  /** Date facts that take the day of the finding. */
  readonly dates?: readonly string[]
  /** Facts left unknown by this finding until something settles them. */
  readonly asks?: readonly string[]
  /** Still counts when it is past, resolved or in remission; the facts to set then, when they differ from `sets`. */
  readonly ever?: true
  readonly inactive?: { readonly [fact: string]: FactValue }
  readonly noDenial?: true
  /** What a plain "no" says when this is asked as a question ("Wants to know the prognosis: no"). Without it, nothing. */
  readonly answerNo?: { readonly [fact: string]: FactValue }
  /** Words that ask for it as a question or a label, too vague to state it in running text. */
  readonly questions?: readonly string[]
  /** Words that state it only where the patient speaks. */
  readonly own?: readonly string[]
  /** Facts that a denial settles as false; the truths in `sets` when absent. */
  readonly denies?: readonly string[]
  /** A laboratory amount: above zero is present, below the limit of detection is absent. */
  readonly measured?: true
  readonly snomed?: readonly string[]
  readonly icd10?: readonly string[]
  readonly loinc?: readonly string[]
  readonly phrases?: readonly string[]
  /** Any of `autoimmune`, `mild`, `symptom`: what other readers need to know of it. */
  readonly kind?: readonly string[]
  readonly table: Table
}

export type Table = 'conditions' | 'symptoms' | 'imaging-phrases' | 'wishes'
export const TABLES: readonly Table[] = ['conditions', 'symptoms', 'imaging-phrases', 'wishes']

export interface FindingIndex {
  readonly all: readonly Finding[]
  readonly byCode: ReadonlyMap<string, readonly Finding[]>
  readonly lexicon: Lexicon<Finding>
  /** The phrases and, beside them, words of questions. */
  readonly asked: Lexicon<Finding>
  /** The phrases and, beside them, those of the patient's own voice. */
  readonly own: Lexicon<Finding>
}

const SNOMED = 'http://snomed.info/sct'
const LOINC = 'http://loinc.org'
const ICD = 'icd-10'

/** All findings of the four tables, compiled once per knowledge base. */
export const findingsOf = onceFor((knowledge: ReaderKnowledge): FindingIndex => {
  const files = TABLES.map(
    (table) => [table, knowledge.terminology<{ readonly findings: readonly Omit<Finding, 'table'>[] }>(table)] as const,
  )
  const all: Finding[] = files.flatMap(([table, file]) => file.findings.map((finding) => ({ ...finding, table })))
  const byCode = new Map<string, Finding[]>()
  const put = (code: string, finding: Finding) => byCode.set(code, [...(byCode.get(code) ?? []), finding])
  for (const finding of all) {
    for (const code of finding.snomed ?? []) put(`${SNOMED}|${code}`, finding)
    for (const code of finding.loinc ?? []) put(`${LOINC}|${code}`, finding)
    for (const code of finding.icd10 ?? []) put(`${ICD}|${code}`, finding)
  }
  const lexicon = lexiconOf(all.flatMap((finding) => (finding.phrases ?? []).map((phrase) => [phrase, finding] as const)))
  const withMore = (more: 'questions' | 'own'): Lexicon<Finding> =>
    lexiconOf(all.flatMap((finding) => [...(finding.phrases ?? []), ...(finding[more] ?? [])].map((phrase) => [phrase, finding] as const)))
  return { all, byCode, lexicon, asked: withMore('questions'), own: withMore('own') }
})

/** Findings that the codes of a concept name. An ICD-10 code is tried whole, then by its parents: `J84.112`, `J84.11`, `J84.1`, `J84`. */
export const findingsByCode = rememberConcept((knowledge: ReaderKnowledge, concept: Concept): readonly Finding[] => {
  const { byCode } = findingsOf(knowledge)
  const found = new Set<Finding>()
  for (const { system, code } of concept.codings) {
    if (system.includes(ICD)) {
      for (const parent of parentsOf(code)) {
        const here = byCode.get(`${ICD}|${parent}`)
        if (here) {
          for (const finding of here) found.add(finding)
          break
        }
      }
    } else for (const finding of byCode.get(`${system}|${code}`) ?? []) found.add(finding)
  }
  return [...found]
})

/** An ICD-10 code and its parents, longest first. */
export function parentsOf(code: string): readonly string[] {
  const parents = []
  for (let length = code.length; length >= 3; length -= 1) {
    const parent = code.slice(0, length)
    if (!parent.endsWith('.')) parents.push(parent)
  }
  return parents
}

/** Findings whose phrase stands in a short label (a code text, a question), regardless of denial. */
export const findingsNamed = rememberWith((knowledge: ReaderKnowledge, label): readonly Finding[] => {
  return [...new Set(findPhrases(findingsOf(knowledge).asked, tokensOf(label)).map((hit) => hit.value))]
})

const scanned = new Kept<object, Map<string, readonly Statement<Finding>[]>>()

/** Findings stated in a text; scanned once per chart. */
export function findingsInText(context: ReadContext, text: string): readonly Statement<Finding>[] {
  const cache = scanned.get(context.chart) ?? new Map<string, readonly Statement<Finding>[]>()
  scanned.set(context.chart, cache)
  const known = cache.get(text)
  if (known) return known
  const statements = statementsOf(context.knowledge, findingsOf(context.knowledge).lexicon, text)
  cache.set(text, statements)
  return statements
}

/** The truth facts that a denial of the finding would settle as false. */
export const deniedBy = (finding: Finding): readonly string[] =>
  finding.noDenial
    ? []
    : (finding.denies ??
      Object.entries(finding.sets ?? {})
        .filter(([, value]) => value === true)
        .map(([fact]) => fact))

export interface Evidence {
  readonly resource: Resource
  readonly path?: string
  readonly on?: string
  /** Present when read from text: lowers the weight and marks the fact. */
  readonly words?: string
}

/** The only year that words name: the date of a past event is that year, never the day of the note. */
function yearIn(words: string): string | undefined {
  const years = [...new Set(words.match(/\b(?:19|20)\d{2}\b/g) ?? [])]
  return years.length === 1 ? years[0] : undefined
}

const lasting = new Kept<ReadContext, Set<string>>()

/** Facts of lasting illnesses that a code has stated: words of a later note do not take them back. */
function lastingOf(context: ReadContext): Set<string> {
  const known = lasting.get(context)
  if (known) return known
  const created = new Set<string>()
  lasting.set(context, created)
  return created
}

/** Reports the facts of one finding. `past` is a finding that no longer holds: it counts only where the finding says `ever`. */
export function report(context: ReadContext, finding: Finding, polarity: Polarity, evidence: Evidence): void {
  const { resource, path, on, words } = evidence
  const source = context.source(resource, path)
  const base = {
    source,
    ...(on === undefined ? {} : { on }),
    ...(words === undefined ? {} : { words, weight: -1 }),
  }
  if (polarity === 'ignored') return
  const truths = deniedBy(finding)
  if (polarity === 'uncertain') {
    for (const fact of [...Object.keys(finding.sets ?? {}), ...(finding.asks ?? [])])
      context.read(fact, { ...base, unknown: 'not-informative', words: words ?? 'not confirmed' })
    return
  }
  if (polarity === 'absent' || (polarity === 'past' && !finding.ever)) {
    for (const fact of truths) {
      if (words !== undefined && lastingOf(context).has(fact)) {
        context.issue({
          code: 'contradictory-result',
          severity: 'warning',
          path: fact,
          message: `recorded with a code, but words deny it: "${words}"; the code was used`,
          remedy: 'settle which is right',
        })
      } else context.read(fact, { ...base, value: false, absence: 'witnessed' })
    }
    return
  }
  if (words === undefined && finding.ever) for (const fact of Object.keys(finding.sets ?? {})) lastingOf(context).add(fact)
  const sets = polarity === 'past' ? (finding.inactive ?? finding.sets) : finding.sets
  for (const [fact, value] of Object.entries(sets ?? {})) {
    if (Array.isArray(value)) for (const one of value) gather(context, fact, String(one), source, on, words)
    else context.read(fact, { ...base, value })
  }
  for (const [fact, value] of Object.entries(finding.adds ?? {})) gather(context, fact, value, source, on, words)
  const happenedOn = words === undefined ? on : (yearIn(words) ?? (polarity === 'past' ? undefined : on))
  for (const fact of finding.dates ?? []) {
    // It happened, and nobody says when: that is not "never".
    if (happenedOn === undefined) context.read(fact, { ...base, unknown: 'not-recorded' })
    else context.read(fact, { ...base, on: happenedOn, value: happenedOn })
  }
  if (polarity !== 'past') for (const fact of finding.asks ?? []) context.read(fact, { ...base, unknown: 'not-recorded' })
}
