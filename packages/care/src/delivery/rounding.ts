/** How a calculated dose becomes one that can be measured. */
export interface Rounding {
  readonly roundedMg: number
  /** Rounded against calculated, percent; 0 where nothing was rounded. */
  readonly differencePercent: number
  readonly isRounded: boolean
}

/** Percent by which a delivered dose differs from the calculated one. */
export const differencePercent = (calculatedMg: number, deliveredMg: number): number => ((deliveredMg - calculatedMg) / calculatedMg) * 100

/** Floating point noise in `x / step` must not push a dose off a step it stands on. */
const NOISE = 1e-9

/**
 * Rounds a dose to the nearest multiple of a step, once, at the end.
 *
 * Never above `ceilingMg` (a cap of the drug, or Calvert at the cap on GFR): there the multiple below is taken.
 * Leaves the dose as calculated where the multiple would differ by more than `limitPercent`, and where it would be zero.
 */
export function roundDose(calculatedMg: number, stepMg: number, limitPercent: number, ceilingMg = Number.POSITIVE_INFINITY): Rounding {
  const nearest = Math.round(calculatedMg / stepMg + NOISE)
  const steps = nearest * stepMg > ceilingMg + NOISE ? nearest - 1 : nearest
  // 23 × 0.25 is exact, 58 × 0.1 is not: the product is cut to what a label can print
  const roundedMg = Number((steps * stepMg).toFixed(6))
  const difference = differencePercent(calculatedMg, roundedMg)
  if (roundedMg <= 0 || Math.abs(difference) > limitPercent + NOISE)
    return { roundedMg: calculatedMg, differencePercent: 0, isRounded: false }
  return { roundedMg, differencePercent: difference, isRounded: true }
}
