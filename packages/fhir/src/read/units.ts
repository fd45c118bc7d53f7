import type { FactDefinition } from '@secondwind/core'
import type { ReaderKnowledge } from './context.ts'
import { onceFor } from './remember.ts'
import type { Quantity } from './shapes.ts'

/** `knowledge/terminology/units.yaml`. */
interface UnitsFile {
  readonly sameDayTolerance: number
  /** UCUM code → how else it is written. */
  readonly spellings: { readonly [ucum: string]: readonly string[] }
  /** Fact → accepted UCUM units and the factor to the registry's unit (`{ factor, offset }`: canonical = (value + offset) × factor). */
  readonly units: { readonly [factId: string]: { readonly [ucum: string]: number | { readonly factor: number; readonly offset: number } } }
}

export interface Conversion {
  readonly unit: string
  /** The unit as a person writes it, for messages: `lb` for `[lb_av]`. */
  readonly spoken: string
  toCanonical(value: number): number
}

interface Units {
  readonly tolerance: number
  /** Fact → normalised spelling → conversion. */
  readonly byFact: ReadonlyMap<string, ReadonlyMap<string, Conversion>>
  readonly accepted: ReadonlyMap<string, readonly Conversion[]>
}

const unitsOf = onceFor((knowledge: ReaderKnowledge): Units => {
  const file = knowledge.terminology<UnitsFile>('units')
  const byFact = new Map<string, ReadonlyMap<string, Conversion>>()
  const accepted = new Map<string, readonly Conversion[]>()
  for (const definition of knowledge.facts.values()) {
    if (definition.type !== 'quantity' && definition.type !== 'integer') continue
    const factors = file.units[definition.id] ?? (definition.unit === undefined ? {} : { [definition.unit]: 1 })
    const spellings = new Map<string, Conversion>()
    const list: Conversion[] = []
    for (const [unit, rule] of Object.entries(factors)) {
      const factor = typeof rule === 'number' ? rule : rule.factor
      const offset = typeof rule === 'number' ? 0 : rule.offset
      const conversion: Conversion = {
        unit,
        spoken: unit.startsWith('[') ? (file.spellings[unit]?.[0] ?? unit) : unit,
        toCanonical: factor === 1 && offset === 0 ? same : (value) => roundOff((value + offset) * factor),
      }
      list.push(conversion)
      for (const spelling of [unit, ...(file.spellings[unit] ?? [])]) {
        const key = normalised(spelling)
        if (!spellings.has(key)) spellings.set(key, conversion)
        // as written in the table: found without folding
        if (!spellings.has(spelling)) spellings.set(spelling, conversion)
      }
    }
    byFact.set(definition.id, spellings)
    accepted.set(definition.id, list)
  }
  const units: Units = { tolerance: file.sameDayTolerance, byFact, accepted }
  return units
})

export const toleranceOf = (knowledge: ReaderKnowledge): number => unitsOf(knowledge).tolerance

/** All units in which a fact is accepted, the canonical one included. */
export const acceptedUnits = (factId: string, knowledge: ReaderKnowledge): readonly Conversion[] =>
  unitsOf(knowledge).accepted.get(factId) ?? []

/** How a written unit converts for this fact; undefined when the unit is not accepted for it. */
export function conversionOf(factId: string, unit: string, knowledge: ReaderKnowledge): Conversion | undefined {
  const spellings = unitsOf(knowledge).byFact.get(factId)
  if (spellings === undefined) return undefined
  const known = spellings.get(unit)
  if (known !== undefined) return known
  const written = normalised(unit)
  return spellings.get(written) ?? (written.includes('{') ? spellings.get(written.replace(/\{[^}]*\}/g, '')) : undefined)
}

export type Converted =
  | { readonly kind: 'value'; readonly value: number }
  /** No unit, or one that is not accepted. `candidates`: units in which the number would be plausible. */
  | { readonly kind: 'unknown-unit'; readonly written: string | undefined; readonly candidates: readonly string[] }
  /** Impossible in its stated unit, possible in these. Never converted on a guess. */
  | { readonly kind: 'implausible-unit'; readonly value: number; readonly candidates: readonly string[] }
  | { readonly kind: 'implausible-value'; readonly value: number }

/** A quantity in the canonical unit of a fact, or why it cannot be believed. A negative number is believed only where the registry's range allows it. */
export function convert(definition: FactDefinition, quantity: Quantity, knowledge: ReaderKnowledge): Converted {
  const { code, unit } = quantity
  const conversion =
    (code === undefined ? undefined : conversionOf(definition.id, code, knowledge)) ??
    (unit === undefined ? undefined : conversionOf(definition.id, unit, knowledge)) ??
    (code === undefined && unit === undefined && isDimensionless(definition) ? identity : undefined)
  const elsewhere = (): readonly string[] =>
    acceptedUnits(definition.id, knowledge)
      .filter((other) => other.unit !== conversion?.unit && isPlausible(definition, other.toCanonical(quantity.value)))
      .map((other) => other.unit)
  if (conversion === undefined) return { kind: 'unknown-unit', written: quantity.code ?? quantity.unit, candidates: elsewhere() }
  const value = conversion.toCanonical(quantity.value)
  if (isPlausible(definition, value)) return { kind: 'value', value }
  const candidates = elsewhere()
  return candidates.length > 0 ? { kind: 'implausible-unit', value, candidates } : { kind: 'implausible-value', value }
}

const same = (value: number): number => value

const identity: Conversion = { unit: '1', spoken: '1', toCanonical: same }

/** Scores, ratios and counts may come without a unit. */
const isDimensionless = (definition: FactDefinition): boolean =>
  definition.unit === undefined || definition.unit === '1' || definition.unit.startsWith('{')

const isPlausible = (definition: FactDefinition, value: number): boolean =>
  definition.plausible === undefined ? value >= 0 : value >= definition.plausible[0] && value <= definition.plausible[1]

/** Twelve significant digits: what a factor adds in floating-point dust is not a difference. */
const roundOff = (value: number): number => Number(value.toPrecision(12))

/** One spelling for comparison: lower case, no blanks, one sign for micro and for powers. */
function normalised(unit: string): string {
  return unit
    .toLowerCase()
    .replace(/[µμ]/g, 'u')
    .replace(/10(?:\^|e|\*\*)?([³⁶⁹])/g, (_, digit: string) => `10*${digit === '³' ? 3 : digit === '⁶' ? 6 : 9}`)
    .replace(/²/g, '2')
    .replace(/10(?:\^|e|\*\*)\+?0?(\d)/g, '10*$1')
    .replace(/^[x×*]\s*/, '')
    .replace(/\s+/g, '')
}
