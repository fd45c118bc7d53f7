import { remember, rememberFor, rememberWith } from '../remember.ts'
import { type Concept, wordsOf } from '../shapes.ts'

/**
 * Word lists of `knowledge/terminology` as patterns. A phrase matches whole words without regard to case; a blank or a hyphen in it
 * matches either, or none; a trailing `*` matches the rest of the word.
 */
export function phrasePattern(phrases: readonly (string | number)[]): RegExp {
  const parts = [...phrases]
    .map(String)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map(phraseSource)
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${parts.join('|') || '(?!)'})(?![\\p{L}\\p{N}])`, 'giu')
}

function phraseSource(phrase: string): string {
  const stem = phrase.endsWith('*') ? phrase.slice(0, -1) : phrase
  const escaped = stem
    .trim()
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    .replace(/[\s-]+/g, '[\\s-]*')
  return phrase.endsWith('*') ? `${escaped}[\\p{L}]*` : escaped
}

const CACHE = new WeakMap<readonly (string | number)[], RegExp>()

/** The pattern of a list, compiled once for as long as the list lives. */
export function patternOf(phrases: readonly (string | number)[]): RegExp {
  let pattern = CACHE.get(phrases)
  if (!pattern) {
    pattern = phrasePattern(phrases)
    CACHE.set(phrases, pattern)
  }
  return pattern
}

export function says(text: string | undefined, phrases: readonly (string | number)[] | undefined): boolean {
  return text !== undefined && phrases !== undefined && saysIt(phrases, text)
}

const saysIt = rememberWith((phrases: readonly (string | number)[], text): boolean => {
  if (!maySay(phrases, text)) return false
  const pattern = patternOf(phrases)
  pattern.lastIndex = 0
  return pattern.test(text)
})

/** Whether text or displays of a concept say one of the phrases. */
export const saysConcept = (concept: Concept, phrases: readonly string[]): boolean => saysOf(phrases, concept)

const saysOf = rememberFor((phrases: readonly string[], concept: Concept): boolean => says(wordsOf(concept).join('. '), phrases))

/** The first two letters of the words of a text; undefined for a text beyond ASCII, where letters have more than two forms. */
const beginningsOf = remember((text): ReadonlySet<string> | undefined =>
  NOT_ASCII.test(text) ? undefined : new Set(text.toLowerCase().match(/(?<![a-z0-9])[a-z0-9]{2}/g)),
)

const NOT_ASCII = /[^ -~\s]/

const beginnings = new WeakMap<readonly (string | number)[], readonly string[] | undefined>()

/** The same of a list of phrases; undefined when one of them does not begin with two plain letters or digits. */
function beginningsOfList(phrases: readonly (string | number)[]): readonly string[] | undefined {
  if (beginnings.has(phrases)) return beginnings.get(phrases)
  const starts = phrases.map((phrase) => /^[a-z0-9]{2}/.exec(String(phrase).trim().toLowerCase())?.[0])
  const found = starts.every((start) => start !== undefined) ? [...new Set(starts)] : undefined
  beginnings.set(phrases, found)
  return found
}

/** A quick look: no word of the text begins like a phrase of the list. Patterns of hundreds of phrases are slow, and most texts say none of them. */
function maySay(phrases: readonly (string | number)[], text: string): boolean {
  const wanted = beginningsOfList(phrases)
  const there = wanted === undefined ? undefined : beginningsOf(text)
  return wanted === undefined || there === undefined || wanted.some((start) => there.has(start))
}

export interface Hit {
  readonly at: number
  readonly words: string
}

export function hitsOf(text: string, phrases: readonly (string | number)[] | undefined): readonly Hit[] {
  return phrases === undefined ? [] : hitsIn(phrases, text)
}

const hitsIn = rememberWith((phrases: readonly (string | number)[], text): readonly Hit[] =>
  maySay(phrases, text) ? [...text.matchAll(patternOf(phrases))].map((match) => ({ at: match.index, words: match[0] })) : [],
)

/** The first key whose phrases the text says. */
export function firstKey(text: string, table: { readonly [key: string]: readonly string[] } | undefined): string | undefined {
  return Object.keys(table ?? {}).find((key) => says(text, table?.[key]))
}

/** Sentences of a note: split at full stops before a blank, semicolons and line breaks; numbers and abbreviations such as `5.5` stay whole. */
export const sentencesOf = remember((text): readonly string[] =>
  text
    .split(/(?<=[.!?])\s+(?=[\p{Lu}\d])|[;\n\r]+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== ''),
)
