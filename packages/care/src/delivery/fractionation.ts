import { biologicallyEffectiveDose, equivalentDoseIn2Gy, type Fractionation, type PlannedFractionation } from '@secondwind/core'

/** Alpha/beta of the tumour in Gy, as the schedules are compared by convention. */
const TUMOUR_ALPHA_BETA_GY = 10

const toTenth = (gy: number): number => Math.round(gy * 10) / 10
const toHundredth = (gy: number): number => Math.round(gy * 100) / 100

/** A schedule of the base with its arithmetic: fraction size to 0.01 Gy, BED and EQD2 to 0.1 Gy. */
export function plannedFractionation({ totalGy, fractions, alphaBeta, note, review }: Fractionation): PlannedFractionation {
  const tumour = { totalGy, fractions, alphaBetaGy: TUMOUR_ALPHA_BETA_GY }
  return {
    totalGy,
    fractions,
    gyPerFraction: toHundredth(totalGy / fractions),
    bed10: toTenth(biologicallyEffectiveDose(tumour)),
    eqd2: toTenth(equivalentDoseIn2Gy(tumour)),
    ...(alphaBeta === undefined
      ? {}
      : { late: { alphaBeta, eqd2: toTenth(equivalentDoseIn2Gy({ totalGy, fractions, alphaBetaGy: alphaBeta })) } }),
    ...(note === undefined ? {} : { note }),
    ...(review === 'unconfirmed' ? { review } : {}),
  }
}
