import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { engineOf, plan, populationPlanes, refusals, standingsOf } from '@secondwind/care'
import { ColumnCompiler, caseTable, countPlanes, latestDay, type PatientCase, Room, type Standing, sharedMemory } from '@secondwind/core'
import { describe, expect, test, vi } from 'vitest'
import { randomFrom, worldCases } from '../../../benchmarks/world-cases.ts'
import { run } from '../src/cli/run.ts'
import { openKnowledge } from '../src/compose.ts'
import { casesOf, PlaneThreads } from '../src/population/threads.ts'
import { FIXTURES, fixtureCases } from './fixture-cases.ts'

const AS_OF = '2026-11-23'
const STANDINGS: readonly Standing[] = ['recommended', 'alternative', 'conditional', 'needs-data']
const { knowledge } = openKnowledge()
const engine = engineOf(knowledge)
const fixtures = fixtureCases(knowledge, AS_OF)

const sharedRoom = (): Room => new Room(sharedMemory())
const viewsOf = (cases: readonly PatientCase[]) => cases.map(({ facts }) => engine.view(facts, AS_OF).facts)

/** Standings of every option in every case by the columns, in the form of `standingsOf`. */
function populationOf(room: Room, table: ReturnType<typeof caseTable>): readonly ReadonlyMap<string, string>[] {
  const compiler = new ColumnCompiler(engine.words, table, latestDay(AS_OF)!)
  const { options } = populationPlanes(engine, compiler)
  const places = options.flatMap(({ option, planes }) =>
    STANDINGS.map((standing) => {
      const at = room.take(table.rows / 8)
      compiler.code.keep(planes[standing], at)
      return { option, standing, at }
    }),
  )
  countPlanes(compiler.code, table, room)
  const found = Array.from({ length: table.size }, () => new Map<string, string>())
  for (const { option, standing, at } of places) {
    for (const row of casesOf(room, at, table)) {
      const before = found[row]!.get(option)
      found[row]!.set(option, before === undefined ? standing : `${before} and ${standing}`)
    }
  }
  return found
}

const expectedOf = (patientCase: PatientCase): ReadonlyMap<string, string> =>
  new Map(standingsOf(patientCase, knowledge).map(({ option, standing }) => [option, standing]))

const sorted = (standings: ReadonlyMap<string, string>) => [...standings].sort(([a], [b]) => (a < b ? -1 : 1))

describe('the columns give every option the standing that the planner gives it', () => {
  test('in the example patients', () => {
    const room = sharedRoom()
    const views = viewsOf(fixtures)
    const found = populationOf(
      room,
      caseTable(engine.words, fixtures.length, (row) => views[row]!, room),
    )
    fixtures.forEach((patientCase, row) => {
      expect(sorted(found[row]!), patientCase.patient).toEqual(sorted(expectedOf(patientCase)))
    })
  })

  test('in patients with a fifth of their facts changed at random', () => {
    const room = sharedRoom()
    const rows = Array.from({ length: 1200 }, (_, i) => i)
    const { table, factsOf } = worldCases(engine.words, viewsOf(fixtures), 1200, 20261123, room, new Set(rows))
    const found = populationOf(room, table)
    for (const row of rows) {
      const facts = Object.fromEntries(engine.words.facts.flatMap(({ id }, at) => (factsOf(row)[at] ? [[id, factsOf(row)[at]!]] : [])))
      const patientCase: PatientCase = { patient: `case ${row}`, asOf: AS_OF, facts }
      expect(sorted(found[row]!), `case ${row}`).toEqual(sorted(expectedOf(patientCase)))
    }
  })
})

test('a plan folds options away, and never one that is settled without a twin that stands as well', () => {
  let folded = 0
  for (const patientCase of fixtures.filter((one) => refusals(one).length === 0)) {
    const counted = expectedOf(patientCase)
    const lines = plan({ knowledge, patientCase, problems: [], chartDigest: '', software: '' }).options.filter(
      ({ trial }) => trial === undefined,
    )
    for (const { id, standing } of lines) expect(counted.get(id), `${patientCase.patient} ${id}`).toBe(standing)
    const named = new Set(lines.map(({ id }) => id))
    for (const [option, standing] of counted) {
      if (named.has(option)) continue
      folded++
      if (standing === 'needs-data') continue
      const { treatment, rule } = engine.candidates.items.find(({ id }) => id === option)!
      const drugs = rule.drugsFrom ? undefined : treatment.drugs.join()
      const twin = lines.find(
        (line) =>
          (drugs === undefined || line.drugs.join() === drugs) &&
          STANDINGS.indexOf(line.standing) <= STANDINGS.indexOf(standing as Standing),
      )
      expect(twin, `${patientCase.patient} ${option} ${standing}`).toBeDefined()
    }
  }
  expect(folded).toBeGreaterThan(20)
})

test('threads count what one thread counts, and keep the same cases', async () => {
  const room = sharedRoom()
  const { table } = worldCases(engine.words, viewsOf(fixtures), 5000, 3, room, new Set())
  const compiler = new ColumnCompiler(engine.words, table, latestDay(AS_OF)!)
  const { options, notAdvised } = populationPlanes(engine, compiler)
  for (const { planes } of options) for (const standing of STANDINGS) compiler.code.count(planes[standing])
  for (const { cases } of notAdvised) compiler.code.count(cases)
  const kept = room.take(table.rows / 8)
  compiler.code.keep(compiler.code.or(options.map(({ planes }) => planes.recommended)), kept)
  const one = countPlanes(compiler.code, table, room)
  const cases = casesOf(room, kept, table)
  new Uint8Array(room.memory.buffer, kept, table.rows / 8).fill(0)
  const threads = await PlaneThreads.start(room, 3)
  try {
    const run = threads.prepare(compiler.code, table)
    expect(await run()).toEqual(one)
    expect(await run()).toEqual(one)
  } finally {
    await threads.stop()
  }
  expect(casesOf(room, kept, table)).toEqual(cases)
  expect(cases.length).toBeGreaterThan(0)
  expect(Math.max(...cases)).toBeLessThan(table.size)
})

test('one seed gives one world', () => {
  const draw = (): number[] => Array.from({ length: 5 }, randomFrom(1))
  expect(draw()).toEqual(draw())
})

describe('secondwind population', () => {
  const ask = async (...args: readonly string[]): Promise<{ readonly status: number; readonly out: string }> => {
    const written: string[] = []
    const spy = vi.spyOn(fs, 'writeSync').mockImplementation((_file, text) => {
      written.push(String(text))
      return String(text).length
    })
    const errors = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    try {
      return { status: await run(['population', ...args]), out: written.join('') }
    } finally {
      spy.mockRestore()
      errors.mockRestore()
    }
  }

  test('counts what the plans say, leaves out whom no plan is made for, and names whom an option concerns', async () => {
    const { status, out } = await ask(FIXTURES, '--as-of', AS_OF, '--format', 'json')
    expect(status).toBe(0)
    const summary = JSON.parse(out) as {
      patients: number
      refused: { count: number }
      options: { option: string; recommended: { patients: string[] } }[]
    }
    const planned = fixtures.filter((one) => refusals(one).length === 0)
    expect(summary.patients).toBe(planned.length)
    expect(summary.refused.count).toBe(fixtures.length - planned.length)
    for (const { option, recommended } of summary.options) {
      const expected = planned.filter((one) => expectedOf(one).get(option) === 'recommended').map((one) => one.patient)
      expect([...recommended.patients].sort(), option).toEqual(expected.sort())
    }
  })

  test('small counts are not printed, and nobody is named then', async () => {
    const { out } = await ask(FIXTURES, '--as-of', AS_OF, '--suppress-below', '5', '--format', 'json')
    expect(out).not.toContain('Patient/')
    const text = await ask(FIXTURES, '--as-of', AS_OF, '--suppress-below', '5')
    expect(text.out).toContain('*: hidden, because it is about fewer than 5 people')
    expect(text.out).not.toMatch(/(?:recommended|alternative) [1-4]\b/)
  })

  test('a cohort that is not there is refused', async () => {
    expect(await ask('/nowhere')).toEqual({ status: 2, out: '' })
  })

  test('a Bulk Data export is refused: a chart stands in many of its files', async () => {
    const at = fs.mkdtempSync(path.join(os.tmpdir(), 'bulk-'))
    for (const type of ['Patient', 'Observation.000'])
      fs.writeFileSync(path.join(at, `${type}.ndjson`), '{"resourceType":"Patient","id":"a"}\n')
    expect((await ask(at)).status).toBe(2)
  })

  test('a patient in two files is counted once, and it is said', async () => {
    const at = fs.mkdtempSync(path.join(os.tmpdir(), 'twice-'))
    const chart = fs.readFileSync(path.join(FIXTURES, 'squamous-pdl1-0.json'))
    for (const name of ['a.json', 'b.json']) fs.writeFileSync(path.join(at, name), chart)
    const { status, out } = await ask(at, '--format', 'json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ patients: 1 })
  })

  test.each([['--option'], ['--rule']])('%s that is not in the knowledge is no zero', async (name) => {
    expect((await ask(path.join(FIXTURES, 'squamous-pdl1-0.json'), name, 'no-such-name')).status).toBe(1)
  })
})
