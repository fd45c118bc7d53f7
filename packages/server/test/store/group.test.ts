import { err, ok } from '@secondwind/core'
import { expect, test } from 'vitest'
import { type Access, forbidden } from '../../src/api/index.ts'
import { type Answer, type Member, prepare } from '../../src/store/append.ts'
import { grouped } from '../../src/store/group.ts'
import type { Author, Store, Transaction, Write } from '../../src/store/index.ts'
import { verifyChains } from '../../src/store/verify.ts'
import { clientOf, OPEN } from '../fhir-api/client.ts'
import { until } from '../reliability/cluster.ts'
import { onBothDatabases } from './databases.ts'
import { AUTHOR, must, observation, patient, put } from './resources.ts'

const authorOf = (n: number): Author => ({ who: `Practitioner/${n % 3}`, site: n % 2 === 0 ? 'north' : 'south' })

const heads = async (store: Store): Promise<readonly unknown[]> =>
  store.database.query('select chart from chart_head where revision = 0 order by chart')

onBothDatabases('writes that come together', ({ open, place, kind }) => {
  test('share transactions, and each is recorded as if it had come alone', { timeout: 60_000 }, async () => {
    let transactions = 0
    const store = await open({
      hooks: {
        beforeCommit: async () => {
          transactions += 1
        },
      },
    })
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => store.commit(authorOf(n), [put(observation(`o${n}`, `p${n % 4}`))]).then(must)),
    )
    expect(transactions).toBeLessThan(20)
    for (const [n, [one]] of answers.entries()) {
      const { who, site } = authorOf(n)
      expect(one).toMatchObject({ outcome: 'created', version: { id: `o${n}`, chart: `Patient/p${n % 4}`, recordedBy: who, site } })
      expect(await store.read('Observation', `o${n}`)).toEqual(one!.version)
    }
    // the chain of each chart has no gap
    for (let p = 0; p < 4; p += 1)
      expect(
        answers.flatMap(([one]) => (one!.version!.chart === `Patient/p${p}` ? [one!.version!.revision] : [])).sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 10 }, (_, n) => n + 1))
    expect((await verifyChains(store.database)).problems).toEqual([])
    const told: { readonly by: string; readonly resources: readonly string[] }[] = []
    await store.outbox.take(100, async (messages) => void told.push(...messages.map(({ body }) => body)))
    expect(told.flatMap(({ by, resources }) => resources.map((resource) => `${by} ${resource}`)).sort()).toEqual(
      answers.map((_, n) => `${authorOf(n).who} Observation/o${n}/_history/1`).sort(),
    )
  })

  test('one that is refused, and one that the database refuses, take nothing from the others', { timeout: 60_000 }, async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('taken'))]))
    const good = (n: number): Write => put(patient(`good-${n}`))
    const together = (bad: readonly Write[]) => Promise.allSettled([good(1), ...bad, good(2)].map((write) => store.commit(AUTHOR, [write])))
    const [first, late, absent, second] = await together([put(patient('taken', { gender: 'male' }), 7), put(patient('absent'), 1)])
    for (const one of [first, second]) expect(one).toMatchObject({ status: 'fulfilled', value: { ok: true } })
    for (const one of [late, absent])
      expect(one).toMatchObject({ status: 'fulfilled', value: { ok: false, error: [{ code: 'version-conflict' }] } })
    // no end of a chain that was never begun
    expect(await heads(store)).toEqual([])

    const [same, again, nul, other] = await together([
      { kind: 'create', resource: patient('taken') },
      put(patient('nul', { name: [{ family: 'a\u0000b' }] })),
    ])
    expect(same).toMatchObject({ status: 'fulfilled', value: { ok: true, value: [{ outcome: 'unchanged' }] } })
    expect(again).toMatchObject({ status: 'fulfilled', value: { ok: false, error: [{ code: 'already-exists' }] } })
    expect(nul).toMatchObject({ status: 'rejected', reason: { code: expect.stringMatching(/^22/) } })
    expect(other).toMatchObject({ status: 'fulfilled', value: { ok: true } })
    expect(await store.read('Patient', 'nul')).toBeUndefined()
    expect(await heads(store)).toEqual([])
    expect((await verifyChains(store.database)).problems).toEqual([])
  })

  test('writers of one resource come one after the other: each version is there once', { timeout: 60_000 }, async () => {
    const store = await open()
    const sent = Array.from({ length: 12 }, (_, n) => put(patient('p', { multipleBirthInteger: n })))
    const written = (await Promise.all(sent.map((write) => store.commit(AUTHOR, [write])))).map((one) => must(one)[0]!.version!)
    expect(written.map(({ version }) => version)).toEqual(sent.map((_, n) => n + 1))
    const matching = await Promise.all(
      Array.from({ length: 5 }, (_, n) => store.commit(AUTHOR, [put(patient('p', { multipleBirthInteger: 100 + n }), 12)])),
    )
    expect(matching.map(({ ok: isOk }) => isOk)).toEqual([true, false, false, false, false])
    expect((await verifyChains(store.database)).problems).toEqual([])
  })

  test('what is not as it was when access was asked is not recorded before access is asked again', { timeout: 60_000 }, async () => {
    let change: (() => Promise<unknown>) | undefined
    let asked = 0
    const access: Access = {
      ...OPEN,
      authorize: async (_context, { interaction, resource }) => {
        if (interaction !== 'update' || resource === undefined) return { allowed: true }
        asked += 1
        // what stood there has been looked at, and now somebody else takes it to another chart
        await change?.()
        change = undefined
        return asked === 1 ? { allowed: true } : { allowed: false, issue: forbidden() }
      },
    }
    const client = await clientOf(await place(), access)
    const { store } = client
    for (const one of [patient('p'), patient('q'), observation('o', 'p')]) must(await store.commit(AUTHOR, [put(one)]))
    change = () => store.commit(AUTHOR, [put(observation('o', 'q'))])
    const mine = observation('o', 'p', { valueInteger: 3 })
    expect((await client.send('PUT', '/Observation/o', mine)).status).toBe(403)
    expect(asked).toBe(2)
    expect(await store.read('Observation', 'o')).toMatchObject({ version: 2, chart: 'Patient/q' })
  })

  test('a statement for which nobody waits goes with the commit, and nothing is kept where it fails', { timeout: 60_000 }, async () => {
    let fails = true
    const store = await open({
      hooks: {
        beforeCommit: (tx) => {
          tx.query(fails ? 'select 1 / 0' : 'select 1').catch(() => {})
        },
      },
    })
    const both = await Promise.allSettled(['p', 'q'].map((id) => store.commit(AUTHOR, [put(patient(id))])))
    for (const one of both) expect(one).toMatchObject({ status: 'rejected', reason: { code: '22012' } })
    expect(await store.read('Patient', 'p')).toBeUndefined()
    expect(await heads(store)).toEqual([])
    fails = false
    must(await store.commit(AUTHOR, [put(patient('p'))]))
    expect((await verifyChains(store.database)).problems).toEqual([])
    const unheard = store.database.transaction(async (tx) => {
      tx.query('select 1 / 0').catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 20))
      return 'kept'
    })
    await expect(unheard).rejects.toMatchObject({ code: '22012' })
  })

  test('an event that cannot be recorded stops the write', { timeout: 60_000 }, async () => {
    const store = await open({
      areCasesLater: true,
      hooks: {
        beforeCommit: async () => {
          throw new Error('no event')
        },
      },
    })
    await expect(store.commit(AUTHOR, [put(patient('p'))])).rejects.toThrow('no event')
    expect(await store.read('Patient', 'p')).toBeUndefined()
  })

  test('a statement that comes after the end of its transaction is refused: it would be in that of somebody else', async () => {
    const { database } = await open()
    const ended: Transaction[] = []
    const failing = database.transaction(async (tx) => {
      ended.push(tx)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await database.transaction(async (tx) => void ended.push(tx))
    for (const tx of ended) {
      await expect(tx.query('select 1')).rejects.toThrow()
      await expect(tx.query('select 1', [], 'by-value')).rejects.toThrow()
    }
  })

  test.skipIf(kind === 'pglite')('one that waits for a chart keeps nobody else waiting', { timeout: 60_000 }, async () => {
    // the embedded database has one connection: there everybody waits for everybody
    const store = await open()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let isHeld = false
    const holder = store.transaction(AUTHOR, async (tx) => {
      must(await tx.append([put(patient('a'))]))
      isHeld = true
      await held
      return ok(undefined)
    })
    await until('the chart is held', () => isHeld)
    let isDone = false
    const waiting = store.commit(AUTHOR, [put(observation('oa', 'a'))]).then((answer) => {
      isDone = true
      return must(answer)
    })
    // the first goes with the one that waits, the others after it
    for (let n = 0; n < 3; n += 1) must(await store.commit(AUTHOR, [put(observation(`ob${n}`, 'b'))]))
    expect(isDone).toBe(false)
    release()
    must(await holder)
    expect((await waiting)[0]).toMatchObject({ outcome: 'created', version: { revision: 2 } })
  })
})

const member = (id: string): Member => ({ author: AUTHOR, prepared: [prepare(put(patient(id)))] })
const written: Answer = ok([])

test('after the commit was sent nothing is tried again, where the database says nothing of it: nobody knows what became of it', async () => {
  let alone = 0
  const errors = [
    Object.assign(new Error('the connection is gone'), { code: 'ECONNRESET' }),
    new TypeError('no answer'),
    Object.assign(new Error('refused'), { code: '40001' }),
  ]
  const carried = grouped({
    lanes: 1,
    together: async (_members, { began, ended }) => {
      began()
      ended()
      throw errors.shift()!
    },
    alone: async () => {
      alone += 1
      return written
    },
  })
  for (let turn = 0; turn < 2; turn += 1) {
    const all = await Promise.allSettled([carried(member('a')), carried(member('b'))])
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(alone).toBe(0)
  }
  // a commit that the database refuses has kept nothing
  await Promise.all([carried(member('a')), carried(member('b'))])
  expect(alone).toBe(2)
})

test('a database that is gone is told to all at once; what one of them holds sends each by itself', async () => {
  const codes = ['57P01', '22P02']
  const alone: string[] = []
  const carried = grouped({
    lanes: 1,
    together: async (_members, { began }) => {
      began()
      throw Object.assign(new Error('no'), { code: codes.shift() })
    },
    alone: async ({ prepared }) => {
      alone.push(prepared[0]!.id)
      return prepared[0]!.id === 'c' ? err([forbidden()]) : written
    },
  })
  const gone = await Promise.allSettled([carried(member('a')), carried(member('b'))])
  expect(gone.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(alone).toEqual([])
  expect((await Promise.all([carried(member('c')), carried(member('d'))])).map((one) => typeof one === 'object' && one.ok)).toEqual([
    false,
    true,
  ])
  expect(alone).toEqual(['c', 'd'])
})
