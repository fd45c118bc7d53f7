import type { FactSource, KnownFact } from '@secondwind/core'
import { isLater } from './conditions-of.ts'
import type { ReadContext } from './context.ts'
import { Kept } from './kept.ts'

interface Gathered {
  /** Each value with the latest day it was given; undated is ''. */
  readonly values: Map<string, string>
  /** Each value that was taken back, with the latest day of that. */
  readonly denied: Map<string, string>
  readonly sources: FactSource[]
  readonly words: string[]
  on?: string
}

const gatherings = new Kept<ReadContext, Map<string, Gathered>>()

/** Adds one value to a `codes` fact that several resources build together, and settles the fact anew. */
export function gather(context: ReadContext, fact: string, value: string, source: FactSource, on?: string, words?: string): void {
  if (isLater(context, on)) return
  const gathered = gatheringOf(context, fact)
  gathered.values.set(value, laterOf(gathered.values.get(value), on))
  if (!gathered.sources.some((known) => known.reference === source.reference && known.path === source.path)) gathered.sources.push(source)
  if (words !== undefined && !gathered.words.includes(words)) gathered.words.push(words)
  if (on !== undefined && (gathered.on === undefined || on > gathered.on)) gathered.on = on
  settleGathered(context, fact, gathered)
}

/** Takes a value back that was given before this day ("wants to stop treatment: yes", later "no"). Given on the same day it stays. */
export function ungather(context: ReadContext, fact: string, value: string, on?: string): void {
  if (on === undefined || isLater(context, on)) return
  const gathered = gatheringOf(context, fact)
  gathered.denied.set(value, laterOf(gathered.denied.get(value), on))
  if (gathered.values.has(value)) settleGathered(context, fact, gathered)
}

function gatheringOf(context: ReadContext, fact: string): Gathered {
  const all = gatherings.get(context) ?? new Map<string, Gathered>()
  gatherings.set(context, all)
  const gathered = all.get(fact) ?? { values: new Map<string, string>(), denied: new Map<string, string>(), sources: [], words: [] }
  all.set(fact, gathered)
  return gathered
}

const laterOf = (a = '', b = ''): string => (a > b ? a : b)

function settleGathered(context: ReadContext, fact: string, gathered: Gathered): void {
  const standing = [...gathered.values].filter(([value, on]) => on >= (gathered.denied.get(value) ?? '')).map(([value]) => value)
  if (standing.length === 0) {
    context.settle(fact, { unknown: 'not-recorded' })
    return
  }
  const settled: KnownFact = {
    value: standing.sort(),
    sources: [...gathered.sources],
    ...(gathered.on === undefined ? {} : { on: gathered.on }),
    ...(gathered.words.length === 0 ? {} : { words: gathered.words.join(' | ') }),
  }
  context.settle(fact, settled)
}

/** What has been collected for a fact so far. */
export const gatheredOf = (context: ReadContext, fact: string): ReadonlySet<string> =>
  new Set(gatherings.get(context)?.get(fact)?.values.keys() ?? [])
