import type { FactDefinition } from '@secondwind/core'
import type { ReaderKnowledge } from './context.ts'
import { conceptOf, type Json, objectsOf, type Quantity, quantityOf, stringOf } from './shapes.ts'
import { conversionOf } from './units.ts'

/**
 * The upper limit of normal in the unit of the value, from `referenceRange`. Undefined: none, several that differ, or a unit that cannot be brought to the value's.
 */
export function rangeHigh(
  ranges: unknown,
  value: Quantity,
  definition: FactDefinition | undefined,
  knowledge: ReaderKnowledge,
): number | undefined {
  const highs = new Set<number>()
  for (const range of objectsOf(ranges)) {
    const kind = conceptOf(range.type).codings[0]?.code
    if (kind !== undefined && kind !== 'normal') continue
    const high = highOf(range, value, definition, knowledge)
    if (high !== undefined) highs.add(high)
  }
  return highs.size === 1 ? [...highs][0] : undefined
}

function highOf(range: Json, value: Quantity, definition: FactDefinition | undefined, knowledge: ReaderKnowledge): number | undefined {
  const high = quantityOf(range.high)
  if (high === undefined) return highFromText(stringOf(range.text))
  const rangeUnit = high.code ?? high.unit
  const valueUnit = value.code ?? value.unit
  if (rangeUnit === undefined || valueUnit === undefined || rangeUnit === valueUnit || high.unit === value.unit) return high.value
  if (definition === undefined) return undefined
  const from = conversionOf(definition.id, rangeUnit, knowledge)
  const to = conversionOf(definition.id, valueUnit, knowledge)
  if (from === undefined || to === undefined) return undefined
  return from.unit === to.unit ? high.value : (from.toCanonical(high.value) / to.toCanonical(value.value)) * value.value
}

/** "10-49 U/L", "0 – 40", "< 41", "up to 45". */
function highFromText(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 60) return undefined
  const match = /^(?:\d+(?:\.\d+)?\s*(?:[-–]|to)|<=?|≤|up to)\s*(\d+(?:\.\d+)?)(?:\s|$|[a-z])/i.exec(text)
  return match ? Number(match[1]) : undefined
}
