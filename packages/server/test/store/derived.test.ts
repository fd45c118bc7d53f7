import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { caseProjection } from '../../src/case-projection.ts'
import { openKnowledge } from '../../src/compose.ts'
import { backup, restore } from '../../src/store/backup.ts'
import type { Database } from '../../src/store/database.ts'
import { openStore, type Projection, type Store } from '../../src/store/index.ts'
import { rebuild } from '../../src/store/rebuild.ts'
import { verifyChains } from '../../src/store/verify.ts'
import { onBothDatabases } from './databases.ts'
import { AUTHOR, must, observation, patient, put, testClock } from './resources.ts'

const PATIENT = 'egfr-exon19-brain-mets-fit'

/** Every derived row, named by what it is about and not by its number. */
async function derived(database: Database): Promise<readonly string[]> {
  const rows: string[] = []
  for (const table of ['ix_token', 'ix_reference', 'ix_date', 'ix_string', 'ix_quantity'])
    rows.push(
      ...(
        await database.query<{ row: string }>(
          `select '${table} ' || c.type || '/' || c.id || ' ' || (to_jsonb(x) - 'rid')::text as row from ${table} x join resource_current c on c.rid = x.rid`,
        )
      ).map((r) => r.row),
    )
  for (const table of ['resource_current', 'chart_head'])
    rows.push(
      ...(await database.query<{ row: string }>(`select '${table} ' || (to_jsonb(t) - 'rid')::text as row from ${table} t`)).map(
        (r) => r.row,
      ),
    )
  const snapshots = await database.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relname like 'case\\_snapshot%' and relnamespace = current_schema()::regnamespace`,
  )
  for (const { name } of snapshots)
    rows.push(...(await database.query<{ row: string }>(`select '${name} ' || to_jsonb(t)::text as row from ${name} t`)).map((r) => r.row))
  return rows.sort()
}

let folder: string
let projection: Projection
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-store-'))
  projection = caseProjection(openKnowledge().knowledge)
}, 60_000)
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A real chart, changed, moved and deleted from, as charts are. */
async function lived(store: Store): Promise<void> {
  const file = path.join(import.meta.dirname, `../../../../fixtures/patients/${PATIENT}.json`)
  const { entry } = JSON.parse(fs.readFileSync(file, 'utf8')) as { entry: { resource: { resourceType: string; id: string } }[] }
  must(
    await store.commit(
      AUTHOR,
      entry.map(({ resource }) => put(resource)),
    ),
  )
  must(
    await store.commit(AUTHOR, [
      put(patient('other')),
      put(observation('moves', 'other')),
      put(observation('ecog-new', PATIENT, { valueInteger: 2 })),
    ]),
  )
  must(await store.commit(AUTHOR, [put(observation('moves', PATIENT)), { kind: 'delete', type: 'Observation', id: 'ecog-new' }]))
  const decision = {
    optionsSeen: ['x'],
    chosen: 'x',
    reason: 'r',
    dissent: [],
    planDigest: 'd',
    chartRevision: 1,
    knowledgeRelease: 'k',
    asOf: '2026-11-23',
  }
  must(await store.decisions.append(PATIENT, decision, AUTHOR))
  must(await store.decisions.append(PATIENT, { ...decision, reason: 'again' }, AUTHOR))
}

onBothDatabases('derived tables and copies', ({ open, place, kind }) => {
  test('a chart has its case snapshot, and it follows the chart', async () => {
    const store = await open({ projection })
    await lived(store)
    const rows = async () =>
      store.database.query<{ case_id: string; ecog: number | null }>('select case_id, ecog from case_snapshot order by case_id')
    const [first] = await rows()
    expect(first).toMatchObject({ case_id: `Patient/${PATIENT}` })
    expect(first!.ecog).not.toBeNull()
    must(
      await store.commit(AUTHOR, [
        { kind: 'delete', type: 'Patient', id: PATIENT },
        { kind: 'delete', type: 'Patient', id: 'other' },
      ]),
    )
    const listed = await store.database.query('select 1 from case_snapshot where case_id = $1', ['Patient/other'])
    expect(listed.length).toBeLessThanOrEqual(1)
  })

  test('left for later, a case has no snapshot until it is worked out, never an old one, and then the same', async () => {
    const at = testClock('2026-11-23T10:00:00.000Z').now
    const snapshot = async (database: Database) => database.query('select * from case_snapshot order by case_id')
    const atOnce = await open({ projection, clock: at })
    await lived(atOnce)
    const expected = await snapshot(atOnce.database)
    const store = await open({ projection, clock: at, areCasesLater: true })
    await lived(store)
    expect(await snapshot(store.database)).toEqual([])
    expect(await store.catchUp()).toBeGreaterThan(0)
    expect(await snapshot(store.database)).toEqual(expected)
    expect(await store.catchUp()).toBe(0)
    must(await store.commit(AUTHOR, [put(observation('later', PATIENT))]))
    expect(await store.database.query('select 1 from case_snapshot where case_id = $1', [`Patient/${PATIENT}`])).toEqual([])
    expect(await store.catchUp()).toBe(1)
    expect(await store.database.query('select 1 from case_snapshot where case_id = $1', [`Patient/${PATIENT}`])).toHaveLength(1)
  })

  test('a case that the database refuses keeps none that comes after it waiting', async () => {
    const store = await open({ projection: { ...projection, write: fails }, areCasesLater: true })
    async function fails(...[tx, chart]: Parameters<Projection['write']>): Promise<void> {
      if (chart.chart === 'Patient/broken') await tx.query(`select '"\\ud800"'::jsonb`)
      await projection.write(tx, chart)
    }
    const patients = ['a', 'broken', 'c', 'd', 'e', 'f', 'g']
    must(
      await store.commit(
        AUTHOR,
        patients.map((id) => put(patient(id))),
      ),
    )
    const warned: string[] = []
    const hear = ({ message }: Error): void => void warned.push(message)
    process.on('warning', hear)
    expect(await store.catchUp()).toBe(patients.length)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', hear)
    expect(await store.database.query('select 1 from case_due')).toEqual([])
    expect(warned).toEqual([expect.stringMatching(/^a case cannot be kept/)])
    expect(warned.join()).not.toContain('broken')
  })

  test('a case is due again when a medicine that its chart names comes later, and no directory makes it so', async () => {
    const store = await open({ projection, areCasesLater: true })
    const taken = {
      resourceType: 'MedicationStatement',
      id: 'taken',
      status: 'active',
      subject: { reference: 'Patient/a' },
      informationSource: { reference: 'Practitioner/doc' },
      medicationReference: { reference: 'Medication/late' },
    }
    must(await store.commit(AUTHOR, [put(patient('a')), put(patient('b')), put(taken)]))
    await store.catchUp()
    const due = () => store.database.query('select chart from case_due')
    must(await store.commit(AUTHOR, [put({ resourceType: 'Practitioner', id: 'doc' })]))
    expect(await due()).toEqual([])
    const late = { ingredient: [{ itemReference: { reference: 'Medication/part' } }] }
    must(await store.commit(AUTHOR, [put({ resourceType: 'Medication', id: 'late', ...late })]))
    expect(await due()).toEqual([{ chart: 'Patient/a' }])
    await store.catchUp()
    // and through it
    must(await store.commit(AUTHOR, [put({ resourceType: 'Medication', id: 'part' })]))
    expect(await due()).toEqual([{ chart: 'Patient/a' }])
  })

  test('half of a character in a chart of long ago is no reason to have no case', async () => {
    const store = await open({ projection, areCasesLater: true })
    await lived(store)
    const allergy = {
      resourceType: 'AllergyIntolerance',
      id: 'half',
      patient: { reference: `Patient/${PATIENT}` },
      code: { text: 'dust \ud800' },
    }
    must(await store.commit(AUTHOR, [put(allergy)]))
    await store.catchUp()
    expect(await store.database.query('select 1 from case_snapshot where case_id = $1', [`Patient/${PATIENT}`])).toHaveLength(1)
  })

  test('everything derived, made again from the versions alone, is equal', async () => {
    const store = await open({ projection })
    await lived(store)
    const before = await derived(store.database)
    expect(before.length).toBeGreaterThan(500)
    for (const table of [
      'ix_token',
      'ix_reference',
      'ix_date',
      'ix_string',
      'ix_quantity',
      'resource_current',
      'chart_head',
      'case_snapshot',
    ])
      await store.database.query(`truncate ${table} cascade`)
    const { resources } = await rebuild(store.database, projection)
    expect(resources).toBeGreaterThan(100)
    expect(await derived(store.database)).toEqual(before)
    // and again, over what stands
    await rebuild(store.database, projection)
    expect(await derived(store.database)).toEqual(before)
    must(await store.commit(AUTHOR, [put(patient('other', { gender: 'male' }))]))
  })

  test('tables of another knowledge are made again at the start', async () => {
    const store = await open({ projection })
    await lived(store)
    const before = await derived(store.database)
    await store.database.query("update derived_state set fingerprint = 'old'")
    await store.database.query('delete from ix_token')
    const told: string[] = []
    await openStore({ database: { open: store.database }, projection, tell: (text) => told.push(text) })
    expect(told).toHaveLength(2)
    expect(await derived(store.database)).toEqual(before)
  })

  test('a process of an older release writes no snapshot among those of a newer one; the newer makes up for it', async () => {
    const store = await open({ projection })
    await lived(store)
    const older = await openStore({ database: { open: store.database }, projection })
    await store.database.query("update derived_state set fingerprint = 'newer' where name = 'case-snapshot'")
    must(await older.commit(AUTHOR, [put(patient(PATIENT, { birthDate: '1950-01-01' }))]))
    const rows = () => store.database.query('select 1 from case_snapshot where case_id = $1', [`Patient/${PATIENT}`])
    expect(await rows()).toEqual([])
    expect(await older.catchUp()).toBe(0)
    await store.database.query("update derived_state set fingerprint = $1 where name = 'case-snapshot'", [projection.fingerprint])
    expect(await store.catchUp()).toBe(1)
    expect(await rows()).toHaveLength(1)
  })

  test('a new release: the server answers at once, cases come in small pieces, a process that dies loses none, and reads tell of the release', async () => {
    const at = testClock('2026-11-23T10:00:00.000Z').now
    const store = await open({ projection, clock: at })
    await lived(store)
    const more = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9']
    must(
      await store.commit(
        AUTHOR,
        more.map((id) => put(patient(id))),
      ),
    )
    const before = await derived(store.database)
    const state = () => store.database.query<{ release: string; due: number }>('select release, due::int as due from case_state')
    const snapshots = () => store.database.query('select case_id from case_snapshot')
    expect(await state()).toEqual([{ release: projection.release, due: 0 }])
    const all = (await snapshots()).length
    const newer = { ...projection, fingerprint: 'newer', release: 'next' }
    const told: string[] = []
    const next = await openStore({
      database: { open: store.database },
      projection: newer,
      clock: at,
      areCasesLater: true,
      tell: (text) => told.push(text),
    })
    expect(told.join()).toContain('next')
    // none of the old ones is left, and who is missing is told
    expect(await snapshots()).toEqual([])
    const { due: first, release } = (await state())[0]!
    expect([release, first >= all]).toEqual(['next', true])
    // charts are read as ever, and written: each of them is worked out with what stands then
    expect((await next.chart('m1')).resources).toHaveLength(1)
    let pieces = 0
    const dies = next.catchUp(async () => {
      pieces += 1
      if (pieces > 2) throw new Error('the process died')
    })
    await expect(dies).rejects.toThrow('the process died')
    const left = (await state())[0]!.due
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(first)
    must(await next.commit(AUTHOR, [put(patient('m1', { gender: 'male' }))]))
    must(await next.commit(AUTHOR, [put(patient('m1'))]))
    // the next process goes on where it ended, and begins nothing anew
    const again = await openStore({ database: { open: store.database }, projection: newer, clock: at, areCasesLater: true })
    expect(await again.catchUp()).toBeLessThan(first)
    expect(await state()).toEqual([{ release: 'next', due: 0 }])
    expect(await snapshots()).toHaveLength(all)
    const made = (rows: readonly unknown[]) =>
      rows.filter((row) => JSON.stringify(row).includes('case_id') && !JSON.stringify(row).includes('m1'))
    expect(made(await derived(store.database))).toEqual(made(before))
  })

  test('a process of an older release writes on while the newer keeps its cases in tables that it does not know', async () => {
    const store = await open({ projection })
    await lived(store)
    const older = await openStore({ database: { open: store.database }, projection })
    const newer = {
      ...projection,
      fingerprint: 'newer',
      release: 'next',
      drop: [...projection.drop, 'drop table if exists case_snapshot_new_list'],
      create: ['create table case_snapshot (case_id text primary key)', 'create table case_snapshot_new_list (case_id text)'],
      write: async (...[tx, { chart }]: Parameters<Projection['write']>) => {
        await tx.query('insert into case_snapshot values ($1) on conflict do nothing', [chart])
        await tx.query('insert into case_snapshot_new_list values ($1)', [chart])
      },
    }
    const next = await openStore({ database: { open: store.database }, projection: newer, areCasesLater: true })
    await next.catchUp()
    const rows = async () => {
      const of = (table: string) => store.database.query(`select 1 from ${table} where case_id = $1`, [`Patient/${PATIENT}`])
      return [(await of('case_snapshot')).length, (await of('case_snapshot_new_list')).length]
    }
    expect(await rows()).toEqual([1, 1])
    must(await older.commit(AUTHOR, [put(patient(PATIENT, { birthDate: '1950-01-01' }))]))
    // what hangs on the case stays until it is written again: nobody comes to it without the case
    expect(await rows()).toEqual([0, 1])
    await next.catchUp()
    expect(await rows()).toEqual([1, 1])
  })

  test('an update writes the index rows of the parameters that changed, and leaves the others where they are', async () => {
    const store = await open({})
    const places = async (table: string) =>
      (
        await store.database.query<{ at: string }>(
          `select x.param || ' ' || x.ctid::text as at from ${table} x join resource_current c on c.rid = x.rid where c.type = 'Patient' and c.id = 'kept' order by 1`,
        )
      ).map(({ at }) => at)
    const names = [{ family: 'Kept' }]
    must(await store.commit(AUTHOR, [put(patient('kept', { name: names, gender: 'male', birthDate: '1950-01-01' }))]))
    const before = { string: await places('ix_string'), token: await places('ix_token'), date: await places('ix_date') }
    must(await store.commit(AUTHOR, [put(patient('kept', { name: names, gender: 'female', birthDate: '1950-01-01' }))]))
    const after = { string: await places('ix_string'), token: await places('ix_token'), date: await places('ix_date') }
    expect(before.string.length).toBeGreaterThan(0)
    expect(after.string).toEqual(before.string)
    expect(after.date).toEqual(before.date)
    expect(after.token).toHaveLength(before.token.length)
    expect(after.token.filter((at) => !before.token.includes(at))).toHaveLength(1)
    // two at once, of which each changes another parameter: the one loses nothing for the other
    must(await store.commit(AUTHOR, [put(patient('kept-too', { name: names, gender: 'male', birthDate: '1951-01-01' }))]))
    must(
      await store.commit(AUTHOR, [
        put(patient('kept', { name: names, gender: 'female', birthDate: '1952-01-01' })),
        put(patient('kept-too', { name: [{ family: 'Changed' }], gender: 'male', birthDate: '1951-01-01' })),
      ]),
    )
    const rows = await derived(store.database)
    await rebuild(store.database, undefined)
    expect(await derived(store.database)).toEqual(rows)
    // what was deleted comes again
    must(await store.commit(AUTHOR, [{ kind: 'delete', type: 'Patient', id: 'kept' }]))
    expect(await places('ix_token')).toEqual([])
    must(await store.commit(AUTHOR, [put(patient('kept', { name: names, gender: 'female', birthDate: '1952-01-01' }))]))
    expect((await derived(store.database)).filter((row) => row.startsWith('ix_')).length).toBe(
      rows.filter((row) => row.startsWith('ix_')).length,
    )
  })

  test('drill: backup, restore into an empty database, and all of it is there and holds', async () => {
    const store = await open({ projection })
    await lived(store)
    const before = {
      derived: await derived(store.database),
      history: await store.history({ count: 1000 }),
      decisions: await store.decisions.list(PATIENT),
    }
    const file = path.join(folder, `${kind}.backup`)
    const { rows } = await backup(store.database, file)
    expect(rows).toMatchObject({ chart_version: before.history.versions.length, decision_journal: 2 })
    expect((await restore(store.database, file)).ok).toBe(false)
    // keys and sessions of the embedded provider are nobody's but this server's
    expect(Object.keys(rows).filter((table) => table.startsWith('provider'))).toEqual([])

    const other = await openStore({ database: await place() })
    const restored = must(await restore(other.database, file))
    expect(restored).toEqual(rows)
    await rebuild(other.database, projection)
    expect(await derived(other.database)).toEqual(before.derived)
    expect(await other.history({ count: 1000 })).toEqual(before.history)
    expect(await other.decisions.list(PATIENT)).toEqual(before.decisions)
    expect((await verifyChains(other.database)).problems).toEqual([])
    // life goes on: numbers continue after those restored
    must(await other.commit(AUTHOR, [put(patient('other', { gender: 'male' }))]))
    expect((await verifyChains(other.database)).problems).toEqual([])
    await other.close()
  })

  test.each([
    { name: 'cut off', spoil: (bytes: Buffer) => bytes.subarray(0, bytes.length - 40) },
    {
      name: 'damaged',
      spoil: (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 300), Buffer.from([bytes[300]! ^ 1]), bytes.subarray(301)]),
    },
    { name: 'no backup', spoil: () => Buffer.from('hello') },
  ])('a file that is $name restores nothing', async ({ name, spoil }) => {
    const store = await open()
    must(
      await store.commit(
        AUTHOR,
        Array.from({ length: 40 }, (_, i) => put(patient(`p${i}`))),
      ),
    )
    const file = path.join(folder, `${kind}-${name}.backup`)
    await backup(store.database, file)
    fs.writeFileSync(file, spoil(fs.readFileSync(file)))
    const empty = await openStore({ database: await place() })
    expect((await restore(empty.database, file)).ok).toBe(false)
    expect(await empty.database.query('select 1 from chart_version')).toEqual([])
    await empty.close()
  })

  test.each([
    {
      name: 'a changed body',
      sql: `update chart_version set body = replace(body, 'female', 'male') where id = 'p1'`,
      says: /not what was recorded/,
    },
    {
      name: 'another author',
      sql: `update chart_version set recorded_by = 'Practitioner/x' where id = 'p1'`,
      says: /not what was recorded/,
    },
    { name: 'a version taken out', sql: `delete from chart_version where id = 'o1' and version = 1`, says: /is missing/ },
    { name: 'the end of a chain cut off', sql: `delete from chart_version where id = 'o1' and version = 2`, says: /its head says/ },
    { name: 'a whole chart taken out', sql: `delete from chart_version where chart = 'Patient/p1'`, says: /every version/ },
    { name: 'a changed decision', sql: `update decision_journal set body = replace(body, 'because', 'though')`, says: /decision is not/ },
  ])('verify finds $name', async ({ sql, says }) => {
    const store = await open()
    must(await store.commit(AUTHOR, [put(patient('p1')), put(observation('o1', 'p1')), put(patient('p2'))]))
    must(await store.commit(AUTHOR, [put(observation('o1', 'p1', { valueInteger: 2 }))]))
    const decision = {
      optionsSeen: [],
      chosen: null,
      reason: 'because',
      dissent: [],
      planDigest: 'd',
      chartRevision: 1,
      knowledgeRelease: 'k',
      asOf: '2026-11-23',
    }
    must(await store.decisions.append('p1', decision, AUTHOR))
    expect(await verifyChains(store.database)).toMatchObject({ charts: 2, versions: 4, decisions: 1, problems: [] })
    // whoever owns the database can take the trigger off; that is what the chain is for
    for (const table of ['chart_version', 'decision_journal']) await store.database.query(`alter table ${table} disable trigger all`)
    await store.database.query(sql)
    const { problems } = await verifyChains(store.database)
    expect(problems.map((p) => p.message).join('\n')).toMatch(says)
  })
})
