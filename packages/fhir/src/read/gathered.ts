import type { FactSource, KnownFact } from '@secondwind/core'
import { isLater } from './conditions-of.ts'
import type { ReadContext } from './context.ts'

interface Gathered {
  readonly values: Set<string>
  readonly sources: FactSource[]
  readonly words: string[]
  on?: string
}

const gatherings = new WeakMap<ReadContext, Map<string, Gathered>>()

/** Adds one value to a `codes` fact that several resources build together, and settles the fact anew. */
export function gather(context: ReadContext, fact: string, value: string, source: FactSource, on?: string, words?: string): void {
  if (isLater(context, on)) return
  const all = gatherings.get(context) ?? new Map<string, Gathered>()
  gatherings.set(context, all)
  const gathered = all.get(fact) ?? { values: new Set<string>(), sources: [], words: [] }
  all.set(fact, gathered)
  gathered.values.add(value)
  if (!gathered.sources.some((known) => known.reference === source.reference && known.path === source.path)) gathered.sources.push(source)
  if (words !== undefined && !gathered.words.includes(words)) gathered.words.push(words)
  if (on !== undefined && (gathered.on === undefined || on > gathered.on)) gathered.on = on
  const settled: KnownFact = {
    value: [...gathered.values].sort(),
    sources: [...gathered.sources],
    ...(gathered.on === undefined ? {} : { on: gathered.on }),
    ...(gathered.words.length === 0 ? {} : { words: gathered.words.join(' | ') }),
  }
  context.settle(fact, settled)
}

/** What has been collected for a fact so far. */
export const gatheredOf = (context: ReadContext, fact: string): ReadonlySet<string> =>
  gatherings.get(context)?.get(fact)?.values ?? new Set<string>()
