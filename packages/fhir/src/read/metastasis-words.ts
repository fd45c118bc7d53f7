import { polarityIn, type Statement, statementsOf } from './assertion.ts'
import { readBrainWords } from './brain-words.ts'
import { cancerKindOf } from './cancers.ts'
import { conditionsOf, foundOn, stateOf } from './conditions-of.ts'
import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { reportText } from './graded.ts'
import { lesionsIn, metastasesFile, type SiteIndex } from './lesions.ts'
import { conceptOf, nameOf, notesOf, wordsOf } from './shapes.ts'
import { saidInText } from './texts.ts'
import { findPhrases, type Lexicon, lexiconOf, sentencesOf, tokensOf } from './words.ts'

/** What the words of a metastasis say beside its site, number and size. */
export interface MetastasisWords {
  /** A symptom stands in the note, present now. */
  readonly hasSymptom: boolean
}

interface Compiled {
  readonly symptoms: Lexicon<true>
  readonly brainSymptoms: Lexicon<true>
  readonly effusions: Lexicon<Effusion>
}

interface Effusion {
  readonly site: string
  readonly words: readonly string[]
  readonly present: string
  readonly symptomatic: string
}

const compiledOf = new WeakMap<object, Compiled>()

function compile(knowledge: ReaderKnowledge): Compiled {
  const file = metastasesFile(knowledge)
  const known = compiledOf.get(file)
  if (known) return known
  const compiled: Compiled = {
    symptoms: lexiconOf(file.noteSymptoms.map((word) => [word, true] as const)),
    brainSymptoms: lexiconOf(file.brainComplaints.map((word) => [word, true] as const)),
    effusions: lexiconOf(file.effusions.flatMap((effusion) => effusion.words.map((word) => [word, effusion] as const))),
  }
  compiledOf.set(file, compiled)
  return compiled
}

/**
 * The words of a Condition that is a metastasis: findings in its name and notes (bleeding, seizures, an effusion), which belong to the patient
 * as in any other note. What of a note nobody understands is listed as unread, though the rest of it was read.
 */
export function readMetastasisWords(
  context: ReadContext,
  index: SiteIndex,
  condition: Resource,
  sites: readonly string[],
  isPast: boolean,
): MetastasisWords {
  const on = foundOn(condition)
  const dated = on === undefined ? {} : { on }
  const label = wordsOf(conceptOf(condition.code))[0]
  const notes = notesOf(condition)
  let hasSymptom = false
  if (isPast) return { hasSymptom }
  if (label !== undefined) readFindings(context, condition, 'code', label, sites, dated)
  for (const [at, note] of notes.entries()) {
    const path = `note[${at}]`
    const unread: string[] = []
    let isRead = false
    for (const part of sentencesOf(note)) {
      const isSymptom = statementsOf(context.knowledge, compile(context.knowledge).symptoms, part).some(isHereNow)
      if (isSymptom) hasSymptom = true
      const found = readFindings(context, condition, path, part, sites, dated)
      if (found || isSymptom || isUnderstood(context.knowledge, index, part)) isRead = true
      else if (part.length >= SHORTEST_UNREAD) unread.push(part)
    }
    if (!isRead) continue
    context.understood(condition, path)
    saidInText(context, condition, path, note)
    if (unread.length > 0)
      context.issue({
        code: 'unread-text',
        severity: 'information',
        path: `${nameOf(condition)}.${path}`,
        message: `not read: "${unread.join('; ').slice(0, 300)}"`,
        remedy: 'read it yourself: it may matter',
      })
  }
  readEffusions(context, condition, sites, [...(label === undefined ? [] : [label]), ...notes], dated)
  return { hasSymptom }
}

/** Said to be there, and not "seizure-free". */
const isHereNow = ({ polarity, tokens, to }: Statement<unknown>): boolean => polarity === 'present' && tokens[to] !== 'free'

/** Shorter remains ("left") say nothing that could be missed. */
const SHORTEST_UNREAD = 6

/** Findings of one piece of text, those of the brain's own words where the metastasis is in the brain. */
function readFindings(
  context: ReadContext,
  condition: Resource,
  path: string,
  text: string,
  sites: readonly string[],
  dated: { readonly on?: string },
): boolean {
  const evidence = { resource: condition, path, ...dated }
  const stated = reportText(context, text, evidence, ({ table }) => table !== 'wishes')
  const ofBrain = sites.includes('brain') ? readBrainWords(context, text, evidence) : []
  return stated.length + ofBrain.length > 0
}

/** Number, size, symptoms, treatment, or no more than where it is. */
function isUnderstood(knowledge: ReaderKnowledge, index: SiteIndex, part: string): boolean {
  if (Object.keys(lesionsIn(knowledge, part)).length > 0) return true
  const tokens = tokensOf(part)
  const named = [...findPhrases(index.sites, tokens), ...findPhrases(index.between, tokens), ...findPhrases(index.metastasis, tokens)]
  return tokens.every((_, at) => named.some(({ from, to }) => from <= at && at < to))
}

/** Fluid that comes with the metastasis, and whether it troubles the patient. */
function readEffusions(
  context: ReadContext,
  condition: Resource,
  sites: readonly string[],
  texts: readonly string[],
  dated: { readonly on?: string },
): void {
  const { effusions } = compile(context.knowledge)
  const found = new Set<Effusion>()
  for (const text of texts)
    for (const sentence of sentencesOf(text)) {
      const tokens = tokensOf(sentence)
      for (const { value, from, to } of findPhrases(effusions, tokens))
        if (sites.includes(value.site) && polarityIn(context.knowledge, tokens, from, to) === 'present') found.add(value)
    }
  if (found.size === 0) return
  const all = texts.join('. ')
  const said = lesionsIn(context.knowledge, all).symptomatic
  const base = { source: context.source(condition), words: all.slice(0, 200), weight: -1, ...dated }
  for (const { present, symptomatic } of found) {
    context.read(present, { ...base, value: true })
    if (said !== undefined) context.read(symptomatic, { ...base, value: said })
  }
}

/**
 * A complaint on the list of problems that a brain metastasis can cause ("Headache"), while nobody says whether the metastases trouble the
 * patient: that stays open, and a person is told.
 */
export function readBrainComplaints(context: ReadContext): void {
  for (const condition of conditionsOf(context)) {
    if (cancerKindOf(context, condition) !== 'none' || stateOf(condition) !== 'present') continue
    const label = wordsOf(conceptOf(condition.code))[0]
    if (label === undefined) continue
    const said = statementsOf(context.knowledge, compile(context.knowledge).brainSymptoms, label)
    if (!said.some(isHereNow)) continue
    const on = foundOn(condition)
    context.read('brain-symptomatic', {
      unknown: 'not-informative',
      source: context.source(condition, 'code'),
      words: label,
      ...(on === undefined ? {} : { on }),
    })
    context.issue({
      code: 'missing-input',
      severity: 'warning',
      path: nameOf(condition),
      message: `"${label}" is listed beside brain metastases, and nobody says whether they cause it`,
      remedy: 'examine the patient today and record whether the brain metastases cause symptoms',
    })
  }
}
