import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { everyCriterion } from '@secondwind/compiler'
import {
  type CaseTable,
  ColumnCompiler,
  caseTable,
  caseView,
  countPlanes,
  latestDay,
  type PatientCase,
  Room,
  sharedMemory,
  vocabulary,
} from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { afterAll, expect, test } from 'vitest'
import { openKnowledge, parseCharts, readerFor } from '../src/compose.ts'
import { type PopulationSummary, populationOf, populationOfSnapshots } from '../src/population/summary.ts'
import { casesOf } from '../src/population/threads.ts'
import { MANIFEST, SUCCESS } from '../src/project/format.ts'
import { readSnapshots } from '../src/project/read-snapshots.ts'
import { runProject } from '../src/project/run-project.ts'
import { writeSnapshots } from '../src/project/write-snapshots.ts'
import { readCohort } from '../src/what-changed/cohort.ts'
import { fixtureCharts } from './bulk-export.ts'

const AS_OF = '2026-11-23'
const { knowledge } = openKnowledge()
const words = vocabulary(knowledge.facts, knowledge.criteria)
const rules = everyCriterion(knowledge)
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'read-'))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const cases: readonly PatientCase[] = fixtureCharts().map((chart) => {
  const parsed = parseCharts(JSON.stringify(chart))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const read = readPatientCase(parsed.value[0]!, readerFor(knowledge), { asOf: AS_OF })
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  return read.value.patientCase
})
const folder = path.join(scratch, 'cases.parquet')
writeSnapshots(folder, cases, knowledge, { rowsPerPart: 16 })

/** For each rule, the cases in which it is true and those in which it is false, as text that two tables are compared by. */
function verdicts(table: CaseTable, room: Room, asOf: string): ReadonlyMap<string, string> {
  const compiler = new ColumnCompiler(words, table, latestDay(asOf)!)
  const kept = rules.map(({ id, when }) => {
    const planes = compiler.compile(when)
    return [
      id,
      [planes.isTrue, planes.isFalse].map((plane) => {
        const at = room.take(table.rows / 8)
        compiler.code.keep(plane, at)
        return at
      }),
    ] as const
  })
  countPlanes(compiler.code, table, room)
  return new Map(kept.map(([id, at]) => [id, at.map((one) => casesOf(room, one, table).join()).join(' / ')]))
}

async function fromSnapshots(asOf: string) {
  const room = new Room(sharedMemory())
  const read = await readSnapshots(folder, words, asOf, room, ['histology'])
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  return { ...read.value, verdicts: verdicts(read.value.table, room, asOf) }
}

test('every rule has the same verdict in a snapshot read back as in the cases themselves', async () => {
  const room = new Room(sharedMemory())
  const views = cases.map(({ facts }) => caseView(words, facts, AS_OF).facts)
  const expected = verdicts(
    caseTable(words, cases.length, (row) => views[row]!, room),
    room,
    AS_OF,
  )
  const { verdicts: seen, names, kept, issues } = await fromSnapshots(AS_OF)
  expect(names).toEqual(cases.map(({ patient }) => patient))
  for (const [id, verdict] of expected) expect(seen.get(id), id).toBe(verdict)
  expect([...expected.values()].filter((verdict) => verdict !== ' / ').length).toBeGreaterThan(500)
  expect(cases.map((_, row) => (kept(row).histology as { value?: unknown } | undefined)?.value)).toEqual(
    cases.map(({ facts }) => (facts.histology as { value?: unknown }).value),
  )
  expect(issues).toEqual([])
})

test('read on a later day, ages and intervals have moved and old results are stale: as SQL has it', async () => {
  const later = '2028-02-29'
  const { verdicts: seen, table } = await fromSnapshots(later)
  const { DIALECTS, sqlContext, verdictsSql } = await import('@secondwind/compiler')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`create view case_snapshot as select * from read_parquet('${folder}/*.parquet')`)
  const asked = rules.filter(({ when }) =>
    /"(?:age|ici-free-days|platinum-free-days|creatinine-clearance|pregnancy)"|"fresh"/.test(JSON.stringify(when)),
  )
  expect(asked.length).toBeGreaterThan(20)
  const names = cases.map(({ patient }) => patient)
  const context = sqlContext(words, DIALECTS.duckdb, later)
  let moved = 0
  for (let from = 0; from < asked.length; from += 40) {
    const piece = asked.slice(from, from + 40)
    const rows = (
      await connection.runAndReadAll(
        verdictsSql(
          piece.map(({ when }, i) => ({ id: `q${i}`, when })),
          context,
        ),
      )
    ).getRows()
    piece.forEach(({ id }, i) => {
      const where = (truth: boolean) =>
        rows
          .filter((row) => row[i + 1] === truth)
          .map((row) => names.indexOf(String(row[0])))
          .sort((a, b) => a - b)
          .join()
      expect(seen.get(id), id).toBe(`${where(true)} / ${where(false)}`)
    })
  }
  const now = (await fromSnapshots(AS_OF)).verdicts
  for (const { id } of asked) if (now.get(id) !== seen.get(id)) moved++
  expect(moved).toBeGreaterThan(5)
  expect(table.size).toBe(cases.length)
})

test('a file that another program has written over reads the same: sorted by another column, with other encodings', async () => {
  const before = await fromSnapshots(AS_OF)
  const other = path.join(scratch, 'rewritten.parquet')
  fs.cpSync(folder, other, { recursive: true })
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.parquet')))
    await connection.run(`copy (select * from '${folder}/${name}') to '${other}/${name}' (format parquet, row_group_size 2048)`)
  const room = new Room(sharedMemory())
  const read = await readSnapshots(other, words, AS_OF, room)
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  expect(verdicts(read.value.table, room, AS_OF)).toEqual(before.verdicts)
})

test.each([
  { name: 'without the mark of a whole one', spoil: (at: string) => fs.rmSync(path.join(at, SUCCESS)), what: 'not a whole snapshot' },
  { name: 'whose manifest was changed', spoil: (at: string) => fs.appendFileSync(path.join(at, MANIFEST), ' '), what: 'has been changed' },
  {
    name: 'with a part missing',
    spoil: (at: string) => fs.rmSync(path.join(at, 'part-00001.parquet')),
    what: 'part-00001.parquet cannot be read',
  },
  {
    name: 'with a part cut off',
    spoil: (at: string) => fs.truncateSync(path.join(at, 'part-00001.parquet'), 4000),
    what: 'part-00001.parquet cannot be read',
  },
  {
    name: 'with a part exchanged',
    spoil: (at: string) => fs.copyFileSync(path.join(at, 'part-00002.parquet'), path.join(at, 'part-00001.parquet')),
    what: 'the manifest says 16',
  },
])('a folder $name is refused', async ({ spoil, what }) => {
  const at = fs.mkdtempSync(path.join(scratch, 'spoilt-'))
  fs.cpSync(folder, at, { recursive: true })
  spoil(at)
  const read = await readSnapshots(at, words, AS_OF, new Room(sharedMemory()))
  expect(read).toMatchObject({ ok: false, error: [{ message: expect.stringContaining(what), remedy: expect.any(String) }] })
})

test('the population over snapshots is the population over the charts: options, exclusions, and who is refused', async () => {
  const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/patients')
  const cohort = readCohort(fixtures)
  if (!cohort.ok) throw new Error('the fixtures are not there')
  const expected = populationOf(cohort.value, knowledge, AS_OF)
  const everybody = path.join(scratch, 'everybody.parquet')
  const made = await runProject({ inputs: [fixtures], out: everybody, asOf: AS_OF, keepGoing: false, restart: false }, knowledge, () => {})
  expect(made).toMatchObject({ ok: true })
  const seen = await populationOfSnapshots(everybody, knowledge, AS_OF)
  if (!seen.ok) throw new Error(JSON.stringify(seen.error))
  const sorted = (summary: PopulationSummary) =>
    JSON.parse(JSON.stringify(summary), (_, value) => (Array.isArray(value) && typeof value[0] === 'string' ? [...value].sort() : value))
  expect(sorted(seen.value)).toEqual(sorted(expected))
  expect(expected.refused.length).toBeGreaterThan(0)
})

test('a snapshot that lacks patients says so with every result', async () => {
  const file = path.join(scratch, 'hole.ndjson')
  fs.writeFileSync(file, '{"resourceType":"Patient","id":"ann"}\n{"resourceType":"Patient","id":"ben"}\nwords\n')
  const out = path.join(scratch, 'hole.parquet')
  await runProject({ inputs: [file], out, asOf: AS_OF, keepGoing: false, restart: false }, knowledge, () => {})
  const seen = await populationOfSnapshots(out, knowledge, AS_OF)
  expect(seen).toMatchObject({ ok: true, value: { patients: 0, unread: [{ message: expect.stringContaining('1 lines were left out') }] } })
})

test('facts that came into the registry after the snapshot are unknown, and it says so', async () => {
  const facts = [...knowledge.facts, { id: 'new-fact', label: 'new', type: 'truth', group: 'x', absence: 'listed' } as const]
  const read = await readSnapshots(folder, vocabulary(facts, knowledge.criteria), AS_OF, new Room(sharedMemory()))
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  expect(read.value.table.columns.has('new-fact')).toBe(false)
  expect(read.value.issues).toEqual([
    expect.objectContaining({ code: 'knowledge-incomplete', message: expect.stringContaining('new-fact') }),
  ])
})
