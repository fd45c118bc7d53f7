import zlib from 'node:zlib'
import { plan } from '@secondwind/care'
import { type KnowledgeBase, type LaterKnowledge, wholeKnowledge } from '@secondwind/core'
import { applyOverrides, readerKnowledge, sortIssues, stillMissing } from '@secondwind/fhir'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Access, buildServer } from '../src/api/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { EntryKnowledge, KnowledgePartName, KnowledgeWords, PlannerCase, PlannerKnowledge } from '../src/contract/planner.ts'
import { plannerRoutes } from '../src/planner-parts/index.ts'
import { planMaker, planRoutes } from '../src/plans/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { EXAMPLES, exampleChart, recordChart } from './store/charts.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
const EVERYBODY: Access = {
  identify: ({ requestId }) => Promise.resolve({ requestId, who: 'Practitioner/1', role: 'oncologist', site: 'north', purpose: 'TREAT' }),
  authorize: () => Promise.resolve({ allowed: true }),
}

let store: Store
let server: FastifyInstance
const get = (url: string, headers: Record<string, string> = {}) => server.inject({ method: 'GET', url, headers })
const partOf = async <T>(name: KnowledgePartName): Promise<T> => {
  const index = (await get('/planner/knowledge')).json() as PlannerKnowledge
  return (await get(index.parts[name].path)).json() as T
}
beforeAll(async () => {
  store = await openStore({ database: { memory: true } })
  const maker = planMaker(knowledge)
  const config = { store, maker: () => maker, today: () => TODAY, now: () => new Date(`${TODAY}T10:00:00Z`) }
  server = buildServer({ routes: [...planRoutes(config), ...plannerRoutes(config)], access: EVERYBODY })
  for (const name of EXAMPLES) await recordChart(store, name)
}, 120_000)
afterAll(async () => {
  await server.close()
  await store.close()
})

describe('knowledge for a page', () => {
  test('its parts stand at addresses that never change, compressed as the page takes them', async () => {
    const answer = await get('/planner/knowledge')
    const index = answer.json() as PlannerKnowledge
    expect([index.digest, index.version]).toEqual([knowledge.digest, knowledge.version])
    expect((await get('/planner/knowledge', { 'if-none-match': answer.headers.etag as string })).statusCode).toBe(304)
    for (const { path: url, bytes } of Object.values(index.parts)) {
      const plain = await get(url)
      expect([plain.statusCode, Buffer.byteLength(plain.body)]).toEqual([200, bytes])
      expect(plain.headers['cache-control']).toBe('private, max-age=31536000, immutable')
      const small = await get(url, { 'accept-encoding': 'gzip, br;q=0' })
      expect(small.headers['content-encoding']).toBe('gzip')
      expect(zlib.gunzipSync(small.rawPayload).toString()).toBe(plain.body)
      const smaller = await get(url, { 'accept-encoding': 'gzip, deflate, br' })
      expect(smaller.headers['content-encoding']).toBe('br')
      expect(zlib.brotliDecompressSync(smaller.rawPayload).toString()).toBe(plain.body)
      expect((await get(url, { 'if-none-match': plain.headers.etag as string })).statusCode).toBe(304)
    }
  })

  test('a part of another release, and one that does not exist, say what to do', async () => {
    const [other, none] = [await get(`/planner/knowledge/first/${'0'.repeat(64)}`), await get(`/planner/knowledge/all/${'0'.repeat(64)}`)]
    expect([other.statusCode, none.statusCode]).toEqual([404, 404])
    expect(other.body).toContain('GET /planner/knowledge names the parts in use')
    expect(none.body).toContain('words, first, later, entry')
  })

  test('names every fact, test and source that a plan can speak of', async () => {
    const words = await partOf<KnowledgeWords>('words')
    expect(words.facts.map((f) => f.id)).toEqual(knowledge.facts.map((f) => f.id))
    expect(Object.keys(words.sources)).toEqual(Object.keys(knowledge.sources))
    expect(words.tests.length).toBe(knowledge.tests.length)
  })
})

describe('the case for a page', () => {
  test('planned by the page it is the plan of the server byte for byte, over all example patients, and so is a what-if', async () => {
    const [first, later, entry] = [
      await partOf<KnowledgeBase>('first'),
      await partOf<LaterKnowledge>('later'),
      await partOf<EntryKnowledge>('entry'),
    ]
    const whole = wholeKnowledge({ first, later })
    const drugs = whole.drugs.map((drug) => {
      const interaction = entry.interactions[drug.id]
      return { ...drug, names: entry.drugs[drug.id] ?? [], ...(interaction === undefined ? {} : { interaction }) }
    })
    const reader = readerKnowledge({ ...whole, drugs, terminology: entry.terminology })
    const set = ['ros1-fusion=yes', 'ecog=3', 'creatinine=176.84 umol/L', 'alt=160 U/L', 'current-drugs=Tagrisso', 'medicines=+apixaban']
    for (const name of EXAMPLES) {
      const { patient } = exampleChart(name)
      const { patientCase, knowledgeProblems, problems, chartDigest, software } = (
        await get(`/plans/${patient}/case?asOf=2026-11-22`)
      ).json() as PlannerCase
      const made = plan({ knowledge: whole, patientCase, problems: [...knowledgeProblems, ...problems], chartDigest, software })
      const ofServer = await get(`/plans/${patient}?asOf=2026-11-22`)
      expect(JSON.stringify(made) === ofServer.body, name).toBe(true)

      const changed = applyOverrides(patientCase, set, reader)
      if (!changed.ok) throw new Error(JSON.stringify(changed.error))
      const { patientCase: other, issues } = changed.value
      const all = [...knowledgeProblems, ...sortIssues(stillMissing([...problems, ...issues], other))]
      const whatIf = plan({ knowledge: whole, patientCase: other, problems: all, chartDigest, software })
      const answer = await server.inject({ method: 'POST', url: `/plans/${patient}/what-if?asOf=2026-11-22`, payload: { set } })
      const { document } = answer.json() as { document: unknown }
      expect(JSON.stringify(whatIf) === JSON.stringify(document), `${name} with ${set.join(', ')}`).toBe(true)
    }
  }, 60_000)

  test('is kept by nobody, and a patient who is not here has none', async () => {
    const { patient } = exampleChart(EXAMPLES[0]!)
    expect((await get(`/plans/${patient}/case`)).headers['cache-control']).toBe('no-store')
    expect((await get('/plans/nobody/case')).statusCode).toBe(404)
    expect((await get(`/plans/${patient}/case?asof=2026-11-22`)).statusCode).toBe(400)
  })
})
