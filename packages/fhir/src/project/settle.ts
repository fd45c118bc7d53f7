import {
  earliestDay,
  type Fact,
  type FactDefinition,
  type FactSource,
  type FactValue,
  type Issue,
  type KnownFact,
  type ListItem,
  latestDay,
  type UnknownReason,
} from '@secondwind/core'
import { canonical } from '../read/chart.ts'
import type { Reading } from '../read/context.ts'
import { checkReading } from './check.ts'

export interface SettleOptions {
  /** ISO day of the plan. */
  readonly asOf: string
  /** Two measured values of one day that differ by less than this part of the larger agree (`terminology/units.yaml`). */
  readonly tolerance: number
  readonly issue: (issue: Issue) => void
}

/**
 * A reading with the first and last day it can mean. Undated: both undefined. What settling asks of a reading again and again stands here once:
 * readings come from a hundred places in many shapes, and looking into them is what settling would cost.
 */
interface Placed {
  readonly reading: Reading
  readonly value: Reading['value']
  readonly unknown: Reading['unknown']
  readonly weight: number
  readonly first: number | undefined
  readonly last: number | undefined
}

/**
 * One fact from all its readings.
 *
 * Later than the plan's day: ignored, with an issue. The latest wins; readings of the same day that differ make the fact `conflicting`.
 * An undated value is used when no dated one is there, and marked stale where freshness matters; an undated claim that differs from the latest dated one
 * is a contradiction, because nobody can say which is newer. A later reading that says only "pending" or "not done" does not take back an older value;
 * one that cannot be believed (`conflicting`) does. Readings of `codes` and `list` facts add up.
 * Undefined: no reading counts, and silence decides (`absentFact`).
 */
export function settleFact(definition: FactDefinition, readings: readonly Reading[], options: SettleOptions): Fact | undefined {
  const placed = place(definition, readings, options)
  if (placed.length === 0) return undefined
  const isList = definition.type === 'codes' || definition.type === 'list'
  const plain = isList ? undefined : plainLatest(placed)
  if (plain !== undefined) return known(definition, plain.reading, [plain.reading.source])
  const claims = those(placed, ({ value, unknown }) => value !== undefined || unknown === 'conflicting' || unknown === 'unmapped')
  const values = those(claims, ({ value }) => value !== undefined)
  if (values.length === 0) return settleUnknown(definition, sorted(placed))
  if (isList) return addUp(definition, sorted(values), options)
  const heard = byWeight(definition, claims, options)
  const dated = those(heard, ({ last }) => last !== undefined)
  const undated = dated.length === heard.length ? [] : heard.filter(({ last }) => last === undefined)
  const latest = dated.length > 0 ? latestOf(dated, definition) : undated
  const rivals = latest === undated || definition.type !== 'truth' ? [] : undated
  const fact = agree(definition, sorted([...latest, ...rivals]), options)
  if (latest === undated && definition.freshDays !== undefined) {
    options.issue({
      code: 'invalid-date',
      severity: 'information',
      path: definition.id,
      message: `${definition.label}: the value has no date and counts as stale (${names(undated)})`,
      remedy: 'add the date in the chart',
    })
  }
  return fact
}

/** Nearly every number of a chart: dated values that weigh the same, one of them later than all others. Undefined where more has to be weighed. */
function plainLatest(placed: readonly Placed[]): Placed | undefined {
  let best = placed[0]!
  for (const one of placed) {
    if (one.value === undefined || one.first === undefined || one.weight !== best.weight) return undefined
    if (isLaterThan(one, best)) best = one
  }
  for (const one of placed) if (one !== best && one.last! >= best.first!) return undefined
  return best
}

const isLaterThan = (one: Placed, other: Placed): boolean =>
  one.first! > other.first! || (one.first === other.first && one.last! > other.last!)

/** The items of a list that pass; the list itself where all do, as nearly always. */
const those = <T>(list: readonly T[], passes: (item: T) => boolean): readonly T[] => (list.every(passes) ? list : list.filter(passes))

function place(definition: FactDefinition, readings: readonly Reading[], { asOf, issue }: SettleOptions): Placed[] {
  const today = latestDay(asOf) ?? Number.POSITIVE_INFINITY
  const placed: Placed[] = []
  for (const raw of readings) {
    const reading = checkReading(definition, raw, issue)
    const { on, value, unknown, weight } = reading
    const first = on === undefined ? undefined : earliestDay(on)
    const last = on === undefined || on.length === WHOLE_DAY ? first : latestDay(on)
    if (first !== undefined && first > today) {
      issue({
        code: 'future-date',
        severity: 'warning',
        path: reading.source.reference,
        message: `${definition.label}: dated ${on}, after the day of this plan (${asOf}): not used`,
        remedy: 'correct the date, or plan for a later day',
      })
      continue
    }
    placed.push({ reading, value, unknown, weight: weight ?? 0, first, last })
  }
  return placed
}

/** `2026-11-23`: first and last day are the same. */
const WHOLE_DAY = 10

/** In an order that does not depend on the input. */
const sorted = (placed: readonly Placed[]): readonly Placed[] =>
  placed.length < 2 ? placed : [...placed].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))

const sortKey = ({ reading }: Placed): string =>
  `${reading.source.reference} ${reading.source.path ?? ''} ${reading.on ?? ''} ${canonical(reading.value)}`

/** Heavier readings silence lighter ones, except that words written later than the coded value are heard. */
function byWeight(definition: FactDefinition, claims: readonly Placed[], { issue }: SettleOptions): readonly Placed[] {
  if (claims.length === 1) return claims
  let top = Number.NEGATIVE_INFINITY
  for (const { weight } of claims) top = Math.max(top, weight)
  const heavy = those(claims, ({ weight }) => weight === top)
  if (heavy.length === claims.length || top < 0) return heavy
  let latestHeavy = Number.NEGATIVE_INFINITY
  for (const { last } of heavy) if (last !== undefined) latestHeavy = Math.max(latestHeavy, last)
  const later = claims.filter(
    ({ weight, first }) => weight < 0 && first !== undefined && first > latestHeavy && latestHeavy !== Number.NEGATIVE_INFINITY,
  )
  const news = sorted(later).filter(({ reading }) => !heavy.some((other) => isSame(definition, reading, other.reading, 0)))
  if (news.length === 0) return heavy
  issue({
    code: 'contradictory-result',
    severity: 'warning',
    path: definition.id,
    message: `${definition.label}: coded as ${values(heavy)}, but later words say ${values(news)}; the later words were used`,
    remedy: 'check the words and correct the coded entry',
  })
  return [...heavy, ...news]
}

/** The readings whose day may be the latest: all that overlap with the one that ends last. */
function latestOf(dated: readonly Placed[], definition: FactDefinition): readonly Placed[] {
  let best = dated[0]!
  for (const candidate of dated) if (isLaterThan(candidate, best)) best = candidate
  const overlapping = dated.filter((candidate) => candidate.last! >= best.first!)
  if (overlapping.length === 1 || definition.type === 'date') return overlapping
  const instants = overlapping.filter(({ reading }) => reading.at !== undefined)
  if (instants.length !== overlapping.length) return overlapping
  const newest = instants.reduce((a, b) => (Date.parse(b.reading.at!) > Date.parse(a.reading.at!) ? b : a))
  const at = Date.parse(newest.reading.at!)
  return instants.filter(({ reading }) => Date.parse(reading.at!) === at)
}

function agree(definition: FactDefinition, rivals: readonly Placed[], options: SettleOptions): Fact {
  const chosen = rivals[0]!
  const tolerance = definition.type === 'quantity' ? options.tolerance : 0
  const isAgreed = rivals.every(({ reading, value }) => value !== undefined && isSame(definition, reading, chosen.reading, tolerance))
  const sources = sourcesOf(rivals)
  if (isAgreed) return known(definition, chosen.reading, sources)
  const on = rivals.find(({ reading }) => reading.on !== undefined)?.reading.on
  const unbelievable = rivals.find(({ value }) => value === undefined)
  if (unbelievable === undefined) {
    options.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: definition.id,
      message: `${definition.label}: ${rivals.map(({ reading }) => `${shown(reading)} (${reading.source.reference})`).join(' and ')}${on === undefined ? '' : ` on ${on}`}`,
      remedy: 'settle which is right; until then it counts as unknown',
    })
  }
  return unknown(definition, unbelievable?.reading.unknown ?? 'conflicting', unbelievable?.reading.would, on, sources)
}

function addUp(definition: FactDefinition, placed: readonly Placed[], options: SettleOptions): Fact {
  const heard = definition.type === 'list' ? byWeight(definition, placed, options) : placed
  const latest = heard.reduce<string | undefined>(
    (on, { reading }) => (on === undefined || (reading.on ?? '') > on ? (reading.on ?? on) : on),
    undefined,
  )
  const words = heard.map(({ reading }) => reading.words).filter((text) => text !== undefined)
  const value: FactValue =
    definition.type === 'codes'
      ? [...new Set(heard.flatMap(({ reading }) => reading.value as readonly string[]))].sort()
      : heard.flatMap(({ reading }) => reading.value as readonly ListItem[])
  return {
    value,
    ...(latest === undefined ? {} : { on: latest }),
    ...(words.length === 0 ? {} : { words: [...new Set(words)].join('; ') }),
    ...(heard.every(({ reading }) => reading.absence === 'witnessed') ? { absence: 'witnessed' as const } : {}),
    sources: sourcesOf(heard),
  }
}

/** How telling a reason is: what the reader should act on first. */
const REASONS: readonly UnknownReason[] = [
  'conflicting',
  'insufficient-sample',
  'pending',
  'not-informative',
  'unmapped',
  'stale',
  'not-tested',
  'not-recorded',
]

function settleUnknown(definition: FactDefinition, placed: readonly Placed[]): Fact {
  const rank = ({ reading }: Placed): number => REASONS.indexOf(reading.unknown ?? 'not-recorded')
  const best = placed.reduce((a, b) => (rank(b) < rank(a) ? b : a))
  const same = placed.filter((candidate) => candidate.reading.unknown === best.reading.unknown)
  return unknown(
    definition,
    best.reading.unknown ?? 'not-recorded',
    best.reading.would,
    best.reading.on,
    sourcesOf(same),
    best.reading.words,
  )
}

function known(definition: FactDefinition, reading: Reading, sources: readonly FactSource[]): Fact {
  const { value, on, absence, words } = reading
  const unit = reading.unit ?? definition.unit
  // put together step by step: spreading a piece for each element costs more than all else here
  const fact: { -readonly [K in keyof KnownFact]?: KnownFact[K] } = { value: value! }
  if (unit !== undefined) fact.unit = unit
  if (on !== undefined) fact.on = on
  if (absence !== undefined) fact.absence = absence
  if (words !== undefined) fact.words = words
  fact.sources = sources
  return fact as KnownFact
}

function unknown(
  definition: FactDefinition,
  reason: UnknownReason,
  would: string | undefined,
  on: string | undefined,
  sources: readonly FactSource[],
  words?: string,
): Fact {
  const test = would ?? definition.test
  return {
    unknown: reason,
    ...(test === undefined ? {} : { would: test }),
    ...(words === undefined ? {} : { words }),
    ...(on === undefined ? {} : { on }),
    sources,
  }
}

function isSame(definition: FactDefinition, a: Reading, b: Reading, tolerance: number): boolean {
  if (a.value === b.value) return true
  if (typeof a.value === 'number' && typeof b.value === 'number') {
    return definition.type === 'quantity' && Math.abs(a.value - b.value) <= tolerance * Math.max(Math.abs(a.value), Math.abs(b.value))
  }
  if (definition.type === 'date' && typeof a.value === 'string' && typeof b.value === 'string') {
    return a.value.startsWith(b.value) || b.value.startsWith(a.value)
  }
  return false
}

function sourcesOf(placed: readonly Placed[]): readonly FactSource[] {
  if (placed.length === 1) return [placed[0]!.reading.source]
  const seen = new Map<string, FactSource>()
  for (const { reading } of placed) seen.set(`${reading.source.reference} ${reading.source.path ?? ''}`, reading.source)
  return [...seen.values()]
}

const shown = (reading: Reading): string => `${String(reading.value)}${reading.unit === undefined ? '' : ` ${reading.unit}`}`
const values = (placed: readonly Placed[]): string => [...new Set(placed.map(({ reading }) => shown(reading)))].sort().join(', ')
const names = (placed: readonly Placed[]): string =>
  [...new Set(placed.map(({ reading }) => reading.source.reference))].sort().slice(0, 3).join(', ')
