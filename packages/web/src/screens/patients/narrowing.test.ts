import { expect, test } from 'vitest'
import { narrowingOf } from './narrowing.ts'

test.each([
  ['nothing', {}, {}],
  ['a list and a hospital', { need: 'emergency', site: 'aurora' }, { need: 'emergency', site: 'aurora' }],
  ['those who died', { closed: true }, { closed: true }],
  ['what is no text, or unknown', { need: 7, closed: 'maybe', name: 'Rossi', search: 'Rossi', stage: '' }, {}],
])('an address with %s', (_name, search, narrowing) => expect(narrowingOf(search)).toEqual(narrowing))
