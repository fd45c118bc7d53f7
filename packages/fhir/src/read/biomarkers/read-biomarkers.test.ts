import { describe, expect, test as it } from 'vitest'
import {
  codedComponent,
  concept,
  readChart,
  region,
  report,
  tables,
  test,
  textComponent,
  value,
  variant,
} from '../../../test/biomarkers/context.ts'

const CORE = tables.codes.broadPanel
const specimen = (id: string, type: string, on = '2026-01-08'): { resourceType: string; [key: string]: unknown } => ({
  resourceType: 'Specimen',
  id,
  type: { text: type },
  collection: { collectedDateTime: on },
})
const from = (id: string): Record<string, unknown> => ({ specimen: { reference: `Specimen/${id}` } })
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

describe('absence needs a witness', () => {
  it('an empty chart denies nothing', () => {
    const read = readChart()
    for (const id of DRIVERS) expect(value(read, id)).toBe('?not-tested')
    expect(value(read, 'molecular-testing')).toBe('none')
    expect(value(read, 'rna-tested')).toBe('?not-recorded')
  })
  it('a region studied denies the genes it lists and no other', () => {
    const read = readChart(region(['EGFR', 'ALK']))
    expect(value(read, 'egfr-l858r')).toBe(false)
    expect(value(read, 'alk-fusion')).toBe(false)
    expect(value(read, 'ros1-fusion')).toBe('?not-tested')
    expect(value(read, 'molecular-testing')).toBe('partial')
  })
  it('all core genes make testing complete', () => {
    const read = readChart(variant(['KRAS'], { protein: 'p.Gly12Cys' }), region(CORE))
    expect(value(read, 'kras-g12c')).toBe(true)
    expect(value(read, 'kras-other')).toBe(false)
    for (const id of DRIVERS.filter((one) => one !== 'kras-g12c')) expect(value(read, id)).toBe(false)
    expect(value(read, 'molecular-testing')).toBe('complete')
  })
  it('one NTRK gene does not deny the family', () => expect(value(readChart(region(['NTRK1'])), 'ntrk-fusion')).toBe('?not-tested'))
  it('a fusion of one gene says nothing of another', () => {
    const read = readChart(variant(['EML4', 'ALK']))
    expect(value(read, 'alk-fusion')).toBe(true)
    expect(value(read, 'fusion-partners')).toEqual(['EML4::ALK'])
    expect(value(read, 'egfr-l858r')).toBe('?not-tested')
  })
  it('a region that could not be read is no witness', () => {
    const read = readChart(region(['EGFR', 'MET'], { note: [{ text: 'MET exon 14 not covered.' }] }))
    expect(value(read, 'met-exon14-skipping')).toBe('?not-tested')
    expect(value(read, 'egfr-l858r')).toBe(false)
  })
  it('a DNA panel is a witness and says that RNA was not sequenced', () => {
    const read = readChart(region(CORE, { method: { text: 'DNA sequencing' } }))
    expect(value(read, 'ret-fusion')).toBe(false)
    expect(value(read, 'rna-tested')).toBe(false)
  })
  it('RNA that failed leaves fusions open', () => {
    const read = readChart(report('DNA panel: EGFR, ALK, BRAF, KRAS: no mutations. RNA sequencing failed, fusions not evaluable.'))
    expect(value(read, 'braf-v600e')).toBe(false)
    expect(value(read, 'alk-fusion')).toBe('?insufficient-sample')
    expect(value(read, 'rna-tested')).toBe(false)
  })
  it('"no other" covers the core genes only where a panel is named', () => {
    expect(value(readChart(report('DNA and RNA NGS panel: EGFR L858R. No other actionable alterations.')), 'alk-fusion')).toBe(false)
    expect(value(readChart(report('EGFR L858R. No other alterations.')), 'alk-fusion')).toBe('?not-tested')
  })
  it('copy numbers say nothing of exon 14', () =>
    expect(value(readChart(test('MET FISH', 'MET/CEP7 ratio 6.2, copy number 11')), 'met-exon14-skipping')).toBe('?not-tested'))
})

describe('variants', () => {
  it('present, absent, no call', () => {
    expect(value(readChart(variant(['EGFR'], { protein: 'p.Leu858Arg' })), 'egfr-l858r')).toBe(true)
    expect(value(readChart(variant(['EGFR'], { present: 'LA9634-2' })), 'egfr-l858r')).toBe(false)
    expect(value(readChart(variant(['EGFR'], { present: 'LA18198-4' })), 'egfr-l858r')).toBe('?not-informative')
    expect(value(readChart(variant(['EGFR'], { present: 'LA9634-2', protein: 'p.Thr790Met' })), 'egfr-l858r')).toBe('?not-tested')
    expect(value(readChart(variant(['EGFR'], { present: 'LA9634-2', protein: 'p.Thr790Met' })), 'egfr-t790m')).toBe(false)
  })
  it('of unknown meaning: no driver, an issue, and the gene was looked at', () => {
    const read = readChart(variant(['EGFR'], { protein: 'p.Val843Ile', components: [codedComponent('53037-8', 'LA26333-7')] }))
    expect(value(read, 'egfr-unclassified')).toBe(true)
    expect(value(read, 'egfr-l858r')).toBe(false)
    expect(read.issues.map(({ code }) => code)).toContain('unclassified-variant')
  })
  it('silent: a benign-variant issue and no driver', () => {
    const read = readChart(variant(['EGFR'], { protein: 'p.Gln787=' }))
    expect(value(read, 'egfr-exon20-insertion')).toBe(false)
    expect(value(read, 'egfr-unclassified')).toBe('?unsettled')
    expect(read.issues.map(({ code }) => code)).toEqual(['benign-variant'])
  })
  it('a known driver called benign settles nothing', () => {
    const read = readChart(variant(['EGFR'], { protein: 'p.Leu858Arg', components: [codedComponent('53037-8', 'LA6675-8')] }))
    expect(value(read, 'egfr-l858r')).toBe('?not-informative')
    expect(read.issues.map(({ code }) => code)).toContain('contradictory-result')
  })
  it('germline is no somatic driver', () => {
    const read = readChart(variant(['EGFR'], { protein: 'p.Thr790Met', components: [codedComponent('48002-0', 'LA6683-2')] }))
    expect(value(read, 'egfr-t790m')).toBe('?not-tested')
    expect(read.issues).toHaveLength(1)
  })
  it('a fusion with an intergenic partner counts, with an issue', () => {
    const read = readChart(
      variant(['ALK'], { components: [textComponent('48019-4', 'gene fusion')], note: [{ text: 'intergenic partner' }] }),
    )
    expect(value(read, 'alk-fusion')).toBe(true)
    expect(read.issues.map(({ code }) => code)).toContain('unclassified-variant')
  })
  it('present without a change leaves the drivers open', () =>
    expect(value(readChart(variant(['EGFR'])), 'egfr-l858r')).toBe('?not-informative'))
  it('of a gene that is not ours stays unread', () =>
    expect(readChart(variant(['KDM5D'], { protein: 'p.Arg1Cys' })).understood.size).toBe(0))
  it('facts carry source, day and, from text, the words', () => {
    const fact = readChart(report('EGFR L858R detected.', { id: 'rep' })).facts['egfr-l858r']
    expect(fact).toMatchObject({
      value: true,
      on: '2026-01-10',
      words: 'EGFR L858R detected',
      sources: [{ reference: 'DiagnosticReport/rep', path: 'conclusion' }],
    })
  })
})

describe('a vague result is a complaint only while nothing settles it', () => {
  const codes = (...texts: string[]) => readChart(...texts.map((text) => report(text))).issues.map(({ code }) => code)
  it('amplification with and without numbers', () => {
    expect(codes('MET amplification in tissue NGS.')).toContain('unclassified-variant')
    expect(codes('MET amplification in tissue NGS.', 'FISH: MET amplified, MET/CEP7 ratio 6.2, copy number 11.')).not.toContain(
      'unclassified-variant',
    )
  })
  it('EGFR-mutated beside the mutation itself', () => {
    expect(codes('EGFR-mutated adenocarcinoma.')).toContain('unclassified-variant')
    expect(codes('EGFR-mutated adenocarcinoma.', 'EGFR L858R detected.')).not.toContain('unclassified-variant')
  })
})

describe('plasma', () => {
  it('positive is enough', () => {
    const read = readChart(report('Plasma ctDNA NGS panel: EGFR L858R (VAF 2%).'))
    expect(value(read, 'egfr-l858r')).toBe(true)
    expect(value(read, 'ctdna-result')).toBe('positive')
    expect(value(read, 'tissue-tested')).toBe(false)
  })
  it.each([
    ['Plasma ctDNA NGS panel: no alterations detected. Tumour fraction <1%.', 'not-informative'],
    ['Plasma ctDNA NGS panel: no alterations detected in EGFR, ALK, ROS1. Tumour fraction 0.3%.', 'not-informative'],
    ['Plasma ctDNA NGS panel: no alterations detected in EGFR, ALK, ROS1. Low tumour shedding.', 'not-informative'],
    ['Plasma ctDNA NGS panel: no alterations detected in EGFR, ALK, ROS1.', 'not-informative'],
    ['Plasma ctDNA NGS panel: no alterations detected in EGFR, ALK, ROS1. Tumour fraction 4%.', 'negative'],
    ['Plasma ctDNA NGS panel: No alteration detected. Tumour fraction below 1%.', 'not-informative'],
    [
      'Plasma ctDNA NGS panel: No alteration detected. Tumour fraction below 1%: not informative; a negative result does not exclude a driver.',
      'not-informative',
    ],
    ['Plasma ctDNA NGS panel: no alterations detected. Not informative: tumour fraction 4% at most.', 'not-informative'],
    ['Plasma ctDNA NGS panel: no alterations detected. The tumour fraction was too low.', 'not-informative'],
    ['Plasma ctDNA NGS panel: no alterations detected in EGFR, ALK, ROS1. Tumour fraction above 1%.', 'negative'],
    ['Plasma ctDNA NGS panel: TP53 R273H only. No other alterations.', 'not-informative'],
  ])('%s: %s, and drivers stay unknown', (text, expected) => {
    const read = readChart(report(text))
    expect(value(read, 'ctdna-result')).toBe(expected)
    expect(value(read, 'egfr-l858r')).toBe('?not-informative')
    expect(value(read, 'alk-fusion')).toBe('?not-informative')
    expect(read.facts['alk-fusion']).toMatchObject({ would: 'ngs-broad-dna-rna' })
  })
  it('a plasma specimen makes a plasma test', () =>
    expect(value(readChart(specimen('b', 'Plasma'), region(['EGFR'], from('b'))), 'egfr-l858r')).toBe('?not-informative'))
  it('tissue that looked outweighs empty plasma', () => {
    const read = readChart(
      specimen('b', 'Plasma', '2026-03-01'),
      specimen('t', 'Tissue biopsy of lung'),
      region(['EGFR'], from('b')),
      region(['EGFR'], from('t')),
    )
    expect(value(read, 'egfr-l858r')).toBe(false)
    expect(value(read, 'tissue-tested')).toBe(true)
  })
})

describe('pending and failed', () => {
  it.each([
    ['an active order', order('NGS panel, DNA and RNA'), '?pending', 'pending'],
    ['a registered report', report('', { status: 'registered' }), '?pending', 'pending'],
    ['a preliminary report', report('', { status: 'preliminary' }), '?pending', 'pending'],
    ['a cancelled report', report('', { status: 'cancelled' }), '?insufficient-sample', 'insufficient'],
    ['too little tissue', report('Insufficient tumour tissue for NGS.'), '?insufficient-sample', 'insufficient'],
    ['words', report('NGS results pending.'), '?pending', 'pending'],
  ])('%s', (_, resource, driver, state) => {
    const read = readChart(resource)
    for (const id of ['egfr-l858r', 'alk-fusion', 'met-exon14-skipping']) expect(value(read, id)).toBe(driver)
    expect(value(read, 'molecular-testing')).toBe(state)
  })
  it('a result beside a pending panel stays', () => {
    const read = readChart(order('NGS panel'), test('EGFR PCR', 'L858R detected'))
    expect(value(read, 'egfr-l858r')).toBe(true)
    expect(value(read, 'alk-fusion')).toBe('?pending')
    expect(value(read, 'molecular-testing')).toBe('pending')
  })
  it('an answered order is not pending', () =>
    expect(
      value(readChart(order('NGS panel'), report('EGFR wild type.', { basedOn: [{ reference: 'ServiceRequest/order' }] })), 'alk-fusion'),
    ).toBe('?not-tested'))
  it('dataAbsentReason: the test gave nothing', () =>
    expect(value(readChart(test('78205-2', { dataAbsentReason: { text: 'insufficient material' } })), 'alk-fusion')).toBe(
      '?insufficient-sample',
    ))
  it('an order without a link is answered by the next report of its kind', () => {
    const early = order('NGS panel', { authoredOn: '2026-01-02' })
    expect(value(readChart(early, report('EGFR wild type.')), 'alk-fusion')).toBe('?not-tested')
    expect(value(readChart(early, report('Plasma ctDNA: EGFR wild type.')), 'alk-fusion')).toBe('?pending')
    expect(value(readChart(order('NGS panel'), report('EGFR wild type.')), 'alk-fusion')).toBe('?pending')
  })
  it('an order of something else is not ours', () =>
    expect(value(readChart(order('Lipid panel'), order('SARS-CoV-2 molecular test')), 'molecular-testing')).toBe('none'))
  it('entered in error is nothing', () =>
    expect(value(readChart(variant(['EGFR'], { protein: 'L858R', status: 'entered-in-error' })), 'egfr-l858r')).toBe('?not-tested'))
})

describe('stains and FISH', () => {
  it.each([
    ['ALK immunohistochemistry (D5F3)', 'Positive', 'alk-fusion', true],
    ['ALK immunohistochemistry (D5F3)', 'Negative', 'alk-fusion', false],
    ['ALK immunohistochemistry (D5F3)', 'Equivocal (2+)', 'alk-fusion', '?not-informative'],
    ['ROS1 IHC', 'Positive', 'ros1-fusion', '?not-informative'],
    ['ROS1 IHC', 'Negative', 'ros1-fusion', false],
    ['ALK FISH', 'Positive, split signal in 40% of nuclei', 'alk-fusion', true],
    ['RET FISH', 'No rearrangement', 'ret-fusion', false],
    ['BRAF VE1 immunohistochemistry', 'Positive', 'braf-v600e', '?not-informative'],
    ['HER2 immunohistochemistry', '3+', 'her2-ihc', 3],
    ['HER2 immunohistochemistry', 'Score 0', 'her2-ihc', 0],
    ['HER2 immunohistochemistry', 'Negative', 'her2-ihc', '?not-informative'],
    ['c-Met protein expression by immunohistochemistry', '3+ in 80% of tumour cells', 'met-ihc-3plus-percent', 80],
    ['c-Met immunohistochemistry', '25% of tumour cells 3+', 'met-ihc-3plus-percent', 25],
    ['c-Met immunohistochemistry', '2+ in 60%', 'met-ihc-3plus-percent', '?not-informative'],
    ['HER2', 'Negative', 'erbb2-tkd-mutation', '?not-informative'],
  ])('%s: %s', (name, result, fact, expected) => expect(value(readChart(test(name, result)), fact)).toBe(expected))
  it('an equivocal ALK stain asks for FISH or RNA', () =>
    expect(readChart(test('ALK IHC', 'Equivocal')).facts['alk-fusion']).toMatchObject({ would: 'alk-fish-or-rna' }))
  it('EGFR protein says nothing of a mutation', () => {
    const read = readChart(test('39004-7', concept('10828004')))
    expect(value(read, 'egfr-l858r')).toBe('?not-tested')
    expect(read.issues).toHaveLength(1)
  })
  it('stain and FISH of one sample that disagree settle nothing', () => {
    const read = readChart(test('ALK IHC', 'Negative'), test('ALK FISH', 'Positive'))
    expect(value(read, 'alk-fusion')).toBe('?conflicting')
    expect(read.issues.map(({ code }) => code)).toContain('contradictory-result')
  })
})

describe('coded tests of one gene', () => {
  it.each<[string, object | string, string, unknown]>([
    ['55764-5', concept('10828004'), 'egfr-exon19-deletion', true],
    ['55764-5', concept('260385009'), 'egfr-exon19-deletion', false],
    ['55764-5', concept('260385009'), 'egfr-l858r', '?not-tested'],
    ['55765-2', concept('260385009'), 'egfr-atypical', '?not-tested'],
    ['55769-4', concept('260385009'), 'egfr-t790m', false],
    ['21665-5', concept('260415000'), 'egfr-l858r', false],
    ['21665-5', 'p.Leu858Arg', 'egfr-l858r', true],
    ['21665-5', 'Not detected', 'egfr-exon20-insertion', false],
    ['21665-5', concept('10828004'), 'egfr-l858r', '?not-informative'],
    ['78205-2', concept('10828004'), 'alk-fusion', true],
    ['90927-5', concept('260415000'), 'ret-fusion', false],
    ['93813-4', concept('260415000'), 'ntrk-fusion', false],
    ['58415-1', concept('10828004'), 'braf-v600e', true],
    ['21702-6', 'G12C', 'kras-g12c', true],
    ['92907-5', { valueQuantity: { value: 6.2, code: '1' } }, 'met-amplification', true],
    ['92906-7', { valueQuantity: { value: 11 } }, 'met-copy-number', 11],
    ['92906-7', { valueQuantity: { value: 6 } }, 'met-amplification', '?not-informative'],
    ['94076-7', { valueQuantity: { value: 57.1, code: '1/1000000{Base}' } }, 'tmb', 57.1],
    ['81695-9', { valueCodeableConcept: { coding: [{ code: 'LA26203-2' }] } }, 'msi-high', true],
    ['81695-9', { valueCodeableConcept: { coding: [{ code: 'LA14122-8' }] } }, 'msi-high', false],
    ['81695-9', { valueCodeableConcept: { text: 'MSS' } }, 'msi-high', false],
    ['81695-9', { valueCodeableConcept: { text: 'Indeterminate' } }, 'msi-high', '?not-informative'],
    ['85383-8', concept('260415000'), 'egfr-t790m', '?not-informative'],
  ])('%s %j: %s', (code, result, fact, expected) => expect(value(readChart(test(code, result)), fact)).toBe(expected))
})

describe('PD-L1', () => {
  it.each<[string, object | string | number, string, unknown]>([
    ['83053-9', 80, 'pd-l1-tps', 80],
    ['83053-9', { valueQuantity: { value: 1, comparator: '<', code: '%' } }, 'pd-l1-tps', 0],
    ['83053-9', { valueQuantity: { value: 50, comparator: '>=', code: '%' } }, 'pd-l1-tps', 50],
    ['83053-9', { valueQuantity: { value: 1, comparator: '>=', code: '%' } }, 'pd-l1-tps', '?not-informative'],
    ['83053-9', { valueQuantity: { value: 0.8, code: '1' } }, 'pd-l1-tps', '?not-informative'],
    ['83053-9', { valueQuantity: { value: 180, code: '%' } }, 'pd-l1-tps', '?not-informative'],
    ['83053-9', { valueRange: { low: { value: 50 }, high: { value: 100 } } }, 'pd-l1-tps', 50],
    ['83052-1', '60%', 'pd-l1-tps', 60],
    ['83054-7', 'TPS 5%', 'pd-l1-tps', 5],
    ['83052-1', concept('10828004'), 'pd-l1-tps', '?not-informative'],
    ['83057-0', { valueQuantity: { value: 30, code: '%' } }, 'pd-l1-tps', '?not-tested'],
    ['PD-L1 SP142', 'TC 10%, IC 5%', 'pd-l1-tps', '?not-tested'],
    ['PD-L1 SP142', 'TC 10%, IC 5%', 'pd-l1-ic', 5],
    ['PD-L1 TPS (22C3)', '<1%', 'pd-l1-tps', 0],
    ['PD-L1 TPS', 'below 1%', 'pd-l1-tps', 0],
    ['PD-L1 TPS', 'not more than 0.5%', 'pd-l1-tps', 0],
    ['PD-L1 TPS', '>=50%', 'pd-l1-tps', 50],
    ['PD-L1 TPS', '50-100%', 'pd-l1-tps', 50],
    ['PD-L1', '1-49%', 'pd-l1-tps', 1],
    ['PD-L1', '40-60%', 'pd-l1-tps', '?not-informative'],
    ['PD-L1 TPS', 'negative', 'pd-l1-tps', 0],
    ['PD-L1 CPS', '20', 'pd-l1-cps', 20],
    ['PD-L1 CPS', '20', 'pd-l1-tps', '?not-tested'],
    ['PD-L1', 'TPS 60%, CPS 65', 'pd-l1-cps', 65],
    ['PD-L1', 'TPS 60%, CPS 65', 'pd-l1-tps', 60],
  ])('%s %j: %s', (name, result, fact, expected) => expect(value(readChart(test(name, result)), fact)).toBe(expected))
  it('in a report beside other markers', () =>
    expect(value(readChart(report('EGFR wild type, PD-L1 TPS 60%, ALK negative')), 'pd-l1-tps')).toBe(60))
  it('pending', () => expect(value(readChart(order('PD-L1 immunohistochemistry')), 'pd-l1-tps')).toBe('?pending'))
  it('latest wins; two bands on one day settle nothing', () => {
    expect(value(readChart(test('83053-9', 80, { effectiveDateTime: '2025-01-01' }), test('83053-9', 10)), 'pd-l1-tps')).toBe(10)
    expect(value(readChart(test('83053-9', 80), test('83053-9', 10)), 'pd-l1-tps')).toBe('?conflicting')
  })
})

describe('over time', () => {
  it('a driver stays after a later sample without it', () => {
    const read = readChart(variant(['EGFR'], { protein: 'L858R', on: '2024-01-01' }), region(['EGFR']))
    expect(value(read, 'egfr-l858r')).toBe(true)
    expect(value(read, 'egfr-t790m')).toBe(false)
    expect(value(read, 'biomarker-sample-on')).toBe('2026-01-10')
  })
  it('resistance follows the latest sample that looked', () => {
    const read = readChart(
      region(['ALK'], { effectiveDateTime: '2024-01-01' }),
      variant(['ALK'], { protein: 'G1202R' }),
      variant(['ALK'], { protein: 'L1196M' }),
    )
    expect(value(read, 'alk-resistance')).toEqual(['compound', 'g1202r', 'l1196m'])
  })
  it('empty plasma does not take resistance away', () => {
    const read = readChart(specimen('b', 'Plasma', '2026-05-01'), variant(['EGFR'], { protein: 'T790M' }), region(['EGFR'], from('b')))
    expect(value(read, 'egfr-t790m')).toBe(true)
  })
  it('phase from the words of a note, only with both changes', () => {
    const t790m = variant(['EGFR'], { protein: 'T790M' })
    const c797s = variant(['EGFR'], { protein: 'C797S', note: [{ text: 'T790M and C797S in cis' }] })
    expect(value(readChart(t790m, c797s), 'egfr-c797s-phase')).toBe('cis')
    expect(value(readChart(c797s), 'egfr-c797s-phase')).not.toBe('trans')
  })
  it('a fusion found after the driver is acquired', () => {
    const read = readChart(variant(['EGFR'], { protein: 'L858R', on: '2024-01-01' }), variant(['CCDC6', 'RET']))
    expect(value(read, 'acquired-fusion')).toEqual(['ret'])
  })
})

describe('words', () => {
  const table =
    'EGFR: not detected\nALK: fusion not detected\nROS1: CD74-ROS1 fusion detected\nBRAF V600E: not detected\nKRAS: not detected\nMET exon 14 skipping: not detected\nRET: not detected\nNTRK1/2/3: not detected\nHER2: not detected'
  it('a line a gene', () => {
    const read = readChart(report(table))
    expect(value(read, 'ros1-fusion')).toBe(true)
    for (const id of [
      'egfr-l858r',
      'alk-fusion',
      'braf-v600e',
      'kras-g12c',
      'met-exon14-skipping',
      'ret-fusion',
      'ntrk-fusion',
      'erbb2-tkd-mutation',
    ])
      expect(value(read, id), id).toBe(false)
  })
  it('a plain-text attachment is read, another type is not', () => {
    const data = Buffer.from(table).toString('base64')
    expect(value(readChart(report('', { presentedForm: [{ contentType: 'text/plain', data }] })), 'ros1-fusion')).toBe(true)
    expect(value(readChart(report('', { presentedForm: [{ contentType: 'application/pdf', data }] })), 'ros1-fusion')).toBe('?not-tested')
  })
  it('a diagnosis that states its driver', () => {
    const condition = {
      resourceType: 'Condition',
      id: 'c',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '830151004' }] },
      note: [{ text: 'PD-L1 TPS 30%' }],
    }
    const read = readChart(condition)
    expect(value(read, 'alk-fusion')).toBe(true)
    expect(value(read, 'pd-l1-tps')).toBe(30)
  })
  it('imaging reports are not read for genes', () =>
    expect(value(readChart(report('EGFR L858R', { code: { text: 'CT chest' } })), 'egfr-l858r')).toBe('?not-tested'))
  it('a kidney value is no gene', () =>
    expect(value(readChart(test('EGFR (CKD-EPI)', { valueQuantity: { value: 45, unit: 'mL/min' } })), 'egfr-l858r')).toBe('?not-tested'))
})

describe('reports as boards write them', () => {
  it.each<[string, Record<string, unknown>]>([
    [
      'Comprehensive genomic profiling (DNA/RNA, tissue): EGFR p.L858R (VAF 32%), TP53 p.R248Q, RB1 loss. No ALK/ROS1/RET/NTRK fusions. MET not amplified. TMB 4.2 mut/Mb; MSS. PD-L1 TPS <1% (22C3).',
      {
        'egfr-l858r': true,
        'tp53-mutation': true,
        'rb1-loss': true,
        'alk-fusion': false,
        'ntrk-fusion': false,
        'met-amplification': false,
        tmb: 4.2,
        'msi-high': false,
        'pd-l1-tps': 0,
        'rna-tested': true,
        'tissue-tested': true,
        'kras-g12c': '?not-tested',
      },
    ],
    [
      'NGS (tissue, 523 genes DNA + RNA): KRAS p.G12C, STK11 p.E199*, KEAP1 p.G333C. No EGFR/ALK/ROS1/BRAF/MET/RET/NTRK/HER2 alterations.',
      {
        'kras-g12c': true,
        'stk11-mutation': true,
        'keap1-mutation': true,
        'egfr-l858r': false,
        'erbb2-tkd-mutation': false,
        'molecular-testing': 'complete',
      },
    ],
    [
      'Plasma NGS after progression: EGFR exon 19 deletion, T790M negative, C797S present; MET amplification (copy number 12).',
      {
        'egfr-exon19-deletion': true,
        'egfr-t790m': '?not-informative',
        'egfr-c797s': true,
        'met-amplification': true,
        'met-copy-number': 12,
        'ctdna-result': 'positive',
      },
    ],
    ['ALK-positive (EML4-ALK variant 3a/b); G1202R detected', { 'alk-fusion': true, 'alk-resistance': ['g1202r'] }],
    [
      'Tumour tested negative for EGFR, ALK and ROS1; the sample was exhausted before NGS.',
      { 'alk-fusion': false, 'egfr-t790m': '?insufficient-sample', 'ret-fusion': '?insufficient-sample', 'molecular-testing': 'partial' },
    ],
    ['A mutation in EGFR was not found. An ALK rearrangement was found.', { 'egfr-l858r': false, 'alk-fusion': true }],
    ['Somatic EGFR p.E746_A750del; germline BRCA2 c.5946del pathogenic.', { 'egfr-exon19-deletion': true }],
    ['EGFR status unknown. ALK not tested.', { 'egfr-l858r': '?not-tested', 'alk-fusion': '?not-tested' }],
    ['HER2 (ERBB2) exon 20 insertion Y772_A775dup. HER2 IHC 2+.', { 'erbb2-tkd-mutation': true, 'her2-ihc': 2 }],
    ['KRAS not detected; NRAS: G12C detected', { 'kras-g12c': false }],
  ])('%s', (text, expected) => {
    const read = readChart(report(text))
    for (const [id, wanted] of Object.entries(expected)) expect(value(read, id), id).toEqual(wanted)
  })
})
