import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKnowledge } from '../src/compose.ts'
import { planMaker } from '../src/plans/index.ts'
import { replan } from '../src/plans/replan.ts'
import { worklistPage } from '../src/plans/worklists.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { itemsOf } from '../src/workspace/items.ts'
import { recordChart } from './store/charts.ts'
import { AUTHOR, must, observation, put } from './store/resources.ts'

/** Between an acknowledged write and the plan that knows of it, and for good where planning fails: what a list shows says that it is of before. */
const TODAY = '2026-11-23'
const now = () => new Date(`${TODAY}T10:00:00Z`)
const maker = planMaker(openKnowledge().knowledge)
let store: Store
beforeAll(async () => {
  store = await openStore({ database: { memory: true }, areCasesLater: true })
}, 60_000)
afterAll(() => store.close())

test('a plan whose chart has changed since says so in every list, until it is made again', { timeout: 60_000 }, async () => {
  const patient = await recordChart(store, 'cord-compression-suspected')
  const viewer = { role: 'oncologist', within: undefined, mayIdentity: true, mayClinical: true, apart: [] }
  const shown = async (): Promise<readonly unknown[]> => {
    const { items } = await worklistPage(store.database, 'emergencies', { count: 10 })
    const [row] = await itemsOf(store.database, [patient], new Map(), new Map(), viewer, TODAY)
    return [items.length, items[0]!.isBehind, row!.clinical!.isBehind]
  }
  await replan(store, maker, patient, TODAY, now)
  expect(await shown()).toEqual([1, undefined, undefined])
  must(await store.commit(AUTHOR, [put(observation('since', patient))]))
  expect(await shown()).toEqual([1, true, true])
  const { revision } = await store.chart(patient)
  await replan(store, maker, patient, TODAY, now)
  expect(await shown()).toEqual([1, undefined, undefined])
  expect((await worklistPage(store.database, 'emergencies', { count: 10 })).items[0]!.revision).toBe(revision)
})
