import { expect, test } from 'vitest'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

const { knowledge } = openKnowledge()
const subject = { reference: 'Patient/p' }
const taken = (drug: string) => ({
  resource: {
    resourceType: 'MedicationStatement',
    id: drug,
    status: 'active',
    subject,
    medicationCodeableConcept: { text: drug },
    effectivePeriod: { start: '2026-10-20' },
  },
})

/** A driver in adenocarcinoma of stage IV while these drugs run. */
function planOf(driver: string, drugs: readonly string[], ...more: readonly string[]) {
  const charts = parseCharts(
    Buffer.from(
      JSON.stringify({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { resource: { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1966-05-05' } },
          {
            resource: {
              resourceType: 'Condition',
              id: 'c',
              subject,
              code: { coding: [{ system: 'http://snomed.info/sct', code: '254626006' }] },
            },
          },
          ...drugs.map(taken),
        ],
      }),
    ),
  )
  if (!charts.ok) throw new Error(JSON.stringify(charts.error))
  const overrides = ['stage-group=ivb', 'ecog=1', `${driver}=true`, ...more]
  const plan = planChart(charts.value[0]!, { knowledge, asOf: '2026-11-23', overrides })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  const { tests, options } = plan.value
  return {
    tests: tests.map(({ id }) => id),
    asked: options.flatMap(({ needs }) => needs.map((need) => need.test)),
  }
}

test.each(['egfr-l858r', 'alk-fusion', 'braf-v600e', 'met-exon14-skipping'])(
  '%s found while immunotherapy runs: no new biopsy before anything grows',
  (driver) => {
    const unseen = planOf(driver, ['pembrolizumab'])
    expect(unseen.tests).not.toContain('rebiopsy-tissue')
    expect(unseen.asked).not.toContain('rebiopsy-tissue')
    expect(unseen.tests).toContain('ct-chest-abdomen-pelvis')
    expect(planOf(driver, ['pembrolizumab'], 'progressing-now=false').tests).not.toContain('rebiopsy-tissue')
    expect(planOf(driver, ['pembrolizumab', 'carboplatin', 'pemetrexed']).tests).not.toContain('rebiopsy-tissue')
  },
)

test('on a kinase inhibitor a new biopsy is asked for at progression, and not while the disease is held', () => {
  expect(planOf('egfr-l858r', ['osimertinib'], 'progressing-now=true').tests).toContain('rebiopsy-tissue')
  expect(planOf('egfr-l858r', ['osimertinib'], 'progressing-now=false').tests).not.toContain('rebiopsy-tissue')
})
