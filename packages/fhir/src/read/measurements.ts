import type { FactDefinition } from '@secondwind/core'
import type { ReaderKnowledge } from './context.ts'
import { onceFor, rememberConcept } from './remember.ts'
import type { Concept } from './shapes.ts'

/** One row of `knowledge/terminology/laboratory.yaml`. */
interface MeasurementRow {
  readonly fact?: string
  readonly xuln?: string
  readonly loinc?: readonly string[]
  readonly names?: readonly string[]
  /** The fact whose units apply, where the measured fact has none of its own. */
  readonly unitsOf?: string
  /** A specimen word that `otherwise` would refuse but that belongs to this measurement. */
  readonly specimen?: string
  /** Two values of one day contradict each other, whatever their hour (weight, height). */
  readonly sameDayOnly?: boolean
  /** "Above 60" is not a value: a dose would be computed from the bound. */
  readonly needsExact?: boolean
  /** The fact that must not be computed from anything else while this value stands there and cannot be used. */
  readonly unsettles?: string
  /** The course matters: the first value in this stretch of days before the latest one is read as `fact`. */
  readonly earlier?: { readonly fact: string; readonly atLeastDays: number; readonly atMostDays: number }
  /** A commonly printed upper limit in the unit of the fact, for values sent without one (`sources` of the file); the lowest of those cited, so that a doubt ends in care. */
  readonly commonUpper?: number
}

interface LaboratoryFile {
  readonly otherwise: readonly string[]
  readonly measurements: readonly MeasurementRow[]
}

export interface Earlier {
  readonly definition: FactDefinition
  readonly atLeastDays: number
  readonly atMostDays: number
}

export interface Measurement {
  /** Undefined: only the ratio is of interest (CK, troponin). */
  readonly definition: FactDefinition | undefined
  readonly unitDefinition: FactDefinition | undefined
  readonly xuln: FactDefinition | undefined
  readonly specimen: string | undefined
  readonly sameDayOnly: boolean
  readonly needsExact: boolean
  readonly unsettles: FactDefinition | undefined
  readonly earlier: Earlier | undefined
  readonly commonUpper: number | undefined
}

export interface Lookup {
  readonly byLoinc: ReadonlyMap<string, Measurement>
  readonly byName: ReadonlyMap<string, Measurement>
  readonly otherwise: RegExp
}

const earlierOf = (row: MeasurementRow['earlier'], definition: FactDefinition | undefined): Earlier | undefined =>
  row === undefined || definition === undefined ? undefined : { ...row, definition }

const LOINC = 'http://loinc.org'
/** The lookup maps of a knowledge base, compiled once. */
export const lookupOf = onceFor((knowledge: ReaderKnowledge): Lookup => {
  const file = knowledge.terminology<LaboratoryFile>('laboratory')
  const byLoinc = new Map<string, Measurement>()
  const byName = new Map<string, Measurement>()
  const definitionOf = (id: string | undefined): FactDefinition | undefined => (id === undefined ? undefined : knowledge.facts.get(id))
  for (const row of file.measurements) {
    const definition = definitionOf(row.fact)
    const measurement: Measurement = {
      definition,
      unitDefinition: row.unitsOf === undefined ? undefined : definitionOf(row.unitsOf),
      xuln: definitionOf(row.xuln),
      specimen: row.specimen,
      sameDayOnly: row.sameDayOnly === true,
      needsExact: row.needsExact === true,
      unsettles: definitionOf(row.unsettles),
      earlier: earlierOf(row.earlier, definitionOf(row.earlier?.fact)),
      commonUpper: row.commonUpper,
    }
    for (const code of row.loinc ?? []) byLoinc.set(code, measurement)
    for (const name of row.names ?? []) byName.set(comparable(name), measurement)
  }
  const lookup: Lookup = { byLoinc, byName, otherwise: new RegExp(`\\b(${file.otherwise.map(escaped).join('|')})\\b`, 'i') }
  return lookup
})

/** The measurement a code means: by LOINC; else by its text or display as a whole, unless a word says that it is another specimen or quantity. */
export const measurementFor = rememberConcept((lookup: Lookup, concept: Concept): Measurement | undefined => {
  for (const { system, code } of concept.codings) {
    if (system !== LOINC && system !== '') continue
    const measurement = lookup.byLoinc.get(code)
    if (measurement !== undefined) return measurement
  }
  if (concept.text !== undefined) {
    const measurement = byText(lookup, concept.text)
    if (measurement !== undefined && concept.codings.every(({ display }) => display === undefined || allows(lookup, measurement, display)))
      return measurement
  }
  for (const { display } of concept.codings) {
    if (display === undefined) continue
    const measurement = byText(lookup, display)
    if (measurement !== undefined && (concept.text === undefined || allows(lookup, measurement, concept.text))) return measurement
  }
  return undefined
})

/** Longer than any name of the table: not worth comparing. */
const LONGEST_NAME = 120

function byText(lookup: Lookup, text: string): Measurement | undefined {
  if (text.length > LONGEST_NAME) return undefined
  const opened = text.includes('(') ? lookup.byName.get(comparable(text.replace(/[()]/g, ' '))) : undefined
  const measurement = opened ?? lookup.byName.get(comparable(text))
  return measurement !== undefined && allows(lookup, measurement, text) ? measurement : undefined
}

function allows(lookup: Lookup, measurement: Measurement, text: string): boolean {
  const other = lookup.otherwise.exec(text)
  return other === null || other[1]?.toLowerCase() === measurement.specimen
}

const MEMORY_LIMIT = 4096
const memory = new Map<string, string>()

/** Lower case, without brackets' content, "in serum or plasma" and the like. The same few names come again and again, so they are remembered. */
export function comparable(text: string): string {
  const known = memory.get(text)
  if (known !== undefined) return known
  const result = simplified(text)
  if (memory.size >= MEMORY_LIMIT) memory.clear()
  memory.set(text, result)
  return result
}

function simplified(text: string): string {
  let words = text.toLowerCase()
  if (words.includes('[') || words.includes('(')) words = words.replace(/\[[^\]]*\]|\([^)]*\)/g, ' ')
  return words
    .replace(/[\s_]+/g, ' ')
    .replace(/ (?:in |of )?(?:serum or plasma|serum\/plasma|serpl|serum|plasma|whole blood|venous blood|blood|bld)(?: by .*)?$/, '')
    .replace(/^(?:serum|plasma|s-|p-|b-) ?(?=\w{3})/, '')
    .replace(/[,;:.]+$/, '')
    .replace(/ ,/g, ',')
    .trim()
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
