import { describe, expect, test as it } from 'vitest'
import { readChart, region, report, tables, value } from '../../../test/biomarkers/context.ts'

const GENES = tables.codes.broadPanel
const DRIVERS = ['egfr-l858r', 'kras-g12c', 'alk-fusion', 'ntrk-fusion', 'met-exon14-skipping']
/** A panel with this text, once alone and once with the list of genes that it was to look at. */
const panels = (text: string) => {
  const listed = region(GENES)
  const name = 'Next-generation sequencing panel'
  const { id } = listed as { id?: string }
  return [
    readChart(report(text, { code: { text: name } })),
    readChart(report(text, { code: { text: name }, result: [{ reference: `Observation/${id}` }] }), listed),
  ]
}

describe('a panel that is not relied on denies nothing', () => {
  it.each([
    'Insufficient tumour cells (5%); result not reliable. No alteration detected.',
    'Insufficient tumour cells. No alteration detected.',
    'No alteration detected. Tumour content 5%, below the 20% limit of the assay.',
    'No alteration detected; tumour cell content too low for a reliable result.',
    'Tumour cell content below the limit of detection: negative result not informative.',
    'Low tumour cell content: result not informative. No alteration detected.',
    'Insufficient tumour tissue for analysis.',
    'No alteration detected. Sample suboptimal, false negative possible.',
    'No alteration detected. DNA degraded, the analysis is not reliable.',
  ])('%s', (text) => {
    for (const read of panels(text)) {
      for (const id of DRIVERS) expect(value(read, id)).toBe('?insufficient-sample')
      expect(value(read, 'molecular-testing')).toBe('insufficient')
      expect(value(read, 'tissue-tested')).not.toBe(true)
    }
  })
  it.each([
    'No alteration detected. Tumour content 60%, above the 20% limit of the assay.',
    'No alteration detected. Tumour content low but sufficient.',
    'No alteration detected. MSI not evaluable.',
    'No alteration detected. TMB could not be assessed.',
    'No alteration detected. Tissue exhausted.',
    'No alteration detected. Samples with tumour content below 20% may give false negative results.',
    'No alteration detected. A negative result does not exclude a variant below the limit of detection.',
    'No alteration detected. Failure to detect a variant does not exclude its presence.',
    'No alteration detected. Fusions may be missed if RNA quality is insufficient.',
    'Sequencing failed to detect any driver mutation. No alteration detected.',
  ])('but a part that failed, or enough tumour, leaves the rest: %s', (text) => {
    const [, read] = panels(text)
    for (const id of DRIVERS) expect(value(read!, id)).toBe(false)
  })
  it('what was found all the same stands', () => {
    const [read] = panels('EGFR L858R detected. Tumour content 5%, below the 20% limit of the assay.')
    expect(value(read!, 'egfr-l858r')).toBe(true)
    expect(value(read!, 'alk-fusion')).toBe('?insufficient-sample')
  })
})

describe('a part that is not done denies nothing of that part', () => {
  it.each([
    { text: 'No mutation in EGFR. ALK analysis failed.', fact: 'alk-fusion', expected: '?insufficient-sample', other: 'egfr-l858r' },
    { text: 'No mutation in EGFR, KRAS. Fusion analysis pending.', fact: 'alk-fusion', expected: '?pending', other: 'egfr-l858r' },
    { text: 'No mutation in EGFR, KRAS. Fusions were not tested.', fact: 'alk-fusion', expected: '?not-tested', other: 'egfr-l858r' },
    {
      text: 'No driver alteration on DNA. RNA failed quality control: fusions and MET exon 14 skipping not evaluable.',
      fact: 'ntrk-fusion',
      expected: '?insufficient-sample',
      other: 'kras-g12c',
    },
    {
      text: 'No driver alteration on DNA. RNA failed quality control: fusions and MET exon 14 skipping not evaluable.',
      fact: 'met-exon14-skipping',
      expected: '?insufficient-sample',
      other: 'kras-g12c',
    },
  ])('$text ($fact)', ({ text, fact, expected, other }) => {
    const [, read] = panels(text)
    expect(value(read!, fact)).toBe(expected)
    expect(value(read!, other)).toBe(false)
  })
  it('what is said of one fusion is not said of all', () => {
    const [, read] = panels('No alteration detected. NTRK fusions are not covered by this panel.')
    expect(value(read!, 'alk-fusion')).toBe(false)
    expect(value(read!, 'ntrk-fusion')).toBe('?not-tested')
  })
  it('RNA that failed was not tested, whatever the name of the panel says', () => {
    const read = readChart(report('No alteration on DNA. RNA failed quality control.', { code: { text: 'Panel of DNA and RNA (NGS)' } }))
    expect(value(read, 'rna-tested')).toBe(false)
  })
})

it('another test of the same sample stands beside a panel that failed', () => {
  const read = readChart(
    report('EGFR by PCR: no mutation. Next-generation sequencing: insufficient tissue.', { code: { text: 'Molecular pathology' } }),
  )
  expect(value(read, 'egfr-l858r')).toBe(false)
  expect(value(read, 'alk-fusion')).toBe('?insufficient-sample')
})
