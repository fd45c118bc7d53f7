import { expect, test } from 'vitest'
import { byWeight } from './fact-order.ts'

test('the cancer is told before its drivers, the patient before the laboratory; what nobody has placed comes last', () => {
  const facts = [
    { id: 'bilirubin', group: 'labs' },
    { id: 'new', group: 'unheard-of' },
    { id: 'ecog', group: 'fitness' },
    { id: 'alk-fusion', group: 'biomarkers' },
    { id: 'sodium', group: 'labs' },
    { id: 'histology', group: 'cancer' },
  ]
  expect(byWeight(facts).map(({ id }) => id)).toEqual(['histology', 'alk-fusion', 'ecog', 'bilirubin', 'sodium', 'new'])
})
