import { afterAll, beforeAll, expect, test } from 'vitest'
import { caseProjection } from '../src/case-projection.ts'
import { openKnowledge } from '../src/compose.ts'
import { loadDemo, loadDemoBoard } from '../src/demo/index.ts'
import { openPglite } from '../src/store/database-pglite.ts'
import { openStore, type Store } from '../src/store/index.ts'

const { knowledge } = openKnowledge()
let store: Store
beforeAll(async () => {
  store = await openStore({ database: { open: await openPglite() }, projection: caseProjection(knowledge) })
}, 60_000)
afterAll(() => store?.close())

const count = async (sql: string): Promise<number> =>
  (await store.database.query<{ n: number }>(`select count(*)::int as n from ${sql}`))[0]!.n

test('the invented network is loaded once, by its own hospitals, living patients only, with a board that can begin', {
  timeout: 60_000,
}, async () => {
  expect(await loadDemo(store, knowledge, { patients: 6, asOf: '2026-11-23' })).toBe(6)
  const versions = await count('chart_version')
  const sites = await store.database.query<{ site: string }>(`select distinct site from resource_current where type = 'Patient'`)
  expect(sites.map(({ site }) => site)).not.toContain('network')
  for (const { body } of await store.database.query<{ body: string }>(`select body from chart_version where type = 'Patient'`))
    expect(JSON.parse(body)).not.toHaveProperty('deceasedDateTime')
  await loadDemo(store, knowledge, { patients: 6, asOf: '2026-11-23' })
  expect(await count('chart_version')).toBe(versions)

  const now = new Date('2026-11-23T09:00:00Z')
  await loadDemoBoard(store, now)
  await loadDemoBoard(store, now)
  expect(await count('board_meeting')).toBe(1)
  expect(await count(`resource_current where type = 'CareTeam' and id like '%-support'`)).toBeGreaterThan(0)
  // everybody who works here has a role in the directory
  expect(await count(`resource_current where type = 'PractitionerRole'`)).toBe(await count(`resource_current where type = 'Practitioner'`))
  expect(await count(`board_case where state = 'on-agenda'`)).toBeGreaterThan(1)
})
