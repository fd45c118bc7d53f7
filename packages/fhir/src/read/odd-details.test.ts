import { expect, test } from 'vitest'
import { answer, clinicalCase, coded, concept, condition, note, result } from '../../test/clinical.ts'
import { testKnowledge } from '../../test/knowledge.ts'
import { ANN, bundle, codesOf, TODAY } from '../../test/reading.ts'
import { parseCharts } from '../index.ts'
import { readOddDetails } from './odd-details.ts'
import { createContext } from './reading-context.ts'

function issuesOf(...resources: readonly { readonly [element: string]: unknown }[]) {
  const parsed = parseCharts(JSON.stringify(bundle(ANN, ...resources)))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const { context, findings } = createContext(parsed.value[0]!.chart, testKnowledge(), TODAY)
  readOddDetails(context)
  return findings.issues
}

const order = (drug: string, basis: string) => ({
  resourceType: 'MedicationRequest',
  id: drug,
  status: 'active',
  intent: 'order',
  subject: { reference: 'Patient/ann' },
  medicationCodeableConcept: { text: drug },
  extension: [{ url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-normalization-basis', valueCodeableConcept: concept(basis) }],
})
const variant = (loinc: string, change: string) =>
  result('loinc|69548-6', coded('loinc|LA9633-4'), '2026-11-01', {
    component: [
      { code: concept(`loinc|${loinc}`), valueCodeableConcept: { coding: [{ system: 'http://varnomen.hgvs.org', code: change }] } },
    ],
  })

test('a fifth digit in a morphology code is said, and the code read', () => {
  expect(issuesOf(result('loinc|31206-6', coded('icdo3|80463/3')))).toMatchObject([{ code: 'suspicious-code', severity: 'warning' }])
  expect(issuesOf(result('loinc|31206-6', coded('icdo3|8046/3')))).toEqual([])
  expect(answer(clinicalCase([condition('icd10|C34.1'), result('loinc|31206-6', coded('icdo3|80463/3'))]), 'histology')).toBe('nsclc-nos')
})

test('a kinase inhibitor is not dosed by body surface; cisplatin is', () => {
  expect(codesOf(issuesOf(order('gefitinib', 'snomed|301898006')))).toEqual(['suspicious-code'])
  expect(issuesOf(order('cisplatin', 'snomed|301898006'))).toEqual([])
  expect(issuesOf(order('gefitinib', 'snomed|1157245009'))).toEqual([])
})

test('a change stands in the component of its own level', () => {
  expect(codesOf(issuesOf(variant('81290-9', 'NM_000455.5:c.725G>A')))).toEqual(['suspicious-code'])
  expect(issuesOf(variant('81290-9', 'NC_000007.14:g.55191822T>G'))).toEqual([])
  expect(issuesOf(variant('48004-6', 'NM_000455.5:c.725G>A'))).toEqual([])
})

test('bulky disease of a lymphoma says nothing of the lung tumour', () => {
  const bulky = (more: object) =>
    result('Bulky disease status', coded('snomed|52101004'), '2026-11-01', more as { readonly [element: string]: unknown })
  expect(answer(clinicalCase([condition('snomed|254626006'), bulky({})]), 'high-tumour-burden')).toBe(true)
  expect(
    answer(
      clinicalCase([condition('snomed|254626006'), bulky({ method: { text: "Cotswolds Hodgkin's disease staging" } })]),
      'high-tumour-burden',
    ),
  ).toBe(false)
  expect(
    answer(clinicalCase([condition('snomed|254626006'), bulky({ focus: [{ reference: 'Condition/elsewhere' }] })]), 'high-tumour-burden'),
  ).toBe(false)
})

test.each([
  { text: 'Facial oedema and distended neck veins.', face: true, leg: false },
  { text: 'No facial swelling.', face: false, leg: false },
  { text: 'Swollen left leg.', face: false, leg: true },
  { text: 'Bilateral leg swelling.', face: false, leg: false },
])('swelling: $text', ({ text, face, leg }) => {
  const read = clinicalCase([condition('snomed|254626006'), note(text)])
  expect([answer(read, 'face-arm-swelling'), answer(read, 'leg-swelling')]).toEqual([face, leg])
})
