import { describe, expect, test } from 'vitest'
import { condition, type Json, liverMetastasis, readTreated, taken } from '../../../test/treatment.ts'

const clinical = (code: string): Json => ({ clinicalStatus: { coding: [{ code }] } })
const event = (text: string, more: Json = {}): Json => ({
  resourceType: 'AdverseEvent',
  id: `ae-${text.length}`,
  actuality: 'actual',
  subject: { reference: 'Patient/ann' },
  event: { text },
  ...more,
})
const suspect = (name: string): Json => ({
  suspectEntity: [{ instance: { reference: '#m' } }],
  contained: [{ resourceType: 'Medication', id: 'm', code: { text: name } }],
})
const grade = (value: string): Json => ({
  extension: [{ url: 'http://hl7.org/fhir/us/ctcae/StructureDefinition/ctcae-grade', valueCodeableConcept: { coding: [{ code: value }] } }],
})
const pembrolizumab = taken('pembrolizumab', '2026-01-10', '2026-09-01')
const osimertinib = taken('osimertinib', '2026-06-10')
const base = [liverMetastasis('2026-01-01')]

describe('toxicity', () => {
  test.each([
    {
      name: 'immune hepatitis grade 3 as a condition, resolved',
      chart: [pembrolizumab, condition('Immune-mediated hepatitis, grade 3', { onsetDateTime: '2026-04-01', ...clinical('resolved') })],
      facts: {
        'severe-immune-event-organs': ['liver'],
        'worst-immune-event-grade': 3,
        'active-immune-event-grade': 0,
        'active-immune-event-organ': [],
        'pneumonitis-suspects': undefined,
      },
    },
    {
      name: 'active immune colitis grade 2',
      chart: [pembrolizumab, condition('Immune-related colitis grade 2', { onsetDateTime: '2026-11-01', ...clinical('active') })],
      facts: {
        'severe-immune-event-organs': undefined,
        'worst-immune-event-grade': 2,
        'active-immune-event-grade': 2,
        'active-immune-event-organ': ['bowel'],
      },
    },
    {
      name: 'adverse event with grade, suspect and outcome',
      chart: [
        pembrolizumab,
        event('Pneumonitis', {
          date: '2026-08-20',
          ...grade('2'),
          ...suspect('pembrolizumab'),
          outcome: { coding: [{ code: 'resolved' }] },
        }),
      ],
      facts: {
        'immune-event-organs': ['lung'],
        'prior-pneumonitis-grade': 2,
        'pneumonitis-suspects': ['pembrolizumab'],
        'pneumonitis-grade': 0,
      },
    },
    {
      name: 'pneumonitis under osimertinib is not immune',
      chart: [osimertinib, condition('Pneumonitis, grade 2', { onsetDateTime: '2026-11-10', ...clinical('active') })],
      facts: { 'immune-events': undefined, 'pneumonitis-grade': 2, 'pneumonitis-suspects': ['osimertinib'] },
    },
    {
      name: 'immune event without a grade: unknown, not mild',
      chart: [pembrolizumab, condition('Immune-mediated myocarditis', { onsetDateTime: '2026-03-01', ...clinical('resolved') })],
      facts: {
        'immune-event-organs': ['heart'],
        'worst-immune-event-grade': 'unknown: not-recorded',
        'severe-immune-event-organs': 'unknown: not-recorded',
      },
    },
    {
      name: 'Stevens-Johnson syndrome without a grade is marked as such',
      chart: [
        pembrolizumab,
        condition('Stevens-Johnson syndrome, drug: pembrolizumab', { onsetDateTime: '2026-09-01', ...clinical('resolved') }),
      ],
      facts: { 'immune-event-organs': ['skin', 'skin-exfoliative'], 'severe-immune-event-organs': 'unknown: not-recorded' },
    },
    {
      name: 'DRESS due to a checkpoint inhibitor',
      chart: [pembrolizumab, condition('DRESS syndrome due to pembrolizumab', { onsetDateTime: '2026-09-01', ...clinical('resolved') })],
      facts: { 'immune-event-organs': ['skin', 'skin-exfoliative'] },
    },
    {
      name: 'the same due to another medicine is no immune event',
      chart: [pembrolizumab, condition('Stevens-Johnson syndrome due to allopurinol', { onsetDateTime: '2026-08-01' })],
      facts: { 'immune-events': undefined, 'immune-event-organs': undefined },
    },
    {
      name: 'a plain rash is no such reaction',
      chart: [pembrolizumab, condition('Immune-related rash, grade 1', { onsetDateTime: '2026-08-01', ...clinical('resolved') })],
      facts: { 'immune-event-organs': ['skin'] },
    },
    {
      name: 'Guillain-Barré with its accent',
      chart: [pembrolizumab, condition('Guillain-Barré syndrome secondary to pembrolizumab', { onsetDateTime: '2026-08-01' })],
      facts: { 'immune-event-organs': ['nervous-system'] },
    },
    {
      name: 'radiation pneumonitis is no drug event',
      chart: [pembrolizumab, condition('Radiation pneumonitis, grade 2', { onsetDateTime: '2026-03-01' })],
      facts: { 'immune-events': undefined, 'pneumonitis-suspects': undefined },
    },
    {
      name: 'hepatitis B is no toxicity',
      chart: [pembrolizumab, condition('Chronic hepatitis B')],
      facts: { 'immune-events': undefined, toxicities: undefined },
    },
    {
      name: 'hypothyroidism of old is no immune event',
      chart: [condition('Hypothyroidism', { onsetDateTime: '2010-01-01' })],
      facts: { 'immune-events': undefined, toxicities: undefined },
    },
    {
      name: 'severity severe stands for grade 3',
      chart: [pembrolizumab, event('Immune-mediated nephritis', { date: '2026-05-01', severity: { coding: [{ code: 'severe' }] } })],
      facts: { 'worst-immune-event-grade': 3, 'severe-immune-event-organs': ['kidney'] },
    },
    {
      name: 'an ongoing event without a suspect counts with its severity',
      chart: [
        taken('pembrolizumab', '2026-06-01'),
        event('Diarrhoea', { date: '2026-11-21', severity: { coding: [{ code: 'severe' }] }, outcome: { coding: [{ code: 'ongoing' }] } }),
      ],
      facts: { 'diarrhoea-grade': 3, 'active-immune-event-grade': 3, 'active-immune-event-organ': ['bowel'] },
    },
    {
      name: 'an ongoing event without suspect and severity is open, not grade 0',
      chart: [taken('pembrolizumab', '2026-06-01'), event('Diarrhoea', { date: '2026-11-21', outcome: { coding: [{ code: 'ongoing' }] } })],
      facts: { 'active-immune-event-grade': 'unknown: not-recorded' },
    },
    {
      name: 'a resolved event without a suspect is no immune event',
      chart: [
        taken('pembrolizumab', '2026-06-01'),
        event('Diarrhoea', { date: '2026-09-21', severity: { coding: [{ code: 'severe' }] }, outcome: { coding: [{ code: 'resolved' }] } }),
      ],
      facts: { 'diarrhoea-grade': undefined, 'immune-events': undefined },
    },
    {
      name: 'a potential event did not happen',
      chart: [pembrolizumab, event('Pneumonitis grade 3', { actuality: 'potential' })],
      facts: { toxicities: undefined },
    },
    {
      name: 'neuropathy after chemotherapy',
      chart: [
        taken('paclitaxel', '2026-01-10', '2026-06-01'),
        event('Peripheral sensory neuropathy', { date: '2026-06-01', ...grade('2'), outcome: { coding: [{ code: 'ongoing' }] } }),
      ],
      facts: { 'neuropathy-grade': 2 },
    },
    {
      name: 'stopped for immune colitis, told in the reason only',
      chart: [
        taken('nivolumab', '2026-01-10', '2026-03-01', { status: 'stopped', statusReason: [{ text: 'Grade 3 immune-related colitis' }] }),
      ],
      facts: {
        'stopped-for-toxicity': ['nivolumab'],
        'severe-immune-event-organs': ['bowel'],
        'ici-stop-reason': 'toxicity',
        'failed-lines': 0,
      },
    },
  ])('$name', ({ chart, facts }) => {
    const read = readTreated([...base, ...chart])
    expect(Object.fromEntries(Object.keys(facts).map((fact) => [fact, read.value(fact)]))).toEqual(facts)
  })
})
