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
    ['STK11 mutation, RB1 intact.', ['STK11 positive', 'RB1 negative']],
    ['KRAS mutation and STK11 wild type', ['KRAS positive', 'STK11 negative']],
    ['EGFR mutation, ALK rearrangement not detected', ['EGFR negative', 'ALK negative ALK fusion']],
    ['EGFR, KRAS wild type', ['EGFR negative', 'KRAS negative']],
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
    ['No alteration of EGFR, ALK or NRG1 was found.', ['EGFR negative', 'ALK negative', 'NRG1 negative']],
    ['No mutations in EGFR, KRAS and BRAF were identified.', ['EGFR negative', 'KRAS negative', 'BRAF negative']],
    ['No EGFR mutation, ALK or ROS1 rearrangement detected', ['EGFR negative', 'ALK negative', 'ROS1 negative ROS1 fusion']],
    ['No evidence of mutation in EGFR, BRAF, or MET was seen by NGS.', ['EGFR negative', 'BRAF negative', 'MET negative']],
    ['Testing did not reveal EGFR, ALK or BRAF alterations', ['EGFR negative', 'ALK negative', 'BRAF negative']],
    ['Absence of EGFR and ALK alterations', ['EGFR negative', 'ALK negative']],
    ['EGFR, ALK, ROS1: not detected', ['EGFR negative', 'ALK negative', 'ROS1 negative']],
    ['No EGFR mutation but ALK rearrangement detected', ['EGFR negative', 'ALK positive ALK fusion']],
    ['No EGFR mutation, but ALK rearrangement', ['EGFR negative', 'ALK positive ALK fusion']],
    ['No EGFR mutation and ALK rearrangement was found', ['EGFR negative', 'ALK equivocal ALK fusion']],
    ['EGFR L858R and ALK not detected', ['EGFR equivocal L858R', 'ALK negative']],
    ['EGFR-/ALK-', ['EGFR negative', 'ALK negative']],
    ['EGFR−, ALK (-), ROS1 +', ['EGFR negative', 'ALK negative', 'ROS1 positive']],
    ['EGFR L858R (+), T790M (-)', ['EGFR positive L858R', 'EGFR negative T790M']],
    ['EGFR- and ALK-negative', ['EGFR negative', 'ALK negative']],
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

describe('a loss shared by a list of genes', () => {
  test.each<[string, string[]]>([
    ['EGFR L858R retained, RB1 and TP53 loss.', ['EGFR positive L858R', 'RB1 positive RB1 loss', 'TP53 positive TP53 loss']],
    ['Loss of RB1 and TP53', ['RB1 positive RB1 loss', 'TP53 positive TP53 loss']],
    ['RB1/TP53 loss', ['RB1 positive RB1 loss', 'TP53 positive TP53 loss']],
    ['RB1 intact, TP53 loss', ['RB1 negative', 'TP53 positive TP53 loss']],
    ['RB1 and TP53 loss not detected', ['RB1 negative', 'TP53 negative TP53 loss']],
    ['Loss of RB1, EGFR L858R', ['RB1 positive RB1 loss', 'EGFR positive L858R']],
    ['Loss of Rb expression', ['RB1 positive RB1 loss']],
  ])('%s', (text, expected) => expect(claims(text)).toEqual(expected))
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
