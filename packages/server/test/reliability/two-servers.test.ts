import { expect, test } from 'vitest'
import { auditHooks, seal, verifyAudit } from '../../src/access/index.ts'
import { type FhirResource, openStore, type Store, type StoreConfig } from '../../src/store/index.ts'
import { verifyChains } from '../../src/store/verify.ts'
import { type Client, clientOf, OPEN } from '../fhir-api/client.ts'
import { onBothDatabases } from '../store/databases.ts'
import { AUTHOR, must, observation, patient, put } from '../store/resources.ts'

const HOUR = 3_600_000
const skewed = (milliseconds: number) => (): Date => new Date(Date.now() + milliseconds)
const ADD = 6

onBothDatabases('two servers on one database', ({ place }) => {
  const two = async (database: StoreConfig['database'], ...clocks: readonly (() => Date)[]): Promise<readonly [Client, Client]> => [
    await clientOf(database, OPEN, clocks[0]),
    await clientOf(database, OPEN, clocks[1]),
  ]

  test('many clients add to one patient through both: no addition is lost, no version is doubled', { timeout: 60_000 }, async () => {
    const servers = await two(await place())
    await servers[0].load(patient('p', { multipleBirthInteger: 0 }) as never)
    let conflicts = 0
    const adder = async (client: Client): Promise<void> => {
      for (let done = 0; done < ADD; ) {
        const { body, headers } = await client.get('/Patient/p')
        const answer = await client.send(
          'PUT',
          '/Patient/p',
          { ...body, multipleBirthInteger: body.multipleBirthInteger + 1 },
          { 'if-match': headers.etag },
        )
        if (answer.status === 200) done += 1
        else {
          expect(answer.status).toBe(412)
          conflicts += 1
        }
      }
    }
    await Promise.all([adder(servers[0]), adder(servers[1]), adder(servers[0]), adder(servers[1])])
    expect((await servers[1].get('/Patient/p')).body).toMatchObject({
      multipleBirthInteger: 4 * ADD,
      meta: { versionId: String(4 * ADD + 1) },
    })
    const history = (await servers[0].get('/Patient/p/_history?_count=100')).body
    expect(history.entry.map((e: { resource: { multipleBirthInteger: number } }) => e.resource.multipleBirthInteger)).toEqual(
      Array.from({ length: 4 * ADD + 1 }, (_, n) => 4 * ADD - n),
    )
    expect(conflicts).toBeGreaterThan(0)
    expect((await verifyChains(servers[0].store.database)).problems).toEqual([])
  })

  test('one id, created by both at once, is one patient', { timeout: 60_000 }, async () => {
    const servers = await two(await place())
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        servers[n % 2]!.send('PUT', '/Patient/same', { resourceType: 'Patient', id: 'same', gender: 'female' }),
      ),
    )
    expect(sent.map(({ status }) => status).sort()).toEqual([...Array<number>(11).fill(200), 201])
    // the same content makes no second version
    expect((await servers[0].get('/Patient/same')).headers.etag).toBe('W/"1"')
    const conditional = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        servers[n % 2]!.send(
          'POST',
          '/Patient',
          { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: '7' }] },
          { 'if-none-exist': 'identifier=urn:mrn|7' },
        ),
      ),
    )
    expect(conditional.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(await servers[0].ids('/Patient?identifier=urn:mrn|7')).toHaveLength(1)
  })

  test('clocks an hour before and an hour after: order comes from the chain, and what was known then stays true', {
    timeout: 60_000,
  }, async () => {
    const database = await place()
    const [late, early] = [
      await openStore({ database, clock: skewed(HOUR), hooks: auditHooks }),
      await openStore({ database, clock: skewed(-HOUR), hooks: auditHooks }),
    ]
    const stores = [late, early]
    must(await late.commit(AUTHOR, [put(patient('p', { multipleBirthInteger: 0 })), put(patient('q'))]))
    for (let n = 1; n <= 10; n += 1)
      must(await stores[n % 2]!.commit(AUTHOR, [put(patient('p', { multipleBirthInteger: n })), put(observation(`o${n}`, 'p'))]))
    const { versions } = await early.history({ type: 'Patient', id: 'p', count: 100 })
    expect(versions.map(({ version }) => version)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    // inside a chart recorded time never goes back
    const times = versions.map(({ recordedAt }) => recordedAt).reverse()
    expect(times).toEqual([...times].sort())
    // the newest is what the last writer wrote, whichever clock says it is newer
    expect(JSON.parse((await late.read('Patient', 'p'))!.body!)).toMatchObject({ multipleBirthInteger: 10 })
    // as of the instant of each version: never a version of later, never two answers
    const known = await Promise.all([...new Set(times)].map(async (at) => (await early.chart('p', at)).revision))
    expect(known).toEqual([...known].sort((a, b) => a - b))
    expect((await late.chart('p', new Date(Date.now() - 2 * HOUR).toISOString())).revision).toBe(0)
    expect((await verifyChains(late.database)).problems).toEqual([])
    while ((await seal(late.database)) > 0);
    const verdict = await verifyAudit(late.database)
    expect(verdict).toMatchObject({ faults: [], unsealed: 0 })
    expect(verdict.events).toBeGreaterThan(10)
  })

  test('a result that moves from a chart of the late clock to one of the early clock is in one chart at every instant', {
    timeout: 60_000,
  }, async () => {
    const database = await place()
    const [late, early] = [await openStore({ database, clock: skewed(HOUR) }), await openStore({ database, clock: skewed(-HOUR) })]
    must(await early.commit(AUTHOR, [put(patient('q'))]))
    must(await late.commit(AUTHOR, [put(patient('p')), put(observation('o', 'p'))]))
    must(await early.commit(AUTHOR, [put(observation('o', 'q'))]))
    const { versions } = await late.history({ type: 'Observation', id: 'o', count: 10 })
    const at = versions.map(({ recordedAt }) => recordedAt)
    expect(at).toEqual([...at].sort().reverse())
    const holds = async (store: Store, of: string, when?: string): Promise<boolean> =>
      (await store.chart(of, when)).resources.some(({ type, id }) => type === 'Observation' && id === 'o')
    const between = new Date(Date.parse(at[1]!) - 1).toISOString()
    expect([await holds(early, 'p', between), await holds(early, 'q', between)]).toEqual([false, false])
    expect([await holds(early, 'p'), await holds(early, 'q')]).toEqual([false, true])
    expect((JSON.parse((await late.readAsOf('Observation', 'o', at[0]!))!.body!) as FhirResource).subject).toEqual({
      reference: 'Patient/q',
    })
    expect((await verifyChains(late.database)).problems).toEqual([])
  })

  test('decisions of both are one journal in one order', { timeout: 60_000 }, async () => {
    const database = await place()
    const stores = [await openStore({ database, clock: skewed(HOUR) }), await openStore({ database, clock: skewed(-HOUR) })]
    const decision = {
      optionsSeen: ['a'],
      chosen: 'a',
      reason: 'agreed',
      dissent: [],
      planDigest: 'd',
      chartRevision: 1,
      knowledgeRelease: 'r',
      asOf: '2026-11-23',
    }
    const made = await Promise.all(Array.from({ length: 10 }, (_, n) => stores[n % 2]!.decisions.append('p', decision, AUTHOR)))
    expect(made.map((one) => must(one).number).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const times = (await stores[0]!.decisions.list('p')).map(({ recordedAt }) => recordedAt)
    expect(times).toEqual([...times].sort())
    expect((await verifyChains(stores[0]!.database)).problems).toEqual([])
  })
})
