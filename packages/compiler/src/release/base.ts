import type { KnowledgeBase } from '@secondwind/core'
import type { Finding } from '../check/finding.ts'

/** A compiled base with where it came from. */
export interface OpenedBase {
  /** As the user named it, and what that stands for: `HEAD~1 (5188a5a)`. */
  readonly name: string
  readonly knowledge: KnowledgeBase
  readonly places: Places
  /** What today's compiler found wrong with it. Entries that could not be read are not in the base. */
  readonly findings: readonly Finding[]
}

/** File and line of every entry, by `kind/id`. Kept beside the base, since sources, facts and criteria carry none in it. */
export type Places = { readonly [entry: string]: string }

/** The lists of a base whose entries have an id of their own. */
export const LISTS = [
  'facts',
  'criteria',
  'drugs',
  'regimens',
  'options',
  'safety',
  'tests',
  'testRules',
  'alerts',
  'support',
  'interactions',
  'outlook',
  'trials',
  'dosing',
  'patient',
  'scores',
  'quality',
] as const
export type ListKind = (typeof LISTS)[number]

/** Parts of a base of which there is one. */
export const SINGLES = ['ranking', 'dosingPolicy', 'outlookMethod'] as const

export type EntryKind = ListKind | 'sources' | 'terminology' | (typeof SINGLES)[number]

/** Kinds that other entries name by id. */
export const NAMED_KINDS: ReadonlySet<EntryKind> = new Set(['facts', 'criteria', 'drugs', 'regimens', 'tests', 'sources'])

export interface BaseEntry {
  readonly kind: EntryKind
  readonly id: string
  readonly value: unknown
}

/** Every entry of a base as `kind/id`, in its order. An id that stands twice keeps both, the second as `id#2`. */
export function entriesOf(knowledge: KnowledgeBase): ReadonlyMap<string, BaseEntry> {
  const entries = new Map<string, BaseEntry>()
  const put = (kind: EntryKind, id: string, value: unknown): void => {
    let key = `${kind}/${id}`
    for (let n = 2; entries.has(key); n++) key = `${kind}/${id}#${n}`
    entries.set(key, { kind, id: key.slice(kind.length + 1), value })
  }
  for (const kind of LISTS) for (const entry of (knowledge[kind] ?? []) as readonly { readonly id: string }[]) put(kind, entry.id, entry)
  for (const [id, source] of Object.entries(knowledge.sources)) put('sources', id, source)
  for (const [id, table] of Object.entries(knowledge.terminology)) put('terminology', id, table)
  for (const kind of SINGLES) if (knowledge[kind]) put(kind, kind, knowledge[kind])
  return entries
}

/** Every string that stands anywhere in a value: the ids that an entry may name. */
export function stringsIn(value: unknown, into: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value === 'string') into.add(value)
  else if (Array.isArray(value)) for (const item of value) stringsIn(item, into)
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) stringsIn(item, into)
  return into
}
