import { expect, test } from 'vitest'
import { shownQuantity, writtenUnit } from './quantity.ts'

const creatinine = { 'umol/L': 1, 'mg/dL': 88.42 }

test('the same creatinine in both systems', () => {
  expect(shownQuantity(88.42, 'umol/L', 'si', creatinine)).toEqual({ value: 88.42, unit: 'µmol/L' })
  expect(shownQuantity(88.42, 'umol/L', 'conventional', creatinine)).toEqual({ value: 1, unit: 'mg/dL' })
})

test('without a factor nothing is converted', () => {
  expect(shownQuantity(480, 'ms', 'conventional')).toEqual({ value: 480, unit: 'ms' })
})

test('units are written for people', () => {
  expect(writtenUnit('{mutations}/Mb')).toBe('mutations/Mb')
  expect(writtenUnit('kg/m2')).toBe('kg/m²')
})
