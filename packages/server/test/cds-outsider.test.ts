import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerHook, type CdsRequest, cardLog, GOVERNOR_POLICY, isBelow, readFeedback, readRequest } from '../src/cds-hooks/index.ts'
import { PREFETCH } from '../src/cds-hooks/services.ts'
import { openKnowledge } from '../src/compose.ts'
import { openStore, type Store } from '../src/store/index.ts'

/** What a client from elsewhere sends by mistake, or to do harm. */
const { knowledge } = openKnowledge()
type Resource = { readonly resourceType: string; readonly id?: string; readonly [element: string]: unknown }
const chartOf = (name: string): readonly Resource[] => {
  const file = path.resolve(import.meta.dirname, '../../../fixtures/patients', `${name}.json`)
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { entry: { resource: Resource }[] }).entry.map((e) => e.resource)
}
const own = chartOf('alk-first-line-brain-mets')
const others = chartOf('cord-compression-suspected')
const idOf = (chart: readonly Resource[]): string => chart.find((r) => r.resourceType === 'Patient')!.id!
const ann = idOf(own)
const searchset = (resources: readonly Resource[]) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({ resource })),
})
/** Every template filled; `more` in the place of some. */
const prefetched = (more: object = {}) => ({
  ...Object.fromEntries(Object.keys(PREFETCH).map((key) => [key, searchset([])])),
  patient: own.find((r) => r.resourceType === 'Patient'),
  conditions: searchset(own),
  ...more,
})
const order = (id: string, name: string, of: string | undefined): Resource => ({
  resourceType: 'MedicationRequest',
  id,
  status: 'draft',
  intent: 'order',
  ...(of === undefined ? {} : { subject: { reference: of } }),
  medicationCodeableConcept: { text: name },
})
const cardsFor = async (hook: CdsRequest['hook'], prefetch: object, drafts: readonly Resource[] = []) => {
  const read = readRequest(
    {
      hook,
      hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
      context: {
        userId: 'Practitioner/1',
        patientId: ann,
        ...(hook === 'patient-view' ? {} : { draftOrders: searchset(drafts) }),
        ...(hook === 'order-select' ? { selections: drafts.map(({ resourceType, id }) => `${resourceType}/${id}`) } : {}),
      },
      prefetch,
    },
    hook,
  )
  if (!read.ok) throw new Error(read.error[0]!.message)
  const answer = await answerHook(read.value, { knowledge, today: '2026-11-23' })
  if (!answer.ok) throw new Error(answer.error[0]!.message)
  return answer.value
}

describe('resources of another patient in the prefetch', () => {
  test('are left out, and what they came with counts as not received', async () => {
    const plain = await cardsFor('patient-view', prefetched())
    expect(plain.map(({ rule }) => rule)).not.toContain('chart')
    const mixed = await cardsFor('patient-view', prefetched({ observations: searchset(others) }))
    expect(mixed.map(({ rule }) => rule)).not.toContain('alert/cord-compression')
    expect(mixed.find(({ rule }) => rule === 'chart')!.card.detail).toContain('observations')
    expect(mixed[0]!.card.summary).toBe(plain[0]!.card.summary)
  })

  test('the chart of another patient alone is no chart of this one', async () => {
    const cards = await cardsFor('patient-view', {
      patient: others.find((r) => r.resourceType === 'Patient'),
      conditions: searchset(others),
    })
    expect(cards.map(({ rule }) => rule)).toEqual(['chart'])
    expect(JSON.stringify(cards)).not.toContain(idOf(others))
  })

  test.each([
    ['null', null],
    ['an outcome', { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'forbidden' }] }],
    ['a list', []],
    ['a text', 'Bundle'],
    ['a bundle whose entries are none', { resourceType: 'Bundle', type: 'searchset', entry: [null, 7, {}, { resource: null }] }],
    ['a bundle whose entry is no list', { resourceType: 'Bundle', type: 'searchset', entry: { resource: {} } }],
  ])('%s in the place of the conditions is no lung cancer, and is not silent where it is no answer', async (name, conditions) => {
    const cards = await cardsFor('patient-view', prefetched({ conditions }))
    expect(cards.some(({ rule }) => rule === 'plan')).toBe(false)
    if (!name.startsWith('a bundle')) expect(cards.map(({ rule }) => rule)).toEqual(['chart'])
  })
})

describe('an order for another patient than the one whose chart is open', () => {
  test.each(['order-select', 'order-sign'] as const)('is said as critical and held against nobody: %s', async (hook) => {
    for (const of of [`Patient/${idOf(others)}`, `https://ehr.example.org/fhir/Patient/${idOf(others)}`]) {
      const cards = await cardsFor(hook, prefetched(), [
        order('wrong', 'carbamazepine', of),
        order('right', 'Lorlatinib', `Patient/${ann}`),
      ])
      const card = cards.find(({ rule }) => rule === 'order-of-another')!
      expect([card.card.indicator, card.isKept, card.card.detail.includes('MedicationRequest/wrong')]).toEqual(['critical', true, true])
      expect(JSON.stringify(cards.filter((one) => one !== card))).not.toContain('wrong')
    }
  })
  test('one for this patient, in whichever form they are named, is checked', async () => {
    for (const of of [`Patient/${ann}`, `https://ehr.example.org/fhir/Patient/${ann}/_history/3`, undefined])
      expect((await cardsFor('order-sign', prefetched(), [order('d', 'Lorlatinib', of)])).map(({ rule }) => rule)).not.toContain(
        'order-of-another',
      )
  })
})

describe('feedback', () => {
  let store: Store
  beforeAll(async () => {
    store = await openStore({ database: { memory: true } })
  })
  afterAll(() => store.close())

  test('a card counts once: who says the same of it again and again quietens no rule', async () => {
    const log = cardLog(store.database)
    const cards = await cardsFor('order-sign', prefetched(), [order('d', 'Osimertinib', `Patient/${ann}`)])
    const shown = cards.find(({ card }) => card.indicator !== 'info')!
    await log.record(cards, { service: 's', site: 'north', at: '2026-11-23T10:00:00Z' })
    const say = async (outcome: 'accepted' | 'overridden', minute: number) => {
      const at = `2026-11-23T10:${String(minute).padStart(2, '0')}:00Z`
      const overridden = { overrideReason: { reason: { code: `made-up-${minute % 2}` } } }
      const accepted = { acceptedSuggestions: [{ id: shown.card.suggestions?.[0]?.uuid ?? 'none' }] }
      const feedback = [{ card: shown.card.uuid, outcome, outcomeTimestamp: at, ...(outcome === 'accepted' ? accepted : overridden) }]
      const read = readFeedback({ feedback })
      if (!read.ok) throw new Error(read.error[0]!.message)
      expect((await log.feedback('s', read.value, 'Practitioner/1', at)).ok).toBe(true)
    }
    for (let minute = 0; minute < GOVERNOR_POLICY.fromAnswers + 5; minute += 1) await say('overridden', minute)
    const record = (await log.records([shown.rule])).get(shown.rule)!
    expect([record.accepted, record.overridden, isBelow(record, GOVERNOR_POLICY)]).toEqual([0, 1, false])
    const told = (await log.report('2026-11-01')).find(({ rule }) => rule === shown.rule)!
    expect(told).toMatchObject({ shown: 1, accepted: 0, overridden: 1, reasons: [{ reason: 'made-up-0', count: 1 }] })
    // who changes their mind is taken at their last word
    if (shown.card.suggestions !== undefined) {
      await say('accepted', 59)
      expect((await log.records([shown.rule])).get(shown.rule)).toMatchObject({ accepted: 1, overridden: 0 })
    }
  })

  test('of a card that nobody was shown, of another service, with a reason as long as a book: refused, and nothing is kept', async () => {
    const log = cardLog(store.database)
    const one = (card: string, more: object = {}) => ({ card, outcome: 'overridden', outcomeTimestamp: '2026-11-23T10:00:00Z', ...more })
    const unknown = readFeedback({ feedback: [one('00000000-0000-8000-8000-000000000000')] })
    expect(unknown.ok && (await log.feedback('s', unknown.value, 'Practitioner/1', '2026-11-23T10:00:00Z')).ok).toBe(false)
    const [card] = await store.database.query<{ uuid: string }>('select uuid from cds_card limit 1')
    const other = readFeedback({ feedback: [one(card!.uuid)] })
    expect(other.ok && (await log.feedback('another', other.value, 'Practitioner/1', '2026-11-23T10:00:00Z')).ok).toBe(false)
    const long = readFeedback({ feedback: [one(card!.uuid, { overrideReason: { reason: { code: 'x'.repeat(201) } } })] })
    expect(!long.ok && long.error[0]!.path).toBe('feedback[0].overrideReason.reason.code')
  })
})
