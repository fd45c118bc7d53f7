import type { Citation, KnowledgeBase, Review } from '@secondwind/core'
import type { KnowledgeKind, KnowledgeName, KnowledgeSource } from '../contract/knowledge.ts'

/** One entry of the base as its page and the search see it. */
export interface IndexedEntry {
  readonly kind: KnowledgeKind
  readonly id: string
  readonly title: string
  readonly review: Review
  readonly cites: readonly Citation[]
  readonly value: unknown
}

export interface EntryIndex {
  readonly all: readonly IndexedEntry[]
  /** Every entry with this id, the most telling kind first. An alert is found by the name of the alert too. */
  named(id: string): readonly IndexedEntry[]
  source(id: string): KnowledgeSource | undefined
}

/** In the order in which an id is looked for. */
const KINDS: readonly KnowledgeKind[] = [
  'options',
  'safety',
  'alerts',
  'interactions',
  'support',
  'tests',
  'testRules',
  'dosing',
  'trials',
  'outlook',
  'scores',
  'quality',
  'regimens',
  'criteria',
  'facts',
]

export const isKind = (text: string): text is KnowledgeKind => text === 'sources' || (KINDS as readonly string[]).includes(text)

const INDEXES = new WeakMap<KnowledgeBase, EntryIndex>()

/** Made once for each base. */
export function entryIndex(knowledge: KnowledgeBase): EntryIndex {
  const known = INDEXES.get(knowledge)
  if (known) return known
  const all: IndexedEntry[] = KINDS.flatMap((kind) =>
    ((knowledge as unknown as { readonly [kind: string]: readonly Loose[] | undefined })[kind] ?? []).map((value) => ({
      kind,
      id: value.id,
      title: titleOf(kind, value),
      review: value.review ?? 'confirmed',
      cites: value.cites ?? [],
      value,
    })),
  )
  for (const source of Object.values(knowledge.sources))
    all.push({ kind: 'sources', id: source.id, title: source.title, review: source.review, cites: [], value: source })
  const byId = new Map<string, IndexedEntry[]>()
  const put = (id: string, entry: IndexedEntry): void => {
    const list = byId.get(id)
    if (list === undefined) byId.set(id, [entry])
    else if (!list.includes(entry)) list.push(entry)
  }
  for (const entry of all) put(entry.id, entry)
  for (const entry of all) if (entry.kind === 'alerts') put((entry.value as { readonly alert: string }).alert, entry)
  const index: EntryIndex = { all, named: (id) => byId.get(id) ?? [], source: (id) => knowledge.sources[id] }
  INDEXES.set(knowledge, index)
  return index
}

interface Loose {
  readonly id: string
  readonly title?: string
  readonly label?: string
  readonly population?: string
  readonly say?: string
  readonly test?: string
  readonly review?: Review
  readonly cites?: readonly Citation[]
}

const titleOf = (kind: KnowledgeKind, { id, title, label, population, say, test }: Loose): string =>
  title ?? label ?? population ?? (kind === 'testRules' && test !== undefined ? `${test}: ${say ?? ''}` : say) ?? id

export const nameOf = ({ kind, id, title, review }: IndexedEntry): KnowledgeName => ({
  kind,
  id,
  title,
  ...(review === 'unconfirmed' ? { review } : {}),
})
