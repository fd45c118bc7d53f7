import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tables } from '../../../test/biomarkers/context.ts'
import { statementsIn } from './statements.ts'

const claims = (text: string): readonly string[] =>
  statementsIn(text, tables).map(
    ({ gene, polarity, variants }) => `${gene} ${polarity}${variants.length > 0 ? ` ${variants.map(({ label }) => label).join('+')}` : ''}`,
  )

describe('verdicts are shared out over lists', () => {
  test.each<[string, string[]]>([
    ['EGFR, ALK and ROS1 were negative', ['EGFR negative', 'ALK negative', 'ROS1 negative']],
    ['No alterations in EGFR, ALK, ROS1 and BRAF.', ['EGFR negative', 'ALK negative', 'ROS1 negative', 'BRAF negative']],
    ['Negative for EGFR, ALK or RET', ['EGFR negative', 'ALK negative', 'RET negative']],
    ['Not detected:\nEGFR\nALK', ['EGFR negative', 'ALK negative']],
    ['Genes tested: EGFR, ALK, ROS1', ['EGFR tested', 'ALK tested', 'ROS1 tested']],
    ['EGFR wild-type, ALK not rearranged, KRAS G12C positive', ['EGFR negative', 'ALK negative ALK fusion', 'KRAS positive G12C']],
    ['EGFR exon 19 deletion (E746_A750del) detected, ALK negative', ['EGFR positive E746_A750del', 'ALK negative']],
    ['EGFR L858R and T790M detected', ['EGFR positive L858R', 'EGFR positive T790M']],
    ['ALK negative ROS1 negative EGFR L858R', ['ALK negative', 'ROS1 negative', 'EGFR positive L858R']],
    ['NRAS negative, BRAF V600E', ['BRAF positive V600E']],
    ['KRAS negative, NRAS G12C', ['KRAS negative']],
  ])('%s', (text, expected) => expect(claims(text)).toEqual(expected))
})

describe('a change keeps its own verdict', () => {
  test.each<[string, string[]]>([
    ['EGFR exon 19 deletion, T790M not detected', ['EGFR positive exon 19 deletion', 'EGFR negative T790M']],
    ['EGFR exon 19 deletion and L858R not detected', ['EGFR negative exon 19 deletion', 'EGFR negative L858R']],
    ['No EGFR mutation other than L858R', ['EGFR tested', 'EGFR positive L858R']],
    ['EGFR: L858R. No other EGFR mutations.', ['EGFR positive L858R', 'EGFR tested']],
    ['MET: no exon 14 skipping, not amplified', ['MET negative exon 14 skipping', 'MET negative MET amplification']],
    ['EGFR Q787= (benign)', ['EGFR positive Q787=']],
  ])('%s', (text, expected) => expect(claims(text)).toEqual(expected))

  test('a list that can be read two ways is neither', () => {
    expect(claims('EGFR exon 19 deletion and T790M not detected')).toEqual(['EGFR equivocal exon 19 deletion', 'EGFR negative T790M'])
    expect(claims('No ALK rearrangement, EGFR L858R')).toEqual(['ALK negative ALK fusion', 'EGFR equivocal L858R'])
  })
})

describe('what is no result', () => {
  test.each<[string, string[]]>([
    ['ALK FISH pending', ['ALK pending']],
    ['Sample insufficient for EGFR and ALK testing', ['EGFR insufficient', 'ALK insufficient']],
    ['ALK immunohistochemistry (D5F3): equivocal', ['ALK equivocal']],
    ['KEAP1 not tested', ['KEAP1 untested']],
    ['EGFR mutations such as L858R predict response to osimertinib', []],
    ['EGFR testing is recommended', []],
    ['Sister with EGFR-mutated lung cancer', []],
    ['Alk Phos 300, eGFR 45', []],
    ['', []],
  ])('%s', (text, expected) => expect(claims(text)).toEqual(expected))
})

test('no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void statementsIn(text, tables)),
    { seed: 20261123, numRuns: 500 },
  )
})
