import { expect, test } from 'vitest'
import { condition, note } from '../../../test/clinical.ts'
import { factOf, readCase } from '../../../test/reading.ts'
import { taken } from '../../../test/treatment.ts'

const lung = condition('snomed|254626006')
const received = (chart: Parameters<typeof readCase>[0]) => {
  const read = readCase(chart)
  const value = (fact: string) => {
    const found = factOf(read, fact)
    return 'value' in found ? found.value : found.unknown
  }
  const warned = read.issues.filter(({ code, message }) => code === 'missing-input' && message.includes('was received')).length
  return [value('medicines-list-received'), value('problem-list-received'), warned]
}

test.each([
  { name: 'the cancer alone', chart: [lung], expected: [false, false, 2] },
  { name: 'one medicine', chart: [lung, taken('metformin')], expected: [true, false, 1] },
  { name: 'one other illness', chart: [lung, condition('icd10|I10')], expected: [false, true, 1] },
  { name: 'a metastasis is no problem list', chart: [lung, condition('icd10|C79.31')], expected: [false, false, 2] },
  { name: 'a note that denies both', chart: [lung, note('No regular medication. No comorbidities.')], expected: [true, true, 0] },
])('lists received: $name', ({ chart, expected }) => {
  expect(received(chart)).toEqual(expected)
})
