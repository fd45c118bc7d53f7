import type { DoseInput } from './contract.ts'

/** A number as a pharmacist writes it: at most `decimals`, no trailing zeros. */
export const amount = (value: number, decimals = 2): string => String(Number(value.toFixed(decimals)))

/** A value with its unit and the day it was measured. */
export const measured = (name: string, input: DoseInput, unit: string, decimals = 2): string =>
  `${name} ${amount(input.value, decimals)} ${unit}${input.on === undefined ? '' : ` (${input.on})`}`

/** The input where it can enter a formula: a positive finite number. */
export const usableInput = (input: DoseInput | undefined): DoseInput | undefined =>
  input !== undefined && Number.isFinite(input.value) && input.value > 0 ? input : undefined

/** A dose as it can be measured and read: whole milligrams from 100, tenths from 10, hundredths from 1, below that three digits. For doses that no step fits. */
export const printableMg = (mg: number): number =>
  mg >= 100 ? Math.round(mg) : mg >= 1 ? Number(mg.toFixed(mg >= 10 ? 1 : 2)) : Number(mg.toPrecision(3))
