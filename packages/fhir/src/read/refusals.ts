import { latestDay } from '@secondwind/core'
import { type Polarity, polarityIn } from './assertion.ts'
import type { ReadContext, ReaderKnowledge } from './context.ts'
import type { Evidence } from './findings.ts'
import { gather, ungather } from './gathered.ts'
import { onceFor } from './remember.ts'
import { findPhrases, type Lexicon, lexiconOf, type PhraseHit, sentencesOf, type Token, tokensOf } from './words.ts'

interface Refused {
  readonly adds: { readonly [fact: string]: string }
  readonly isAll?: true
  readonly words: readonly string[]
}

/** `refusals` of `knowledge/terminology/wishes.yaml`. */
interface RefusalsFile {
  readonly refusals: {
    readonly before: readonly string[]
    readonly after: readonly string[]
    /** "Accepts chemotherapy: no" is a refusal. */
    readonly accepts: readonly string[]
    readonly acceptsBetween: readonly string[]
    readonly between: readonly string[]
    readonly undone: readonly string[]
    readonly notPatient: readonly string[]
    readonly patient: readonly string[]
    readonly own: readonly string[]
    readonly history: readonly string[]
    readonly objects: readonly Refused[]
  }
}

type Cue = 'before' | 'after' | 'own' | 'accepts' | 'undone' | 'history'

interface Compiled {
  readonly cues: { readonly [cue in Cue]: Lexicon<true> }
  readonly objects: Lexicon<Refused>
  readonly between: ReadonlySet<Token>
  readonly acceptsBetween: ReadonlySet<Token>
  readonly notPatient: ReadonlySet<Token>
  readonly patient: ReadonlySet<Token>
}

const compile = onceFor((knowledge: ReaderKnowledge): Compiled => {
  const file = knowledge.terminology<RefusalsFile>('wishes')
  const { refusals } = file
  const lexicon = (words: readonly string[]): Lexicon<true> => lexiconOf(words.map((word) => [word, true] as const))
  const tokens = (words: readonly string[]): ReadonlySet<Token> => new Set(words.flatMap((word) => tokensOf(word)))
  const compiled: Compiled = {
    cues: {
      before: lexicon(refusals.before),
      after: lexicon(refusals.after),
      own: lexicon(refusals.own),
      accepts: lexicon(refusals.accepts),
      undone: lexicon(refusals.undone),
      history: lexicon(refusals.history),
    },
    objects: lexiconOf(refusals.objects.flatMap((object) => object.words.map((word) => [word, object] as const))),
    between: tokens(refusals.between),
    acceptsBetween: tokens(refusals.acceptsBetween),
    notPatient: tokens(refusals.notPatient),
    patient: tokens(refusals.patient),
  }
  return compiled
})

/**
 * Treatments that the patient refuses, as words of refusal say, into `declines` and `preferences`. `isOwn`: the patient speaks (a goal, a
 * preference), so that a bare "no chemotherapy" is a wish too. What was not given, refusals of an earlier year and refusals taken back are
 * none. Answers with the sentences that were read.
 */
export function readRefusals(context: ReadContext, text: string, evidence: Evidence, isOwn: boolean): readonly string[] {
  const read: string[] = []
  for (const sentence of sentencesOf(text)) {
    const refused = refusedIn(context, sentence, evidence.on, isOwn ? 'own' : 'note')
    if (refused.length === 0) continue
    read.push(sentence)
    for (const { adds } of refused)
      for (const [fact, value] of Object.entries(adds))
        gather(context, fact, value, context.source(evidence.resource, evidence.path), evidence.on, sentence)
  }
  return read
}

/**
 * A question about a refusal ("Declines chemotherapy") or an acceptance ("Wants chemotherapy") and its answer. A no to a refusal takes an
 * earlier one back. Whether the question is one of these.
 */
export function answerRefusals(context: ReadContext, label: string, answer: Polarity, evidence: Evidence): boolean {
  if (answer !== 'present' && answer !== 'absent') return false
  const { resource, path, on } = evidence
  const refused = refusedIn(context, label, on, 'own')
  const accepted = refused.length > 0 ? [] : acceptedIn(context, label)
  const isRefused = answer === 'present' ? refused.length > 0 : accepted.length > 0
  for (const { adds } of [...refused, ...accepted])
    for (const [fact, value] of Object.entries(adds))
      if (isRefused) gather(context, fact, value, context.source(resource, path), on, `${label}: ${answer === 'present' ? 'yes' : 'no'}`)
      else ungather(context, fact, value, on)
  return refused.length + accepted.length > 0
}

/** The treatment whose acceptance is asked for: named precisely and last, so that "wants oral treatment only" asks for none. */
function acceptedIn(context: ReadContext, label: string): readonly Refused[] {
  const { cues, objects, acceptsBetween } = compile(context.knowledge)
  const tokens = tokensOf(label)
  const object = findPhrases(objects, tokens).find(({ value, to }) => value.isAll !== true && to === tokens.length)
  if (object === undefined) return []
  const isTied = findPhrases(cues.accepts, tokens).some(
    ({ from, to }) =>
      to <= object.from &&
      polarityIn(context.knowledge, tokens, from, to) === 'present' &&
      tokens.slice(to, object.from).every((token) => acceptsBetween.has(token)),
  )
  return isTied ? [object.value] : []
}

/** Who speaks: a note about the patient, or the patient ("no chemotherapy" is then a wish). */
type Voice = 'note' | 'own'

function refusedIn(context: ReadContext, sentence: string, on: string | undefined, voice: Voice): readonly Refused[] {
  const { cues, objects } = compile(context.knowledge)
  const tokens = tokensOf(sentence)
  const hits = findPhrases(objects, tokens)
  if (hits.length === 0 || findPhrases(cues.undone, tokens).length > 0 || isOfEarlierYear(sentence, on ?? context.asOf)) return []
  const isWill = (hit: PhraseHit<true>): boolean => {
    const polarity = polarityIn(context.knowledge, tokens, hit.from, hit.to)
    return polarity === 'present' || polarity === 'uncertain'
  }
  const before = findPhrases(cues.before, tokens).filter(isWill)
  const after = findPhrases(cues.after, tokens)
  const own = voice === 'own' && findPhrases(cues.history, tokens).length === 0 ? findPhrases(cues.own, tokens) : []
  const isRefused = (object: PhraseHit<Refused>): boolean =>
    [...before, ...own].some((verb) => verb.to <= object.from && areTied(context, tokens, verb.to, object.from, hits)) ||
    after.some(
      (verb) => verb.from >= object.to && areTied(context, tokens, object.to, verb.from, hits) && isOfPatient(context, tokens, verb.to),
    )
  const refused = hits.filter(isRefused)
  const isPrecise = (object: PhraseHit<Refused>): boolean => object.value.isAll !== true
  return refused
    .filter(
      (object) => isPrecise(object) || (!refused.some(isPrecise) && !['with', 'of', 'for', 'in', 'by'].includes(tokens[object.to] ?? '')),
    )
    .map(({ value }) => value)
}

/** Only small words and other treatments stand between: a comma alone does not tie, since "declined surgery, accepts chemotherapy". */
function areTied(context: ReadContext, tokens: readonly Token[], from: number, to: number, hits: readonly PhraseHit<Refused>[]): boolean {
  const { between } = compile(context.knowledge)
  for (let at = from; at < to; at += 1) {
    const token = tokens[at] ?? ''
    const inObject = hits.some((hit) => hit.from <= at && at < hit.to)
    if (!inObject && !between.has(token) && !(token === ',' && isInList(tokens, at, hits))) return false
  }
  return true
}

/** The comma of an enumeration: treatments on both sides. */
const isInList = (tokens: readonly Token[], at: number, hits: readonly PhraseHit<Refused>[]): boolean =>
  hits.some((hit) => hit.to === at) && hits.some((hit) => hit.from === at + 1 || (tokens[at + 1] === 'or' && hit.from === at + 2))

/** "declined by the insurer" is nobody's wish; "declined by the patient" is. */
function isOfPatient(context: ReadContext, tokens: readonly Token[], from: number): boolean {
  const { notPatient, patient } = compile(context.knowledge)
  return !notPatient.has(tokens[from] ?? '') || tokens.slice(from, from + 4).some((token) => patient.has(token))
}

/** A year before last in the words: a refusal of another time, and often of another disease. */
function isOfEarlierYear(sentence: string, on: string): boolean {
  const year = Number(on.slice(0, 4))
  const named = (sentence.match(/\b(?:19|20)\d{2}\b/g) ?? []).map(Number)
  return latestDay(on) !== undefined && named.length > 0 && named.every((one) => one < year - 1)
}
