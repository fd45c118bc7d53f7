import { expect, test } from 'vitest'
import { phone } from './patient-lines.ts'
import { readPhones, withPhones } from './patient-phones.ts'

const told = (phones: { day?: string; night?: string } | undefined, at: 'day' | 'night' | 'always') =>
  withPhones({ title: '', asOf: '', sections: [{ id: 'team', title: '', lines: [phone(at)] }] }, phones).sections[0]!.lines.map(
    ({ kind, text, number, instead }) => `${kind} ${text} ${number ?? (instead === undefined ? '' : '?')}`,
  )

test.each([
  ['no number is known', undefined, 'always', ['fill Phone, day and night: ?']],
  ['one number, day and night', { day: '1234', night: '1234' }, 'always', ['phone Phone, day and night: 1234']],
  ['two numbers', { day: '1234', night: '5678' }, 'always', ['phone Phone, day: 1234', 'phone Phone, night and weekend: 5678']],
  ['the number of the day is not that of the night', { day: '1234' }, 'night', ['fill Phone, night and weekend: ?']],
  ['of the night nothing is known', { day: '1234' }, 'always', ['phone Phone, day: 1234', 'fill Phone, night and weekend: ?']],
] as const)('%s', (_name, phones, at, lines) => {
  expect(told(phones, at)).toEqual(lines)
})

test.each([[[]], [{}], [{ day: 123 }], [{ day: 'ask at the desk' }], [{ evening: '1234' }], [{ day: '12' }], ['1234']])(
  'is refused: %j',
  (raw) => {
    expect(readPhones(raw)).toBeTypeOf('string')
  },
)

test('a number as people write it', () => {
  expect(readPhones({ day: '+49 (0)89 1234-0' })).toEqual({ day: '+49 (0)89 1234-0' })
})
