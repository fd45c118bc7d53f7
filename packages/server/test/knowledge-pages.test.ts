import type { KnowledgeBase } from '@secondwind/core'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Access, buildServer } from '../src/api/index.ts'
import { openKnowledge, PROJECT } from '../src/compose.ts'
import type { AffectedPage, KnowledgeFound, ReleaseChanges, ReleaseReviews, RulePage } from '../src/contract/knowledge.ts'
import { entryIndex } from '../src/knowledge-api/entries.ts'
import { knowledgePages } from '../src/knowledge-api/page-routes.ts'
import { rulePage } from '../src/knowledge-api/rule-page.ts'
import { shownIn, shownKeyOf } from '../src/knowledge-api/shown.ts'
import { planMaker, planRoutes } from '../src/plans/index.ts'
import { replan } from '../src/plans/replan.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { recordChart } from './store/charts.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
const now = () => new Date(`${TODAY}T10:00:00Z`)
const ROOT = `${PROJECT}/knowledge`

/** A name, and the charts that it may see behind a bar: `Practitioner/1|a,b`; without a bar all. */
const NAMED: Access = {
  identify: ({ requestId, headers }) =>
    Promise.resolve(
      headers.authorization === undefined
        ? undefined
        : {
            requestId,
            who: headers.authorization.split('|')[0]!,
            role: 'oncologist',
            site: 'north',
            purpose: 'TREAT',
            grant: headers.authorization.split('|')[1],
          },
    ),
  authorize: ({ grant }) =>
    Promise.resolve(
      grant === undefined
        ? { allowed: true }
        : {
            allowed: true,
            sight: {
              within: {
                charts: String(grant)
                  .split(',')
                  .map((id) => `Patient/${id}`),
                andShared: false,
              },
            },
          },
    ),
}

let store: Store
let server: FastifyInstance
let patient: string
let withdrawn: string
let newer: KnowledgeBase
beforeAll(async () => {
  store = await openStore({ database: { memory: true } })
  patient = await recordChart(store, 'egfr-exon19-brain-mets-fit')
  await recordChart(store, 'no-driver-pdl1-80-fit')
  const old = planMaker(knowledge)
  for (const id of [patient, 'no-driver-pdl1-80-fit']) await replan(store, old, id, TODAY, now)
  const made = old.make(await store.chart(patient), TODAY)
  if (!made.ok) throw new Error('no plan')
  // the next release withdraws what stood first for this patient
  withdrawn = made.value.document.options[0]!.id.split(':')[0]!
  newer = { ...knowledge, version: 'test', digest: 'f'.repeat(64), options: knowledge.options.filter(({ id }) => id !== withdrawn) }
  const maker = planMaker(newer)
  for (const id of [patient, 'no-driver-pdl1-80-fit']) await replan(store, maker, id, TODAY, now)
  server = buildServer({
    routes: [
      ...planRoutes({ store, maker: () => maker, today: () => TODAY, now }),
      ...knowledgePages({
        knowledge: () => newer,
        releases: `${PROJECT}/releases`,
        root: ROOT,
        database: store.database,
        today: () => TODAY,
        now,
      }),
    ],
    access: NAMED,
  })
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
})

const get = async <T>(url: string, who = 'Practitioner/1'): Promise<{ status: number; body: T }> => {
  const answer = await server.inject({ method: 'GET', url, headers: { authorization: who } })
  return { status: answer.statusCode, body: answer.json() as T }
}
const post = (url: string, payload: object) => server.inject({ method: 'POST', url, headers: { authorization: 'Practitioner/1' }, payload })
const faultAt = (answer: { json(): unknown }) => (answer.json() as { issue: { expression?: string[] }[] }).issue[0]?.expression?.[0]

describe('pages of rules', () => {
  test('a rule in plain words, with its sources, dates, examples and whom it concerns', async () => {
    const { status, body } = await get<RulePage>(`/knowledge/rules/${knowledge.options.find(({ id }) => id === 'alk-1l-lorlatinib')!.id}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ kind: 'options', title: 'Lorlatinib', strength: 'strong', isOverdue: false })
    expect(body.when).toMatch(/ALK/)
    expect(body.cites[0]).toMatchObject({
      source: { title: expect.any(String), accessed: expect.stringMatching(/^\d{4}/) },
      at: expect.any(String),
      says: expect.stringContaining('PFS'),
    })
    expect(body.examples.map(({ expect: verdict }) => verdict)).toEqual(expect.arrayContaining(['true', 'false', 'unknown']))
    expect(body.examples.find(({ expect: verdict }) => verdict === 'unknown')!.missing.length).toBeGreaterThan(0)
    expect(body.parts.find(({ name }) => name === 'standing')!.lines.every(({ text }) => text.length > 5)).toBe(true)
    expect(body.affected).toEqual({ plans: 0, of: 2 })
  })

  test('the plans that show a rule are counted, within sight only', async () => {
    const made = planMaker(newer).make(await store.chart(patient), TODAY)
    if (!made.ok) throw new Error('no plan')
    const shown = made.value.document.notAdvised[0]!.rule
    const all = await get<RulePage>(`/knowledge/rules/${shown}?kind=safety`)
    expect(all.body.affected!.of).toBe(2)
    expect(all.body.affected!.plans).toBeGreaterThan(0)
    const other = await get<RulePage>(`/knowledge/rules/${shown}?kind=safety`, 'Practitioner/2|nobody')
    expect(other.body.affected).toEqual({ plans: 0, of: 0 })
  })

  test('an option with its regimen, an alert by its own name, a source with what cites it; what is not there is told', async () => {
    const alert = knowledge.alerts[0]!
    expect((await get<RulePage>(`/knowledge/rules/${alert.alert}`)).body.kind).toBe('alerts')
    expect((await get<RulePage>('/knowledge/rules/egfr-osimertinib:any-regimen')).status).toBe(404)
    const source = (await get<RulePage>('/knowledge/rules/crown-7y-2026')).body
    expect(source).toMatchObject({ kind: 'sources', source: { id: 'crown-7y-2026' } })
    expect(source.parts[0]!.lines.map(({ of }) => of?.id)).toContain('alk-1l-lorlatinib')
    expect((await get('/knowledge/rules/no-such-rule')).status).toBe(404)
  })

  test('every entry has a page, and every mark of a plan leads to one', () => {
    const index = entryIndex(knowledge)
    expect(index.all.length).toBeGreaterThan(2000)
    for (const entry of index.all.filter(({ kind }) => kind !== 'options' && kind !== 'safety')) {
      const page = rulePage({ knowledge, entry, root: '/nowhere', today: TODAY, affected: null })
      expect(page.title.length, `${entry.kind}/${entry.id}`).toBeGreaterThan(0)
      if (entry.review === 'unconfirmed') expect(page.review).toBe('unconfirmed')
    }
    const made = new Set(index.all.flatMap((entry) => shownKeyOf(entry) ?? []))
    return store.chart(patient).then((content) => {
      const plan = planMaker(knowledge).make(content, TODAY)
      if (!plan.ok) throw new Error('no plan')
      const keys = shownIn(plan.value.document)
      expect(keys.length).toBeGreaterThan(20)
      expect(keys.filter((key) => !made.has(key))).toEqual([])
    })
  })
})

describe('search', () => {
  test('all words must be there; titles come first', async () => {
    const { body } = await get<KnowledgeFound>('/knowledge/search?q=lorlatinib%20brain')
    expect(body.total).toBeGreaterThan(0)
    const title = (await get<KnowledgeFound>('/knowledge/search?q=lorlatinib')).body
    expect(title.hits[0]!.title).toBe('Lorlatinib')
    expect((await get<KnowledgeFound>('/knowledge/search?q=zzzz')).body).toMatchObject({ total: 0, hits: [] })
    expect((await get<KnowledgeFound>('/knowledge/search?q=cancer&count=3')).body.hits).toHaveLength(3)
    expect((await get('/knowledge/search?q=')).status).toBe(400)
  })
})

describe('releases', () => {
  test('what changed against the release before, in plain words', async () => {
    const { body } = await get<ReleaseChanges>('/knowledge/releases/test/changes?weight=substance&count=200')
    expect(body.since).not.toBeNull()
    expect(body.changes).toContainEqual(expect.objectContaining({ key: `options/${withdrawn}`, change: 'removed', weight: 'substance' }))
    expect(body.counts.substance).toBeGreaterThan(0)
    expect((await get('/knowledge/releases/1999-01-01/changes')).status).toBe(404)
    const kept = (await get<ReleaseChanges>(`/knowledge/releases/${body.since!.version}/changes`)).body
    expect(kept.since === null).toBe(kept.changes.length === 0)
  })

  test('whose plan it changed, snoozed until a day, then dismissed with a coded reason', async () => {
    const list = async (open = false) => (await get<AffectedPage>(`/knowledge/releases/test/affected?open=${open}`)).body
    const before = await list()
    const mine = before.items.find((item) => item.patient === `Patient/${patient}`)!
    expect([before.open, mine.priority]).toEqual([before.total, 1])
    expect(mine.changes.map(({ kind }) => kind)).toContain('first-choice')

    const url = `/knowledge/affected/${patient}/${mine.seq}`
    expect(faultAt(await post(url, { as: 'dismissed', reason: 'agreed' }))).toBe('reason')
    expect(faultAt(await post(url, { as: 'dismissed', reason: 'because I say so' }))).toBe('reason')
    expect(faultAt(await post(url, { as: 'snoozed', reason: 'wrong-moment', until: '2027-11-23' }))).toBe('until')
    expect(faultAt(await post(url, { as: 'approved', reason: 'agreed', until: '2026-11-30' }))).toBe('until')
    expect((await post(url, { as: 'snoozed', reason: 'wrong-moment', until: '2026-11-30' })).statusCode).toBe(204)
    const asleep = await list()
    expect(asleep.items.find(({ seq }) => seq === mine.seq)!.handled).toMatchObject({
      as: 'snoozed',
      until: '2026-11-30',
      reason: 'wrong-moment',
    })
    expect((await list(true)).items.map(({ seq }) => seq)).not.toContain(mine.seq)

    expect((await post(url, { as: 'dismissed', reason: 'board-decision', comment: 'board of today' })).statusCode).toBe(204)
    const done = (await list()).items.find(({ seq }) => seq === mine.seq)!
    expect(done.handled).toMatchObject({ as: 'dismissed', reason: 'board-decision', comment: 'board of today', by: 'Practitioner/1' })
    expect((await post(url, { as: 'approved', reason: 'agreed' })).statusCode).toBe(404)
    const [audited] = await store.database.query<{ n: number }>(
      `select count(*) as n from audit_event where patient = $1 and body like '%knowledge.handle%'`,
      [patient],
    )
    expect(audited!.n).toBe(2)
  })

  test('pages of the list hold together, and nobody beyond sight is in them', async () => {
    const first = (await get<AffectedPage>('/knowledge/releases/test/affected?count=1')).body
    const all = (await get<AffectedPage>('/knowledge/releases/test/affected')).body
    const second =
      first.next === undefined ? [] : (await get<AffectedPage>(`/knowledge/releases/test/affected?count=1&cursor=${first.next}`)).body.items
    expect([...first.items, ...second].map(({ seq }) => seq)).toEqual(all.items.slice(0, 2).map(({ seq }) => seq))
    const other = (await get<AffectedPage>('/knowledge/releases/test/affected', 'Practitioner/2|nobody')).body
    expect([other.total, other.items]).toEqual([0, []])
  })

  test('a site says what it makes of a release; the newest stands first', async () => {
    const before = (await get<ReleaseReviews>('/knowledge/releases/test/reviews')).body
    expect([before.reviews, before.reasons.length >= 8]).toEqual([[], true])
    expect(
      (await post('/knowledge/releases/test/reviews', { as: 'snoozed', reason: 'wrong-moment', until: '2026-12-01' })).statusCode,
    ).toBe(201)
    const after = await post('/knowledge/releases/test/reviews', { as: 'approved', reason: 'agreed' })
    expect((after.json() as ReleaseReviews).reviews.map(({ as, site, until }) => [as, site, until])).toEqual([
      ['approved', 'north', undefined],
      ['snoozed', 'north', '2026-12-01'],
    ])
  })
})
