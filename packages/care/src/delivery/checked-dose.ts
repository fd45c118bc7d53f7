import type { CheckDoseMg, DoseRequest, DoseResult } from './contract.ts'
import { computeDose } from './dose.ts'

/** Two calculations may differ by this much, mg: the noise of arithmetic, far below anything that can be measured. */
const TOLERANCE_MG = 0.01

export type CheckedDose = DoseResult | { readonly kind: 'disagreement' }

/** The dose as explained, printed only where a second calculation, written apart from the first, finds the same. */
export function checkedDose(request: DoseRequest, check: CheckDoseMg): CheckedDose {
  const result = computeDose(request)
  const second = check(request)
  if (result.kind !== 'dose') return second === undefined ? result : { kind: 'disagreement' }
  const agrees = second !== undefined && Math.abs(second - result.calculatedMg) <= TOLERANCE_MG
  return agrees ? result : { kind: 'disagreement' }
}
