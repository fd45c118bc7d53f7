import type { KnowledgeBase } from '@secondwind/core'
import { canonical } from '../emit/digest.ts'
import { type BaseEntry, type EntryKind, entriesOf, type OpenedBase } from './base.ts'
import { type FieldChange, type FieldWeight, fieldChanges } from './rule-fields.ts'

/** One entry that differs between two bases. */
export interface RuleChange {
  /** `kind/id` */
  readonly key: string
  readonly kind: EntryKind
  readonly id: string
  readonly title: string
  readonly change: 'added' | 'removed' | 'changed' | 'moved'
  /** The most that any of its fields can do. */
  readonly weight: FieldWeight
  readonly fields: readonly FieldChange[]
  /** Sources that it cites, after the change (before it, where it was removed). */
  readonly sources: readonly string[]
  /** Of these, those that it cites newly or for something else. */
  readonly newlyCited: readonly string[]
  readonly noLongerCited: readonly string[]
  /** `knowledge/file:line`, where the base knows it. */
  readonly before?: string
  readonly after?: string
}

const WEIGHTS: readonly FieldWeight[] = ['substance', 'evidence', 'wording']

/**
 * Kinds in which the order of the entries means something, with what must be equal for it to matter: of the dose rules of one drug the first that is
 * true applies, and of the alerts of one name the first is shown.
 */
const ORDERED: { readonly [kind in EntryKind]?: (entry: { readonly [field: string]: unknown }) => string } = {
  dosing: (rule) => String(rule.drug),
  alerts: (rule) => String(rule.alert),
}

/**
 * Every entry that differs, substance first, then by kind and id: the same two bases always give the same list, and a base has no difference from itself.
 *
 * Where an entry stands, and the order of entries and fields, are no difference, except where the order decides (`moved`).
 */
export function diffKnowledge(before: OpenedBase, after: OpenedBase): readonly RuleChange[] {
  const [old, now] = [entriesOf(before.knowledge), entriesOf(after.knowledge)]
  const changes: RuleChange[] = []
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(key), now.get(key)]
    const fields = a && b ? fieldChanges(b.kind, a.value, b.value) : []
    if (a && b && fields.length === 0) continue
    changes.push(changeOf(key, a, b, fields, before, after))
  }
  for (const key of movedEntries(old, now)) {
    if (changes.some((change) => change.key === key)) continue
    const order: FieldChange = { path: '(order)', weight: 'substance' }
    changes.push({ ...changeOf(key, old.get(key), now.get(key), [order], before, after), change: 'moved' })
  }
  return changes.sort(
    (a, b) =>
      WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight) || (a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind < b.kind ? -1 : 1),
  )
}

function changeOf(
  key: string,
  a: BaseEntry | undefined,
  b: BaseEntry | undefined,
  fields: readonly FieldChange[],
  before: OpenedBase,
  after: OpenedBase,
): RuleChange {
  const { kind, id } = (b ?? a)!
  const cited = [citedBy(a), citedBy(b)] as const
  const weight = a && b ? WEIGHTS.find((w) => fields.some((f) => f.weight === w))! : weightOfWhole(kind)
  const [from, to] = [placeOf(before, a, key), placeOf(after, b, key)]
  return {
    key,
    kind,
    id,
    title: titleOf((b ?? a)!),
    change: a === undefined ? 'added' : b === undefined ? 'removed' : 'changed',
    weight,
    fields,
    sources: b ? cited[1] : cited[0],
    newlyCited: a && b ? newlyCited(a, b) : [],
    noLongerCited: b ? cited[0].filter((source) => !cited[1].includes(source)) : [],
    ...(from === undefined ? {} : { before: from }),
    ...(to === undefined ? {} : { after: to }),
  }
}

/** A source or a page of plain words that comes or goes changes no decision by itself. */
const weightOfWhole = (kind: EntryKind): FieldWeight => (kind === 'sources' ? 'evidence' : kind === 'patient' ? 'wording' : 'substance')

interface Cite {
  readonly source: string
}

function citesOf(entry: BaseEntry | undefined): readonly Cite[] {
  const cites = (entry?.value as { readonly cites?: unknown } | undefined)?.cites
  return Array.isArray(cites) ? (cites as readonly Cite[]) : []
}

const citedBy = (entry: BaseEntry | undefined): readonly string[] => [...new Set(citesOf(entry).map((cite) => cite.source))]

function newlyCited(a: BaseEntry, b: BaseEntry): readonly string[] {
  const old = new Set(citesOf(a).map(canonical))
  return [...new Set(citesOf(b).flatMap((cite) => (old.has(canonical(cite)) ? [] : [cite.source])))]
}

function placeOf(base: OpenedBase, entry: BaseEntry | undefined, key: string): string | undefined {
  if (entry === undefined) return undefined
  const from = base.places[key] ?? (entry.value as { readonly from?: unknown } | null)?.from
  return typeof from === 'string' ? `knowledge/${from}` : undefined
}

function titleOf({ id, value }: BaseEntry): string {
  const { title, label, say, name, population } = value as { readonly [field: string]: unknown }
  for (const text of [title, label, name, population, say]) if (typeof text === 'string') return text
  return id
}

/** Entries that stand in another order among those they compete with. Each pair of neighbours that changed places names the later one. */
function movedEntries(old: ReadonlyMap<string, BaseEntry>, now: ReadonlyMap<string, BaseEntry>): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const [key, { kind, value }] of now) {
    const group = ORDERED[kind]?.(value as { readonly [field: string]: unknown })
    if (group === undefined || !old.has(key)) continue
    const name = `${kind} ${group}`
    groups.set(name, [...(groups.get(name) ?? []), key])
  }
  const place = new Map([...old.keys()].map((key, i) => [key, i]))
  return [...groups.values()].flatMap((keys) => keys.filter((key, i) => i > 0 && place.get(key)! < place.get(keys[i - 1]!)!))
}

/** Whether two bases say the same, wherever their entries stand. */
export const isSameKnowledge = (a: KnowledgeBase, b: KnowledgeBase): boolean =>
  a.digest === b.digest || diffKnowledge(bare(a), bare(b)).length === 0

const bare = (knowledge: KnowledgeBase): OpenedBase => ({ name: '', knowledge, places: {}, findings: [] })
