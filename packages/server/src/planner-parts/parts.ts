import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { forBrowser } from '@secondwind/compiler'
import type { KnowledgeBase } from '@secondwind/core'
import { OVERRIDE_TABLES } from '@secondwind/fhir'
import type { Encoding } from '../api/index.ts'
import type { EntryKnowledge, KnowledgePartName, KnowledgeWords } from '../contract/planner.ts'

export const PART_NAMES: readonly KnowledgePartName[] = ['words', 'first', 'later', 'entry']

export interface KnowledgePart {
  readonly name: KnowledgePartName
  readonly text: string
  /** SHA-256 of `text`, hex. */
  readonly digest: string
}

const PARTS = new WeakMap<KnowledgeBase, readonly KnowledgePart[]>()

/** The knowledge in the parts that a page loads, made once for each base. */
export function partsOf(knowledge: KnowledgeBase): readonly KnowledgePart[] {
  let parts = PARTS.get(knowledge)
  if (!parts) {
    const { first, later } = forBrowser(knowledge)
    const values = { words: wordsOf(knowledge), first, later, entry: entryOf(knowledge) }
    parts = PART_NAMES.map((name) => {
      const text = JSON.stringify(values[name])
      return { name, text, digest: createHash('sha256').update(text).digest('hex') }
    })
    PARTS.set(knowledge, parts)
  }
  return parts
}

function wordsOf({ facts, drugs, tests, sources, terminology }: KnowledgeBase): KnowledgeWords {
  return {
    facts: facts.map(({ id, label, type, group, unit, values, test, ask, plausible, aliases }) => ({
      id,
      label,
      type,
      group,
      ...(unit === undefined ? {} : { unit }),
      ...(values === undefined ? {} : { values }),
      ...(test === undefined ? {} : { test }),
      ...(ask === undefined ? {} : { ask }),
      ...(plausible === undefined ? {} : { plausible }),
      ...(aliases === undefined ? {} : { aliases }),
    })),
    drugs: named(drugs).map(({ id, label, anticancer, names = [] }) => ({ id, label, anticancer, names })),
    tests: tests.map(({ id, title }) => ({ id, title })),
    units: unitsOf(facts, terminology.units as UnitsTable | undefined),
    sources,
  }
}

/** `knowledge/terminology/units.yaml`, as far as it is needed here. */
interface UnitsTable {
  readonly spellings: { readonly [ucum: string]: readonly string[] }
  readonly units: { readonly [factId: string]: { readonly [ucum: string]: number | { readonly factor: number; readonly offset: number } } }
}

function unitsOf(facts: KnowledgeBase['facts'], table: UnitsTable | undefined): KnowledgeWords['units'] {
  return Object.fromEntries(
    facts.flatMap(({ id, unit: own }) => {
      const units = Object.entries(table?.units[id] ?? {}).map(([ucum, rule]) => ({
        // a unit in brackets is written as people write it
        unit: ucum.startsWith('[') ? (table?.spellings[ucum]?.[0] ?? ucum) : ucum,
        ...(typeof rule === 'number' ? { factor: rule, offset: 0 } : rule),
      }))
      return units.length < 2 ? [] : [[id, units.sort((a, b) => Number(b.unit === own) - Number(a.unit === own))]]
    }),
  )
}

/** The compiled base keeps every column of the table of drugs, names included. */
const named = (drugs: KnowledgeBase['drugs']): readonly (KnowledgeBase['drugs'][number] & { readonly names?: readonly string[] })[] => drugs

const entryOf = ({ drugs, terminology }: KnowledgeBase): EntryKnowledge => ({
  drugs: Object.fromEntries(named(drugs).flatMap(({ id, names }) => (names && names.length > 0 ? [[id, names]] : []))),
  interactions: Object.fromEntries(drugs.flatMap(({ id, interaction }) => (interaction ? [[id, interaction]] : []))),
  terminology: Object.fromEntries(OVERRIDE_TABLES.flatMap((name) => (name in terminology ? [[name, terminology[name]]] : []))),
})

const COMPRESS: { readonly [encoding in Encoding]: (text: string) => Promise<Buffer> } = {
  // 9 of 11: a hundredth larger, ten times quicker; it is done once
  br: (text) => promisify(zlib.brotliCompress)(text, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (text) => promisify<string, zlib.ZlibOptions, Buffer>(zlib.gzip)(text, { level: 9 }),
}
const COMPRESSED = new WeakMap<KnowledgePart, Partial<Record<Encoding, Promise<Buffer>>>>()

/** A part compressed, once: whoever asks first waits for it, off the thread that answers. */
export function compressed(part: KnowledgePart, encoding: Encoding): Promise<Buffer> {
  const done = COMPRESSED.get(part) ?? {}
  COMPRESSED.set(part, done)
  done[encoding] ??= COMPRESS[encoding](part.text)
  return done[encoding]
}
