import { expect, test } from 'vitest'
import { condition, liverMetastasis, readTreated, taken } from '../../../test/treatment.ts'

const cancer = condition('Adenocarcinoma of lung', { onsetDateTime: '2026-03-20' })
const fibrosis = condition('Idiopathic pulmonary fibrosis', { onsetDateTime: '2018-01-01' })
const because = (text: string) => ({ reasonCode: [{ text }] })
const metastasis = liverMetastasis('2026-03-25')

test.each([
  { name: 'nintedanib for fibrosis, long before the cancer', chart: [fibrosis, taken('Nintedanib 150 mg', '2020-01-01')] },
  { name: 'nintedanib before the cancer, its illness not listed', chart: [taken('Nintedanib 150 mg', '2020-01-01')] },
  { name: 'the brand for fibrosis, without a date', chart: [taken('Ofev 150 mg bd')] },
  { name: 'nintedanib begun later, alone, with fibrosis on the list', chart: [fibrosis, taken('nintedanib', '2026-06-01')] },
  { name: 'bevacizumab into the eye', chart: [taken('bevacizumab intravitreal', '2026-06-01')] },
  {
    name: 'bevacizumab for the macula by its reason',
    chart: [taken('bevacizumab', '2026-06-01', undefined, because('Macular degeneration'))],
  },
  { name: 'cyclophosphamide for lupus', chart: [taken('cyclophosphamide', '2026-06-01', '2026-07-01', because('Lupus nephritis'))] },
])('no line of cancer treatment: $name', ({ chart }) => {
  const read = readTreated([cancer, metastasis, ...chart])
  expect(read.lines).toEqual([])
  expect(read.value('prior-drugs')).toBeUndefined()
  expect(read.issues).toContainEqual(expect.objectContaining({ code: 'missing-input', severity: 'warning' }))
})

test('what is taken for another illness stands among the own medicines', () => {
  const read = readTreated([cancer, metastasis, fibrosis, taken('Ofev (nintedanib) 150 mg', '2020-01-01')])
  expect(read.value('medicines')).toEqual([expect.objectContaining({ drug: 'nintedanib' })])
})

test.each([
  {
    name: 'nintedanib with docetaxel',
    chart: [fibrosis, taken('nintedanib', '2026-06-01'), taken('docetaxel', '2026-06-01')],
    drug: 'nintedanib',
  },
  {
    name: 'bevacizumab after the diagnosis, an old macula on the list',
    chart: [condition('Macular degeneration'), taken('bevacizumab', '2026-06-01')],
    drug: 'bevacizumab',
  },
  { name: 'a drug with no other use, before the recorded onset', chart: [taken('osimertinib', '2025-01-01')], drug: 'osimertinib' },
  {
    name: 'cyclophosphamide for the lung cancer by its reason',
    chart: [taken('cyclophosphamide', '2026-02-01', '2026-05-01', because('Small cell lung cancer'))],
    drug: 'cyclophosphamide',
  },
])('a line of cancer treatment: $name', ({ chart, drug }) => {
  expect(readTreated([cancer, metastasis, ...chart]).value('prior-drugs')).toContain(drug)
})
