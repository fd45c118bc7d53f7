import { earliestDay, isoDay, latestDay } from '@secondwind/core'
import { remember } from '../remember.ts'

/** Day numbers of possibly partial ISO dates. A start counts from its first possible day, an end to its last. */
export const firstDay = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : earliestDay(iso))
export const lastDay = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : latestDay(iso))

export const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined
    ? b
    : b === undefined
      ? a
      : (firstDay(a) ?? 0) < (firstDay(b) ?? 0) || (firstDay(a) === firstDay(b) && a.length >= b.length)
        ? a
        : b

export const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined
    ? b
    : b === undefined
      ? a
      : (lastDay(a) ?? 0) > (lastDay(b) ?? 0) || (lastDay(a) === lastDay(b) && a.length >= b.length)
        ? a
        : b

export const plusDays = (iso: string, days: number): string | undefined => {
  const day = firstDay(iso)
  return day === undefined ? undefined : isoDay(day + days)
}

/** Whole days from `from` to `to`: positive when `to` is later. Undefined when either is no date. */
export function daysBetween(from: string | undefined, to: string | undefined): number | undefined {
  const a = firstDay(from)
  const b = firstDay(to)
  return a === undefined || b === undefined ? undefined : b - a
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)'
const DATE = new RegExp(
  [
    '(?<iso>\\b(?:19|20)\\d{2}-\\d{2}(?:-\\d{2})?\\b)',
    `(?<dmy>\\b\\d{1,2}\\.?\\s+${MONTH}\\.?,?\\s+(?:19|20)\\d{2}\\b)`,
    `(?<mdy>\\b${MONTH}\\.?\\s+\\d{1,2},\\s*(?:19|20)\\d{2}\\b)`,
    `(?<my>\\b${MONTH}\\.?,?\\s+(?:19|20)\\d{2}\\b)`,
    '(?<dots>\\b\\d{1,2}\\.\\d{1,2}\\.(?:19|20)\\d{2}\\b)',
    '(?<slash>\\b\\d{1,2}/(?:19|20)\\d{2}\\b)',
    `(?<m>\\b${MONTH}\\b\\.?(?=\\s*(?:[-–—]|to|until|through)\\s*${MONTH}))`,
    '(?<year>\\b(?:19|20)\\d{2}\\b)',
  ].join('|'),
  'giu',
)

export interface DateHit {
  readonly at: number
  readonly end: number
  readonly iso: string
}

/** Dates written in a sentence, in order. A month without a year before a dated month ("Jan to April 2025") takes that year. Two-number slashes (03/04) are ambiguous and left alone. */
export const datesIn = remember((text): readonly DateHit[] => {
  const hits: { at: number; end: number; iso: string; bareMonth?: string }[] = []
  for (const match of text.matchAll(DATE)) {
    const g = match.groups ?? {}
    const at = match.index
    const end = at + match[0].length
    const iso = isoOf(g)
    if (iso !== undefined) hits.push({ at, end, iso })
    else if (g.m !== undefined) hits.push({ at, end, iso: '', bareMonth: monthNumber(g.m) })
  }
  for (let i = hits.length - 1; i >= 0; i--) {
    const hit = hits[i]!
    if (hit.bareMonth === undefined) continue
    const year = hits[i + 1]?.iso.slice(0, 4)
    hit.iso = year ? `${year}-${hit.bareMonth}` : ''
  }
  return hits.filter((hit) => hit.iso !== '' && firstDay(hit.iso) !== undefined)
})

function isoOf(g: { readonly [name: string]: string | undefined }): string | undefined {
  if (g.iso) return g.iso
  if (g.year) return g.year
  const numbers = (g.dmy ?? g.mdy ?? g.my ?? g.dots ?? g.slash ?? '').match(/\d+/g) ?? []
  const year = numbers.at(-1)
  if (g.dmy || g.mdy) return `${year}-${monthNumber(g.dmy ?? g.mdy ?? '')}-${two(numbers[0]!)}`
  if (g.my) return `${year}-${monthNumber(g.my)}`
  if (g.dots) return `${year}-${two(numbers[1]!)}-${two(numbers[0]!)}`
  if (g.slash) return `${year}-${two(numbers[0]!)}`
  return undefined
}

const two = (digits: string): string => digits.padStart(2, '0')

function monthNumber(text: string): string {
  const name = /\p{L}{3}/u.exec(text)?.[0].toLowerCase() ?? ''
  return two(String(MONTHS.indexOf(name) + 1))
}
