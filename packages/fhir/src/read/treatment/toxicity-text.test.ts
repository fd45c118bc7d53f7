import { expect, test } from 'vitest'
import { note } from '../../../test/clinical.ts'
import { liverMetastasis, readTreated, scan, taken } from '../../../test/treatment.ts'

const FACTS = ['pneumonitis-active', 'pneumonitis-grade', 'pneumonitis-suspects', 'immune-event-organs'] as const
const answers = (chart: Parameters<typeof readTreated>[0]) => {
  const read = readTreated([liverMetastasis('2026-01-01'), ...chart])
  return FACTS.map((fact) => read.value(fact))
}
const osimertinib = taken('osimertinib', '2026-08-20')
const pembrolizumab = taken('pembrolizumab', '2026-06-01')
const ct = (conclusion: string, on = '2026-11-20') => scan('CT chest', on, conclusion)
const NO_GRADE = 'unknown: not-recorded'
const SILENT = [undefined, undefined, undefined, undefined]

test.each([
  {
    name: 'named in a report while one drug runs: there, the grade unknown',
    chart: [osimertinib, ct('New diffuse bilateral ground-glass opacities consistent with drug-induced pneumonitis.')],
    facts: [true, NO_GRADE, ['osimertinib'], undefined],
  },
  {
    name: 'checkpoint inhibitor pneumonitis is an immune event',
    chart: [pembrolizumab, ct('Organising pneumonia pattern in keeping with checkpoint inhibitor pneumonitis')],
    facts: [true, NO_GRADE, ['pembrolizumab'], ['lung']],
  },
  {
    name: 'the bare word counts while a suspect runs',
    chart: [osimertinib, ct('Bilateral pneumonitis, grade 2.')],
    facts: [true, 2, ['osimertinib'], undefined],
  },
  {
    name: 'a suspicion leaves it open',
    chart: [osimertinib, ct('Ground-glass opacities suspicious for drug-induced pneumonitis.')],
    facts: ['unknown: not-informative', 'unknown: not-informative', 'unknown: not-informative', undefined],
  },
  {
    name: 'new ground glass under a suspect is a suspicion',
    chart: [osimertinib, ct('New bilateral ground-glass opacities.')],
    facts: ['unknown: not-informative', 'unknown: not-informative', 'unknown: not-informative', undefined],
  },
  {
    name: 'new ground glass under a checkpoint inhibitor',
    chart: [pembrolizumab, ct('New bilateral ground glass opacities.')],
    facts: ['unknown: not-informative', 'unknown: not-informative', 'unknown: not-informative', undefined],
  },
  { name: 'unchanged ground glass', chart: [osimertinib, ct('Unchanged ground-glass opacity in the left upper lobe.')], facts: SILENT },
  { name: 'no new ground glass', chart: [osimertinib, ct('No new ground-glass opacities.')], facts: SILENT },
  { name: 'new ground glass long ago', chart: [osimertinib, ct('New bilateral ground-glass opacities.', '2025-06-01')], facts: SILENT },
  { name: 'new ground glass without a drug', chart: [ct('New bilateral ground-glass opacities.')], facts: SILENT },
  { name: 'denied', chart: [osimertinib, ct('No evidence of pneumonitis.')], facts: SILENT },
  { name: 'warned of', chart: [osimertinib, note('Counselled on the risk of pneumonitis.', '2026-11-20')], facts: SILENT },
  { name: 'of radiation', chart: [osimertinib, ct('Radiation pneumonitis of the right upper lobe.')], facts: SILENT },
  { name: 'no drug ran', chart: [ct('Pneumonitis.')], facts: SILENT },
  { name: 'an older illness of the lung is none', chart: [osimertinib, ct('ILD with a UIP pattern.')], facts: SILENT },
  {
    name: 'a later denial makes it past',
    chart: [osimertinib, ct('Drug-induced pneumonitis.', '2026-10-01'), ct('No residual pneumonitis.', '2026-11-10')],
    facts: [false, 0, ['osimertinib'], undefined],
  },
  {
    name: 'immune hepatitis in a note',
    chart: [pembrolizumab, note('Immune-related hepatitis, grade 3, started prednisone.', '2026-11-20')],
    facts: [undefined, undefined, undefined, ['liver']],
  },
  {
    name: 'hepatitis without a word on its cause stays out',
    chart: [pembrolizumab, note('Hepatitis as a child.', '2026-11-20')],
    facts: SILENT,
  },
])('toxicity in words: $name', ({ chart, facts }) => {
  expect(answers(chart)).toEqual(facts)
})
