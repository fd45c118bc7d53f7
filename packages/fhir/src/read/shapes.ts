import type { Resource } from './context.ts'
import { type Answers, remember } from './remember.ts'

/**
 * Safe accessors for FHIR shapes. Input is never trusted: each answers undefined (or an empty list) instead of throwing,
 * whatever stands where the element should be. Readers narrow with these and nothing else.
 */

export type Json = { readonly [key: string]: unknown }

export interface Coding {
  /** Empty string when absent. A trailing version (`|4.0.1`) is removed. */
  readonly system: string
  readonly code: string
  readonly display?: string
}

export interface Concept {
  readonly codings: readonly Coding[]
  /** `CodeableConcept.text`, else undefined. */
  readonly text?: string | undefined
  /** `wordsOf` and `codeKeysOf`, where they were worked out already. */
  readonly words?: readonly string[]
  readonly keys?: readonly string[]
  /** What `rememberConcept` keeps about it. */
  readonly answers?: Answers
}

export interface Quantity {
  readonly value: number
  /** The UCUM code when the system is UCUM or absent, else undefined. */
  readonly code?: string | undefined
  /** The printed unit. */
  readonly unit?: string | undefined
  readonly comparator?: '<' | '<=' | '>=' | '>' | undefined
}

const NONE: readonly never[] = Object.freeze([])

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The element as an object; undefined when it is anything else. */
export const objectOf = (value: unknown): Json | undefined => (isObject(value) ? value : undefined)

/** A list of objects: an array's objects, a single object as a list of one, else empty. */
export function objectsOf(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.every(isObject) ? value : value.filter(isObject)
  return isObject(value) ? [value] : NONE
}

/** A non-empty string, trimmed; undefined for anything else. */
export function stringOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  // a letter of ASCII at either end: nothing to trim, as nearly always
  if (isVisible(value.charCodeAt(0)) && isVisible(value.charCodeAt(value.length - 1))) return value
  const trimmed = value.trim()
  return trimmed === '' ? undefined : trimmed
}

/** Of ASCII, and neither blank nor control; false for the NaN of an empty text. */
const isVisible = (code: number): boolean => code > 32 && code < 127

export function stringsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return NONE
  return value.map(stringOf).filter((text) => text !== undefined)
}

/** A finite number; a numeric string is not a number in FHIR JSON and is refused. */
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

/** A Coding with a code; undefined without one. */
export function codingOf(value: unknown): Coding | undefined {
  if (!isObject(value)) return undefined
  const code = stringOf(value.code)
  if (code === undefined) return undefined
  const display = stringOf(value.display)
  const system = bareUrl(stringOf(value.system) ?? '')
  return display === undefined ? { system, code } : { system, code, display }
}

/** Every concept has all its elements, in this order: one hidden class, so that the readers find them at the same place. */
const newConcept = (codings: readonly Coding[], text: string | undefined, words: readonly string[], keys: readonly string[]): Concept => ({
  codings,
  text,
  words,
  keys,
  answers: [],
})

const NO_CONCEPT = newConcept(NONE, undefined, NONE, NONE)

const conceptOfText = remember((written): Concept => {
  const text = stringOf(written)
  return text === undefined ? NO_CONCEPT : newConcept(NONE, text, [text], NONE)
})

class Itself {
  constructor(element: object) {
    // biome-ignore lint/correctness/noConstructorReturn: so that a subclass puts its private field on the element
    return element
  }
}

/**
 * The concept of an element, kept in a private field of the element itself: every reader asks for it again. It does what a WeakMap does
 * (nobody else can see it, it lives as long as the element) at a quarter of the cost.
 */
class KeptConcept extends Itself {
  readonly #concept: Concept

  private constructor(element: Json, concept: Concept) {
    super(element)
    this.#concept = concept
  }

  static keep(element: Json, concept: Concept): void {
    new KeptConcept(element, concept)
  }

  static on(element: Json): Concept | undefined {
    return #concept in element ? (element as unknown as KeptConcept).#concept : undefined
  }
}

/** Concepts already read, by their first code: a chart says the same few thousands of times. */
const readBefore = new Map<string, { readonly written: Json; readonly concept: Concept }[]>()
const MOST_CODES = 5000
const MOST_WORDINGS = 8

/** A CodeableConcept; a bare Coding or string is accepted as one. Always an object, possibly empty; equal ones are mostly the same object. */
export function conceptOf(value: unknown): Concept {
  if (typeof value === 'string') return conceptOfText(value)
  if (!isObject(value)) return NO_CONCEPT
  const seen = KeptConcept.on(value)
  if (seen !== undefined) return seen
  const { text } = value
  const isText = value.coding === undefined && value.code === undefined && typeof text === 'string'
  const concept = isText ? conceptOfText(text) : conceptOfObject(value)
  KeptConcept.keep(value, concept)
  return concept
}

function conceptOfObject(value: Json): Concept {
  const first: unknown = Array.isArray(value.coding) ? value.coding[0] : undefined
  if (!isObject(first) || typeof first.code !== 'string') return readConcept(value)
  let wordings = readBefore.get(first.code)
  if (wordings !== undefined) for (const known of wordings) if (isSameConcept(known.written, value)) return known.concept
  const concept = readConcept(value)
  if (wordings === undefined) {
    if (readBefore.size >= MOST_CODES) readBefore.clear()
    wordings = []
    readBefore.set(first.code, wordings)
  }
  if (wordings.length >= MOST_WORDINGS) wordings.shift()
  wordings.push({ written: { coding: value.coding, text: value.text }, concept })
  return concept
}

function isSameConcept(a: Json, b: Json): boolean {
  const left = a.coding as readonly unknown[]
  const right = b.coding as readonly unknown[]
  if (a.text !== b.text || left.length !== right.length) return false
  for (let index = 0; index < left.length; index += 1) {
    const one = left[index]
    const other = right[index]
    if (!isObject(one) || !isObject(other) || one.code !== other.code || one.system !== other.system || one.display !== other.display)
      return false
  }
  return true
}

function readConcept(value: Json): Concept {
  const codings: Coding[] = []
  if (Array.isArray(value.coding)) {
    for (const entry of value.coding) {
      const coding = codingOf(entry)
      if (coding) codings.push(coding)
    }
  } else {
    const only = codingOf(value.coding ?? value)
    if (only) codings.push(only)
  }
  const text = stringOf(value.text)
  return newConcept(codings, text, wordsOf({ codings, text }), codeKeysOf({ codings }))
}

/** Every concept of an element that repeats (`category`, `interpretation`, `reasonCode`). */
export function conceptsOf(value: unknown): readonly Concept[] {
  if (Array.isArray(value)) return value.map(conceptOf)
  return value === undefined || value === null ? NONE : [conceptOf(value)]
}

/** What a person would read: text, else the first display, else the first code; undefined for an empty concept. */
export function labelOf(concept: Concept): string | undefined {
  if (concept.text !== undefined) return concept.text
  for (const coding of concept.codings) if (coding.display !== undefined) return coding.display
  return concept.codings[0]?.code
}

/** Text and displays, each once: all the words a concept brings. */
export function wordsOf(concept: Concept): readonly string[] {
  if (concept.words !== undefined) return concept.words
  const words: string[] = []
  if (concept.text !== undefined) words.push(concept.text)
  for (const { display } of concept.codings) if (display !== undefined && !words.includes(display)) words.push(display)
  return words
}

/** `system|code` of each coding, for lookups in compiled maps. */
export const codeKeysOf = (concept: Concept): readonly string[] =>
  concept.keys ?? concept.codings.map((coding) => `${coding.system}|${coding.code}`)

const UCUM = 'http://unitsofmeasure.org'

/** A Quantity with a finite value; undefined without one. */
export function quantityOf(value: unknown): Quantity | undefined {
  if (!isObject(value)) return undefined
  const amount = numberOf(value.value)
  if (amount === undefined) return undefined
  const system = stringOf(value.system)
  const code = system === undefined || system === UCUM ? stringOf(value.code) : undefined
  const unit = stringOf(value.unit)
  const comparator = comparatorOf(value.comparator)
  return { value: amount, code, unit, comparator }
}

const comparatorOf = (value: unknown): Quantity['comparator'] =>
  value === '<' || value === '<=' || value === '>=' || value === '>' ? value : undefined

/** `reference` of a Reference, or a bare string; undefined for an identifier-only reference. */
export const referenceOf = (value: unknown): string | undefined => (isObject(value) ? stringOf(value.reference) : stringOf(value))

/** References of an element that may repeat. */
export function referencesOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) {
    const only = referenceOf(value)
    return only === undefined ? NONE : [only]
  }
  return value.map(referenceOf).filter((reference) => reference !== undefined)
}

/** Texts of `note` (Annotation list), in order. */
export function notesOf(resource: Json): readonly string[] {
  if (resource.note === undefined) return NONE
  if (typeof resource.note === 'string') return [resource.note]
  return objectsOf(resource.note)
    .map((note) => stringOf(note.text))
    .filter((text) => text !== undefined)
}

const DASH = 45

/** The number that two digits at a place of a text spell; -1 when they are not digits. */
function pairAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/** Whether the first `length` characters are `2026`, `2026-03` or `2026-03-14`. Written out: charts hold thousands of dates. */
function isDay(text: string, length: number): boolean {
  if (pairAt(text, 0) < 0 || pairAt(text, 2) < 0) return false
  if (length === 4) return true
  const month = text.charCodeAt(4) === DASH ? pairAt(text, 5) : -1
  if (month < 1 || month > 12) return false
  if (length === 7) return true
  const day = length === 10 && text.charCodeAt(7) === DASH ? pairAt(text, 8) : -1
  return day >= 1 && day <= 31
}

/**
 * ISO day of a date, dateTime or instant, partial dates kept partial (`2026`, `2026-03`); undefined when it is not one.
 * The day is the one written: no time zone is applied, because the clinic's own day is what was meant.
 */
export function dayOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length < 4) return undefined
  const at = value.indexOf('T')
  if (!isDay(value, at < 0 ? value.length : at)) return undefined
  return at < 0 ? value : value.slice(0, at)
}

/** Start and end day of a Period. */
export function periodOf(value: unknown): { readonly start?: string; readonly end?: string } {
  if (!isObject(value)) return {}
  const start = dayOf(value.start)
  const end = dayOf(value.end)
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }
}

/**
 * Clinical day of any `name[x]` that is a dateTime, an instant, a Period (its end, else its start) or a Timing (its last event).
 * `choiceDay(observation, 'effective')`, `choiceDay(procedure, 'performed')`, `choiceDay(condition, 'onset')`.
 */
export function choiceDay(resource: Json, name: string): string | undefined {
  const [dateTime, instant, date, periodical, timed] = DAY_ELEMENTS[name] ?? dayElementsOf(name)
  const point = dayOf(resource[dateTime]) ?? dayOf(resource[instant]) ?? dayOf(resource[date])
  if (point !== undefined) return point
  const period = resource[periodical]
  if (period !== undefined) {
    const { start, end } = periodOf(period)
    if (end !== undefined || start !== undefined) return end ?? start
  }
  const timing = objectOf(resource[timed])
  return timing === undefined
    ? undefined
    : stringsOf(timing.event)
        .map(dayOf)
        .filter((day) => day !== undefined)
        .sort()
        .at(-1)
}

const dayElementsOf = (name: string) => [`${name}DateTime`, `${name}Instant`, `${name}Date`, `${name}Period`, `${name}Timing`] as const

/** The elements of the names that are asked for, put together once. */
const DAY_ELEMENTS: { readonly [name: string]: ReturnType<typeof dayElementsOf> | undefined } = Object.fromEntries(
  ['effective', 'performed', 'onset', 'abatement', 'occurrence', 'collected', 'start', ''].map((name) => [name, dayElementsOf(name)]),
)

/** Clinical day of an Observation or DiagnosticReport: effective, else issued. */
export const observedOn = (resource: Json): string | undefined =>
  // nearly always the first: asked for by its name, not worked out
  dayOf(resource.effectiveDateTime) ?? choiceDay(resource, 'effective') ?? dayOf(resource.issued)

/** The `value[x]` element: its name and content; undefined when none is there. */
export function elementValue(element: Json): { readonly name: string; readonly value: unknown } | undefined {
  // most elements hold one value or none: what is there is looked through once, not asked for every name there could be
  let place = VALUE_NAMES.length
  for (const key in element) {
    if (!key.startsWith('value')) continue
    const at = VALUE_NAMES.indexOf(key)
    if (at < 0 || at >= place || element[key] === undefined || element[key] === null) continue
    place = at
  }
  const name = VALUE_NAMES[place]
  return name === undefined ? undefined : { name, value: element[name] }
}

const VALUE_NAMES: readonly string[] = [
  'valueQuantity',
  'valueCodeableConcept',
  'valueString',
  'valueBoolean',
  'valueInteger',
  'valueRange',
  'valueRatio',
  'valueSampledData',
  'valueTime',
  'valueDateTime',
  'valuePeriod',
  'valueDecimal',
  'valueCode',
  'valueReference',
]

/** `Type/id`; a resource without an id is named by its type alone. */
export const nameOf = (resource: Resource): string =>
  typeof resource.id === 'string' ? `${resource.resourceType}/${resource.id}` : resource.resourceType

/** The value of an extension by url (the last part suffices: `laterality` matches `…/laterality`), its `value[x]` content. */
export function extensionOf(element: Json, url: string): Json | undefined {
  if (element.extension === undefined) return undefined
  return objectsOf(element.extension).find((extension) => {
    const own = stringOf(extension.url)
    return own !== undefined && (own === url || own.endsWith(`/${url}`))
  })
}

/** Canonical profile urls of a resource, versions removed. */
export function profilesOf(resource: Json): readonly string[] {
  const meta = objectOf(resource.meta)
  return meta?.profile === undefined ? NONE : stringsOf(meta.profile).map(bareUrl)
}

/** Lower case, single blanks, accents kept: for comparing words, never for showing them. */
export const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim()

function bareUrl(url: string): string {
  const bar = url.indexOf('|')
  return bar < 0 ? url : url.slice(0, bar)
}
