import fc from 'fast-check'
import { describe, expect, test as it } from 'vitest'
import { concept, facts, readChart, region, report, test, value, variant } from '../../../test/biomarkers/context.ts'

const order = (text: string, extra: object = {}): { resourceType: string } =>
  ({ resourceType: 'ServiceRequest', id: 'order', status: 'active', code: { text }, authoredOn: '2026-02-01', ...extra }) as {
    resourceType: string
  }
const DRIVERS = [
  'egfr-exon19-deletion',
  'egfr-l858r',
  'egfr-atypical',
  'egfr-exon20-insertion',
  'alk-fusion',
  'ros1-fusion',
  'ret-fusion',
  'ntrk-fusion',
  'braf-v600e',
  'met-exon14-skipping',
  'erbb2-tkd-mutation',
  'kras-g12c',
]

describe('laws', () => {
  const pool = [
    variant(['EGFR'], { protein: 'L858R' }),
    variant(['EGFR'], { present: 'LA18198-4' }),
    variant(['EML4', 'ALK'], { on: '2025-05-05' }),
    region(['EGFR', 'ALK']),
    region(['ROS1', 'RET'], { effectiveDateTime: '2025-05-05' }),
    test('ALK IHC', 'Negative'),
    test('MET FISH', 'MET/CEP7 ratio 2.6, copy number 6'),
    test('PD-L1 TPS', '60%'),
    test('PD-L1 TPS', '<1%'),
    report('Plasma ctDNA NGS: no alterations in EGFR, KRAS. Tumour fraction <1%.'),
    report('NGS panel failed: insufficient DNA.'),
    order('NGS panel'),
  ]
  it('the order of resources does not matter', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(pool, { minLength: 1 }), (resources) => {
        const sorted = [...resources].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
        const strip = (read: ReturnType<typeof readChart>): unknown => Object.fromEntries(facts.map(({ id }) => [id, value(read, id)]))
        expect(strip(readChart(...resources))).toEqual(strip(readChart(...sorted)))
      }),
      { seed: 20261123, numRuns: 60 },
    )
  })
  it('without a final result that looked, no driver is false', () => {
    const silent = [
      variant(['EGFR'], { present: 'LA18198-4' }),
      report('', { status: 'registered' }),
      report('', { status: 'cancelled' }),
      order('NGS panel'),
      test('ALK IHC', 'Equivocal'),
      report('Plasma ctDNA NGS: no alterations in EGFR, ALK. Tumour fraction <1%.'),
      report('EGFR testing recommended.'),
      test('PD-L1 TPS', '60%'),
      variant(['EML4', 'ALK']),
    ]
    fc.assert(
      fc.property(fc.subarray(silent), (resources) => {
        const read = readChart(...resources)
        for (const id of DRIVERS) expect(value(read, id), id).not.toBe(false)
      }),
      { seed: 20261123, numRuns: 100 },
    )
  })
  it('no shape of JSON makes the reader throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Observation', 'DiagnosticReport', 'ServiceRequest', 'Condition', 'Specimen'),
        fc.dictionary(
          fc.constantFrom(
            'status',
            'code',
            'component',
            'valueCodeableConcept',
            'valueQuantity',
            'valueString',
            'note',
            'conclusion',
            'presentedForm',
            'specimen',
            'result',
            'method',
            'category',
            'interpretation',
            'effectiveDateTime',
            'contained',
            'dataAbsentReason',
          ),
          fc.jsonValue(),
        ),
        (resourceType, body) => {
          readChart({ ...body, resourceType, id: 'x' })
          readChart({ code: { coding: [{ system: 'http://loinc.org', code: '69548-6' }] }, ...body, resourceType, id: 'x' })
        },
      ),
      { seed: 20261123, numRuns: 400 },
    )
  })
})

describe('MET by FISH', () => {
  it.each<[string, unknown, unknown]>([
    ['ratio MET/CEN7: 1.3; no amplification', false, 1.3],
    ['MET/CEN7 ratio 1.2, mean MET copy number 2.4. Not amplified.', false, 1.2],
    ['mean copy number 14 per cell; ratio MET/CEN7 5.8. Amplified.', true, 5.8],
    // a number and a verdict that contradict one another settle nothing
    ['ratio MET/CEN7 6.8; no amplification', '?conflicting', 6.8],
  ])('%s', (text, amplified, ratio) => {
    const read = readChart(test('MET amplification by FISH', text))
    expect(value(read, 'met-amplification')).toBe(amplified)
    expect(value(read, 'met-cep7-ratio')).toBe(ratio)
  })
  it('an amplification of other genes is not that of the gene before', () =>
    expect(value(readChart(report('MET exon 14 skipping detected. No other amplifications.')), 'met-amplification')).not.toBe(true))
})

describe('two samples that disagree', () => {
  const egfr = (result: string, on: string) => test('EGFR mutation analysis', result, { effectiveDateTime: on })
  const codes = (...charts: ReturnType<typeof egfr>[]) => readChart(...charts).issues.map(({ code }) => code)
  it('a driver found and denied within days stays, and is told', () => {
    const chart = [egfr('L858R detected', '2026-11-01'), egfr('Wild type, no mutation detected', '2026-11-03')]
    expect(value(readChart(...chart), 'egfr-l858r')).toBe(true)
    expect(codes(...chart)).toContain('contradictory-result')
  })
  it('a biopsy of later years is the course of the disease', () =>
    expect(codes(egfr('L858R detected', '2023-11-01'), egfr('Wild type', '2026-11-03'))).toEqual([]))
  it('plasma that shows nothing contradicts nothing', () =>
    expect(
      codes(
        egfr('L858R detected', '2026-11-01'),
        test('EGFR mutation analysis (plasma)', 'not detected', { effectiveDateTime: '2026-11-03' }),
      ),
    ).toEqual([]))
  it('another gene contradicts nothing', () =>
    expect(codes(egfr('L858R detected', '2026-11-01'), test('ALK FISH', 'negative', { effectiveDateTime: '2026-11-03' }))).toEqual([]))
})

describe('plasma without enough tumour DNA leaves testing where it was', () => {
  const panel = { code: { text: 'Liquid biopsy NGS panel (plasma)' }, effectiveDateTime: '2026-11-12' }
  const fraction = (text: string) => test('Circulating tumor fraction', text, { effectiveDateTime: '2026-11-12' })
  it('no result beside it: the sample was insufficient', () => {
    const read = readChart(report('No pathogenic variants detected.', panel), fraction('<1%'))
    expect(value(read, 'ctdna-result')).toBe('not-informative')
    expect(value(read, 'molecular-testing')).toBe('insufficient')
  })
  it('no share stated: neither', () =>
    expect(value(readChart(report('No pathogenic variants detected.', panel)), 'molecular-testing')).toBe('insufficient'))
  it('tissue on its way', () =>
    expect(value(readChart(report('No pathogenic variants detected.', panel), order('NGS panel on tissue')), 'molecular-testing')).toBe(
      'pending',
    ))
  it('enough tumour DNA, or a tissue result beside it, is a part of testing', () => {
    const negative = report('No pathogenic variants detected.', panel)
    expect(value(readChart(negative, fraction('12%')), 'molecular-testing')).toBe('partial')
    expect(value(readChart(negative, test('EGFR', 'not detected')), 'molecular-testing')).toBe('partial')
  })
  it('an alteration shown in plasma is a result', () =>
    expect(value(readChart(report('KRAS G12C detected.', panel)), 'molecular-testing')).toBe('partial'))
  it('a coded result of one change in plasma is a result', () => {
    const read = readChart(test('85383-8', concept('10828004')))
    expect(value(read, 'egfr-t790m')).toBe(true)
    expect(value(read, 'molecular-testing')).toBe('partial')
  })
  it('an assay of cell-free DNA is named as such', () => {
    const words = 'Insufficient circulating tumour DNA shed; absence of alterations cannot be interpreted.'
    const read = readChart(report(words, { code: { text: 'Cell-free DNA assay' }, effectiveDateTime: '2026-11-12' }))
    expect(value(read, 'molecular-testing')).toBe('insufficient')
  })
})

it('a report after progression that lists only what it found gives the day of the sample', () => {
  const before = test('ALK FISH', 'positive', { effectiveDateTime: '2024-01-10' })
  const after = report('ALK G1202R.', { code: { text: 'Plasma NGS' }, effectiveDateTime: '2026-11-10' })
  expect(value(readChart(before, after), 'biomarker-sample-on')).toBe('2026-11-10')
  const vague = report('MET amplification.', { code: { text: 'NGS panel, rebiopsy' }, effectiveDateTime: '2026-11-10' })
  expect(value(readChart(before, vague), 'biomarker-sample-on')).toBe('2026-11-10')
  const empty = report('No pathogenic variants detected.', { code: { text: 'Plasma NGS' }, effectiveDateTime: '2026-11-10' })
  expect(value(readChart(before, empty), 'biomarker-sample-on')).toBe('2024-01-10')
})
