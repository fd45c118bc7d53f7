import { expect, test } from 'vitest'
import { readChart, report, value } from '../../../test/biomarkers/context.ts'

const note = (summary: string) => ({
  resourceType: 'ClinicalImpression',
  id: 'note',
  status: 'completed',
  subject: { reference: 'Patient/ann' },
  date: '2026-11-20',
  summary,
})

test('a result that only a note quotes is read, without a day', () => {
  const read = readChart(note('NGS outside: EGFR L858R, ALK negative. PD-L1 TPS 60%.'))
  expect([value(read, 'egfr-l858r'), value(read, 'alk-fusion'), value(read, 'pd-l1-tps')]).toEqual([true, false, 60])
  expect(read.facts['biomarker-sample-on']).toBeUndefined()
  expect(read.issues.map(({ code }) => code)).toContain('read-from-text')
})

test('a report is never overruled by a note', () => {
  const read = readChart(report('EGFR L858R detected. PD-L1 TPS 5%.'), note('EGFR negative, PD-L1 90%, KRAS G12C.'))
  expect([value(read, 'egfr-l858r'), value(read, 'pd-l1-tps'), value(read, 'kras-g12c')]).toEqual([true, 5, true])
})

test.each([
  'If EGFR positive, osimertinib.',
  'Sister with EGFR L858R lung cancer.',
  'EGFR testing should be considered.',
  'Trial for patients with EGFR mutations such as L858R may be open.',
  'eGFR 45.',
])('no result: %s', (text) => {
  expect(value(readChart(note(text)), 'egfr-l858r')).not.toBe(true)
  expect(value(readChart(note(text)), 'egfr-l858r')).not.toBe(false)
})

test('a test that is on its way stays so', () => {
  expect(value(readChart(note('EGFR and ALK pending.')), 'alk-fusion')).toBe('?pending')
})
