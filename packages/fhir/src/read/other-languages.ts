import { remember } from './remember.ts'
import { findPhrases, lexiconOf, tokensOf } from './words.ts'

/** `knowledge/terminology/other-languages.yaml`: everyday words of other languages that turn the sense of a report around. */
export interface LanguagesFile {
  readonly words: readonly {
    /** What stands for them where gene results are read. */
    readonly en: string
    /** The kind of cue that they are in every other text; without it they are no cue. */
    readonly says?: string
    readonly side?: 'before' | 'after'
    readonly words: readonly string[]
    /** `false`: words that mean something else in English, counted only beside others. */
    readonly strong?: false
  }[]
  /** Denials of languages that are not read further. */
  readonly doubt: readonly string[]
  /** A class of letters, as a regular expression. */
  readonly unreadLetters: string
  readonly closing: readonly string[]
  /** Values that are an answer in themselves. */
  readonly answers: { readonly [answer in 'present' | 'absent' | 'uncertain']: readonly string[] }
}

const ACCENTS: { readonly [letter: string]: string } = { a: 'aáàâäãå', e: 'eéèêë', i: 'iíìîï', o: 'oóòôöõ', u: 'uúùûü', n: 'nñ', c: 'cç' }

function sourceOf(phrase: string): string {
  const letters = phrase
    .replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '\u0001' : `\\${sign}`))
    .replace(/[aeiounc]/g, (letter) => `[${ACCENTS[letter] ?? letter}]`)
    .replaceAll("'", "['\u2019]\\s*")
    .replace(/ +/g, '\\s+')
    .replaceAll('\u0001', '\\p{L}*')
  // "ss" is also written as one letter
  const whole = letters.replaceAll('ss', '(?:ss|ß)')
  return `(?<![\\p{L}\\d])${whole}${phrase.endsWith("'") ? '' : '(?![\\p{L}\\d])'}`
}

interface Glossary {
  /** Whether a text is worth the search: most are English. */
  readonly isOther: (text: string) => boolean
  readonly all: RegExp
  /** English words by the place of the phrase in `all`. */
  readonly english: readonly string[]
  readonly doubt: RegExp
}

function glossaryOf(file: LanguagesFile): Glossary {
  const entries = file.words
    .flatMap(({ en, words, strong }) => words.map((phrase) => ({ en, phrase, isStrong: strong !== false })))
    .sort((a, b) => b.phrase.length - a.phrase.length)
  const strong = lexiconOf(entries.filter(({ isStrong }) => isStrong).map(({ phrase }) => [phrase, true] as const))
  const any = (list: readonly string[]): string => (list.length === 0 ? '(?!)' : list.join('|'))
  return {
    isOther: (text) => findPhrases(strong, tokensOf(text)).length > 0,
    all: new RegExp(any(entries.map(({ phrase }) => `(${sourceOf(phrase)})`)), 'giu'),
    english: entries.map(({ en }) => en),
    doubt: new RegExp(`${any(file.doubt.map(sourceOf))}|${file.unreadLetters}`, 'iu'),
  }
}

const LONGEST = 50_000
/** Lines and sentences, with what stands between them. */
const PIECES = /((?<=[.!?;])\s+|[\n\r]+)/

/**
 * A report text with the words of other languages that decide a result put into English, sentence by sentence: "Kein Nachweis von ALK-Fusionen"
 * as "no evidence of ALK-fusion". A sentence in a language that is not read ends in "equivocal": what it says of a gene is a doubt. English stays as it is.
 */
export function englishReader(file: LanguagesFile): (text: string) => string {
  const { isOther: hasOther, all, english, doubt } = glossaryOf(file)
  const put = (match: string, ...groups: readonly unknown[]): string => {
    const at = groups.findIndex((group, index) => index < english.length && group !== undefined)
    if (at < 0) return match
    const plain = english[at] as string
    // a sentence begins with a capital, and is told by it; "d'ALK" has no blank of its own
    const begun = /^\p{Lu}/u.test(match) ? `${plain[0]?.toUpperCase()}${plain.slice(1)}` : plain
    return /['\u2019]\s*$/.test(match) ? `${begun} ` : begun
  }
  return remember((text) => {
    // what stands behind is not read either (statements.ts)
    const pieces = text.slice(0, LONGEST).split(PIECES)
    const isOther = pieces.some(hasOther)
    if (!isOther && !doubt.test(text)) return text
    return pieces
      .map((piece) => {
        const plain = isOther ? piece.replace(all, put) : piece
        return doubt.test(piece) ? plain.replace(/[.!?;]?\s*$/, (end) => `: equivocal${end}`) : plain
      })
      .join('')
  })
}

/** The words as cues of a text: kind, side and phrase. */
export const cuesOf = (
  file: LanguagesFile,
): readonly { readonly kind: string; readonly side: 'before' | 'after' | 'boundary'; readonly phrase: string }[] => [
  ...file.words.flatMap(({ says, side, words }) =>
    says === undefined ? [] : words.map((phrase) => ({ kind: says, side: side ?? ('boundary' as const), phrase })),
  ),
  ...file.doubt.flatMap((phrase) => [
    { kind: 'uncertain', side: 'before' as const, phrase },
    { kind: 'uncertain', side: 'after' as const, phrase },
  ]),
]

/** Words that close an enumeration, as tokens. */
export const closingWords = (file: LanguagesFile): ReadonlySet<string> =>
  new Set(['or', 'nor', ...file.closing.flatMap((word) => tokensOf(word))])
