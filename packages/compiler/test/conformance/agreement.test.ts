import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Criterion, deriveFacts, type Fact, isKnown, type Truth, vocabulary } from '@secondwind/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DAY_FACTS } from '../../src/index.ts'
import type { Backend } from './backends/backend.ts'
import { columns } from './backends/columns.ts'
import { cqlOwnElm } from './backends/cql.ts'
import { closures, explanation } from './backends/memory.ts'
import { postgres } from './backends/postgres.ts'
import { smt } from './backends/smt.ts'
import { duckdb, pglite } from './backends/sql.ts'
import { generatedBatch, movingWithTheCalendar, onDay, realBatch, realKnowledge } from './batches.ts'
import { compare, expectAgreement } from './compare.ts'
import { FACTS } from './vocabulary.ts'

/**
 * One meaning, many backends: on every criterion and case each of them says what the explanation says.
 * `npm run test:long` asks many more seeds, the text as the Java translator compiles it, and Spark.
 */
// the work of a minute, on a machine that may be busy with other things
vi.setConfig({ testTimeout: 300_000 })

const backends = new Map<string, Backend>()
const get = (name: string): Backend | undefined => backends.get(name)

beforeAll(async () => {
  const real = await postgres()
  if ('skipped' in real) console.log(`skipped: ${real.skipped}`)
  else backends.set('PostgreSQL', real)
  for (const [name, one] of [
    ['closures', closures],
    ['columns', columns],
    ['PGlite', await pglite()],
    ['DuckDB', await duckdb()],
    ['CQL', cqlOwnElm],
    ['SMT', smt],
  ] as const)
    backends.set(name, one)
}, 120_000)

afterAll(async () => {
  for (const backend of backends.values()) await backend.close?.()
})

const SEED = 20261123

/** How many criteria and cases each backend is asked in a minute's test: they differ by a factor of a thousand in speed. */
const SIZES = [
  { name: 'closures', criteria: 300, cases: 400, real: 100 },
  { name: 'columns', criteria: 300, cases: 400, real: 100 },
  { name: 'PGlite', criteria: 200, cases: 300, real: 50 },
  { name: 'PostgreSQL', criteria: 200, cases: 300, real: 50 },
  { name: 'DuckDB', criteria: 200, cases: 300, real: 40 },
  { name: 'CQL', criteria: 120, cases: 60, real: 16 },
  { name: 'SMT', criteria: 120, cases: 25, real: 4 },
] as const

describe.each(SIZES)('$name', ({ name, criteria, cases, real }) => {
  test('generated criteria, list operators and unknowns included', async () => {
    const backend = get(name)
    if (!backend) return
    const { seen, met } = await expectAgreement(generatedBatch(SEED, criteria, cases), backend)
    // a batch that says little proves little
    expect(Math.min(...Object.values(seen))).toBeGreaterThan((criteria * cases) / 20)
    expect(met).toBeGreaterThan(criteria / 2)
  })

  test('every criterion of the knowledge base', async () => {
    const backend = get(name)
    if (!backend) return
    const { seen, met, compared } = await expectAgreement(realBatch(SEED, real), backend)
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(compared / 50)
    expect(met).toBeGreaterThan(Math.min(real * 20, 1500))
  })
})

describe('a snapshot does not age', () => {
  test('every fact that a new day alone can change is computed again on the day asked', () => {
    const batch = realBatch(SEED + 3, 400)
    const later = onDay(batch, '2027-12-29')
    const moved = new Set<string>()
    batch.cases.forEach(({ facts }, i) => {
      for (const [id, fact] of Object.entries(later.cases[i]!.facts)) {
        const before = facts[id]
        if (fact.derived && JSON.stringify(isKnown(fact) ? fact.value : null) !== JSON.stringify(isKnown(before) ? before.value : null))
          moved.add(id)
      }
    })
    expect([...moved].filter((id) => !DAY_FACTS.has(id))).toEqual([])
    expect(moved.size).toBeGreaterThanOrEqual(3)
  })

  test.each(['PGlite', 'PostgreSQL', 'DuckDB'])('%s, asked later, answers as on that day', async (name) => {
    const backend = get(name)
    if (!backend) return
    const batch = movingWithTheCalendar(realBatch(SEED + 1, 20))
    expect(batch.questions.length).toBeGreaterThan(100)
    for (const day of ['2026-12-29', '2028-02-29']) await expectAgreement({ ...batch, asOf: day }, backend, onDay(batch, day))
  })
})

test('words that hold quotes and backslashes reach SQL and CQL unharmed', async () => {
  const batch = generatedBatch(SEED + 2, 80, 40, ["quo'ted", 'back\\slash', 'do"uble', '`tick', '--', 'ünïcode'])
  for (const name of ['PGlite', 'PostgreSQL', 'DuckDB', 'CQL']) {
    const backend = get(name)
    if (backend) await expectAgreement(batch, backend)
  }
})

describe('what was once found', () => {
  const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'found')
  test.each(fs.readdirSync(folder))('%s', async (file) => {
    const found = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as {
      readonly registry?: 'knowledge'
      readonly criterion: Criterion
      readonly asOf: string
      readonly facts: { readonly [id: string]: Fact }
      readonly expect: Truth
    }
    const words = found.registry === 'knowledge' ? vocabulary(realKnowledge().facts, realKnowledge().criteria) : vocabulary(FACTS, [])
    const batch = {
      words,
      asOf: found.asOf,
      questions: [{ id: 'found', when: found.criterion }],
      cases: [{ patient: 'Patient/found', asOf: found.asOf, facts: deriveFacts(found.facts, found.asOf, words.facts) }],
    }
    expect(await explanation.answer(batch)).toEqual([[found.expect]])
    for (const backend of backends.values()) await expectAgreement(batch, backend)
  })
})

describe('the judge is judged', () => {
  const wrong = (name: string, spoil: (truth: Truth) => Truth): Backend => ({
    name,
    answer: async (batch) => (await explanation.answer(batch)).map((row) => row.map(spoil)),
  })
  test.each([
    ['unknown read as no', (t: Truth): Truth => (t === 'unknown' ? 'false' : t)],
    ['no read as unknown', (t: Truth): Truth => (t === 'false' ? 'unknown' : t)],
  ])('%s is noticed', async (name, spoil) => {
    const batch = generatedBatch(SEED, 40, 40)
    expect((await compare(batch, wrong(name, spoil))).differences.length).toBeGreaterThan(0)
    await expect(expectAgreement(batch, wrong(name, spoil))).rejects.toThrow(/to keep it, write to/)
  })
})
