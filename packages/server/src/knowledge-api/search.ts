import type { KnowledgeBase } from '@secondwind/core'
import type { KnowledgeFound, KnowledgeHit } from '../contract/knowledge.ts'
import { entryIndex, type IndexedEntry, nameOf } from './entries.ts'
import { saysOf } from './rule-parts.ts'

/** The words by which one entry is found, lower case. */
interface Searched {
  readonly entry: IndexedEntry
  readonly title: string
  readonly id: string
  /** Lines of its text, as written. */
  readonly lines: readonly string[]
  readonly all: string
}

const SEARCHED = new WeakMap<KnowledgeBase, readonly Searched[]>()

function searchedIn(knowledge: KnowledgeBase): readonly Searched[] {
  const known = SEARCHED.get(knowledge)
  if (known) return known
  const made = entryIndex(knowledge).all.map((entry): Searched => {
    const lines = [...saysOf(entry), ...wordsIn(entry.value), ...entry.cites.map(({ source, says }) => `${source}: ${says}`)]
    return {
      entry,
      title: plain(entry.title),
      id: plain(entry.id),
      lines,
      all: plain([entry.title, entry.id, ...lines].join('\n')),
    }
  })
  SEARCHED.set(knowledge, made)
  return made
}

const plain = (text: string): string => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('-', ' ')

/** Texts that a person would look for: drugs, aliases, actions, identifiers of studies. */
function wordsIn(value: unknown): readonly string[] {
  const { drugs, regimens, aliases, actions, alert, nct, pmid, doi, between, service } = value as { readonly [name: string]: unknown }
  return [drugs, regimens, aliases, actions, alert, nct, pmid, doi, between, service].flatMap((one) =>
    typeof one === 'string' ? [one] : Array.isArray(one) ? one.filter((text): text is string => typeof text === 'string') : [],
  )
}

/**
 * Entries that hold every word of the query, those first whose title holds them all, then those whose id does. At most `most` are given, and how many
 * there are.
 */
export function searchKnowledge(knowledge: KnowledgeBase, query: string, most: number): KnowledgeFound {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return { query, total: 0, hits: [] }
  const found = searchedIn(knowledge).flatMap((one) => {
    if (!words.every((word) => one.all.includes(word))) return []
    const rank = RANKS.findIndex((fits) => fits(one, words))
    return [{ one, rank }]
  })
  // the order of kinds is that of the index, which puts what a clinician looks for first
  const hits = found
    .map((hit, place) => ({ ...hit, place }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .slice(0, most)
    .map(({ one, rank }): KnowledgeHit => {
      const line = rank < IN_TITLE ? undefined : one.lines.find((text) => words.some((word) => plain(text).includes(word)))
      return { ...nameOf(one.entry), ...(line === undefined ? {} : { line }) }
    })
  return { query, total: found.length, hits }
}

/** How well an entry fits, best first: by its whole title, by words of the title, by parts of them, by its id, by its text. */
const RANKS: readonly ((one: Searched, words: readonly string[]) => boolean)[] = [
  ({ title }, words) => title === words.join(' '),
  ({ title }, words) => words.every((word) => startsWord(title, word)),
  ({ title }, words) => words.every((word) => title.includes(word)),
  ({ id }, words) => words.every((word) => id.includes(word)),
  () => true,
]
/** Ranks below this need no line to say why the entry was found. */
const IN_TITLE = 3

const startsWord = (text: string, word: string): boolean => text.startsWith(word) || text.includes(` ${word}`)
