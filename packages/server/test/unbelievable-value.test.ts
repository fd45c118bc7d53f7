import { expect, test } from 'vitest'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

const { knowledge } = openKnowledge()
const subject = { reference: 'Patient/p' }
const creatinine = (id: string, on: string, value: number) => ({
  resource: {
    resourceType: 'Observation',
    id,
    status: 'final',
    subject,
    effectiveDateTime: on,
    code: { coding: [{ system: 'http://loinc.org', code: '2160-0' }] },
    valueQuantity: { value, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
  },
})
const testsFor = (...values: readonly ReturnType<typeof creatinine>[]): readonly string[] => {
  const charts = parseCharts(
    Buffer.from(
      JSON.stringify({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { resource: { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1960-05-05' } },
          {
            resource: {
              resourceType: 'Condition',
              id: 'c',
              subject,
              code: { coding: [{ system: 'http://snomed.info/sct', code: '254626006' }] },
            },
          },
          ...values,
        ],
      }),
    ),
  )
  if (!charts.ok) throw new Error(JSON.stringify(charts.error))
  const overrides = ['stage-group=ivb', 'ecog=1', 'weight=70 kg', 'height=170 cm']
  const plan = planChart(charts.value[0]!, { knowledge, asOf: '2026-11-23', overrides })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  return plan.value.tests.map(({ id }) => id)
}

test('a value that cannot be right in its unit is asked for again, with its unit', () => {
  expect(testsFor(creatinine('a', '2026-11-18', 0.79), creatinine('b', '2026-11-20', 88))).toContain('repeat-value-with-units')
  expect(testsFor(creatinine('a', '2026-11-18', 0.79))).not.toContain('repeat-value-with-units')
})
