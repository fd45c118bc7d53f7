import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { engineOf, refusals, standingsOf } from '@secondwind/care'
import { DIALECTS } from '@secondwind/compiler'
import { type KnowledgeBase, type PatientCase, vocabulary } from '@secondwind/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openKnowledge } from '../src/compose.ts'
import { BLOCK_VIEW, runInDuckdb } from '../src/population/engines/duckdb.ts'
import { explainScript } from '../src/population/engines/explain.ts'
import { CHANGED, questionsOf, standingName } from '../src/population/engines/questions.ts'
import { askPopulation, type EngineName, type EngineOptions, scriptFor } from '../src/population/engines/run.ts'
import { ALL_CASES, scriptOf } from '../src/population/engines/script.ts'
import { type SnapshotSource, snapshotSource } from '../src/population/engines/snapshot-source.ts'
import { writeSnapshots } from '../src/project/write-snapshots.ts'
import { AS_OF, expectSame, generatedBase } from './engines-cases.ts'
import { fixtureCases } from './fixture-cases.ts'
import { type PostgresServer, postgresServer } from './store/postgres-server.ts'

/**
 * One population, many engines: the same counts and the same cases by columns, DuckDB and PostgreSQL, over the same snapshots.
 * Spark is asked in `npm run test:long` (tools/engines.ts).
 */
vi.setConfig({ testTimeout: 300_000 })

const { knowledge } = openKnowledge()
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'engines-'))
let server: PostgresServer | undefined

beforeAll(async () => {
  const started = await postgresServer()
  if ('skipped' in started) console.log(`skipped: PostgreSQL: ${started.skipped}`)
  else server = started
}, 120_000)
afterAll(() => {
  server?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

let folders = 0
function snapshotOf(cases: readonly PatientCase[], base: KnowledgeBase, rowsPerPart = 40): SnapshotSource {
  const folder = path.join(scratch, `${folders++}.parquet`)
  writeSnapshots(folder, cases, base, { rowsPerPart })
  const source = snapshotSource(folder)
  if (!source.ok) throw new Error(JSON.stringify(source.error))
  return source.value
}

/** The SQL engines that are here. */
async function engines(): Promise<readonly (readonly [EngineName, EngineOptions])[]> {
  if (!server) return [['duckdb', {}]]
  const { connectionString, host, user, database } = (await server.database()) as { readonly [key: string]: string }
  return [
    ['duckdb', {}],
    ['postgres', { connection: connectionString === undefined ? { host, user, database } : { connectionString } }],
  ]
}

describe('the real base over the example patients', () => {
  const cases = fixtureCases(knowledge, AS_OF)

  test('every standing, exclusion and verdict, case by case', async () => {
    const source = snapshotOf(cases, knowledge)
    const question = { knowledge, asOf: AS_OF, asked: { rules: true as const }, listed: () => true }
    const reference = await askPopulation('columns', source, question)
    // the reference itself, against the planner
    const planned = cases.filter((one) => refusals(one, knowledge.dosingPolicy?.adultFromYears).length === 0)
    expect(reference.counts.get('in scope')).toBe(planned.length)
    const expected = new Map<string, string[]>()
    for (const one of planned)
      for (const { option, standing } of standingsOf(one, knowledge)) {
        const name = standingName(option, standing)
        expected.set(name, [...(expected.get(name) ?? []), one.patient])
      }
    for (const [name, patients] of expected) expect(reference.lists.get(name), name).toEqual(patients.sort())
    expectSame(await askPopulation('duckdb', source, question), reference)
    // the verdicts take PostgreSQL many statements: it is asked for those of generated bases
    const standings = { knowledge, asOf: AS_OF, listed: () => true }
    const counted = await askPopulation('columns', source, standings)
    for (const [engine, options] of (await engines()).slice(1)) expectSame(await askPopulation(engine, source, standings, options), counted)
  })

  test('on another day, from the same snapshot', async () => {
    const source = snapshotOf(cases, knowledge)
    const question = { knowledge, asOf: '2028-02-29' }
    const reference = await askPopulation('columns', source, question)
    const today = await askPopulation('columns', source, { knowledge, asOf: AS_OF })
    expect([...reference.counts]).not.toEqual([...today.counts])
    expectSame(await askPopulation('duckdb', source, question), reference)
  })

  test('splitting changes no answer: many small statements, few columns, few cases at once', async () => {
    const source = snapshotOf(cases, knowledge)
    const words = engineOf(knowledge).words
    const request = { questions: questionsOf(knowledge), words, asOf: AS_OF, dialect: DIALECTS.duckdb, from: BLOCK_VIEW }
    const few = scriptOf({ ...request, limits: { columns: 1500, formulas: 2000, inline: 4 } })
    const large = scriptOf({ ...request, limits: { columns: 4000, formulas: 8000, inline: 12 } })
    expect(few.stages.waves.length).toBeGreaterThan(1)
    expect(large.stages.waves[0]!.counts.length).toBeLessThan(5)
    const reference = await askPopulation('columns', source, { knowledge, asOf: AS_OF })
    expectSame(await runInDuckdb(few, source, words, { casesAtOnce: 40 }), reference)
    expectSame(await runInDuckdb(large, source, words), reference)
  })

  test('the columns in groups of parts give the counts and the names of all at once', async () => {
    const question = { knowledge, asOf: AS_OF, listed: () => true }
    const source = snapshotOf(cases, knowledge, 7)
    expect(source.files.length).toBeGreaterThan(4)
    const whole = await askPopulation('columns', source, question)
    expectSame(await askPopulation('columns', source, question, { casesAtOnce: 20 }), whole)
    const nobody = await askPopulation('columns', snapshotOf([], knowledge), question)
    expect(nobody.counts.get(ALL_CASES)).toBe(0)
  })

  test('whose plans another base changes', async () => {
    const after: KnowledgeBase = {
      ...knowledge,
      version: 'changed',
      options: knowledge.options.slice(0, -20),
      safety: knowledge.safety.map((rule, i) => (i % 9 === 0 ? { ...rule, when: { op: 'const', value: 'true' } } : rule)),
    }
    const source = snapshotOf(cases, knowledge)
    const question = { knowledge, asOf: AS_OF, asked: { after }, listed: (name: string) => name === CHANGED }
    const reference = await askPopulation('columns', source, question)
    const standings = (one: PatientCase, base: KnowledgeBase): string =>
      JSON.stringify([...standingsOf(one, base)].sort((a, b) => (a.option < b.option ? -1 : 1)))
    const moved = cases.filter(
      (one) => refusals(one, knowledge.dosingPolicy?.adultFromYears).length === 0 && standings(one, knowledge) !== standings(one, after),
    )
    expect(moved.length).toBeGreaterThan(3)
    for (const { patient } of moved) expect(reference.lists.get(CHANGED)).toContain(patient)
    for (const [engine, options] of await engines()) expectSame(await askPopulation(engine, source, question, options), reference)
  })
})

describe('rules that nobody has written', () => {
  test.each([1, 2, 3])('generated base %i: every standing, exclusion and verdict, case by case', async (seed) => {
    const { knowledge: base, cases } = generatedBase(knowledge, seed, 150)
    const source = snapshotOf(cases, base)
    const question = { knowledge: base, asOf: AS_OF, asked: { rules: true as const }, listed: () => true }
    const reference = await askPopulation('columns', source, question)
    // a base that concerns nobody proves nothing
    expect([...reference.lists].filter(([name, patients]) => name.startsWith('option') && patients.length > 0).length).toBeGreaterThan(8)
    for (const [engine, options] of await engines()) expectSame(await askPopulation(engine, source, question, options), reference)
  })

  test('words with quotes, backslashes, commas and line breaks reach every engine', async () => {
    const words = ["quo'ted", 'back\\slash', 'do"uble', '{a,b}', 'line\nbreak', '', 'NULL', 'ünï', '\\N']
    const { knowledge: base, cases } = generatedBase(knowledge, 4, 40)
    const hostile: readonly PatientCase[] = cases.map((one, i) => ({
      ...one,
      patient: `Patient/${i} ${words[i % words.length]}`,
      facts: {
        ...one.facts,
        comorbidities: { value: [words[i % words.length]!, words[(i + 1) % words.length]!], sources: [], enteredByHand: true },
        'current-drugs': { value: i % 3 === 0 ? [] : [words[i % words.length]!], sources: [], enteredByHand: true },
      },
    }))
    const asking: KnowledgeBase = {
      ...base,
      options: base.options.map((option, i) => ({
        ...option,
        when: { op: 'is', fact: 'comorbidities', values: [words[i % words.length]!] },
      })),
    }
    const source = snapshotOf(hostile, asking)
    const question = { knowledge: asking, asOf: AS_OF, listed: () => true }
    const reference = await askPopulation('columns', source, question)
    for (const [engine, options] of await engines()) expectSame(await askPopulation(engine, source, question, options), reference)
  })

  test('a fact that is newer than the snapshot is unknown, and that is said', async () => {
    const { knowledge: base, cases } = generatedBase(knowledge, 5, 40)
    const source = snapshotOf(cases, base)
    const fact = { ...base.facts.find(({ type }) => type === 'truth')!, id: 'found-out-later', label: 'Found out later' }
    const newer: KnowledgeBase = {
      ...base,
      facts: [...base.facts, fact],
      options: base.options.map((option) => ({ ...option, when: { op: 'is', fact: fact.id, values: ['true'] } })),
    }
    expect(vocabulary(newer.facts, []).position.has(fact.id)).toBe(true)
    const question = { knowledge: newer, asOf: AS_OF, listed: () => true }
    const reference = await askPopulation('columns', source, question)
    for (const [engine, options] of [['columns', {}] as const, ...(await engines())]) {
      const answer = await askPopulation(engine, source, question, options)
      expectSame(answer, reference)
      expect(answer.issues[0]?.message).toMatch(/found.out.later/)
      expect([...answer.counts].some(([name, count]) => name.endsWith(' needs-data') && count > 0)).toBe(true)
    }
  })
})

test('the plan of a question says how many statements there are, and why', () => {
  const text = explainScript(scriptFor('postgres', { knowledge, asOf: AS_OF }))
  expect(text).toMatch(/^postgresql: \d+ statements \(\d+ kB of SQL\) for \d+ formulas over \d+ atoms/)
  expect(text).toContain('waves, since the columns do not fit into one table')
  expect(text).not.toContain('select')
  expect(explainScript(scriptFor('spark', { knowledge, asOf: AS_OF }), () => true)).toContain('select')
})

test('no statement is wider than its engine takes', () => {
  const { steps, stages } = scriptFor('postgres', { knowledge, asOf: AS_OF, asked: { rules: true } })
  for (const { atoms, shared, counts } of stages.waves) {
    expect(atoms.length).toBeLessThan(1600)
    expect(shared?.gives.length ?? 0).toBeLessThan(1600)
    for (const { statement } of counts) expect(statement.gives.length).toBeLessThan(1664)
  }
  const counted = steps.flatMap((step) => (step.kind === 'count' ? step.names : []))
  expect(new Set(counted).size).toBe(counted.length)
})
