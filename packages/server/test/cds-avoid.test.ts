import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerHook, type CdsRequest, type Hook, type RuledCard } from '../src/cds-hooks/index.ts'
import { PREFETCH } from '../src/cds-hooks/services.ts'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

const { knowledge } = openKnowledge()
const folder = path.resolve(import.meta.dirname, '../../../fixtures/patients')
type Resource = { readonly resourceType: string; readonly id?: string; readonly [element: string]: unknown }
const chartOf = (name: string): readonly Resource[] =>
  (JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')) as { entry: { resource: Resource }[] }).entry.map(
    (e) => e.resource,
  )

const LONG_QT = chartOf('egfr-qtc-510')
const patientId = LONG_QT.find((r) => r.resourceType === 'Patient')!.id!
/** The same patient with another heart rhythm, or with other medicines. */
const withoutMedicines = LONG_QT.filter((r) => !r.resourceType.startsWith('Medication'))
const qtcOf = (milliseconds: number) =>
  LONG_QT.map((resource) =>
    JSON.stringify(resource).includes('QTc') && resource.resourceType === 'Observation'
      ? { ...resource, valueQuantity: { ...(resource.valueQuantity as object), value: milliseconds } }
      : resource,
  )

const order = (medicine: object, more: object = {}): Resource => ({
  resourceType: 'MedicationRequest',
  id: 'draft',
  status: 'draft',
  intent: 'order',
  subject: { reference: `Patient/${patientId}` },
  ...medicine,
  ...more,
})
const named = (text: string, more: object = {}) => order({ medicationCodeableConcept: { text } }, more)

async function answered(
  resources: readonly Resource[],
  drafts: readonly Resource[],
  hook: Hook = 'order-select',
  prefetch?: object,
): Promise<readonly RuledCard[]> {
  const bundle = (entry: readonly Resource[]) => ({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: entry.map((resource) => ({ resource })),
  })
  const answer = await answerHook(
    {
      hook,
      hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
      userId: 'Practitioner/1',
      patientId,
      selections: hook === 'order-select' ? drafts.map((d) => `MedicationRequest/${d.id}`) : [],
      draftOrders: drafts,
      prefetch:
        prefetch === undefined
          ? Object.fromEntries(Object.keys(PREFETCH).map((key) => [key, bundle(key === 'conditions' ? resources : [])]))
          : (prefetch as CdsRequest['prefetch']),
    },
    { knowledge, today: '2026-11-23' },
  )
  if (!answer.ok) throw new Error('the request was refused')
  return answer.value
}

const cards = async (...of: Parameters<typeof answered>): Promise<readonly RuledCard[]> =>
  (await answered(...of)).filter(({ rule }) => rule === 'alert/qtc-over-500')

describe('a medicine that a standing emergency says to avoid', () => {
  test.each(['order-select', 'order-sign'] as const)('%s: ondansetron at a QTc of 510 is critical, and can be taken back', async (hook) => {
    const [one, ...others] = await cards(withoutMedicines, [named('ondansetron 8 mg')], hook)
    expect(others).toEqual([])
    expect(one).toMatchObject({ isKept: true, card: { indicator: 'critical' } })
    expect(one!.card.summary).toBe('Not now: ondansetron 8 mg (QT-prolonging drug). QTc of 500 ms or more')
    expect(one!.card.detail).toContain('heart monitor')
    expect(one!.card.suggestions!.flatMap((s) => s.actions)).toEqual([
      { type: 'delete', description: 'Remove the draft order of ondansetron 8 mg', resourceId: 'MedicationRequest/draft' },
    ])
  })

  test('found by its code, by a referenced medication of the same call, and where the patient takes one already', async () => {
    const code = { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '26225' }] }
    expect(await cards(withoutMedicines, [order({ medicationCodeableConcept: code }, {})])).toHaveLength(1)
    const contained = [{ resourceType: 'Medication', id: 'm', code: { text: 'clarithromycin' } }]
    expect(await cards(withoutMedicines, [order({ medicationReference: { reference: '#m' } }, { contained })])).toHaveLength(1)
    expect(await cards(LONG_QT, [named('haloperidol')])).toHaveLength(1)
  })

  test('a medicine of another class and a QTc below the limit give no such card', async () => {
    expect(await cards(withoutMedicines, [named('paracetamol')])).toEqual([])
    expect(await cards(qtcOf(430), [named('ondansetron')])).toEqual([])
  })

  test('a medicine that nobody here knows may be one: said, and no emergency', async () => {
    const [one, ...others] = await cards(withoutMedicines, [named('xyzolimab oral drops')])
    expect(others).toEqual([])
    expect(one!.card).toMatchObject({ indicator: 'warning' })
    expect(one!.card.detail).toContain('QT-prolonging drug')
    expect(await cards(qtcOf(430), [named('xyzolimab oral drops')])).toEqual([])
  })

  test.each([
    ['no medicine at all', order({})],
    ['a medication that was not sent', order({ medicationReference: { reference: 'Medication/elsewhere' } })],
    ['an empty concept', order({ medicationCodeableConcept: { coding: [] } })],
  ])('an order with %s was held against nothing, and says so', async (_name, one) => {
    for (const hook of ['order-select', 'order-sign'] as const) {
      const said = (await answered(withoutMedicines, [one], hook)).filter(({ rule }) => rule === 'order-unread')
      expect(said).toHaveLength(1)
      expect(said[0]).toMatchObject({ isKept: true, card: { indicator: 'warning' } })
      expect(said[0]!.card.detail).toContain('MedicationRequest/draft')
    }
    const never = { ...one, doNotPerform: true }
    expect((await answered(withoutMedicines, [never], 'order-sign')).map(({ rule }) => rule)).not.toContain('order-unread')
  })

  test('only what is being ordered now is spoken of', async () => {
    const drafts = [named('ondansetron', { id: 'a' }), named('paracetamol', { id: 'b' })]
    const answer = await cards(withoutMedicines, drafts, 'order-sign')
    expect(
      answer.flatMap(({ card }) => card.suggestions ?? []).flatMap((s) => s.actions.map((a) => ('resourceId' in a ? a.resourceId : ''))),
    ).toEqual(['MedicationRequest/a'])
  })
})

describe('odd answers of a client never look like "nothing to say"', () => {
  const self = LONG_QT.find((r) => r.resourceType === 'Patient')!
  const bundle = (entry: readonly unknown[]) => ({ resourceType: 'Bundle', type: 'searchset', entry })
  const chart = LONG_QT.map((resource) => ({ resource }))
  const stranger = [
    { resource: { resourceType: 'Patient', id: 'other' } },
    { resource: { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/other' }, code: { text: 'x' } } },
  ]
  const failure = { resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'timeout' }] } }
  const whole = Object.fromEntries(Object.keys(PREFETCH).map((key) => [key, bundle([])]))
  test.each<[string, object, 'critical' | 'warning']>([
    ['a list in place of a bundle', { patient: self, conditions: LONG_QT }, 'warning'],
    ['texts and numbers', { patient: 'x', conditions: 5 }, 'warning'],
    [
      'holes in the entries',
      { patient: self, conditions: bundle([null, {}, { resource: null }, { resource: { resourceType: 5 } }]) },
      'warning',
    ],
    [
      'an error in place of the conditions',
      { ...whole, patient: self, conditions: { resourceType: 'OperationOutcome', issue: [] } },
      'warning',
    ],
    ['an error among the entries', { ...whole, patient: self, conditions: bundle([failure]) }, 'warning'],
    ['lists in lists', { patient: self, conditions: JSON.parse('['.repeat(90) + ']'.repeat(90)) }, 'warning'],
    ['names of JavaScript', JSON.parse('{"constructor":{"x":1},"toString":5}'), 'warning'],
    ['nothing at all', {}, 'warning'],
    ['another patient among the entries', { ...whole, patient: self, conditions: bundle([...stranger, ...chart]) }, 'critical'],
    ['another patient in place of this one', { ...whole, patient: { ...self, id: 'other' }, conditions: bundle(chart) }, 'critical'],
    ['a bundle in a bundle', { ...whole, patient: self, conditions: bundle([{ resource: bundle(chart) }]) }, 'critical'],
  ])('%s', async (_name, prefetch, indicator) => {
    for (const hook of ['order-select', 'order-sign'] as const) {
      const said = await answered([], [named('ondansetron')], hook, prefetch)
      expect(said.map(({ card }) => card.indicator)).toContain(indicator)
    }
  })

  test('a medicine that no emergency speaks of is not held up for it', async () => {
    expect(await answered([], [named('paracetamol')], 'order-sign', { patient: self })).toEqual([])
  })
})

describe('the plan of a patient in whom it stands', () => {
  const actions = (resources: readonly Resource[], overrides: readonly string[] = []): readonly string[] => {
    const parsed = parseCharts(JSON.stringify(resources))
    if (!parsed.ok) throw new Error('no chart')
    const planned = planChart(parsed.value[0]!, { knowledge, asOf: '2026-11-23', overrides })
    if (!planned.ok) throw new Error(planned.error[0]!.message)
    const alert = planned.value.alerts.find(({ id }) => id === 'qtc-over-500')
    expect(alert?.avoid).toEqual(['qt-prolonging'])
    return alert!.actions
  }
  const own = actions(withoutMedicines).length

  test('names what is taken, right after what comes first', () => {
    expect(actions(LONG_QT)[1]).toBe('Taken now although this stands: escitalopram, ondansetron (QT-prolonging drug)')
  })

  test('says that no list came, that a medicine is not known, and that the chart does not tell', () => {
    expect(actions(withoutMedicines)[1]).toMatch(/^No list of medicines was received/)
    const taken = (text: string) => ({
      resourceType: 'MedicationStatement',
      id: 't',
      status: 'active',
      subject: { reference: `Patient/${patientId}` },
      effectivePeriod: { start: '2026-11-01' },
      medicationCodeableConcept: { text },
    })
    expect(actions([...withoutMedicines, taken('xyzolimab')])[1]).toBe(
      'Not known to this software, so perhaps one of these (QT-prolonging drug): xyzolimab',
    )
    expect(actions([...withoutMedicines, taken('paracetamol')])).toHaveLength(own - 1)
    expect(actions(withoutMedicines, ['medicine-classes=unknown'])[1]).toMatch(/^Not known whether one of these is taken/)
  })
})
