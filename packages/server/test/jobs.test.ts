import { afterEach, describe, expect, test } from 'vitest'
import { openKnowledge } from '../src/compose.ts'
import { jobsSchema } from '../src/jobs/boss.ts'
import { type Jobs, startJobs } from '../src/jobs/index.ts'
import { type PlanMaker, planMaker } from '../src/plans/plan-maker.ts'
import { readPlanState } from '../src/plans/plan-state.ts'
import { handleChange, worklistPage } from '../src/plans/worklists.ts'
import type { Store } from '../src/store/index.ts'
import { exampleChart, recordChart } from './store/charts.ts'
import { onBothDatabases } from './store/databases.ts'

const { knowledge } = openKnowledge()
const TODAY = '2026-11-23'
const running: Jobs[] = []
afterEach(async () => {
  for (const jobs of running.splice(0)) await jobs.stop()
})

async function start(
  store: Store,
  maker: PlanMaker = planMaker(knowledge),
  today = TODAY,
  tell: (text: string) => void = () => {},
): Promise<Jobs> {
  const jobs = await startJobs({
    store,
    maker: () => maker,
    today: () => today,
    now: () => new Date(`${today}T10:00:00Z`),
    tell,
    pollMilliseconds: 20,
  })
  running.push(jobs)
  return jobs
}

onBothDatabases('jobs and worklists', (bench) => {
  test('a chart that comes in is planned, and stands on the worklists that it belongs to', { timeout: 60_000 }, async () => {
    const store = await bench.open()
    const jobs = await start(store)
    const cord = await recordChart(store, 'cord-compression-suspected')
    const quiet = await recordChart(store, 'no-driver-pdl1-80-fit')
    const contradictory = await recordChart(store, 'contradictory-stage')
    await jobs.idle()

    expect((await readPlanState(store.database, cord))!.document.alerts[0]!.id).toBe('cord-compression')
    const emergencies = await worklistPage(store.database, 'emergencies', { count: 10 })
    expect(emergencies.items.map((i) => i.patient)).toContain(`Patient/${cord}`)
    expect(emergencies.items.map((i) => i.patient)).not.toContain(`Patient/${quiet}`)
    expect((await worklistPage(store.database, 'refused', { count: 10 })).items.map((i) => i.patient)).toEqual([`Patient/${contradictory}`])
    const undecided = await worklistPage(store.database, 'without-decision', { count: 10 })
    expect(undecided.items.map((i) => i.patient).sort()).toEqual([`Patient/${cord}`, `Patient/${quiet}`].sort())

    // only what one may see; page by page nothing twice
    const seen = await worklistPage(store.database, 'without-decision', {
      count: 10,
      within: { charts: [`Patient/${quiet}`], andShared: true },
    })
    expect(seen.items.map((i) => i.patient)).toEqual([`Patient/${quiet}`])
    const first = await worklistPage(store.database, 'without-decision', { count: 1 })
    const second = await worklistPage(store.database, 'without-decision', { count: 1, cursor: first.next! })
    expect([...first.items, ...second.items].map((i) => i.patient)).toEqual(undecided.items.map((i) => i.patient))
    expect(second.next).toBeUndefined()
  })

  test('a medicine that is sent after the order that names it, or put right later, is in the plan at once', {
    timeout: 60_000,
  }, async () => {
    const store = await bench.open()
    const jobs = await start(store)
    const patient = await recordChart(store, 'egfr-exon19-brain-mets-fit')
    const author = { who: 'Device/test', site: 'north' }
    const taken = {
      resourceType: 'MedicationStatement',
      id: 'names-another',
      status: 'active',
      subject: { reference: `Patient/${patient}` },
      effectivePeriod: { start: '2026-11-01' },
      medicationReference: { reference: 'Medication/late' },
    }
    const medicine = (code: string, text: string) => ({
      resourceType: 'Medication',
      id: 'late',
      code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code, display: text }], text },
    })
    await store.commit(author, [{ kind: 'update', resource: taken }])
    await jobs.idle()
    const kept = async (): Promise<string> => JSON.stringify((await readPlanState(store.database, patient))!.document).toLowerCase()
    expect(await kept()).not.toContain('rifampicin')
    await store.commit(author, [{ kind: 'update', resource: medicine('9384', 'rifampicin') }])
    await jobs.idle()
    expect(await kept()).toContain('rifampicin')
    expect((await worklistPage(store.database, 'changed', { count: 10 })).items.map(({ change }) => change!.cause)).toContain('data')
    await store.commit(author, [{ kind: 'update', resource: medicine('161', 'paracetamol') }])
    await jobs.idle()
    expect(await kept()).not.toContain('rifampicin')
  })

  test('new data that changes the plan is told, once; data that changes nothing is not', { timeout: 60_000 }, async () => {
    const store = await bench.open()
    const jobs = await start(store)
    const patient = await recordChart(store, 'no-driver-pdl1-80-fit')
    await jobs.idle()
    expect((await worklistPage(store.database, 'changed', { count: 10 })).items).toEqual([])

    const observation = exampleChart('cord-compression-suspected').resources.find((r) => JSON.stringify(r).includes('weakness'))!
    const moved = { ...observation, id: 'new-weakness', subject: { reference: `Patient/${patient}` } }
    await store.commit({ who: 'Device/test', site: 'north' }, [{ kind: 'update', resource: moved }])
    await jobs.idle()
    const changed = await worklistPage(store.database, 'changed', { count: 10 })
    expect(changed.items).toHaveLength(1)
    const { change } = changed.items[0]!
    expect(change).toMatchObject({ cause: 'data', priority: 1 })
    expect(change!.changes.map((c) => c.kind)).toContain('alert-added')

    // the same version again is no version, and no news
    await store.commit({ who: 'Device/test', site: 'north' }, [{ kind: 'update', resource: moved }])
    await jobs.askReplan([patient])
    await jobs.idle()
    expect((await worklistPage(store.database, 'changed', { count: 10 })).items).toHaveLength(1)

    expect(await handleChange(store.database, patient, change!.seq, 'Practitioner/1', 'approved: seen', `${TODAY}T11:00:00Z`)).toBe(true)
    expect(await handleChange(store.database, patient, change!.seq, 'Practitioner/1', 'approved: seen', `${TODAY}T11:00:00Z`)).toBe(false)
    expect((await worklistPage(store.database, 'changed', { count: 10 })).items).toEqual([])
  })

  test('another release of the knowledge plans everybody again when a process starts, and says for whom the plan differs', {
    timeout: 60_000,
  }, async () => {
    const store = await bench.open()
    const jobs = await start(store)
    const alk = await recordChart(store, 'alk-first-line-brain-mets')
    const other = await recordChart(store, 'squamous-pdl1-0')
    await jobs.idle()
    await jobs.stop()
    running.length = 0

    // a release in which one option is withdrawn
    const first = (await readPlanState(store.database, alk))!.document.options[0]!.id
    const next = { ...knowledge, version: 'next', digest: 'f'.repeat(64), options: knowledge.options.filter((o) => o.id !== first) }
    const later = await start(store, planMaker(next))
    await later.idle()
    const changed = await worklistPage(store.database, 'changed', { count: 10 })
    expect(changed.items.map((i) => [i.patient, i.change!.cause])).toEqual([[`Patient/${alk}`, 'release']])
    expect((await readPlanState(store.database, other))!.knowledgeDigest).toBe(next.digest)
  })

  test('a job that fails in all its tries is kept, visible, and can be taken up again', { timeout: 120_000 }, async () => {
    const store = await bench.open()
    let isBroken = true
    const maker = planMaker(knowledge)
    const failing: PlanMaker = {
      ...maker,
      make: (...args) => {
        if (isBroken) throw new Error('the reader fell over')
        return maker.make(...args)
      },
    }
    const jobs = await start(store, failing)
    await store.database.query(
      `update ${jobsSchema(store.database)}.queue set retry_limit = 1, retry_delay = 0, retry_backoff = false where name = 'replan'`,
    )
    const patient = await recordChart(store, 'squamous-pdl1-0')
    await expect.poll(async () => (await jobs.dead()).length, { timeout: 60_000, interval: 200 }).toBe(1)
    expect((await jobs.dead())[0]).toMatchObject({ data: { patient } })
    expect((await jobs.states()).find((s) => s.queue === 'replan')!.dead).toBe(1)
    isBroken = false
    expect(await jobs.revive()).toBe(1)
    await jobs.idle()
    expect(await jobs.dead()).toEqual([])
    expect((await readPlanState(store.database, patient))!.document.status).toBe('proposed')
  })

  test('what waits when a process stops is done by the next', { timeout: 60_000 }, async () => {
    const store = await bench.open()
    // nobody is there to hear of it
    const patient = await recordChart(store, 'squamous-pdl1-0')
    expect(await store.outbox.size()).toBeGreaterThan(0)
    const jobs = await start(store)
    await jobs.idle()
    expect(await readPlanState(store.database, patient)).toBeDefined()
  })
})

describe('a plan that is made again', () => {
  test('of an older state of the chart never takes the place of a newer one', async () => {
    const { writePlanState } = await import('../src/plans/plan-state.ts')
    const { openStore } = await import('../src/store/index.ts')
    const store = await openStore({ database: { memory: true } })
    try {
      const patient = await recordChart(store, 'squamous-pdl1-0')
      const made = planMaker(knowledge).make(await store.chart(patient), TODAY)
      if (!made.ok) throw new Error('not planned')
      expect(await writePlanState(store.database, patient, 'north', 7, made.value, `${TODAY}T10:00:00Z`)).toBe(true)
      expect(await writePlanState(store.database, patient, 'north', 6, made.value, `${TODAY}T10:00:00Z`)).toBe(false)
      expect((await readPlanState(store.database, patient))!.revision).toBe(7)
    } finally {
      await store.close()
    }
  })
})
