import type { UnitSystem } from './units.ts'

/** How UCUM codes are written for people. */
const WRITTEN: { readonly [ucum: string]: string } = {
  'umol/L': 'µmol/L',
  m2: 'm²',
  'kg/m2': 'kg/m²',
  '10*9/L': '×10⁹/L',
  'mL/min/{1.73_m2}': 'mL/min/1.73 m²',
  '[lb_av]': 'lb',
  '[in_i]': 'in',
  Cel: '°C',
  '[degF]': '°F',
  'm[Hg]': 'mHg',
  'mm[Hg]': 'mmHg',
  '{PackYears}': 'pack-years',
  '{score}': '',
  d: 'd',
  a: 'y',
  '1': '',
}

/** Units in which people who count in conventional units say a value, the first that the fact knows. */
const CONVENTIONAL = ['mg/dL', 'g/dL', '[lb_av]', '[in_i]', '[degF]'] as const

export interface ShownQuantity {
  readonly value: number
  readonly unit: string
}

/**
 * A value of the canonical unit as this device shows it. `factors`: what one of each other unit is in the canonical one, as the knowledge base has it;
 * without a factor nothing is converted. Only for showing: what is computed stays in the canonical unit.
 */
export function shownQuantity(
  value: number,
  unit: string,
  system: UnitSystem,
  factors: { readonly [unit: string]: number } = {},
): ShownQuantity {
  const other = system === 'conventional' ? CONVENTIONAL.find((name) => name !== unit && typeof factors[name] === 'number') : undefined
  if (other === undefined) return { value, unit: writtenUnit(unit) }
  return { value: value / factors[other]!, unit: writtenUnit(other) }
}

export const writtenUnit = (ucum: string): string => WRITTEN[ucum] ?? ucum.replace(/\{([^}]*)\}/g, '$1')
