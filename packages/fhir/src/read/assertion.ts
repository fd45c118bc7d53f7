import type { ReaderKnowledge } from './context.ts'
import { closingWords, cuesOf, type LanguagesFile } from './other-languages.ts'
import { onceFor, rememberConcept, rememberWith } from './remember.ts'
import { type Concept, codeKeysOf, conceptOf, elementValue, type Json, stringOf } from './shapes.ts'
import { findPhrases, type Lexicon, lexiconOf, sentencesOf, type Token, tokensOf } from './words.ts'

/** What a text says of a finding. `ignored` covers relatives, plans and warnings: nothing about this patient now. */
export type Polarity = 'present' | 'absent' | 'uncertain' | 'past' | 'ignored'

type Cue = { readonly kind: CueKind; readonly side: 'before' | 'after' | 'boundary'; readonly wide?: true }
type CueKind = 'absent' | 'uncertain' | 'ignored' | 'fear' | 'family' | 'past' | 'neutral' | 'boundary'

interface AssertionFile {
  readonly boundary: readonly string[]
  /** Denials that reach over a whole enumeration. */
  readonly wide: readonly string[]
  /** Words that say that one of an enumeration is there now. */
  readonly now: readonly string[]
  /** Relatives who tell of the patient, and the verbs that they do it with. */
  readonly reporters: { readonly who: readonly string[]; readonly verbs: readonly string[] }
  readonly before: { readonly [kind: string]: readonly string[] }
  readonly after: { readonly [kind: string]: readonly string[] }
  readonly answers: {
    readonly present: readonly string[]
    readonly absent: readonly string[]
    readonly uncertain: readonly string[]
    readonly codes: { readonly present: readonly string[]; readonly absent: readonly string[]; readonly uncertain: readonly string[] }
  }
}

interface Compiled {
  /** Looked up apart: ": no" after one finding must not hide the "no" before the next. */
  readonly before: Lexicon<Cue>
  readonly after: Lexicon<Cue>
  readonly now: ReadonlySet<Token>
  /** Words that close an enumeration behind a denial. */
  readonly closing: ReadonlySet<Token>
  readonly answers: Lexicon<'present' | 'absent' | 'uncertain'>
  readonly codes: ReadonlyMap<string, 'present' | 'absent' | 'uncertain'>
  readonly statements: (lexicon: Lexicon<unknown>, text: string) => readonly Statement<unknown>[]
  readonly ownStatements: (lexicon: Lexicon<unknown>, text: string) => readonly Statement<unknown>[]
}

const compile = onceFor((knowledge: ReaderKnowledge): Compiled => {
  const file = knowledge.terminology<AssertionFile>('assertion')
  const cues: [string, Cue][] = file.boundary.map((phrase) => [phrase, { kind: 'boundary', side: 'boundary' }])
  for (const side of ['before', 'after'] as const)
    for (const [kind, phrases] of Object.entries(file[side]))
      for (const phrase of phrases)
        cues.push([phrase, file.wide.includes(phrase) ? { kind: kind as CueKind, side, wide: true } : { kind: kind as CueKind, side }])
  // the longer words hide the name of the relative in them; "father reported to have had ..." tells of the father
  for (const who of file.reporters.who) {
    for (const verb of file.reporters.verbs) cues.push([`${who} ${verb}`, { kind: 'boundary', side: 'boundary' }])
    cues.push([`${who} reported to`, { kind: 'family', side: 'before' }])
  }
  const languages = knowledge.terminology<LanguagesFile>('other-languages')
  for (const { kind, side, phrase } of cuesOf(languages)) cues.push([phrase, { kind: kind as CueKind, side }])
  const closing = closingWords(languages)
  const now = new Set(file.now)
  const answers: [string, 'present' | 'absent' | 'uncertain'][] = []
  const codes = new Map<string, 'present' | 'absent' | 'uncertain'>()
  for (const answer of ['present', 'absent', 'uncertain'] as const) {
    for (const word of [...file.answers[answer], ...languages.answers[answer]]) answers.push([word, answer])
    for (const code of file.answers.codes[answer]) codes.set(code, answer)
  }
  const compiled = {
    before: lexiconOf(cues.filter(([, cue]) => cue.side !== 'after')),
    after: lexiconOf(cues.filter(([, cue]) => cue.side === 'after')),
    now,
    closing,
    answers: lexiconOf(answers),
    codes,
    statements: rememberWith((lexicon: Lexicon<unknown>, text) => searchStatements(knowledge, lexicon, text, [])),
    ownStatements: rememberWith((lexicon: Lexicon<unknown>, text) => searchStatements(knowledge, lexicon, text, ['fear'])),
  }
  return compiled
})

/** One finding in one sentence. */
export interface Statement<T> {
  readonly value: T
  readonly polarity: Polarity
  /** The sentence as written. */
  readonly words: string
  /** Tokens of the sentence and the place of the finding in them: for numbers beside it. */
  readonly tokens: readonly Token[]
  readonly from: number
  readonly to: number
}

/**
 * Findings of a text with their polarity. Denials reach over an enumeration that ends in "or" ("no A, B or C"); after a bare comma
 * ("no A, B") the second item is uncertain rather than denied or found. Longer phrases hide the shorter ones inside them.
 */
export function statementsOf<T>(knowledge: ReaderKnowledge, lexicon: Lexicon<T>, text: string): readonly Statement<T>[] {
  const { statements } = compile(knowledge)
  return statements(lexicon, text) as readonly Statement<T>[]
}

/** The same in the patient's own words: what they fear is a wish as well ("afraid of losing my hair"). */
export function ownStatementsOf<T>(knowledge: ReaderKnowledge, lexicon: Lexicon<T>, text: string): readonly Statement<T>[] {
  const { ownStatements } = compile(knowledge)
  return ownStatements(lexicon, text) as readonly Statement<T>[]
}

function searchStatements<T>(
  knowledge: ReaderKnowledge,
  lexicon: Lexicon<T>,
  text: string,
  without: readonly CueKind[],
): readonly Statement<T>[] {
  const { before, after, now, closing } = compile(knowledge)
  const statements: Statement<T>[] = []
  for (const sentence of sentencesOf(text)) {
    const tokens = tokensOf(sentence)
    const hits = findPhrases(lexicon, tokens)
    if (hits.length === 0) continue
    const signs = [...findPhrases(before, tokens), ...findPhrases(after, tokens)].filter(({ value }) => !without.includes(value.kind))
    for (const hit of hits) {
      // A cue that is part of the finding itself ("does not want …") asserts nothing about it.
      const outside = signs.filter((sign) => sign.to <= hit.from || sign.from >= hit.to)
      const polarity = polarityOf(outside, hit, tokens, { now, closing })
      if (polarity !== undefined) statements.push({ value: hit.value, polarity, words: sentence, tokens, from: hit.from, to: hit.to })
    }
  }
  return statements
}

/** Polarity of the words `from` to `to` of one sentence; undefined only when nothing can be said. */
export function polarityIn(knowledge: ReaderKnowledge, tokens: readonly Token[], from: number, to: number): Polarity {
  const { before, after, now, closing } = compile(knowledge)
  const signs = [...findPhrases(before, tokens), ...findPhrases(after, tokens)].filter((sign) => sign.to <= from || sign.from >= to)
  return polarityOf(signs, { from, to }, tokens, { now, closing }) ?? 'ignored'
}

/** Whether words name a relative: "Family history of …", "Mother: …". */
export const isOfRelative = (knowledge: ReaderKnowledge, text: string): boolean =>
  findPhrases(compile(knowledge).before, tokensOf(text)).some(({ value }) => value.kind === 'family')

type Sign = { readonly value: Cue; readonly from: number; readonly to: number }

function polarityOf(
  signs: readonly Sign[],
  hit: { readonly from: number; readonly to: number },
  tokens: readonly Token[],
  words: Pick<Compiled, 'now' | 'closing'>,
): Polarity | undefined {
  const walls = signs.filter((sign) => sign.value.kind === 'boundary')
  const left = Math.max(-1, ...walls.filter((wall) => wall.to <= hit.from).map((wall) => wall.to - 1))
  const right = Math.min(tokens.length, ...walls.filter((wall) => wall.from >= hit.to).map((wall) => wall.from))
  const before = signs.filter((sign) => sign.value.side === 'before' && sign.to <= hit.from && sign.from > left)
  const after = signs.filter((sign) => sign.value.side === 'after' && sign.from >= hit.to && sign.from < right && sign.from - hit.to <= 3)
  const family = signs.some(
    (sign) => sign.value.kind === 'family' && ((sign.value.side === 'before' && sign.to <= hit.from) || sign.value.side === 'after'),
  )
  if (family) return 'ignored'
  const isBeside = (sign: Sign): boolean => {
    const between = tokens.slice(hit.to, sign.from)
    return !between.includes(',') || (sign.value.wide === true && between.indexOf(',') === between.length - 1)
  }
  const kinds = new Set<CueKind>(after.filter(isBeside).map((sign) => sign.value.kind))
  let listed = false
  for (const sign of before) {
    const reach = reachOf(sign, hit, tokens, words)
    if (reach === 'whole') kinds.add(sign.value.kind)
    else if (reach === 'doubtful' && (sign.value.kind === 'absent' || sign.value.kind === 'uncertain')) listed = true
  }
  if (kinds.has('neutral')) return 'present'
  if (kinds.has('ignored') || kinds.has('fear')) return 'ignored'
  if (kinds.has('uncertain')) return 'uncertain'
  if (kinds.has('absent')) return 'absent'
  if (listed) return 'uncertain'
  return kinds.has('past') ? 'past' : 'present'
}

/** Words a cue reaches at most, by kind: a denial carries far, a "previous" hardly. */
const REACH: { readonly [kind in CueKind]: number } = {
  absent: 14,
  uncertain: 8,
  ignored: 8,
  fear: 8,
  family: 20,
  past: 4,
  neutral: 6,
  boundary: 0,
}

/** How far a cue reaches: to the next comma, or across an enumeration that closes with "or" or "nor". */
function reachOf(
  sign: Sign,
  hit: { readonly from: number; readonly to: number },
  tokens: readonly Token[],
  { now, closing }: Pick<Compiled, 'now' | 'closing'>,
): 'whole' | 'doubtful' | 'none' {
  const between = tokens.slice(sign.to, hit.from)
  if (sign.value.wide && sign.value.kind === 'ignored' && between.includes(',')) return isAdvice(sign, tokens, now) ? 'whole' : 'none'
  if (sign.value.wide && sign.value.kind !== 'ignored') return between.length > 30 ? 'none' : 'whole'
  if (between.length > REACH[sign.value.kind]) return 'none'
  if (between.includes(')') && !between.includes('(')) return 'none'
  if (!between.includes(',')) return 'whole'
  if (sign.value.kind !== 'absent' && sign.value.kind !== 'uncertain') return 'none'
  const rest = tokens.slice(sign.to)
  return rest.some((token) => closing.has(token)) ? 'whole' : 'doubtful'
}

/** "Call us for A, B or C": the list closes, and nothing in it is said to be there now. "Red flags: A, B" may be what was found. */
function isAdvice(sign: Sign, tokens: readonly Token[], now: ReadonlySet<Token>): boolean {
  const rest = tokens.slice(sign.to)
  return (
    rest[0] !== ':' && !rest.some((token) => now.has(token)) && rest.some((token) => token === 'or' || token === 'and' || token === ':')
  )
}

/** Whether the value of an Observation, component or answer says yes, no or perhaps; undefined when it says something else (a number, a text). */
export function answerOf(knowledge: ReaderKnowledge, element: Json): 'present' | 'absent' | 'uncertain' | undefined {
  const found = elementValue(element)
  if (found === undefined) return interpretationOf(knowledge, element)
  if (typeof found.value === 'boolean') return found.value ? 'present' : 'absent'
  if (found.name === 'valueCodeableConcept') return answerNamed(knowledge, conceptOf(found.value))
  const text = stringOf(found.value)
  if (text !== undefined) return answerWord(knowledge, text)
  return interpretationOf(knowledge, element)
}

const answerNamed = rememberConcept((knowledge: ReaderKnowledge, concept: Concept): 'present' | 'absent' | 'uncertain' | undefined => {
  const { codes } = compile(knowledge)
  for (const key of codeKeysOf(concept)) {
    const answer = codes.get(key)
    if (answer !== undefined) return answer
  }
  for (const text of [concept.text, ...concept.codings.map((coding) => coding.display)]) {
    const answer = text === undefined ? undefined : answerWord(knowledge, text)
    if (answer !== undefined) return answer
  }
  return undefined
})

function interpretationOf(knowledge: ReaderKnowledge, element: Json): 'present' | 'absent' | 'uncertain' | undefined {
  if (element.interpretation === undefined) return undefined
  const { codes } = compile(knowledge)
  const list = Array.isArray(element.interpretation) ? element.interpretation : [element.interpretation]
  for (const entry of list) for (const key of codeKeysOf(conceptOf(entry))) if (codes.has(key)) return codes.get(key)
  return undefined
}

/** A text that is an answer in itself ("Yes", "Not detected", "Positive"): its first words must be the answer. */
export function answerWord(knowledge: ReaderKnowledge, text: string): 'present' | 'absent' | 'uncertain' | undefined {
  const hits = findPhrases(compile(knowledge).answers, tokensOf(text)).filter((hit) => hit.from === 0)
  return hits[0]?.value
}
