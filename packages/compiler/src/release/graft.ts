import type { KnowledgeBase } from '@secondwind/core'
import { type BaseEntry, type EntryKind, entriesOf, LISTS, NAMED_KINDS, SINGLES, stringsIn } from './base.ts'
import type { RuleChange } from './rule-diff.ts'

/**
 * The entries that come over when some changes are taken, by `kind/id`; null for one that goes. With a taken entry come those that it names and that
 * `before` does not have.
 */
function takenBy(old: Entries, now: Entries, keys: readonly string[]): ReadonlyMap<string, BaseEntry | null> {
  const wanted = new Map<string, BaseEntry | null>()
  const take = (key: string): void => {
    if (wanted.has(key)) return
    const entry = now.get(key)
    if (entry === undefined) {
      if (!NAMED_KINDS.has(kindOf(key))) wanted.set(key, null)
      return
    }
    wanted.set(key, entry)
    for (const id of stringsIn(entry.value)) {
      for (const kind of NAMED_KINDS) {
        const named = `${kind}/${id}`
        if (!old.has(named) && now.has(named)) take(named)
      }
    }
  }
  for (const key of keys) take(key)
  return wanted
}

type Entries = ReadonlyMap<string, BaseEntry>

/** What else comes over with each of these changes, by the key of the change. */
export function takenWith(before: KnowledgeBase, after: KnowledgeBase, keys: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const [old, now] = [entriesOf(before), entriesOf(after)]
  return new Map(keys.map((key) => [key, new Set([...takenBy(old, now, [key]).keys()].filter((other) => other !== key))]))
}

/**
 * A base that takes only some of the changes between two others: to ask which of them makes a difference.
 *
 * Entries that a taken one names and `before` does not have (a new criterion, regimen, drug, fact) come with it; those that both have stay as they are.
 * An entry that others may name is never taken away alone: nothing may dangle. The digest of the result is not meant for a plan that anyone keeps.
 */
export function graft(before: KnowledgeBase, after: KnowledgeBase, changes: readonly RuleChange[]): KnowledgeBase {
  const [old, now] = [entriesOf(before), entriesOf(after)]
  const reordered = new Set(changes.flatMap(({ kind, change }) => (change === 'moved' ? [kind] : [])))
  const wanted = takenBy(
    old,
    now,
    changes.flatMap(({ key, change }) => (change === 'moved' ? [] : [key])),
  )

  const touched = new Set([...reordered, ...[...wanted.keys()].map(kindOf)])
  const lists = Object.fromEntries(
    LISTS.flatMap((kind) => {
      // what nothing touches stays the same object: its user may have kept what follows from it
      if (!touched.has(kind)) return before[kind] === undefined ? [] : [[kind, before[kind]]]
      const list = merged(kind, old, now, wanted, reordered.has(kind))
      return before[kind] === undefined && list.length === 0 ? [] : [[kind, list]]
    }),
  )
  const record = (kind: 'sources' | 'terminology'): { readonly [id: string]: unknown } =>
    touched.has(kind)
      ? Object.fromEntries(merged(kind, old, now, wanted, false, true) as readonly (readonly [string, unknown])[])
      : before[kind]
  const singles = Object.fromEntries(
    SINGLES.flatMap((kind) => {
      const key = `${kind}/${kind}`
      const value = wanted.has(key) ? wanted.get(key)?.value : before[kind]
      return value === undefined ? [] : [[kind, value]]
    }),
  )
  const { dosingPolicy: _policy, ...rest } = before
  const made = { ...rest, ...lists, ...singles, sources: record('sources'), terminology: record('terminology') }
  return { ...made, digest: `graft of ${before.digest} with ${[...wanted.keys()].sort().join(' ')}` } as unknown as KnowledgeBase
}

const kindOf = (key: string): EntryKind => key.slice(0, key.indexOf('/')) as EntryKind

/** The entries of one kind: replaced in their place, new ones behind the entry they follow in the newer base. */
function merged(
  kind: EntryKind,
  old: ReadonlyMap<string, BaseEntry>,
  now: ReadonlyMap<string, BaseEntry>,
  wanted: ReadonlyMap<string, BaseEntry | null>,
  isReordered: boolean,
  isNamed = false,
): readonly unknown[] {
  const keys = (entries: ReadonlyMap<string, BaseEntry>): string[] => [...entries.keys()].filter((key) => kindOf(key) === kind)
  const result = keys(old).filter((key) => wanted.get(key) !== null)
  const newer = keys(now)
  newer.forEach((key, i) => {
    if (old.has(key) || !wanted.get(key)) return
    const before = newer.slice(0, i).findLast((other) => result.includes(other))
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, key)
  })
  if (isReordered) {
    const place = (key: string): number => (now.has(key) ? newer.indexOf(key) : newer.length)
    result.sort((a, b) => place(a) - place(b))
  }
  return result.map((key) => {
    const entry = wanted.get(key) ?? old.get(key)!
    return isNamed ? [entry.id, entry.value] : entry.value
  })
}
