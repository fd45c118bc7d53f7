import type { Drug } from '@secondwind/core'
import type { ReaderKnowledge } from '../context.ts'
import { remember } from '../remember.ts'

/** One row of `knowledge/terminology/drugs.yaml`. */
export interface DrugEntry extends Drug {
  readonly rxnorm?: readonly (string | number)[]
  readonly ncit?: readonly string[]
  readonly atc?: readonly string[]
  readonly snomed?: readonly (string | number)[]
  readonly names?: readonly string[]
  /** Milligrams of prednisone that one milligram is worth. */
  readonly prednisoneFactor?: number
}

export interface Mention {
  readonly drug: string
  readonly at: number
  readonly end: number
  readonly words: string
}

export interface DrugLookup {
  readonly entries: ReadonlyMap<string, DrugEntry>
  /** The drug of an ingredient code; the system decides which codes count. */
  byCode(system: string, code: string): string | undefined
  /** Drugs named in a text, in order, the longest name first ("nab-paclitaxel" is not "paclitaxel"). `note`: names of up to three letters do not count. */
  find(text: string, note?: boolean): readonly Mention[]
}

const SYSTEMS: readonly [part: string, field: 'rxnorm' | 'ncit' | 'atc' | 'snomed'][] = [
  ['rxnorm', 'rxnorm'],
  ['evs/thesaurus', 'ncit'],
  ['ncithesaurus', 'ncit'],
  ['whocc.no/atc', 'atc'],
  ['atc', 'atc'],
  ['snomed.info/sct', 'snomed'],
]

const CACHE = new WeakMap<ReaderKnowledge, DrugLookup>()

/** The lookup table of drugs, compiled once per knowledge base. */
export function drugLookup(knowledge: ReaderKnowledge): DrugLookup {
  let lookup = CACHE.get(knowledge)
  if (!lookup) {
    lookup = compile(knowledge)
    CACHE.set(knowledge, lookup)
  }
  return lookup
}

interface Name {
  readonly tokens: readonly string[]
  readonly drug: string
  readonly short: boolean
}

function compile(knowledge: ReaderKnowledge): DrugLookup {
  // the compiled base keeps every column of drugs.yaml in `drugs`
  const rows: readonly DrugEntry[] = [...knowledge.drugs.values()]
  const entries = new Map<string, DrugEntry>()
  const codes = new Map<string, string>()
  const byFirst = new Map<string, Name[]>()
  for (const row of rows) {
    entries.set(row.id, row)
    for (const field of ['rxnorm', 'ncit', 'atc', 'snomed'] as const) {
      for (const code of row[field] ?? []) codes.set(`${field}|${code}`, row.id)
    }
    for (const name of [row.id, row.label, ...(row.names ?? [])]) {
      const tokens = tokensOf(String(name)).map((token) => token.word)
      const first = tokens[0]
      if (first === undefined) continue
      const list = byFirst.get(first) ?? []
      list.push({ tokens, drug: row.id, short: tokens.join('').length <= 3 })
      byFirst.set(first, list)
    }
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.tokens.length - a.tokens.length || (a.drug < b.drug ? -1 : 1))
  const findInLabel = remember((text) => find(text, byFirst, false))
  const findInNote = remember((text) => find(text, byFirst, true))
  return {
    entries,
    byCode(system, code) {
      const lower = system.toLowerCase()
      const field = SYSTEMS.find(([part]) => lower.includes(part))?.[1]
      return field === undefined ? undefined : codes.get(`${field}|${code}`)
    },
    find(text, note = false) {
      return note ? findInNote(text) : findInLabel(text)
    },
  }
}

function find(text: string, byFirst: ReadonlyMap<string, readonly Name[]>, note: boolean): readonly Mention[] {
  const tokens = tokensOf(text)
  const found: Mention[] = []
  for (let i = 0; i < tokens.length; i++) {
    const name = byFirst
      .get(tokens[i]!.word)
      ?.find((candidate) => !(note && candidate.short) && candidate.tokens.every((word, k) => tokens[i + k]?.word === word))
    if (!name) continue
    const last = tokens[i + name.tokens.length - 1]!
    const at = tokens[i]!.at
    const end = last.at + last.word.length
    found.push({ drug: name.drug, at, end, words: text.slice(at, end) })
    i += name.tokens.length - 1
  }
  return found
}

interface Token {
  readonly word: string
  readonly at: number
}

const tokensOf = (text: string): readonly Token[] =>
  [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({ word: match[0].toLowerCase(), at: match.index }))
