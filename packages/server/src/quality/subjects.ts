import { type CaseTable, earliestDay, isoDay, type LinearMemory, latestDay } from '@secondwind/core'

/** First and last day that the date of a case can mean. Undefined: unknown, or it never was. */
export interface Span {
  readonly first: number
  readonly last: number
}

const FIRST_DAY = earliestDay('1900-01-01')!
const NEVER = 65_535

/** Days as the columns of a table keep them (`case-table.ts`): 0 is unknown, the highest number "never". */
export function spansOf(table: CaseTable, memory: LinearMemory, fact: string): (row: number) => Span | undefined {
  const column = table.columns.get(fact)
  if (column?.kind !== 'days') return () => undefined
  const first = new Uint16Array(memory.buffer, column.first, table.rows)
  const last = new Uint16Array(memory.buffer, column.last, table.rows)
  return (row) =>
    first[row] === 0 || first[row] === NEVER ? undefined : { first: first[row]! - 1 + FIRST_DAY, last: last[row]! - 1 + FIRST_DAY }
}

/** Words of a case, each case the place of its words in one list; -1 where they are not known. */
export function wordsOf(
  table: CaseTable,
  memory: LinearMemory,
  fact: string,
): { readonly list: readonly string[]; readonly at: Int32Array } {
  const at = new Int32Array(table.size).fill(-1)
  const column = table.columns.get(fact)
  if (column?.kind !== 'codes' && column?.kind !== 'entries') return { list: [], at }
  const codes =
    column.kind === 'codes' ? new Uint8Array(memory.buffer, column.at, table.rows) : new Uint32Array(memory.buffer, column.at, table.rows)
  for (let row = 0; row < table.size; row++) at[row] = codes[row]! - 1
  return { list: column.values.map(String), at }
}

export type PeriodStep = 'month' | 'quarter' | 'year'

/** Days that are counted, both ends included. */
export interface Period {
  readonly text: string
  readonly first: number
  readonly last: number
}

/** `2026`, `2026-Q2`, `2026-03`, `2026-03-14`, or two of them joined by `..`; undefined when it is none. */
export function periodOf(text: string): Period | undefined {
  const [from, to = from, more] = text.split('..')
  if (from === undefined || to === undefined || more !== undefined) return undefined
  const first = edge(from, 'first')
  const last = edge(to, 'last')
  return first === undefined || last === undefined || first > last ? undefined : { text, first, last }
}

function edge(text: string, end: 'first' | 'last'): number | undefined {
  const quarter = /^(\d{4})-Q([1-4])$/i.exec(text)
  const months = quarter ? Number(quarter[2]) * 3 - (end === 'first' ? 2 : 0) : 0
  const iso = quarter ? `${quarter[1]}-${String(months).padStart(2, '0')}` : text
  if (!/^\d{4}(-\d{2}(-\d{2})?)?$/.test(iso)) return undefined
  return end === 'first' ? earliestDay(iso) : latestDay(iso)
}

/** Name of the month, quarter or year of a day. */
export function stepOf(day: number, step: PeriodStep): string {
  const iso = isoDay(day)
  if (step === 'year') return iso.slice(0, 4)
  if (step === 'month') return iso.slice(0, 7)
  return `${iso.slice(0, 4)}-Q${Math.ceil(Number(iso.slice(5, 7)) / 3)}`
}
