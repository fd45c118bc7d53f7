import { earliestDay, isoDay, latestDay } from '@secondwind/core'
import type { TimelineDay } from '../contract/timeline.ts'

/** The days that a possibly partial date can mean; undefined for what is no date. */
export function dayOf(said: string | undefined): TimelineDay | undefined {
  if (said === undefined) return undefined
  const [first, last] = [earliestDay(said), latestDay(said)]
  return first === undefined || last === undefined ? undefined : { first: isoDay(first), last: isoDay(last), said }
}

/** `{ [name]: day }`, or nothing where there is no day: for spreading. */
export const dated = <N extends string>(name: N, said: string | undefined): { readonly [name in N]?: TimelineDay } => {
  const day = dayOf(said)
  return (day === undefined ? {} : { [name]: day }) as { readonly [name in N]?: TimelineDay }
}

/** Whole days between two days that are both exact; undefined where one is a month or a year. */
export function wholeDays(from: TimelineDay | undefined, to: TimelineDay | undefined): number | undefined {
  if (from === undefined || to === undefined || from.first !== from.last || to.first !== to.last) return undefined
  return latestDay(to.first)! - latestDay(from.first)!
}

/** Where an item lies against the clinical day. A month that has begun has happened. */
export const timeOf = (start: TimelineDay | undefined, asOf: string): 'past' | 'planned' =>
  start !== undefined && start.first > asOf ? 'planned' : 'past'
