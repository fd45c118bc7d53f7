import type { FhirResource } from '../types.ts'
import { dateRange } from './dates.ts'
import { type SearchParameter, searchTable } from './definitions.ts'

/** What one resource can be found by: the rows of the index tables, without their `rid`. */
export interface IndexRows {
  readonly token: readonly { readonly param: number; readonly system: string; readonly code: string }[]
  readonly reference: readonly { readonly param: number; readonly type: string; readonly id: string }[]
  readonly date: readonly { readonly param: number; readonly first: string; readonly last: string }[]
  readonly string: readonly { readonly param: number; readonly folded: string; readonly exact: string }[]
  readonly quantity: readonly {
    readonly param: number
    readonly low: number
    readonly high: number
    readonly system: string
    readonly unit: string
  }[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] }
type Rows = Mutable<IndexRows>
type Json = { readonly [key: string]: unknown }

/** A code whose system its element fixes (`status`, `gender`): found with any system. */
export const IMPLIED = '*'
/** PostgreSQL refuses an index entry past 2,704 bytes; what is longer is found by its beginning. */
const LONGEST = 512

export function extract(resource: FhirResource): IndexRows {
  const rows: Rows = { token: [], reference: [], date: [], string: [], quantity: [] }
  for (const parameter of searchTable().of(resource.resourceType).values()) {
    for (const value of parameter.walk(resource)) add(parameter, value, rows)
  }
  return { ...rows, token: distinct(rows.token), reference: distinct(rows.reference), string: distinct(rows.string) }
}

/** The references by which one parameter finds a resource. */
export function referencesIn(parameter: SearchParameter, resource: FhirResource): IndexRows['reference'] {
  const rows: Rows = { token: [], reference: [], date: [], string: [], quantity: [] }
  if (parameter.kind === 'reference') for (const value of parameter.walk(resource)) add(parameter, value, rows)
  return rows.reference
}

function distinct<T extends object>(rows: readonly T[]): readonly T[] {
  if (rows.length < 2) return rows
  const seen = new Map<string, T>()
  for (const row of rows) seen.set(Object.values(row).join('\u0000'), row)
  return [...seen.values()]
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value])

function add({ kind, number }: SearchParameter, value: unknown, rows: Rows): void {
  if (kind === 'token') addToken(number, value, rows)
  else if (kind === 'uri') addUri(number, value, rows)
  else if (kind === 'reference') addReference(number, value, rows)
  else if (kind === 'date') addDate(number, value, rows)
  else if (kind === 'string') addString(number, value, rows)
  else addQuantity(number, value, rows)
}

function addToken(param: number, value: unknown, rows: Rows): void {
  const push = (system: string, code: string): void => {
    if (code !== '' || system !== '') rows.token.push({ param, system: cut(system), code: cut(code) })
  }
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') push(IMPLIED, String(value))
  else if (!isObject(value)) return
  else if (Array.isArray(value.coding)) for (const coding of value.coding) addToken(param, coding, rows)
  else if (value.code !== undefined) push(text(value.system), text(value.code))
  // an Identifier has a system of its own; that of a ContactPoint is its kind (phone, email)
  else if (value.value !== undefined) push(isContact(value.system) ? '' : text(value.system), text(value.value))
}

const isContact = (system: unknown): boolean => /^(phone|fax|email|pager|url|sms|other)$/.test(text(system))

function addUri(param: number, value: unknown, rows: Rows): void {
  if (typeof value === 'string' && value !== '') rows.token.push({ param, system: IMPLIED, code: cut(value) })
}

function addReference(param: number, value: unknown, rows: Rows): void {
  const reference = typeof value === 'string' ? value : isObject(value) ? text(value.reference) : ''
  if (reference !== '' && !reference.startsWith('#')) rows.reference.push({ param, ...targetOf(reference) })
  // a reference by a business identifier is found with :identifier
  if (isObject(value) && isObject(value.identifier)) addToken(param, value.identifier, rows)
}

/** `Type/id` with or without a version; anything else (another server, a canonical, a urn) is kept whole, without its version. */
export function targetOf(reference: string): { readonly type: string; readonly id: string } {
  const local = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/.exec(reference)
  if (local) return { type: local[1]!, id: local[2]! }
  return { type: '', id: cut(reference.replace(/\|[^|]*$/, '').replace(/\/_history\/[^/]+$/, '')) }
}

const ALWAYS = { first: '-infinity', last: 'infinity' }

function addDate(param: number, value: unknown, rows: Rows): void {
  if (typeof value === 'string') {
    const range = dateRange(value)
    if (range) rows.date.push({ param, ...range })
    return
  }
  if (!isObject(value)) return
  if (value.start !== undefined || value.end !== undefined) {
    const first = value.start === undefined ? ALWAYS.first : dateRange(text(value.start))?.first
    const last = value.end === undefined ? ALWAYS.last : dateRange(text(value.end))?.last
    if (first !== undefined && last !== undefined) rows.date.push({ param, first, last })
    return
  }
  // Timing
  for (const event of list(value.event)) addDate(param, event, rows)
  if (isObject(value.repeat)) addDate(param, value.repeat.boundsPeriod, rows)
}

function addString(param: number, value: unknown, rows: Rows): void {
  if (typeof value === 'string') {
    const folded = fold(value)
    if (folded !== '') rows.string.push({ param, folded: cut(folded), exact: cut(value) })
    return
  }
  if (!isObject(value)) return
  // HumanName and Address: each of their texts
  for (const key of ['family', 'given', 'prefix', 'suffix', 'text', 'line', 'city', 'district', 'state', 'postalCode', 'country'])
    for (const part of list(value[key])) if (typeof part === 'string') addString(param, part, rows)
}

function addQuantity(param: number, value: unknown, rows: Rows): void {
  if (typeof value === 'number') rows.quantity.push({ param, low: value, high: value, system: '', unit: '' })
  if (!isObject(value)) return
  if (isObject(value.low) || isObject(value.high)) {
    const low = isObject(value.low) && typeof value.low.value === 'number' ? value.low.value : Number.NEGATIVE_INFINITY
    const high = isObject(value.high) && typeof value.high.value === 'number' ? value.high.value : Number.POSITIVE_INFINITY
    const of = (isObject(value.low) ? value.low : value.high) as Json
    rows.quantity.push({ param, low, high, system: text(of.system), unit: text(of.code) || text(of.unit) })
    return
  }
  if (typeof value.value !== 'number') return
  const comparator = text(value.comparator)
  rows.quantity.push({
    param,
    low: comparator.startsWith('<') ? Number.NEGATIVE_INFINITY : value.value,
    high: comparator.startsWith('>') ? Number.POSITIVE_INFINITY : value.value,
    system: cut(text(value.system)),
    unit: cut(text(value.code) || text(value.unit) || text(value.currency)),
  })
}

/** Without case, accents and doubled blanks: how names are compared. */
export const fold = (value: string): string => value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()

const cut = (value: string): string => (value.length > LONGEST ? value.slice(0, LONGEST) : value)
