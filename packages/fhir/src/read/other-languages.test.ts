import { describe, expect, test } from 'vitest'
import { readChart, report, value } from '../../test/biomarkers/context.ts'
import { testKnowledge } from '../../test/knowledge.ts'
import { answerWord, statementsOf } from './assertion.ts'
import { englishReader, type LanguagesFile } from './other-languages.ts'
import { lexiconOf } from './words.ts'

const GENES = ['egfr-l858r', 'alk-fusion', 'ret-fusion', 'kras-g12c'] as const
const read = (text: string) => {
  const of = readChart(report(text))
  return GENES.map((id) => value(of, id))
}
const [YES, NO] = [true, false]

describe('results of genes', () => {
  test.each([
    ['Kein Nachweis von ALK-, RET-Fusionen. EGFR L858R nicht nachgewiesen. KRAS p.G12C nachgewiesen.', [NO, NO, NO, YES]],
    ['Keine ALK-Fusion, keine RET-Fusion. Nachweis einer EGFR-Mutation L858R. KRAS Wildtyp.', [YES, NO, NO, NO]],
    ['Sin fusiones de ALK ni RET. EGFR: mutación L858R detectada. KRAS G12C no detectado.', [YES, NO, NO, NO]],
    ["Absence de mutation EGFR L858R. Pas de fusion ALK ni RET. Pas d'altération KRAS G12C.", [NO, NO, NO, NO]],
    ['EGFR L858R mutazione non rilevata. Nessuna fusione ALK. RET negativo. KRAS G12C rilevata.', [NO, NO, NO, YES]],
    ['EGFR L858R não detectado. Sem fusão ALK. Geen RET-fusie. KRAS G12C niet aangetoond.', [NO, NO, NO, NO]],
    ['No evidence of ALK-, RET-fusion. EGFR L858R not detected. KRAS G12C not detected.', [NO, NO, NO, NO]],
  ])('%s', (text, expected) => expect(read(text)).toEqual(expected))

  test.each([
    'Nie wykryto fuzji ALK.',
    'ALK fusion: 検出されず',
    'ALK fusion не обнаружено',
    'ALK-Fusion nicht auszuschließen',
    'ALK-fusion ikke påvist',
  ])('%s: a doubt, no finding and no absence', (text) => expect([true, false]).not.toContain(read(text)[1]))

  test('English stays as it is', () => {
    const english = englishReader(testKnowledge().terminology<LanguagesFile>('other-languages'))
    for (const text of ['PAS stain positive, en bloc, in toto. No ALK fusion.', 'sino-nasal, 60% of cells, status post resection'])
      expect(english(text)).toBe(text)
  })
})

describe('findings', () => {
  const findings = lexiconOf([
    ['brain metasta*', 'brain'],
    ['metastasis cerebrales', 'brain'],
    ['metastases cerebrales', 'brain'],
    ['pneumonitis', 'pneumonitis'],
    ['pericardial effusion', 'effusion'],
  ])
  const said = (text: string) => statementsOf(testKnowledge(), findings, text).map(({ value: one, polarity }) => `${one} ${polarity}`)
  test.each([
    ['Keine Pneumonitis.', ['pneumonitis absent']],
    ['Pneumonitis', ['pneumonitis present']],
    ['Verdacht auf Pneumonitis', ['pneumonitis uncertain']],
    ['Zustand nach Pneumonitis', ['pneumonitis past']],
    ['Absence de métastases cérébrales.', ['brain absent']],
    ['Sin metástasis cerebrales', ['brain absent']],
    ["Pas d'évidence de pneumonitis", ['pneumonitis absent']],
    ['Ingen pneumonitis', ['pneumonitis uncertain']],
    ['Keine Pneumonitis, aber pericardial effusion', ['pneumonitis absent', 'effusion present']],
    ['a mere pneumonitis', ['pneumonitis present']],
  ])('%s', (text, expected) => expect(said(text)).toEqual(expected))

  test.each([
    ['Negativ', 'absent'],
    ['Nicht nachgewiesen', 'absent'],
    ['Positivo', 'present'],
    ['Pendiente', 'uncertain'],
    ['Non-small cell', undefined],
  ])('the value %s answers %s', (text, expected) => expect(answerWord(testKnowledge(), text)).toBe(expected))
})
