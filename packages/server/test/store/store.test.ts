import { expect, test } from 'vitest'
import { versionHash } from '../../src/store/hash.ts'
import type { Store } from '../../src/store/index.ts'
import { onBothDatabases } from './databases.ts'
import { AUTHOR, must, observation, patient, put, testClock } from './resources.ts'

const codes = (result: { readonly ok: boolean; readonly error?: readonly { readonly code: string }[] }): readonly string[] =>
  result.ok ? [] : (result.error ?? []).map(({ code }) => code)

onBothDatabases('store', ({ open, again, kind }) => {
  test('a resource is read as it was written, with its version and the instant of recording', async () => {
    const clock = testClock()
    const store = await open({ clock: clock.now })
    const [written] = must(await store.commit(AUTHOR, [put(patient('a', { meta: { profile: ['x'], versionId: '77' } }))]))
    expect(written).toMatchObject({
      outcome: 'created',
      version: { version: 1, chart: 'Patient/a', revision: 1, recordedBy: 'Practitioner/test', site: 'north' },
    })
    const read = await store.read('Patient', 'a')
    expect(JSON.parse(read!.body!)).toEqual({
      resourceType: 'Patient',
      id: 'a',
      gender: 'female',
      meta: { versionId: '1', lastUpdated: '2026-11-23T10:00:00.000Z', profile: ['x'] },
    })
    expect(await store.read('Patient', 'b')).toBeUndefined()
  })

  test('texts of every kind come back unchanged', async () => {
    const store = await open()
    const text = 'quotes " \' back\\slash {braces} , null NULL ünï–😀 \u2028 \t line\nbreak'
    must(await store.commit(AUTHOR, [put(patient('a', { name: [{ family: text }], multipleBirthInteger: 3 }))]))
    const read = JSON.parse((await store.read('Patient', 'a'))!.body!)
    expect(read.name[0].family).toBe(text)
    expect(read.multipleBirthInteger).toBe(3)
  })

  test('the chart only grows: no statement changes or removes a version', async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('a'))]))
    for (const statement of ["update chart_version set body = '{}'", 'delete from chart_version', 'truncate chart_version'])
      await expect(store.database.query(statement)).rejects.toThrow(/only grows/)
    expect((await store.read('Patient', 'a'))?.version).toBe(1)
  })

  test('versions count up; an update that says the same makes none', async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('a'))]))
    const [same] = must(await store.commit(AUTHOR, [put(patient('a'))]))
    expect(same).toMatchObject({ outcome: 'unchanged', version: { version: 1 } })
    const [other] = must(await store.commit(AUTHOR, [put(patient('a', { gender: 'male' }))]))
    expect(other).toMatchObject({ outcome: 'updated', version: { version: 2, revision: 2 } })
    expect((await store.readVersion('Patient', 'a', 1))?.body).toContain('female')
    expect(await store.readVersion('Patient', 'a', 3)).toBeUndefined()
  })

  test('deletion is a tombstone: gone now, there in the history, and it may come back', async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('a'))]))
    expect(must(await store.commit(AUTHOR, [{ kind: 'delete', type: 'Patient', id: 'a' }]))[0]).toMatchObject({ outcome: 'deleted' })
    expect(await store.read('Patient', 'a')).toMatchObject({ version: 2, method: 'delete', body: null })
    // again, and of what never was: nothing happens
    expect(must(await store.commit(AUTHOR, [{ kind: 'delete', type: 'Patient', id: 'a' }]))[0]).toMatchObject({ outcome: 'unchanged' })
    expect(must(await store.commit(AUTHOR, [{ kind: 'delete', type: 'Patient', id: 'z' }]))[0]).toMatchObject({ outcome: 'unchanged' })
    expect(must(await store.commit(AUTHOR, [put(patient('a'))]))[0]).toMatchObject({ outcome: 'created', version: { version: 3 } })
    const { versions } = await store.history({ type: 'Patient', id: 'a', count: 10 })
    expect(versions.map((v) => v.method)).toEqual(['update', 'delete', 'update'])
  })

  test('If-Match: a change of another version than the newest is refused, and nothing of its transaction stays', async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('a'))]))
    const refused = await store.commit(AUTHOR, [put(patient('b')), put(patient('a', { gender: 'male' }), 2)])
    expect(codes(refused)).toEqual(['version-conflict'])
    expect(await store.read('Patient', 'b')).toBeUndefined()
    expect(codes(await store.commit(AUTHOR, [put(patient('zz'), 1)]))).toEqual(['version-conflict'])
    expect(codes(await store.commit(AUTHOR, [{ kind: 'delete', type: 'Patient', id: 'a', ifMatch: 9 }]))).toEqual(['version-conflict'])
    must(await store.commit(AUTHOR, [put(patient('a', { gender: 'male' }), 1)]))
  })

  test('a transaction that is refused or throws leaves nothing behind', async () => {
    const store = await open()
    const refused = await store.transaction(AUTHOR, async (tx) => {
      must(await tx.append([put(patient('a')), put(observation('o', 'a'))]))
      expect((await tx.read('Patient', 'a'))?.version).toBe(1)
      return tx.append([{ kind: 'create', resource: patient('a') }])
    })
    expect(codes(refused)).toEqual(['already-exists'])
    await expect(
      store.transaction(AUTHOR, async (tx) => {
        must(await tx.append([put(patient('a'))]))
        throw new Error('a bug')
      }),
    ).rejects.toThrow('a bug')
    expect(await store.read('Patient', 'a')).toBeUndefined()
    expect(await store.outbox.size()).toBe(0)
    expect((await store.history({ count: 5 })).versions).toEqual([])
  })

  test('the same resource twice in one transaction is refused', async () => {
    const store = await open()
    expect(codes(await store.commit(AUTHOR, [put(patient('a')), put(patient('a', { gender: 'male' }))]))).toEqual(['duplicate-entry'])
  })

  test('every version carries the hash of itself and of the one before in its chart', async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('a')), put(observation('o', 'a')), put(patient('b'))]))
    must(await store.commit(AUTHOR, [put(observation('o', 'a', { valueInteger: 2 }))]))
    const { versions } = await store.history({ within: { charts: ['Patient/a'], andShared: false }, count: 10 })
    const chain = [...versions].sort((x, y) => x.revision - y.revision)
    expect(chain.map((v) => v.revision)).toEqual([1, 2, 3])
    let prior = ''
    for (const { hash, ...version } of chain) {
      expect(version.priorHash).toBe(prior)
      expect(hash).toBe(versionHash(version))
      prior = hash
    }
  })

  test('what was known then: reads by recorded time', async () => {
    const clock = testClock()
    const store = await open({ clock: clock.now })
    must(await store.commit(AUTHOR, [put(patient('a')), put(observation('o', 'a')), put(observation('gone', 'a'))]))
    const before = clock.now().toISOString()
    clock.tick()
    must(
      await store.commit(AUTHOR, [
        put(observation('o', 'a', { valueInteger: 3 })),
        put(observation('late', 'a')),
        { kind: 'delete', type: 'Observation', id: 'gone' },
      ]),
    )
    const ids = async (knownAt?: string) => (await store.chart('a', knownAt)).resources.map((r) => `${r.id}/${r.version}`)
    expect(await ids(before)).toEqual(['gone/1', 'o/1', 'a/1'])
    expect(await ids()).toEqual(['late/1', 'o/2', 'a/1'])
    expect(await ids('2020-01-01T00:00:00Z')).toEqual([])
    expect(await store.readAsOf('Observation', 'o', before)).toMatchObject({ version: 1 })
    expect(await store.readAsOf('Observation', 'late', before)).toBeUndefined()
    expect(await store.chart('a', before)).toMatchObject({ revision: 3 })
    expect(await store.chart('a')).toMatchObject({ revision: 6 })
    expect(await store.chart('nobody')).toMatchObject({ revision: 0, resources: [] })
  })

  test('a chart holds what it refers to and no other patient', async () => {
    const store = await open()
    const medication = { resourceType: 'Medication', id: 'm', manufacturer: { reference: 'Organization/maker' } }
    const request = {
      resourceType: 'MedicationRequest',
      id: 'r',
      status: 'active',
      intent: 'order',
      subject: { reference: 'Patient/a' },
      medicationReference: { reference: 'Medication/m' },
    }
    must(
      await store.commit(AUTHOR, [
        put(patient('a', { link: [{ other: { reference: 'Patient/b' }, type: 'seealso' }] })),
        put(patient('b')),
        put(observation('of-b', 'b')),
        put(medication),
        put({ resourceType: 'Organization', id: 'maker' }),
        put({ resourceType: 'Organization', id: 'unrelated' }),
        put(request),
      ]),
    )
    const { resources } = await store.chart('a')
    expect(resources.map((r) => r.id).sort()).toEqual(['a', 'm', 'maker', 'r'])
  })

  test('a result that turns out to be another patient\u2019s moves to their chart, and the old chart still tells that it was there', async () => {
    const clock = testClock()
    const store = await open({ clock: clock.now })
    must(await store.commit(AUTHOR, [put(patient('a')), put(patient('b')), put(observation('o', 'a'))]))
    const before = clock.now().toISOString()
    clock.tick()
    must(await store.commit(AUTHOR, [put(observation('o', 'b'))]))
    expect((await store.chart('a')).resources.map((r) => r.id)).toEqual(['a'])
    expect((await store.chart('b')).resources.map((r) => r.id)).toEqual(['o', 'b'])
    expect((await store.chart('a', before)).resources.map((r) => r.id)).toEqual(['o', 'a'])
  })

  test('recorded time never goes back inside a chart, whatever the clock does', async () => {
    const clock = testClock('2026-11-23T10:00:00.000Z')
    const store = await open({ clock: clock.now })
    must(await store.commit(AUTHOR, [put(patient('a'))]))
    clock.set('2026-11-23T09:00:00.000Z')
    const [written] = must(await store.commit(AUTHOR, [put(patient('a', { gender: 'male' }))]))
    expect(written?.version?.recordedAt).toBe('2026-11-23T10:00:00.000Z')
    expect(await store.readAsOf('Patient', 'a', '2026-11-23T09:30:00Z')).toBeUndefined()
  })

  test('a request with a key that is sent again is done once and answered twice', async () => {
    const store = await open()
    const idempotency = { key: 'key-00001', requestHash: 'h' }
    const first = must(await store.commit(AUTHOR, [put(patient('a'))], { idempotency }))
    const second = must(await store.commit(AUTHOR, [put(patient('a', { gender: 'male' }))], { idempotency }))
    expect(second).toEqual(first)
    expect((await store.read('Patient', 'a'))?.version).toBe(1)
    expect(codes(await store.commit(AUTHOR, [put(patient('b'))], { idempotency: { ...idempotency, requestHash: 'other' } }))).toEqual([
      'key-reused',
    ])
    // another sender's key is another key
    must(await store.commit({ ...AUTHOR, who: 'Practitioner/other' }, [put(patient('b'))], { idempotency }))
    expect(await store.read('Patient', 'b')).toBeDefined()
  })

  test('a refused request may be put right and sent again with its key', async () => {
    const store = await open()
    const idempotency = { key: 'key-00002', requestHash: 'h' }
    expect((await store.commit(AUTHOR, [put(patient('a'), 4)], { idempotency })).ok).toBe(false)
    must(await store.commit(AUTHOR, [put(patient('a'))], { idempotency }))
  })

  test('what is kept only for a while goes when its time is over, and nothing else', async () => {
    const store = await open()
    const idempotency = { key: 'key-00003', requestHash: 'h' }
    must(await store.commit(AUTHOR, [put(patient('a'))], { idempotency }))
    await store.sweep()
    expect(must(await store.commit(AUTHOR, [put(patient('a', { gender: 'male' }))], { idempotency }))[0]).toMatchObject({
      outcome: 'created',
    })
    await store.database.query("update idempotency set recorded_at = now() - interval '25 hours'")
    await store.sweep()
    expect(must(await store.commit(AUTHOR, [put(patient('a', { gender: 'male' }))], { idempotency }))[0]).toMatchObject({
      outcome: 'updated',
    })
    expect((await store.history({ count: 9 })).versions).toHaveLength(2)
  })

  test('the outbox tells of each changed chart, once dealt with it is gone, and what failed stays', async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('a')), put(observation('o', 'a')), put(patient('b'))]))
    await expect(
      store.outbox.take(10, async () => {
        throw new Error('no mail today')
      }),
    ).rejects.toThrow('no mail today')
    const seen: unknown[] = []
    expect(await store.outbox.take(1, async (messages) => void seen.push(...messages))).toBe(1)
    expect(await store.outbox.take(10, async (messages) => void seen.push(...messages))).toBe(1)
    expect(await store.outbox.take(10, async () => {})).toBe(0)
    expect(seen).toMatchObject([
      {
        topic: 'chart-changed',
        chart: 'Patient/a',
        revision: 2,
        body: { by: 'Practitioner/test', resources: ['Patient/a/_history/1', 'Observation/o/_history/1'] },
      },
      { topic: 'chart-changed', chart: 'Patient/b', revision: 1 },
    ])
  })

  test('the hook before a commit writes in the same transaction, and stops it by throwing', async () => {
    let shouldFail = false
    const store = await open({
      hooks: {
        beforeCommit: async (tx, [version]) => {
          await tx.query('insert into derived_state (name, fingerprint, rebuilt_at) values ($1, $2, now())', [
            version!.id,
            version!.recordedBy,
          ])
          if (shouldFail) throw new Error('no audit, no write')
        },
      },
    })
    must(await store.commit(AUTHOR, [put(patient('a'))]))
    shouldFail = true
    await expect(store.commit(AUTHOR, [put(patient('b'))])).rejects.toThrow('no audit, no write')
    expect(await store.read('Patient', 'b')).toBeUndefined()
    expect(await store.database.query("select name from derived_state where name in ('a', 'b')")).toEqual([{ name: 'a' }])
  })

  test('decisions are kept in order, chained, and refuse what cannot be a decision', async () => {
    const clock = testClock()
    const store = await open({ clock: clock.now })
    const decision = {
      optionsSeen: ['one', 'two'],
      chosen: 'two',
      reason: 'she prefers tablets',
      dissent: [{ who: 'Practitioner/x', reason: 'faster response wanted' }],
      planDigest: 'd',
      chartRevision: 3,
      knowledgeRelease: 'r',
      asOf: '2026-11-23',
    }
    expect(must(await store.decisions.append('a', decision, AUTHOR))).toMatchObject({ number: 1, recordedBy: 'Practitioner/test' })
    must(await store.decisions.append('a', { ...decision, chosen: null, reason: 'trial opened elsewhere' }, AUTHOR))
    expect(codes(await store.decisions.append('a', { ...decision, chosen: 'three' }, AUTHOR))).toEqual(['invalid-request'])
    expect(codes(await store.decisions.append('a', { ...decision, reason: ' ' }, AUTHOR))).toEqual(['missing-input'])
    const listed = await store.decisions.list('a')
    expect(listed.map(({ number, chosen }) => [number, chosen])).toEqual([
      [1, 'two'],
      [2, null],
    ])
    expect(listed[0]).toMatchObject(decision)
    expect(await store.decisions.list('b')).toEqual([])
    await expect(store.database.query('delete from decision_journal')).rejects.toThrow(/only grows/)
  })

  test('many writers of one patient at once: every version is there, none is doubled, the chain holds', async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('a'))]))
    const stores: readonly Store[] = kind === 'postgres' ? [store, await again()] : [store]
    const writes = Array.from({ length: 24 }, (_, i) =>
      stores[i % stores.length]!.commit(AUTHOR, [put(observation(`o${i % 6}`, 'a', { valueInteger: i })), put(observation(`n${i}`, 'a'))]),
    )
    for (const result of await Promise.all(writes)) must(result)
    const { versions } = await store.history({ within: { charts: ['Patient/a'], andShared: false }, count: 1000 })
    expect(versions.map((v) => v.revision).sort((x, y) => x - y)).toEqual(Array.from({ length: 49 }, (_, i) => i + 1))
    const chain = [...versions].sort((x, y) => x.revision - y.revision)
    for (const [i, version] of chain.entries()) expect(version.priorHash).toBe(chain[i - 1]?.hash ?? '')
  })

  test('two writers with the same If-Match: one wins, one is told', async () => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('a'))]))
    const other = kind === 'postgres' ? await again() : store
    const results = await Promise.all([store, other].map((s, i) => s.commit(AUTHOR, [put(patient('a', { language: `l${i}` }), 1)])))
    expect(results.map((r) => r.ok).sort()).toEqual([false, true])
    expect(results.flatMap((r) => codes(r))).toEqual(['version-conflict'])
  })

  test('transactions that touch the same charts in opposite order do not lock each other out', async () => {
    const store = await open()
    const pairs = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? ['a', 'b'] : ['b', 'a']))
    const results = await Promise.all(
      pairs.map(([first, second], i) =>
        store.commit(AUTHOR, [put(patient(first!, { language: `x${i}` })), put(patient(second!, { language: `x${i}` }))]),
      ),
    )
    expect(results.every((r) => r.ok)).toBe(true)
    expect((await store.read('Patient', 'a'))?.version).toBe(12)
  })
})
