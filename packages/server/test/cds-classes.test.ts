import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerHook, type RuledCard } from '../src/cds-hooks/index.ts'
import { PREFETCH } from '../src/cds-hooks/services.ts'
import { openKnowledge } from '../src/compose.ts'

/** Ordering a medicine that a standing alert says to avoid gives a card: thiazides, quinolones, macrolides, calcium, carbamazepine. */
const { knowledge } = openKnowledge()
type Resource = { readonly resourceType: string; readonly id?: string; readonly [element: string]: unknown }
const fixture = (name: string): readonly Resource[] =>
  (
    JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, `../../../fixtures/patients/${name}.json`), 'utf8')) as {
      entry: { resource: Resource }[]
    }
  ).entry.map((e) => e.resource)

const CHART = fixture('egfr-qtc-510').filter((r) => !r.resourceType.startsWith('Medication'))
const patientId = CHART.find((r) => r.resourceType === 'Patient')!.id!
const subject = { reference: `Patient/${patientId}` }
const CALM = CHART.map((r) =>
  JSON.stringify(r).includes('QTc') && r.resourceType === 'Observation'
    ? { ...r, valueQuantity: { ...(r.valueQuantity as object), value: 420 } }
    : r,
)
const measured = (code: string, value: number, unit: string): Resource => ({
  resourceType: 'Observation',
  id: `o-${code}`,
  status: 'final',
  subject,
  code: { coding: [{ system: 'http://loinc.org', code }] },
  effectiveDateTime: '2026-11-23',
  valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
})
const sodium = (value: number) => measured('2951-2', value, 'mmol/L')
const calcium = (value: number) => [measured('2000-8', value, 'mmol/L'), measured('1751-7', 40, 'g/L')]
const seizure: Resource = {
  resourceType: 'Condition',
  id: 'fit',
  subject,
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
  code: { text: 'Seizure' },
  onsetDateTime: '2026-11-23',
}

async function cards(chart: readonly Resource[], medicine: string): Promise<readonly RuledCard[]> {
  const bundle = (entry: readonly Resource[]) => ({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: entry.map((resource) => ({ resource })),
  })
  const draft = {
    resourceType: 'MedicationRequest',
    id: 'draft',
    status: 'draft',
    intent: 'order',
    subject,
    medicationCodeableConcept: { text: medicine },
  }
  const answer = await answerHook(
    {
      hook: 'order-select',
      hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
      userId: 'Practitioner/1',
      patientId,
      selections: ['MedicationRequest/draft'],
      draftOrders: [draft],
      prefetch: Object.fromEntries(Object.keys(PREFETCH).map((key) => [key, bundle(key === 'conditions' ? chart : [])])),
    },
    { knowledge, today: '2026-11-23' },
  )
  if (!answer.ok) throw new Error('the request was refused')
  return answer.value.filter(({ rule }) => rule.startsWith('alert/'))
}
const rulesOf = (found: readonly RuledCard[]) => found.map(({ rule }) => rule)

describe('order-select', () => {
  test.each([
    { name: 'sodium 118', chart: [...CALM, sodium(118)], medicine: 'hydrochlorothiazide 25 mg', rule: 'alert/hyponatraemia' },
    { name: 'sodium 118', chart: [...CALM, sodium(118)], medicine: 'carbamazepine 200 mg', rule: 'alert/hyponatraemia' },
    { name: 'sodium 118', chart: [...CALM, sodium(118)], medicine: 'sertraline 50 mg', rule: 'alert/hyponatraemia' },
    { name: 'calcium 3.2', chart: [...CALM, ...calcium(3.2)], medicine: 'indapamide 2.5 mg', rule: 'alert/hypercalcaemia' },
    { name: 'calcium 3.2', chart: [...CALM, ...calcium(3.2)], medicine: 'vitamin D3', rule: 'alert/hypercalcaemia' },
    { name: 'calcium 2.75', chart: [...CALM, ...calcium(2.75)], medicine: 'chlorthalidone', rule: 'alert/hypercalcaemia' },
    { name: 'a seizure today', chart: [...CALM, seizure], medicine: 'ciprofloxacin 500 mg', rule: 'alert/seizure' },
    { name: 'QTc 510', chart: CHART, medicine: 'azithromycin 500 mg', rule: 'alert/qtc-over-500' },
    { name: 'QTc 510', chart: CHART, medicine: 'moxifloxacin 400 mg', rule: 'alert/qtc-over-500' },
  ])('$name, $medicine: a card', async ({ chart, medicine, rule }) => {
    const found = await cards(chart, medicine)
    expect(rulesOf(found)).toContain(rule)
    expect(found.find((card) => card.rule === rule)!.card.summary).toMatch(/^Not now/)
  })

  test.each([
    { name: 'sodium 139', chart: [...CALM, sodium(139)], medicine: 'hydrochlorothiazide 25 mg' },
    { name: 'sodium 118', chart: [...CALM, sodium(118)], medicine: 'furosemide 40 mg' },
    { name: 'calcium 2.4', chart: [...CALM, ...calcium(2.4)], medicine: 'indapamide 2.5 mg' },
    { name: 'a seizure today', chart: [...CALM, seizure], medicine: 'amoxicillin 500 mg' },
    { name: 'QTc 420', chart: CALM, medicine: 'azithromycin 500 mg' },
  ])('$name, $medicine: none', async ({ chart, medicine }) => {
    expect(rulesOf(await cards(chart, medicine))).toEqual([])
  })
})
