import { type FactDefinition, latestDay } from '@secondwind/core'
import type { ReadContext, ReaderKnowledge, Reading, Resource } from './context.ts'
import { type Earlier, type Lookup, lookupOf, type Measurement, measurementFor } from './measurements.ts'
import { rangeHigh } from './reference-range.ts'
import {
  type Concept,
  conceptOf,
  dayOf,
  elementValue,
  type Json,
  labelOf,
  nameOf,
  notesOf,
  numberOf,
  objectsOf,
  observedOn,
  type Quantity,
  quantityOf,
  stringOf,
} from './shapes.ts'
import { acceptedUnits, convert } from './units.ts'

/** Statuses of an Observation whose value is not (yet) a result. */
const NOT_DONE: ReadonlySet<string> = new Set(['cancelled'])
const NOT_FINAL: ReadonlySet<string> = new Set(['registered', 'preliminary'])

/**
 * Laboratory values, vital signs and function tests: every Observation (and every component of one) that `terminology/laboratory.yaml` names by code or by text.
 *
 * A value is converted from its stated unit only. One that is impossible there but possible in another unit of the same analyte is not converted on a guess:
 * the fact is `conflicting` and asks for the value with its unit. A value without a unit is never used. `<` and `>` keep the bound and say so in the words.
 * The `-xuln` facts come from the laboratory's own upper limit. Where none was sent, liver values are divided by a commonly printed one, marked in the
 * words and reported once; others (creatine kinase, troponin: their limits hang on sex and method) stay unknown.
 */
export function readLaboratory(context: ReadContext): void {
  const lookup = lookupOf(context.knowledge)
  const dates = new ReportDates(context)
  const kept: Kept = { unlimited: [], series: [] }
  for (const observation of context.chart.ofType('Observation')) {
    readElement(context, lookup, observation, observation, undefined, dates, kept)
    if (observation.component === undefined) continue
    const components = objectsOf(observation.component)
    for (let index = 0; index < components.length; index += 1) {
      readElement(context, lookup, observation, components[index]!, `component[${index}]`, dates, kept)
    }
  }
  reportUnlimited(context, kept.unlimited)
  reportEarlier(kept.series)
}

/** What is said once all values are seen. */
interface Kept {
  readonly unlimited: Unlimited[]
  readonly series: Valued[]
}

/** A value of a measurement whose course matters, on its day. */
interface Valued {
  readonly place: Place
  readonly earlier: Earlier
  readonly value: number
  readonly day: number
}

/** For each measurement whose course matters: the first value of the stretch before the latest one, as the fact that a change is worked out from. */
function reportEarlier(series: readonly Valued[]): void {
  for (const [definition, values] of Map.groupBy(series, ({ earlier }) => earlier.definition)) {
    const latest = Math.max(...values.map(({ day }) => day))
    const before = values.filter(({ day, earlier }) => day <= latest - earlier.atLeastDays && day >= latest - earlier.atMostDays)
    const first = Math.min(...before.map(({ day }) => day))
    // several of that day: each is reported, and settling tells whether they agree
    for (const { place, value, day } of before) if (day === first) report(place, definition, { value })
  }
}

/** A value sent without its upper limit. */
interface Unlimited {
  readonly label: string
  readonly path: string
}

function reportUnlimited(context: ReadContext, unlimited: readonly Unlimited[]): void {
  const first = unlimited[0]
  if (first === undefined) return
  const labels = [...new Set(unlimited.map(({ label }) => label))].sort()
  context.issue({
    code: 'missing-input',
    severity: 'warning',
    path: first.path,
    message: `no upper limit of normal was sent with ${labels.join(', ')}: the multiples are worked out from commonly printed limits, not from the laboratory's own`,
    remedy: 'send the reference range with the value: limits of liver function decide doses and drugs',
  })
}

function readElement(
  context: ReadContext,
  lookup: Lookup,
  observation: Resource,
  element: Json,
  path: string | undefined,
  dates: ReportDates,
  kept: Kept,
): void {
  const concept = conceptOf(element.code)
  const measurement = measurementFor(lookup, concept)
  if (measurement === undefined) return
  const at = path === undefined ? 'value' : `${path}.value`
  const on = observedOn(observation) ?? dates.of(observation)
  const place: Place = { context, observation, element, concept, path: at, on, kept }
  const status = stringOf(observation.status)
  if (status !== undefined && NOT_DONE.has(status)) {
    context.understood(observation, path ?? 'code')
    readAll(place, measurement, { unknown: 'not-recorded' })
    return
  }
  const content = elementValue(element)
  if (content === undefined) {
    context.understood(observation, path ?? 'code')
    const reason = status !== undefined && NOT_FINAL.has(status) ? 'pending' : 'not-recorded'
    readAll(place, measurement, { unknown: absentReason(element) ?? reason })
    return
  }
  const quantity = quantityFrom(content.name, content.value)
  if (quantity === undefined) {
    context.understood(observation, path ?? 'code')
    context.issue({
      code: 'unread-text',
      severity: 'information',
      path: `${nameOf(observation)}.${at}`,
      message: `${labelOf(concept) ?? 'a measurement'}: the result ${shown(content.value)} is not a number with a unit`,
      remedy: 'enter the value with its unit',
    })
    readAll(place, measurement, { unknown: 'unmapped', would: REPEAT })
    return
  }
  if (path === undefined && notesOf(observation).length === 0) context.understood(observation)
  else context.understood(observation, path ?? 'code')
  readQuantity(place, measurement, quantity, status)
}

interface Place {
  readonly context: ReadContext
  readonly observation: Resource
  readonly element: Json
  readonly concept: Concept
  readonly path: string
  readonly on: string | undefined
  readonly kept: Kept
}

/** The test of the contract for a value that cannot be believed as it stands. */
const REPEAT = 'repeat-value-with-units'

function readQuantity(place: Place, measurement: Measurement, quantity: Quantity, status: string | undefined): void {
  const { context } = place
  const definition = measurement.definition
  if (definition === undefined) {
    readRatio(place, measurement, quantity, undefined, undefined)
    return
  }
  if (measurement.needsExact && quantity.comparator?.startsWith('>')) {
    report(place, definition, { unknown: 'unmapped', words: wordsOf(quantity, status) ?? '' })
    return
  }
  const unitDefinition = measurement.unitDefinition ?? definition
  const result = convert(unitDefinition, quantity, context.knowledge)
  if (result.kind === 'value') {
    const at = measurement.sameDayOnly ? undefined : instantOf(place.observation)
    report(place, definition, { value: result.value, words: wordsOf(quantity, status), at })
    readRatio(place, measurement, quantity, definition, result.value)
    if (measurement.earlier !== undefined) keepValue(place, measurement.earlier, result.value)
    return
  }
  context.issue(faultIssue(place, unitDefinition, quantity, result, context.knowledge))
  readAll(place, measurement, { unknown: result.kind === 'unknown-unit' ? 'unmapped' : 'conflicting', would: REPEAT })
  // a recent value that would decide and cannot be used: what is computed in its place would hide it
  if (measurement.unsettles !== undefined && isFresh(place, definition))
    report(place, measurement.unsettles, { unknown: 'conflicting', would: REPEAT })
}

/** Keeps a value of a measurement whose course matters, if its day is known and not after the plan's. */
function keepValue(place: Place, earlier: Earlier, value: number): void {
  const day = latestDay(place.on ?? '')
  const today = latestDay(place.context.asOf)
  if (day !== undefined && today !== undefined && day <= today) place.kept.series.push({ place, earlier, value, day })
}

function isFresh({ on, context }: Place, { freshDays }: FactDefinition): boolean {
  const day = latestDay(on ?? '')
  const today = latestDay(context.asOf)
  return day === undefined || today === undefined || freshDays === undefined || today - day <= freshDays
}

function readRatio(
  place: Place,
  measurement: Measurement,
  quantity: Quantity,
  base: FactDefinition | undefined,
  canonical: number | undefined,
): void {
  const ratio = measurement.xuln
  if (ratio === undefined) return
  const high = rangeHigh(place.element.referenceRange, quantity, base, place.context.knowledge)
  if ((high === undefined || high <= 0) && canonical !== undefined && canonical >= 0 && measurement.commonUpper !== undefined) {
    const { commonUpper } = measurement
    place.kept.unlimited.push({ label: base?.label ?? ratio.label, path: `${nameOf(place.observation)}.${place.path}` })
    report(place, ratio, {
      value: Number((canonical / commonUpper).toPrecision(6)),
      words: `no upper limit was sent: divided by a commonly printed one (${commonUpper} ${base?.unit ?? ''})`.replace(' )', ')'),
      at: instantOf(place.observation),
    })
    return
  }
  if (high === undefined || high <= 0 || quantity.value < 0) {
    report(place, ratio, { unknown: 'not-recorded', words: 'no upper limit of normal was sent with the value' })
    // nothing else of this product would look at the number (troponin, creatine kinase): a person has to
    if (base === undefined && isFresh(place, ratio))
      place.context.issue({
        code: 'missing-input',
        severity: 'warning',
        path: `${nameOf(place.observation)}.${place.path}`,
        message:
          `${ratio.label}: ${quantity.value} ${quantity.unit ?? ''} was sent without its upper limit, so nobody can say how high it is`.replace(
            '  ',
            ' ',
          ),
        remedy: 'judge it today by the limit of the laboratory, and send the limit with the value',
      })
    return
  }
  report(place, ratio, { value: Number((quantity.value / high).toPrecision(6)), at: instantOf(place.observation) })
}

function faultIssue(
  place: Place,
  definition: FactDefinition,
  quantity: Quantity,
  result: Exclude<ReturnType<typeof convert>, { kind: 'value' }>,
  knowledge: ReaderKnowledge,
) {
  const unit = quantity.unit ?? quantity.code
  const written = `${definition.label} ${quantity.value}${unit === undefined ? '' : ` ${unit}`}`
  const path = `${nameOf(place.observation)}.${place.path}`
  const severity = 'warning' as const
  if (result.kind === 'unknown-unit') {
    const accepted = acceptedUnits(definition.id, knowledge).map((one) => one.spoken)
    const what = unit === undefined ? 'has no unit' : `has the unit "${unit}", which is not one of this value`
    return {
      code: 'unknown-unit' as const,
      severity,
      path,
      message: `${written} ${what}: not used`,
      remedy: `send it with one of ${accepted.join(', ')}`,
    }
  }
  if (result.kind === 'implausible-unit') {
    const message = `${written} is not possible; it would be in ${result.candidates.join(' or ')}. Not converted on a guess: it counts as unknown`
    return { code: 'implausible-unit' as const, severity, path, message, remedy: 'confirm the value and its unit with the laboratory' }
  }
  return {
    code: 'implausible-value' as const,
    severity,
    path,
    message: `${written} is not possible: it counts as unknown`,
    remedy: 'repeat or correct it',
  }
}

function readAll(place: Place, measurement: Measurement, reading: Told): void {
  if (measurement.definition !== undefined) report(place, measurement.definition, reading)
  if (measurement.xuln !== undefined) report(place, measurement.xuln, reading)
}

/** What a reading of a value can say. */
type Told = { readonly [K in 'value' | 'unknown' | 'words' | 'at' | 'would']?: Reading[K] | undefined }

function report({ context, observation, path, on }: Place, definition: FactDefinition, told: Told): void {
  const { value, unknown, words, at, would } = told
  // every element in one order, there or not: most readings of a chart are made here, and settling looks into each
  context.read(definition.id, { value, unknown, on, words, source: context.source(observation, path), at, would } as Reading)
}

/** Words that change how a value is to be taken: a bound, or a result that is not final. */
function wordsOf(quantity: Quantity, status: string | undefined): string | undefined {
  const bound =
    quantity.comparator === undefined
      ? undefined
      : `reported as ${quantity.comparator} ${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`.trim()
  const early = status !== undefined && NOT_FINAL.has(status) ? `${status} result` : undefined
  return bound === undefined ? early : early === undefined ? bound : `${bound}; ${early}`
}

function quantityFrom(name: string, value: unknown): Quantity | undefined {
  if (name === 'valueQuantity') return quantityOf(value)
  if (name === 'valueInteger' || name === 'valueDecimal') {
    const number = numberOf(value)
    return number === undefined ? undefined : { value: number }
  }
  return name === 'valueString' ? quantityFromText(value) : undefined
}

// after a blank a unit may begin with a digit (10*9/L); glued to the number it may not
const NUMBER_AND_UNIT = /^([<>]=?|≤|≥)?\s*(-?\d+(?:[.,]\d+)?)(?:\s+(\S.*)|([^\d\s.,].*))?$/

/** A result typed as text: "88 umol/L", "< 5 mg/L". A decimal comma is a decimal point; a thousands separator is refused by the unit. */
export function quantityFromText(value: unknown): Quantity | undefined {
  const match = NUMBER_AND_UNIT.exec(stringOf(value) ?? '')
  if (!match) return undefined
  const comparator = match[1] === '≤' ? '<=' : match[1] === '≥' ? '>=' : (match[1] as Quantity['comparator'])
  const unit = (match[3] ?? match[4])?.trim()
  return {
    value: Number(match[2]!.replace(',', '.')),
    ...(unit === undefined || unit === '' ? {} : { unit }),
    ...(comparator === undefined ? {} : { comparator }),
  }
}

/** Why there is no value, after `dataAbsentReason`. */
function absentReason(element: Json): Reading['unknown'] {
  const concept = conceptOf(element.dataAbsentReason)
  switch (concept.codings[0]?.code) {
    case 'not-performed':
    case 'not-asked':
      return 'not-tested'
    case 'temp-unknown':
      return 'pending'
    case 'error':
    case 'unsupported':
      return 'insufficient-sample'
    case undefined:
      return undefined
    default:
      return 'not-recorded'
  }
}

function instantOf(observation: Resource): string | undefined {
  const written = stringOf(observation.effectiveDateTime) ?? stringOf(observation.effectiveInstant)
  return written?.includes('T') === true && !Number.isNaN(Date.parse(written)) ? written : undefined
}

const shown = (value: unknown): string =>
  (typeof value === 'string' ? `"${value.slice(0, 80)}"` : JSON.stringify(value)?.slice(0, 80)) ?? 'nothing'

/** Dates of observations that carry none themselves, from the report that lists them. Built only when one is needed. */
class ReportDates {
  readonly #context: ReadContext
  #days: Map<Resource, string> | undefined

  constructor(context: ReadContext) {
    this.#context = context
  }

  of(observation: Resource): string | undefined {
    if (this.#days === undefined) {
      this.#days = new Map()
      for (const report of this.#context.chart.ofType('DiagnosticReport')) {
        const day = observedOn(report) ?? dayOf(report.date)
        if (day === undefined) continue
        for (const reference of objectsOf(report.result)) {
          const result = this.#context.chart.resolve(reference, report)
          if (result !== undefined) this.#days.set(result, day)
        }
      }
    }
    return this.#days.get(observation)
  }
}
