import { earliestDay, type Fact, isKnown, type KnownFact, latestDay } from '@secondwind/core'
import type { ReadContext } from '../context.ts'
import type { Findings } from '../reading-context.ts'
import type { QualityEvent } from './events.ts'
import type { DateRow, ReadingRow } from './quality-file.ts'

interface Told {
  readonly on: string
  readonly reference: string
}

export interface DateSources {
  readonly context: ReadContext
  readonly findings: Findings
  readonly events: ReadonlyMap<string, readonly QualityEvent[]>
  /** Starts of own medicines by class. */
  readonly medicines: ReadonlyMap<string, readonly QualityEvent[]>
  /** Dates settled before: what `since` and `upTo` name. */
  readonly known: ReadonlyMap<string, KnownFact>
  /** The record of one of the types that bears witness; undefined where the chart holds none. */
  readonly witness: (types: readonly string[]) => KnownFact['sources'] | undefined
}

/**
 * One date from the events and readings that it takes. Undefined: unknown. `never` needs a witness, a kind of record that would have shown it.
 * Where `since` or `upTo` names a date that is not known to the day, so is the answer.
 */
export function dateOf(row: DateRow, sources: DateSources): Fact | undefined {
  const { events, medicines, context } = sources
  const direct: Told[] = [
    ...(row.events ?? []).flatMap((kind) => (events.get(kind) ?? []).map((event) => toldBy(context, event))),
    ...(row.medicines === undefined ? [] : (medicines.get(row.medicines) ?? []).map((event) => toldBy(context, event))),
    ...(row.readings ?? []).flatMap((one) => readingDays(one, sources)),
  ]
  // words and values that carry the day of the sample are taken only where no released result is there
  const told = direct.length > 0 ? direct : (row.otherwise ?? []).flatMap((one) => readingDays(one, sources))
  const since = boundOf(row.since, sources)
  const upTo = boundOf(row.upTo, sources)
  if (since === 'open' || upTo === 'open') return undefined
  if (since === 'never') return { value: 'never', absence: 'witnessed', sources: sources.known.get(row.since ?? '')?.sources ?? [] }
  const days = told
    .filter(({ on }) => (since === undefined || on >= since) && (upTo === undefined || upTo === 'never' || on <= upTo))
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : a.reference < b.reference ? -1 : 1))
  const chosen = row.take === 'first' ? days[0] : distinct(days).at(row.take === 'last' ? -1 : -2)
  if (chosen !== undefined) return { value: chosen.on, on: chosen.on, sources: [{ reference: chosen.reference }] }
  const witness = sources.witness(row.witness)
  return witness && { value: 'never', absence: 'witnessed', sources: witness }
}

/** The day that another date fact names; `open` while it is not known. */
function boundOf(fact: string | undefined, { known }: DateSources): string | undefined {
  const bound = fact === undefined ? undefined : known.get(fact)
  return fact === undefined ? undefined : bound === undefined ? 'open' : String(bound.value)
}

/** Two records of one day tell of one event. */
function distinct(days: readonly Told[]): readonly Told[] {
  return days.filter(({ on }, i) => days.findIndex((other) => other.on === on) === i)
}

const toldBy = (context: ReadContext, { on, resource }: QualityEvent): Told => ({ on, reference: context.source(resource).reference })

function readingDays(row: ReadingRow, { findings, context }: DateSources): readonly Told[] {
  const fits = (value: unknown): boolean =>
    (row.is === undefined || String(value) === String(row.is)) &&
    (row.atLeast === undefined || (typeof value === 'number' && value >= row.atLeast))
  const today = latestDay(context.asOf) ?? Number.POSITIVE_INFINITY
  const days: Told[] = []
  const put = (on: unknown, reference: string | undefined): void => {
    if (typeof on === 'string' && (earliestDay(on) ?? Number.POSITIVE_INFINITY) <= today)
      days.push({ on, reference: reference ?? row.fact })
  }
  for (const { value, on, source } of findings.readings.get(row.fact) ?? [])
    if (value !== undefined && fits(value)) put(row.day === 'value' ? value : on, source.reference)
  const settled = findings.settled.get(row.fact)
  if (isKnown(settled) && fits(settled.value)) put(row.day === 'value' ? settled.value : settled.on, settled.sources[0]?.reference)
  return days
}
