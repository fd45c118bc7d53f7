/** Doses: written as they are given, whatever their length. */
const EXACT: ReadonlySet<string> = new Set(['mg/d', 'g/d', 'mg', 'mg/m²', 'mg/kg', 'Gy'])
/** Units read to a fixed number of decimals: a weight of 104.3 kg and a fever of 38.25 °C. */
const DECIMALS: { readonly [unit: string]: number } = { kg: 1, lb: 1, cm: 1, in: 1, '°C': 1, '°F': 1, 'm²': 2 }

/**
 * A number as clinicians write it: what is whole stays whole (platelets 1046, QTc 487), the rest in three figures (creatinine 1.04 mg/dL, clearance
 * 25 mL/min for 25.03), below one in two (0.42). Bodies are measured to fixed decimals, doses are never rounded.
 *
 * `unit`: as it is written for people (`writtenUnit`). Only for showing: what is decided rests on the number itself.
 */
export function shownNumber(value: number, unit: string, language: string): string {
  return new Intl.NumberFormat(language, precisionOf(value, unit)).format(value)
}

function precisionOf(value: number, unit: string): Intl.NumberFormatOptions {
  if (EXACT.has(unit)) return { maximumFractionDigits: 6 }
  const decimals = DECIMALS[unit]
  if (decimals !== undefined) return { maximumFractionDigits: decimals }
  const size = Math.abs(value)
  if (size >= 100) return { maximumFractionDigits: 0 }
  return { maximumSignificantDigits: size < 1 ? 2 : 3 }
}
