import { orderOf } from './numeric/order.ts'

/**
 * Times to an event, one subject a place. All times in one unit of your choice (days, months); results come back in it.
 *
 * `time`: end of follow-up, above `entry`. `event`: 1 where the event was seen then, 0 where follow-up was cut off (right censoring).
 * `entry`: where follow-up began later than time 0 (left truncation, "delayed entry"): the subject counts as at risk in (entry, time].
 */
export interface SurvivalData {
  readonly time: ArrayLike<number>
  readonly event: ArrayLike<number>
  readonly entry?: ArrayLike<number>
}

/** What is wrong with the input, where, and what to do. */
export class StatisticsError extends RangeError {
  readonly code:
    | 'empty'
    | 'length'
    | 'not-a-number'
    | 'negative-time'
    | 'entry-after-time'
    | 'event-code'
    | 'groups'
    | 'covariates'
    | 'option'
    | 'nothing-to-compare'
  constructor(code: StatisticsError['code'], message: string) {
    super(message)
    this.name = 'StatisticsError'
    this.code = code
  }
}

/** More kinds of event than anybody tells apart; a code above is a slip, and would ask for a curve of each number below it. */
const MOST_KINDS = 64

/** Refuses an option that is none of those there are. */
export function checkOneOf<Choice extends string>(name: string, given: Choice, choices: readonly Choice[]): void {
  if (!choices.includes(given)) throw new StatisticsError('option', `${name} ${given}: give one of ${choices.join(', ')}`)
}

/** Refuses data that no estimate can be made from; the message names the first faulty place. Event codes go from 0 to `mostEvent`. */
export function checkData({ time, event, entry }: SurvivalData, mostEvent = 1): void {
  if (!Number.isInteger(mostEvent) || mostEvent < 1 || mostEvent > MOST_KINDS)
    throw new StatisticsError('event-code', `event codes up to ${mostEvent}: number the kinds 1, 2, … and at most ${MOST_KINDS}`)
  const n = time.length
  if (n === 0) throw new StatisticsError('empty', 'no subjects: give at least one time')
  if (event.length !== n) throw new StatisticsError('length', `${n} times but ${event.length} event codes: give one for each subject`)
  if (entry && entry.length !== n) throw new StatisticsError('length', `${n} times but ${entry.length} entries: give one for each subject`)
  for (let i = 0; i < n; i++) {
    const t = time[i]!
    if (!Number.isFinite(t)) throw new StatisticsError('not-a-number', `time ${i} is ${t}: leave the subject out or give its time`)
    if (t < 0) throw new StatisticsError('negative-time', `time ${i} is ${t}: follow-up cannot end before it begins`)
    const e = event[i]!
    if (!Number.isInteger(e) || e < 0 || e > mostEvent)
      throw new StatisticsError(
        'event-code',
        `event ${i} is ${e}: 0 is censored, ${mostEvent === 1 ? '1 is the event' : `1 to ${mostEvent} are the kinds of event`}`,
      )
    if (!entry) continue
    const from = entry[i]!
    if (!Number.isFinite(from)) throw new StatisticsError('not-a-number', `entry ${i} is ${from}`)
    if (from >= t) throw new StatisticsError('entry-after-time', `entry ${i} is ${from}, not before its time ${t}`)
  }
}

/** One row for each different time at which somebody had an event or was cut off. */
export interface RiskTable {
  readonly time: Float64Array
  /** Under observation just before the time. */
  readonly atRisk: Float64Array
  /** Events at the time, by kind: `events[kind - 1]`. */
  readonly events: readonly Float64Array[]
  readonly censored: Float64Array
}

/**
 * Counts who is at risk, by time. Events and censorings at one time: those cut off were still at risk (the convention of R's survival).
 * Times that differ ever so little are not merged: give equal times as equal numbers.
 * @throws StatisticsError for data that no estimate can be made from, and for more kinds of event than 64
 */
export function riskTable(data: SurvivalData, kinds = 1): RiskTable {
  checkData(data, kinds)
  const { time, event, entry } = data
  const n = time.length
  const order = orderOf(time)
  let rows = 0
  for (let k = 0; k < n; k++) if (k === 0 || time[order[k]!] !== time[order[k - 1]!]) rows++
  const table = {
    time: new Float64Array(rows),
    atRisk: new Float64Array(rows),
    events: Array.from({ length: kinds }, () => new Float64Array(rows)),
    censored: new Float64Array(rows),
  }
  const entries = entry ? Float64Array.from(entry).sort() : undefined
  let row = -1
  let entered = 0
  for (let k = 0; k < n; k++) {
    const i = order[k]!
    const t = time[i]!
    if (row < 0 || table.time[row] !== t) {
      row++
      table.time[row] = t
      if (entries) while (entered < n && entries[entered]! < t) entered++
      table.atRisk[row] = (entries ? entered : n) - k
    }
    const kind = event[i]!
    if (kind === 0) table.censored[row] = table.censored[row]! + 1
    else table.events[kind - 1]![row] = table.events[kind - 1]![row]! + 1
  }
  return table
}
