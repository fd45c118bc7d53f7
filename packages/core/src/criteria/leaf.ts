import type { FactValue, ListItem } from '../facts/index.ts'
import { type DayNumber, earliestDay, latestDay } from '../time/index.ts'
import { type Truth, truthOf } from '../truth/index.ts'
import type { Comparator } from './ast.ts'

/** The meaning of each leaf, on a value that is known. Shared by every in-memory backend so that there is one place to read it. */

export function isOneOf(value: unknown, values: readonly string[]): Truth {
  if (Array.isArray(value)) return truthOf(value.some((v) => values.includes(String(v))))
  if (value === undefined || value === null) return 'unknown'
  return truthOf(values.includes(String(value)))
}

export function compares(value: unknown, cmp: Comparator, limit: number): Truth {
  // "days since" something that never was: endless, so below no limit and above every one
  if (value === 'never') return truthOf(cmp === '>' || cmp === '>=')
  if (typeof value !== 'number' || Number.isNaN(value)) return 'unknown'
  switch (cmp) {
    case '<':
      return truthOf(value < limit)
    case '<=':
      return truthOf(value <= limit)
    case '>':
      return truthOf(value > limit)
    case '>=':
      return truthOf(value >= limit)
    case '=':
      return truthOf(value === limit)
  }
}

/** A partial date that straddles the cut-off is unknown, never rounded. */
export function isWithin(value: unknown, asOf: DayNumber, days: number, since: boolean): Truth {
  if (typeof value !== 'string') return 'unknown'
  if (value === 'never') return 'false'
  const first = earliestDay(value)
  const last = latestDay(value)
  if (first === undefined || last === undefined) return 'unknown'
  const cutOff = asOf - days
  if (first >= cutOff) return truthOf(since)
  if (last < cutOff) return truthOf(!since)
  return 'unknown'
}

export const rowsOf = (value: FactValue | undefined): readonly ListItem[] =>
  Array.isArray(value) ? (value.filter((row) => typeof row === 'object' && row !== null) as ListItem[]) : []
