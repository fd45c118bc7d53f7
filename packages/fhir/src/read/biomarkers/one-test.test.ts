import { describe, expect, test as it } from 'vitest'
import { readChart, report, test, value } from '../../../test/biomarkers/context.ts'

/** The same words as an observation and as the conclusion of a report whose name holds the subject. */
const both = (name: string, text: string): readonly ReturnType<typeof readChart>[] => [
  readChart(test(name, text)),
  readChart(report(text, { code: { text: name } })),
]

describe('a test whose name holds its subject, whatever resource brings it', () => {
  it.each<[string, string, string, unknown]>([
    ['ALK break-apart FISH', 'Split signals in 62% of nuclei. Positive for rearrangement.', 'alk-fusion', true],
    ['ALK FISH', 'positive, 45% of cells with split or isolated 3-prime signals', 'alk-fusion', true],
    ['ALK rearrangement', 'rearranged', 'alk-fusion', true],
    ['ALK IHC (D5F3)', 'positive 3+', 'alk-fusion', true],
    ['ROS1 gene', 'rearrangement present', 'ros1-fusion', true],
    ['MET exon 14', 'skipping mutation c.3028+1G>A detected', 'met-exon14-skipping', true],
    ['EGFR', 'E746_A750del', 'egfr-exon19-deletion', true],
    ['EGFR exon 19', 'in-frame deletion detected', 'egfr-exon19-deletion', true],
    ['EGFR exon 20', 'insertion', 'egfr-exon20-insertion', true],
    ['ERBB2', 'Y772_A775dup (YVMA insertion)', 'erbb2-tkd-mutation', true],
    ['Fusion', 'CD74::ROS1', 'ros1-fusion', true],
    ['PD-L1 immunohistochemistry (clone 22C3)', 'Tumour cells: 90% positive (TPS 90%). Immune cells 5%.', 'pd-l1-tps', 90],
    ['c-Met (SP44) IHC report', 'Strong 3+ staining in 60% of tumour cells.', 'met-ihc-3plus-percent', 60],
    ['Hepatocyte growth factor receptor IHC', '75% of cells with strong 3+ staining', 'met-ihc-3plus-percent', 75],
    ['c-erbB2 IHC', 'strongly positive (3+)', 'her2-ihc', 3],
    ['ROS1 IHC', 'Score 0', 'ros1-fusion', false],
    ['ALK IHC (D5F3)', 'Weak staining (1+)', 'alk-fusion', '?not-informative'],
    ['ALK FISH', 'Pending', 'alk-fusion', '?pending'],
    ['ALK FISH', 'Insufficient tumour cells.', 'alk-fusion', '?insufficient-sample'],
  ])('%s: %s', (name, text, fact, expected) => {
    for (const read of both(name, text)) expect(value(read, fact)).toBe(expected)
  })
})

describe('a denial in a later sentence is not lost behind counts and remarks', () => {
  it.each<[string, string]>([
    ['ALK break-apart FISH', 'Split signals in 3% of nuclei. Negative.'],
    ['ALK FISH', 'Tumour cells present. Negative.'],
    ['ALK FISH', 'Tumour cells present, 100 nuclei scored. Not rearranged.'],
    ['ALK FISH', 'A case is positive when at least 15% of nuclei show split signals. Result: negative.'],
    ['ALK IHC', 'TTF-1 positive. Napsin A positive. Negative.'],
  ])('%s: %s', (name, text) => {
    for (const read of both(name, text)) expect(value(read, 'alk-fusion')).toBe(false)
  })
})

describe('words that are no result of the test', () => {
  it.each<[string, string]>([
    ['ALK rearrangement', 'see report'],
    ['ALK break-apart FISH', '100 nuclei evaluated'],
    ['ALK IHC', 'Napsin A 3+'],
    ['ALK IHC', 'Adenocarcinoma. Lymph node positive.'],
    ['ALK', 'Mother had ALK positive cancer'],
    ['ALK and ROS1 FISH', 'Positive.'],
    ['Spinal fusion', 'L4-L5'],
  ])('%s: %s', (name, text) => {
    for (const read of both(name, text)) expect([true, false]).not.toContain(value(read, 'alk-fusion'))
  })
})

describe('a denial of one exon denies what lies in it and no more', () => {
  it('in the name or in the sentence', () => {
    for (const read of both('EGFR exon 20', 'not detected')) {
      expect(value(read, 'egfr-exon20-insertion')).toBe(false)
      expect(value(read, 'egfr-l858r')).toBe('?not-tested')
    }
    for (const read of both('EGFR mutation analysis', 'Exon 18: not detected\nExon 19: E746_A750del\nExon 20: not detected')) {
      expect(value(read, 'egfr-exon19-deletion')).toBe(true)
      expect(read.issues).toEqual([])
    }
  })
  it('all exons of the drivers deny the gene', () => {
    for (const read of both('EGFR', 'No mutation detected in exons 18, 19, 20 and 21')) expect(value(read, 'egfr-l858r')).toBe(false)
  })
})

it('a stain of a receptor is no alteration of its gene', () => {
  for (const read of both('HER2 immunohistochemistry', 'HER2 3+ (positive) in 90% of tumour cells.')) {
    expect(value(read, 'her2-ihc')).toBe(3)
    expect(value(read, 'erbb2-tkd-mutation')).toBe('?not-tested')
    expect(read.issues).toEqual([])
  }
})
