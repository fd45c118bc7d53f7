import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoInstant } from '../../src/store/database.ts'

test('an instant as PostgreSQL writes it is the same instant in ISO, to the millisecond', () => {
  const micros = fc.integer({ min: 0, max: 999_999 })
  fc.assert(
    fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), micros, (date, micro) => {
      // PostgreSQL leaves zeros at the end away
      const fraction = String(micro).padStart(6, '0').replace(/0+$/, '')
      const seconds = date.toISOString().slice(0, 19)
      const text = `${seconds.replace('T', ' ')}${fraction === '' ? '' : `.${fraction}`}+00`
      expect(isoInstant(text)).toBe(`${seconds}.${String(micro).padStart(6, '0').slice(0, 3)}Z`)
    }),
  )
})

test.each([
  ['2026-11-23 14:00:00.5+02', '2026-11-23T12:00:00.500Z'],
  ['-infinity', '-infinity'],
  ['infinity', 'infinity'],
])('%s', (text, iso) => expect(isoInstant(text)).toBe(iso))
