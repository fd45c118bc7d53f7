import { remember } from './remember.ts'

/**
 * Words of a text as comparable tokens, and phrases written in the knowledge base matched against them.
 * A phrase is plain words; `*` ends a stem (`metasta*`), `...` skips up to four words, never a denial. British and American spellings compare equal.
 */

export type Token = string

interface Pattern<T> {
  readonly parts: readonly Part[]
  readonly value: T
  readonly weight: number
}

type Part = { readonly kind: 'word' | 'stem'; readonly text: string } | { readonly kind: 'gap' }

/** Tokens `from` (inclusive) to `to` (exclusive) of a clause carry `value`. */
export interface PhraseHit<T> {
  readonly value: T
  readonly from: number
  readonly to: number
}

const TOKEN = /[a-z0-9]+(?:\.[0-9]+)?|[?:,%()/+<>=]/g
const UNIT_GLUED = /(\d)(mm|cm|ml|kg|gy|h|min|%)(?![a-z0-9])/g
/** "doesn't" is a denial as "does not" is. */
const CONTRACTED = /\b(do|does|did|is|are|was|were|has|have|had|would|could|should|must|need|ca|wo)n[\u2018\u2019']t\b/g
const WHOLE: { readonly [verb: string]: string } = { ca: 'can', wo: 'will' }
/** "pas d'embolie", "dell'encefalo": the article is a word. */
const ELIDED = /\b(d|l|qu|dell|nell|all|dall|sull)[\u2018\u2019'](?=[a-z])/g
const GAP = 4
/** What a gap never skips: the words behind it are denied. */
const DENIALS: ReadonlySet<Token> = new Set(['no', 'not', 'without', 'nor', 'never', 'neither', 'denies'])

/** Lower case, accents and possessives removed, hyphens as blanks, British spelling folded into American. */
export const tokensOf = remember((text: string): readonly Token[] => {
  const folded = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(CONTRACTED, (_word, verb: string) => `${WHOLE[verb] ?? verb} not`)
    .replace(/[\u2018\u2019']s\b/g, '')
    .replace(ELIDED, '$1 ')
    .replace(/[\u2018\u2019']/g, '')
    .replace(/\u2265/g, '>=')
    .replace(/\u2264/g, '<=')
    .replace(UNIT_GLUED, '$1 $2')
    .replace(/[ao]e(?=[a-z])/g, 'e')
    .replace(/our(?=\b|s\b|a)/g, 'or')
  return folded.match(TOKEN) ?? []
})

/** A compiled list of phrases, indexed by the beginning of the first word. Compiled once per knowledge base. */
export interface Lexicon<T> {
  readonly byStart: ReadonlyMap<string, readonly Pattern<T>[]>
  /** What was found in tokens that are still alive: several readers look for the same phrases in the same sentence. */
  readonly found: WeakMap<readonly Token[], readonly PhraseHit<T>[]>
}

export function lexiconOf<T>(entries: Iterable<readonly [phrase: string, value: T]>): Lexicon<T> {
  const byStart = new Map<string, Pattern<T>[]>()
  for (const [phrase, value] of entries) {
    const parts = partsOf(phrase)
    const first = parts[0]
    if (first === undefined || first.kind === 'gap') continue
    const key = first.text.slice(0, 2)
    const list = byStart.get(key) ?? []
    list.push({ parts, value, weight: parts.length })
    byStart.set(key, list)
  }
  return { byStart, found: new WeakMap() }
}

function partsOf(phrase: string): readonly Part[] {
  const parts: Part[] = []
  for (const written of phrase.trim().split(/\s+/)) {
    if (written === '...') parts.push({ kind: 'gap' })
    else if (written.endsWith('*')) {
      const tokens = tokensOf(written.slice(0, -1))
      for (const [index, text] of tokens.entries()) parts.push({ kind: index === tokens.length - 1 ? 'stem' : 'word', text })
    } else for (const text of tokensOf(written)) parts.push({ kind: 'word', text })
  }
  return parts
}

/** Every phrase found in the tokens, in order; of overlapping hits the longer ones stay, and equally long ones all stay. */
export function findPhrases<T>(lexicon: Lexicon<T>, tokens: readonly Token[]): readonly PhraseHit<T>[] {
  const known = lexicon.found.get(tokens)
  if (known !== undefined) return known
  const hits = searchPhrases(lexicon, tokens)
  lexicon.found.set(tokens, hits)
  return hits
}

function searchPhrases<T>(lexicon: Lexicon<T>, tokens: readonly Token[]): readonly PhraseHit<T>[] {
  const hits: PhraseHit<T>[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const candidates = lexicon.byStart.get((tokens[at] ?? '').slice(0, 2))
    if (candidates === undefined) continue
    for (const pattern of candidates) {
      const end = matchAt(pattern.parts, tokens, at)
      if (end !== undefined) hits.push({ value: pattern.value, from: at, to: end })
    }
  }
  return hits.filter((hit) => !hits.some((other) => other !== hit && covers(other, hit)))
}

const covers = (outer: PhraseHit<unknown>, inner: PhraseHit<unknown>): boolean =>
  outer.from <= inner.from && outer.to >= inner.to && outer.to - outer.from > inner.to - inner.from

function matchAt(parts: readonly Part[], tokens: readonly Token[], at: number): number | undefined {
  let position = at
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index]
    if (part === undefined) return undefined
    if (part.kind === 'gap') {
      const rest = parts.slice(index + 1)
      for (let skip = 0; skip <= GAP; skip += 1) {
        const end = matchAt(rest, tokens, position + skip)
        if (end !== undefined) return end
        // "headache without vomiting" is no headache with vomiting
        if (DENIALS.has(tokens[position + skip] ?? '')) return undefined
      }
      return undefined
    }
    const token = tokens[position]
    if (token === undefined || !sameWord(part, token)) return undefined
    position += 1
  }
  return position
}

/** A word also matches its plural in -s or -es. */
function sameWord(part: { readonly kind: 'word' | 'stem'; readonly text: string }, token: Token): boolean {
  if (part.kind === 'stem') return token.startsWith(part.text)
  if (token === part.text) return true
  return token.length > 3 && (token === `${part.text}s` || token === `${part.text}es`)
}

const SENTENCE_END = /(?<=[.!?])\s+(?=[A-Z0-9(*-])|[\n\r;\u2022]+|\s+[-\u2013\u2014]\s+/

const LONGEST_SENTENCE = 800

/** Sentences and list items of a text, as written. A decimal point does not end a sentence; one without an end is cut so that work stays linear. */
export const sentencesOf = remember((text): readonly string[] =>
  text
    .split(SENTENCE_END)
    .flatMap((part) => (part.length <= LONGEST_SENTENCE ? [part] : cutAtBlanks(part)))
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

function cutAtBlanks(text: string): readonly string[] {
  const parts: string[] = []
  let from = 0
  while (text.length - from > LONGEST_SENTENCE) {
    const blank = text.lastIndexOf(' ', from + LONGEST_SENTENCE)
    const to = blank > from ? blank : from + LONGEST_SENTENCE
    parts.push(text.slice(from, to))
    from = to
  }
  parts.push(text.slice(from))
  return parts
}

/** "Haemorrhagic stroke in 2015" in a text of this year: every year that is named is an earlier one. */
export function isOfEarlierYear(words: string, on: string | undefined): boolean {
  const years = words.match(/\b(?:19|20)\d{2}\b/g) ?? []
  return on !== undefined && years.length > 0 && years.every((year) => year < on.slice(0, 4))
}

/**
 * Whether a finding (tokens `from` to `to`) stands beside a year that is surely over on the day `on`: "pneumonia in 2014", "sepsis 2016", "in 2014 he had sepsis".
 * The year before counts only in a text of the second half of a year; "since 2014", or a word of now in the sentence, is no such year.
 */
export function isBesideEarlierYear(tokens: readonly Token[], from: number, to: number, on: string | undefined): boolean {
  const isOver = (token: Token | undefined): boolean =>
    on !== undefined && /^(?:19|20)\d{2}$/.test(token ?? '') && Number(token) < Number(on.slice(0, 4)) - (on.slice(5, 7) > '06' ? 0 : 1)
  if (on === undefined || tokens.some((token) => LASTING.has(token))) return false
  const behind = tokens.slice(to, to + 4)
  const at = behind.findIndex(isOver)
  if (at >= 0 && behind.slice(0, at).every((token) => BESIDE.has(token))) return true
  const before = tokens.slice(Math.max(0, from - 5), from)
  return before.some(
    (token, index) => isOver(token) && (before[index - 1] === 'in' || before[index + 1] === ':') && !before.slice(index).includes(','),
  )
}

const BESIDE: ReadonlySet<Token> = new Set(
  'in of during around about once twice early late mid ( january february march april may june july august september october november december spring summer autumn winter'.split(
    ' ',
  ),
)
const LASTING: ReadonlySet<Token> = new Set(
  'since now ongoing again still currently today yesterday current recurrent recurring persistent persists chronic'.split(' '),
)

/** Calls for each item with its place; the answer of the call is not used. */
export function each<T>(items: readonly T[], call: (item: T, index: number) => unknown): void {
  for (let index = 0; index < items.length; index += 1) call(items[index] as T, index)
}
