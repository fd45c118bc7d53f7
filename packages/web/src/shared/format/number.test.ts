import { expect, test } from 'vitest'
import { shownNumber } from './number.ts'

test.each([
  ['platelets', 145, '×10⁹/L', '145'],
  ['platelets of essential thrombocythaemia', 1046, '×10⁹/L', '1,046'],
  ['neutrophils', 1.854, '×10⁹/L', '1.85'],
  ['creatinine, converted', 149.43, 'µmol/L', '149'],
  ['creatinine', 1.0405, 'mg/dL', '1.04'],
  ['creatinine clearance, computed', 25.0312, 'mL/min', '25'],
  ['creatinine clearance below a limit of 45', 44.6, 'mL/min', '44.6'],
  ['weight', 72.4, 'kg', '72.4'],
  ['weight above a hundred', 104.3, 'kg', '104.3'],
  ['temperature', 38.25, '°C', '38.3'],
  ['body surface area', 1.836, 'm²', '1.84'],
  ['QTc', 487, 'ms', '487'],
  ['sodium', 132, 'mmol/L', '132'],
  ['potassium', 4.1, 'mmol/L', '4.1'],
  ['corrected calcium', 2.634, 'mmol/L', '2.63'],
  ['bilirubin, multiple of the limit', 0.41666, '', '0.42'],
  ['a thyroid that is switched off', 0.005, 'mIU/L', '0.005'],
  ['LDH', 12345, 'U/L', '12,345'],
  ['mutational burden below ten', 9.96, 'mutations/Mb', '9.96'],
  ['a steroid dose', 1234.5, 'mg/d', '1,234.5'],
  ['a small steroid dose', 2.375, 'mg/d', '2.375'],
  ['loss of weight', -12.34, '%', '-12.3'],
  ['nothing', 0, '%', '0'],
])('%s', (_name, value, unit, shown) => {
  expect(shownNumber(value, unit, 'en')).toBe(shown)
})

test('in the writing of the language', () => {
  expect(shownNumber(1.0405, 'mg/dL', 'de')).toBe('1,04')
})
