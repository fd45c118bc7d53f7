import { biologicallyEffectiveDose, equivalentDoseIn2Gy } from '@secondwind/core'
import { describe, expect, test } from 'vitest'
import { plannedFractionation } from './fractionation.ts'

// worked by hand from BED = n·d·(1 + d/(α/β)) and EQD2 = BED / (1 + 2/(α/β))
describe('linear-quadratic arithmetic', () => {
  test('54 Gy in 3 at α/β 10: 54 × (1 + 18/10) = 151.2', () => {
    expect(biologicallyEffectiveDose({ totalGy: 54, fractions: 3, alphaBetaGy: 10 })).toBeCloseTo(151.2, 10)
  })
  test('8 Gy in 1: 8 × 1.8 / 1.2 = 12.0 for the tumour, 8 × 5 / 2 = 20.0 for the cord', () => {
    expect(equivalentDoseIn2Gy({ totalGy: 8, fractions: 1, alphaBetaGy: 10 })).toBeCloseTo(12, 10)
    expect(equivalentDoseIn2Gy({ totalGy: 8, fractions: 1, alphaBetaGy: 2 })).toBeCloseTo(20, 10)
  })
  test('fractions of 2 Gy are their own equivalent, at every α/β', () => {
    for (const alphaBetaGy of [2, 3, 10]) {
      expect(equivalentDoseIn2Gy({ totalGy: 60, fractions: 30, alphaBetaGy })).toBeCloseTo(60, 10)
    }
  })
})

describe('a schedule in the plan', () => {
  test('30 Gy in 10: fraction 3 Gy, BED 39.0, EQD2 32.5; nothing said of the cord where the base says nothing', () => {
    expect(plannedFractionation({ totalGy: 30, fractions: 10 })).toEqual({
      totalGy: 30,
      fractions: 10,
      gyPerFraction: 3,
      bed10: 39,
      eqd2: 32.5,
    })
  })
  test('17 Gy in 2 loads the cord with 44.6 Gy in 2-Gy fractions', () => {
    expect(plannedFractionation({ totalGy: 17, fractions: 2, alphaBeta: 2, note: 'a week apart', review: 'unconfirmed' })).toEqual({
      totalGy: 17,
      fractions: 2,
      gyPerFraction: 8.5,
      bed10: 31.5,
      eqd2: 26.2,
      late: { alphaBeta: 2, eqd2: 44.6 },
      note: 'a week apart',
      review: 'unconfirmed',
    })
  })
  test('40 Gy in 15 rounds its fraction to 2.67 Gy', () => {
    expect(plannedFractionation({ totalGy: 40, fractions: 15, review: 'confirmed' })).toMatchObject({
      gyPerFraction: 2.67,
      bed10: 50.7,
      eqd2: 42.2,
    })
  })
})
