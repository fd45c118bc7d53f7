import { expect, test } from 'vitest'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

const { knowledge } = openKnowledge()
const subject = { reference: 'Patient/p' }
const entry = (resource: object) => ({ resource: { subject, ...resource } })

/** One adrenal metastasis held by chemotherapy, where local treatment of every site is a question. */
function planOf(...more: readonly string[]) {
  const charts = parseCharts(
    Buffer.from(
      JSON.stringify({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { resource: { resourceType: 'Patient', id: 'p', gender: 'male', birthDate: '1966-05-05' } },
          entry({ resourceType: 'Condition', id: 'c', code: { coding: [{ system: 'http://snomed.info/sct', code: '254626006' }] } }),
          entry({
            resourceType: 'Condition',
            id: 'm',
            code: { coding: [{ system: 'http://snomed.info/sct', code: '94161006' }] },
            onsetDateTime: '2026-07-01',
          }),
        ],
      }),
    ),
  )
  if (!charts.ok) throw new Error(JSON.stringify(charts.error))
  const overrides = [
    'stage-group=ivb',
    'ecog=1',
    'palliative-lines=1',
    'on-treatment=true',
    'progressing-now=false',
    'disease-status=stable',
    'current-cycles=4',
    'current-classes=platinum,cytotoxic',
    'palliative-classes=platinum,cytotoxic',
    'metastasis-count=1',
    'metastatic-organ-count=1',
    'metastatic-sites=adrenal',
    'driver-known=false',
    ...more,
  ]
  const plan = planChart(charts.value[0]!, { knowledge, asOf: '2026-11-23', overrides })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  return { ids: plan.value.options.map(({ id }) => id), notAdvised: plan.value.notAdvised.map(({ because }) => because.claim) }
}

const LOCAL = 'oligo-synchronous-local-consolidation'
const BARRED = 'Severe pneumonitis is active: no elective radiation'

test('elective radiation of the chest is held during severe pneumonitis, and the plan says why', () => {
  for (const severe of [['pneumonitis-grade=3'], ['pneumonitis-active=true', 'spo2=86 %']]) {
    const plan = planOf('pneumonitis-active=true', ...severe)
    expect(plan.ids).not.toContain(LOCAL)
    expect(plan.notAdvised.some((claim) => claim.startsWith(BARRED))).toBe(true)
  }
})

test('without pneumonitis, or with a settled one, it stays a question for the board', () => {
  expect(planOf().ids).toContain(LOCAL)
  expect(planOf('pneumonitis-active=false', 'pneumonitis-grade=0', 'prior-pneumonitis-grade=3').ids).toContain(LOCAL)
  expect(planOf('pneumonitis-active=true', 'pneumonitis-grade=2', 'spo2=96 %').ids).toContain(LOCAL)
})
