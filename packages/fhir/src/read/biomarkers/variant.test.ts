import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { facts, tables } from '../../../test/biomarkers/context.ts'
import { changesIn } from './hgvs.ts'
import { classifyVariant, parseVariant } from './index.ts'

/** Facts of a wording: truths, `codes fact=value`, `position`, or the verdict in angle brackets when it means nothing. */
function meaning(text: string): string {
  const found = parseVariant(text, tables).filter((variant) => variant.gene !== undefined)
  const parts = found.map((variant) => {
    const { truths, codes, position, verdict } = classifyVariant(variant, tables)
    const all = [...truths, ...codes.map(({ fact, value }) => `${fact}=${value}`), ...(position ? [position.value] : [])]
    return all.length === 0 ? `<${verdict}>` : all.join('+')
  })
  return parts.join(', ')
}

const DEL19 = 'egfr-exon19-deletion'
const EX20 = 'egfr-exon20-insertion'
const ATYPICAL = 'egfr-atypical'
const SKIP = 'met-exon14-skipping'
const HER2 = 'erbb2-tkd-mutation+erbb2-mutation'

describe('EGFR exon 19 (codons 729 to 761): any deletion or net loss is the common deletion', () => {
  test.each([
    ['EGFR p.Glu746_Ala750del'],
    ['EGFR p.(Glu746_Ala750del)'],
    ['EGFR E746_A750del'],
    ['EGFR E746-A750del'],
    ['EGFR E746_A750delELREA'],
    ['EGFR delE746-A750'],
    ['EGFR del E746_A750'],
    ['EGFR 746_750del'],
    ['EGFR L747_P753delinsS'],
    ['EGFR p.Leu747_Pro753delinsSer'],
    ['EGFR L747_A750delinsP'],
    ['EGFR L747_P753>S'],
    ['EGFR L747_T751del'],
    ['EGFR p.L747_S752del'],
    ['EGFR S752_I759del'],
    ['EGFR E746_S752delinsV'],
    ['EGFR E746_A750delinsIP'],
    ['EGFR L747_E749del'],
    ['EGFR K745_E749del'],
    ['EGFR T751_I759delinsN'],
    ['NM_005228.5(EGFR):c.2235_2249del'],
    ['EGFR c.2236_2250del'],
    ['EGFR c.2235_2249del15'],
    ['EGFR c.2240_2254del'],
    ['EGFR c.2239_2248delTTAAGAGAAGinsC'],
    ['EGFR c.2237_2255delinsT'],
    ['EGFR exon 19 deletion'],
    ['EGFR Exon 19 Deletion'],
    ['EGFR ex19del'],
    ['EGFRex19del'],
    ['EGFR Del19'],
    ['EGFR 19del'],
    ['EGFR E19del'],
    ['EGFR exon 19 in-frame deletion'],
    ['deletion in exon 19 of EGFR'],
    ['EGFR deletion of exon 19'],
    ['EGFR exon-19 del'],
    ['EGFR del 19'],
    ['EGFR exon 19 deletion (E746_A750del)'],
    ['EGFR exon 19 deletion p.Glu746_Ala750del'],
    ['EGFR c.2235_2249del (p.Glu746_Ala750del)'],
  ])('%s', (text) => expect(meaning(text)).toBe(DEL19))
})

describe('EGFR exon 20 (762 to 823): insertions and duplications, with their region', () => {
  test.each([
    ['EGFR D770_N771insSVD', 'near-loop'],
    ['EGFR p.Asp770_Asn771insSerValAsp', 'near-loop'],
    ['EGFR V769_D770insASV', 'near-loop'],
    ['EGFR p.(Val769_Asp770insAlaSerVal)', 'near-loop'],
    ['EGFR A767_V769dup', 'near-loop'],
    ['EGFR S768_D770dup', 'near-loop'],
    ['EGFR D770_N771insG', 'near-loop'],
    ['EGFR D770delinsGY', 'near-loop'],
    ['EGFR P772_H773insPNP', 'near-loop'],
    ['EGFR N771_P772insN', 'near-loop'],
    ['EGFR N771delinsTH', 'near-loop'],
    ['EGFR H773_V774insNPH', 'far-loop'],
    ['EGFR H773_V774insH', 'far-loop'],
    ['EGFR H773dup', 'far-loop'],
    ['EGFR p.His773dup', 'far-loop'],
    ['EGFR N771_H773dup', 'far-loop'],
    ['EGFR V774_C775insHV', 'far-loop'],
    ['EGFR A763_Y764insFQEA', 'helical'],
    ['EGFR p.Ala763_Tyr764insPheGlnGluAla', 'helical'],
    ['EGFR Y764_V765insHH', 'helical'],
    ['EGFR D761_E762insEAFQ', 'helical'],
    ['EGFR M766_A767insASV', 'helical'],
    ['EGFR c.2290_2291insTCCAGGAAGCCT', 'helical'],
    ['EGFR c.2310_2311insGGT', 'near-loop'],
    ['EGFR c.2308_2309insCCAGCGTGG', 'near-loop'],
    ['EGFR c.2311_2319dup', 'far-loop'],
    ['EGFR exon 20 insertion (D770_N771insSVD)', 'near-loop'],
    ['EGFR exon 20 insertion p.Asp770_Asn771insSerValAsp', 'near-loop'],
    ['EGFR D770_N771 insSVD', 'near-loop'],
  ])('%s is %s', (text, region) => expect(meaning(text)).toBe(`${EX20}+${region}`))

  test.each([
    ['EGFR exon 20 insertion'],
    ['EGFR ex20ins'],
    ['EGFRex20ins'],
    ['EGFR exon20ins'],
    ['EGFR insertion in exon 20'],
    ['EGFR exon 20 duplication'],
  ])('%s has no region', (text) => expect(meaning(text)).toBe(EX20))

  test('the insertion that responds to EGFR inhibitors carries a note', () => {
    const [variant] = parseVariant('EGFR A763_Y764insFQEA', tables)
    expect(variant && classifyVariant(variant, tables).note).toMatch(/sensitive/)
  })
})

describe('other EGFR changes', () => {
  test.each([
    ['EGFR L858R', 'egfr-l858r'],
    ['EGFR p.Leu858Arg', 'egfr-l858r'],
    ['EGFR p.(Leu858Arg)', 'egfr-l858r'],
    ['NP_005219.2:p.Leu858Arg EGFR', 'egfr-l858r'],
    ['EGFR c.2573T>G', 'egfr-l858r'],
    ['EGFR c.2573T>G (p.Leu858Arg)', 'egfr-l858r'],
    ['EGFR exon 21 L858R', 'egfr-l858r'],
    ['L858R', 'egfr-l858r'],
    ['EGFR exon 21 L858R mutation', 'egfr-l858r'],
    ['EGFR p.L858R', 'egfr-l858r'],
    ['NC_000007.13:g.55259515T>G', 'egfr-l858r'],
    ['EGFR T790M', 'egfr-t790m'],
    ['EGFR c.2369C>T', 'egfr-t790m'],
    ['EGFR p.Thr790Met', 'egfr-t790m'],
    ['EGFR C797S', 'egfr-c797s'],
    ['EGFR C797G', 'egfr-c797s'],
    ['EGFR c.2390G>C', 'egfr-c797s'],
    ['EGFR G719X', ATYPICAL],
    ['EGFR G719A', ATYPICAL],
    ['EGFR p.Gly719Ser', ATYPICAL],
    ['EGFR c.2155G>T', ATYPICAL],
    ['EGFR S768I', ATYPICAL],
    ['EGFR L861Q', ATYPICAL],
    ['EGFR c.2582T>A', ATYPICAL],
    ['EGFR E709K', ATYPICAL],
    ['EGFR E709A', ATYPICAL],
    ['EGFR E709_T710delinsD', ATYPICAL],
    ['EGFR exon 18 deletion', ATYPICAL],
    ['EGFR K745_E746insIPVAIK', ATYPICAL],
    ['EGFR exon 19 insertion', ATYPICAL],
    ['EGFR I744_K745insKIPVAI', ATYPICAL],
    // missense of no class that selects a drug
    ['EGFR V843I', '<unclassified>'],
    ['EGFR L718Q', '<unclassified>'],
    ['EGFR G724S', '<unclassified>'],
    ['EGFR S768R', '<unclassified>'],
    ['EGFR L861R', '<unclassified>'],
    ['EGFR D761Y', '<unclassified>'],
    ['EGFR T790K', '<unclassified>'],
    ['EGFR L858M', '<unclassified>'],
    ['EGFR S492R', '<unclassified>'],
    // truncations in EGFR are no drivers
    ['EGFR E746*', '<unclassified>'],
    ['EGFR p.Glu746fs', '<unclassified>'],
    ['EGFR c.2236del', '<unclassified>'],
    // silent
    ['EGFR p.Gln787=', '<benign>'],
    ['EGFR Q787=', '<benign>'],
    ['EGFR Q787Q', '<benign>'],
    ['EGFR p.(Gln787=)', '<benign>'],
    ['EGFR p.(=)', '<benign>'],
    ['EGFR c.2361G>A', '<benign>'],
    ['EGFR R521K', '<benign>'],
    // an exon without its change, and bases that could be a driver, stay open
    ['EGFR exon 19 mutation', '<unclear>'],
    ['EGFR c.2156G>T', '<unclear>'],
    // compound mutations keep all
    ['EGFR L858R and T790M', 'egfr-l858r, egfr-t790m'],
    ['EGFR G719A + S768I', `${ATYPICAL}, ${ATYPICAL}`],
    ['EGFR exon 19 deletion, T790M, C797S', `${DEL19}, egfr-t790m, egfr-c797s`],
  ])('%s: %s', (text, expected) => expect(meaning(text)).toBe(expected))
})

describe('fusions', () => {
  test.each([
    ['EML4::ALK', 'alk-fusion', 'EML4'],
    ['EML4-ALK', 'alk-fusion', 'EML4'],
    ['EML4-ALK variant 2', 'alk-fusion', 'EML4'],
    ['EML4–ALK', 'alk-fusion', 'EML4'],
    ['EML4/ALK', 'alk-fusion', 'EML4'],
    ['KIF5B-ALK fusion', 'alk-fusion', 'KIF5B'],
    ['MET-ALK fusion', 'alk-fusion', 'MET'],
    ['ALK rearranged', 'alk-fusion', undefined],
    ['ALK rearrangement', 'alk-fusion', undefined],
    ['ALK fusion', 'alk-fusion', undefined],
    ['ALK: split signal in 45% of nuclei', 'alk-fusion', undefined],
    ['ALK break-apart FISH', 'alk-fusion', undefined],
    ['fusion of EML4 and ALK', 'alk-fusion', 'EML4'],
    ['SLC34A2-ROS1', 'ros1-fusion', 'SLC34A2'],
    ['CD74::ROS1', 'ros1-fusion', 'CD74'],
    ['ROS1 rearrangement', 'ros1-fusion', undefined],
    ['KIF5B–RET fusion', 'ret-fusion', 'KIF5B'],
    ['CCDC6-RET', 'ret-fusion', 'CCDC6'],
    ['NCOA4::RET', 'ret-fusion', 'NCOA4'],
    ['ETV6-NTRK3', 'ntrk-fusion', 'ETV6'],
    ['NTRK1 fusion', 'ntrk-fusion', undefined],
    ['TPM3::NTRK1', 'ntrk-fusion', 'TPM3'],
    ['CD74-NRG1', 'nrg1-fusion', 'CD74'],
    ['SLC3A2::NRG1', 'nrg1-fusion', 'SLC3A2'],
    ['FGFR3-TACC3', 'fgfr-alteration', 'TACC3'],
    ['XYZ1::ALK', 'alk-fusion', 'XYZ1'],
  ])('%s: %s', (text, fact, partner) => {
    expect(meaning(text)).toBe(fact)
    expect(parseVariant(text, tables)[0]?.partner).toBe(partner)
  })

  test('an intergenic partner is marked', () =>
    expect(parseVariant('ALK fusion with an intergenic partner', tables)[0]?.unknownPartner).toBe(true))
  test.each([['ALK/ROS1'], ['EGFR-ALK'], ['PD-L1'], ['ALK-negative'], ['ALK, ROS1'], ['ALK PHOS 450'], ['Alk Phos high'], ['eGFR 45']])(
    '%s names no alteration',
    (text) => expect(meaning(text)).toBe(''),
  )
})

describe('MET', () => {
  test.each([
    ['MET exon 14 skipping', SKIP],
    ['METex14', ''],
    ['METex14 skipping', SKIP],
    ['MET ex14 skip', SKIP],
    ['c-MET exon 14 skipping mutation', SKIP],
    ['skipping of exon 14 in MET', SKIP],
    ['MET exon 14 deletion', SKIP],
    ['MET exon 14 splice site mutation', SKIP],
    ['MET c.3028+1G>T', SKIP],
    ['MET c.3028+2T>C', SKIP],
    ['MET c.3028+3A>G', SKIP],
    ['MET c.3028G>A', SKIP],
    ['MET c.3082+1G>A', SKIP],
    ['NM_001127500.3(MET):c.3082+1G>T', SKIP],
    ['MET c.3082G>C', SKIP],
    ['MET c.2888-18_2888-2del', SKIP],
    ['MET c.2888-5_2944del', SKIP],
    ['MET c.2888-1G>A', SKIP],
    ['MET c.3018_3028+8del', SKIP],
    ['MET c.3028_3028+16del17', SKIP],
    ['MET c.2942-28_2942-2del', SKIP],
    ['MET X1010_splice', SKIP],
    ['MET X963_splice', SKIP],
    ['MET D1010N', SKIP],
    ['MET D1010H', SKIP],
    ['MET p.Asp1010Tyr', SKIP],
    ['MET D1028N', SKIP],
    ['MET c.3028+1G>T (p.?)', SKIP],
    ['MET exon 13 - exon 15', SKIP],
    ['MET e13-e15', SKIP],
    ['MET c.2888-400A>G', '<unclassified>'],
    ['MET c.1702-3T>C', '<unclassified>'],
    ['MET N375S', '<benign>'],
    ['MET T1010I', '<benign>'],
    ['MET D1228N', 'met-resistance=d1228x'],
    ['MET Y1230C', 'met-resistance=y1230x'],
    ['MET Y1248H', 'met-resistance=y1230x'],
    ['MET amplification', '<unquantified>'],
    ['MET/CEP7 ratio 6.2', 'met-amplification'],
    ['MET copy number 11', 'met-amplification'],
    ['MET 14 copies', 'met-amplification'],
    ['MET copy number 6', '<unquantified>'],
    ['MET copy number 3', '<low>'],
    ['MET/CEP7 ratio 1.1', '<low>'],
    ['MET/CEP7 ratio 3.0', '<unquantified>'],
  ])('%s: %s', (text, expected) => expect(meaning(text)).toBe(expected))
})

describe('other genes', () => {
  test.each([
    ['KRAS G12C', 'kras-g12c'],
    ['KRAS p.Gly12Cys', 'kras-g12c'],
    ['KRAS c.34G>T', 'kras-g12c'],
    ['K-RAS G12C', 'kras-g12c'],
    ['KRAS G12D', 'kras-other'],
    ['KRAS p.Gly12Val', 'kras-other'],
    ['KRAS Q61H', 'kras-other'],
    ['KRAS G13D', 'kras-other'],
    ['KRAS c.35G>A', 'kras-other'],
    ['KRAS A146T', 'kras-other'],
    ['KRAS V8I', '<unclassified>'],
    ['BRAF V600E', 'braf-v600e'],
    ['BRAF p.(Val600Glu)', 'braf-v600e'],
    ['BRAF c.1799T>A', 'braf-v600e'],
    ['B-RAF V600E', 'braf-v600e'],
    ['BRAF V600K', 'braf-non-v600e'],
    ['BRAF G469A', 'braf-non-v600e'],
    ['BRAF D594G', 'braf-non-v600e'],
    ['BRAF K601E', 'braf-non-v600e'],
    ['BRAF R719C', '<unclassified>'],
    ['ERBB2 A775_G776insYVMA', HER2],
    ['HER2 Y772_A775dup', HER2],
    ['HER2 p.Tyr772_Ala775dup', HER2],
    ['ERBB2 G776delinsVC', HER2],
    ['ERBB2 G778_P780dup', HER2],
    ['HER2 exon 20 insertion', HER2],
    ['ERBB2 L755S', HER2],
    ['ERBB2 V777L', HER2],
    ['HER2 S310F', 'erbb2-mutation'],
    ['ERBB2 V659E', 'erbb2-mutation'],
    ['ERBB2 I655V', '<benign>'],
    ['ERBB2 R896C', '<unclassified>'],
    ['ALK G1202R', 'alk-resistance=g1202r'],
    ['ALK L1196M', 'alk-resistance=l1196m'],
    ['ALK I1171N', 'alk-resistance=i1171x'],
    ['ALK F1174L', 'alk-resistance=f1174x'],
    ['ALK T1151dup', 'alk-resistance=other'],
    ['ALK R1275Q', 'alk-resistance=other'],
    ['ALK A2000T', '<unclassified>'],
    ['ROS1 G2032R', 'ros1-resistance=g2032r'],
    ['ROS1 L2086F', 'ros1-resistance=l2086f'],
    ['ROS1 S1986F', 'ros1-resistance=s1986x'],
    ['RET G810S', 'ret-resistance=g810x'],
    ['RET V804M', 'ret-resistance=v804x'],
    ['NTRK1 G595R', 'ntrk-resistance=solvent-front'],
    ['NTRK3 G623R', 'ntrk-resistance=solvent-front'],
    ['NTRK1 F589L', 'ntrk-resistance=gatekeeper'],
    ['NTRK1 G667C', 'ntrk-resistance=xdfg'],
    ['STK11 Q37*', 'stk11-mutation'],
    ['STK11 p.Gly242Glu', 'stk11-mutation'],
    ['STK11 loss', 'stk11-mutation'],
    ['STK11 F354L', '<benign>'],
    ['KEAP1 R320Q', 'keap1-mutation'],
    ['TP53 R273H', 'tp53-mutation'],
    ['TP53 P72R', '<benign>'],
    ['TP53 p.Arg213fs', 'tp53-mutation'],
    ['SMARCA4 loss', 'smarca4-altered'],
    ['RB1 loss', 'rb1-loss'],
    ['PIK3CA E545K', 'pik3ca-mutation'],
    ['FGFR3 S249C', 'fgfr-alteration'],
    ['NRAS Q61K', ''],
    ['G12D', ''],
    ['KRAS wild type NRAS G12C', ''],
    ['EGFR, PTEN G129E', ''],
  ])('%s: %s', (text, expected) => expect(meaning(text)).toBe(expected))
})

describe('parts of an observation', () => {
  const of = (parts: Parameters<typeof parseVariant>[0]): string =>
    parseVariant(parts, tables)
      .map((variant) => classifyVariant(variant, tables))
      .map(({ truths, verdict }) => truths.join('+') || `<${verdict}>`)
      .join(', ')
  test('protein outranks coding', () =>
    expect(of({ genes: ['EGFR'], coding: 'NM_005228.5:c.2573T>G', protein: 'NP_005219.2:p.Leu858Arg' })).toBe('egfr-l858r'))
  test('a splice site outranks p.?', () => expect(of({ genes: ['MET'], coding: 'NM_000245.4:c.3028+1G>T', protein: 'p.?' })).toBe(SKIP))
  test('two genes are a fusion', () => expect(of({ genes: ['EML4', 'ALK'] })).toBe('alk-fusion'))
  test('two kinases: the usual partner decides which leads', () =>
    expect(of({ genes: ['MET', 'ALK'], change: 'complex chromosomal rearrangement' })).toBe('alk-fusion'))
  test('copies decide amplification', () => expect(of({ genes: ['MET'], copies: 12 })).toBe('met-amplification'))
  test('a name alone', () => expect(of({ genes: ['EGFR'], name: 'EGFR L858R' })).toBe('egfr-l858r'))
})

test('every fact that a rule names is in the registry, and every code is one of its values', () => {
  const known = new Map(facts.map((fact) => [fact.id, fact]))
  for (const gene of tables.genes.values()) {
    for (const rule of gene.rules) {
      for (const fact of [rule.fact, ...(rule.also ?? [])]) expect(known.has(fact), fact).toBe(true)
      if (rule.value !== undefined) expect(Object.keys(known.get(rule.fact)?.values ?? {})).toContain(rule.value)
    }
    for (const fact of [
      ...(gene.mutation ?? []),
      ...(gene.resistance ?? []),
      gene.resistanceCodes,
      gene.fusion,
      gene.amplification,
      gene.anyAlteration,
      gene.unclassified,
      gene.listed,
    ])
      if (fact !== undefined) expect(known.has(fact), fact).toBe(true)
  }
})

test('the normaliser never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      changesIn(text)
      for (const variant of parseVariant(text, tables)) classifyVariant(variant, tables)
    }),
    { seed: 20261123, numRuns: 1000 },
  )
})

test('the normaliser never throws on near-misses of HGVS', () => {
  const piece = fc.constantFrom(
    'EGFR',
    'ALK',
    'MET',
    ' ',
    'p.',
    'c.',
    '(',
    ')',
    'Leu',
    '858',
    'Arg',
    '_',
    'del',
    'ins',
    'dup',
    '3028',
    '+1',
    '>',
    'G',
    'T',
    'exon ',
    '19',
    '20',
    '::',
    '-',
    'fs',
    '*',
    '=',
    ',',
    'not detected',
    'ratio ',
    '9999999',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      for (const variant of parseVariant(pieces.join(''), tables)) classifyVariant(variant, tables)
    }),
    { seed: 20261123, numRuns: 2000 },
  )
})

describe('the number of the chromosome is no result', () => {
  test.each<[string, number | undefined, number | undefined]>([
    ['MET amplification by FISH: ratio MET/CEN7: 1.3', 1.3, undefined],
    ['MET: ratio MET/CEN7 5.8', 5.8, undefined],
    ['ratio of MET to CEN 7 was 5.8', 5.8, undefined],
    ['MET/CEP7 ratio 1.2', 1.2, undefined],
    ['HER2/CEP17: 1.4', 1.4, undefined],
    ['ratio HER2/CEP17: 1.4', 1.4, undefined],
    ['ratio MET/CEN7', undefined, undefined],
    ['ratio MET/chromosome 7 of 5.9', 5.9, undefined],
    ['MET (7q31) copy number 3', undefined, 3],
    ['MET GCN≥10', undefined, 10],
    ['MET copy number 14, CEN7 copy number 2.4', undefined, 14],
    ['MET mean copy number 3.2, CEN7 mean copy number 2.5', undefined, 3.2],
    ['MET 12 copies, 2 copies of CEN7', undefined, 12],
  ])('%s', (text, ratio, copies) => {
    const found = parseVariant(text, tables)
    expect(found.flatMap((one) => one.ratio ?? [])).toEqual(ratio === undefined ? [] : [ratio])
    expect(found.flatMap((one) => one.copies ?? [])).toEqual(copies === undefined ? [] : [copies])
  })
})
