import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { run } from '../src/cli/run.ts'
import { openKnowledge } from '../src/compose.ts'
import { writeSnapshots } from '../src/project/write-snapshots.ts'
import { AS_OF } from './engines-cases.ts'
import { fixtureCases } from './fixture-cases.ts'

vi.setConfig({ testTimeout: 300_000 })

const { knowledge } = openKnowledge()
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'engines-command-'))
const folder = path.join(scratch, 'cases.parquet')
writeSnapshots(folder, fixtureCases(knowledge, AS_OF).slice(0, 12), knowledge)
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

async function ask(...args: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const spy = vi.spyOn(fs, 'writeSync').mockImplementation((file, text) => {
    ;(file === 2 ? err : out).push(String(text))
    return String(text).length
  })
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err.push(String(text))
    return true
  })
  try {
    return { status: await run(args), out: out.join(''), err: err.join('') }
  } finally {
    spy.mockRestore()
    errors.mockRestore()
  }
}

interface Printed {
  readonly patients: number
  readonly refused: { readonly count: number }
  readonly options: readonly { readonly option: string; readonly recommended: { readonly count: number } }[]
}

describe('secondwind population --engine', () => {
  test('prints what the columns print, and names nobody who was not asked for', async () => {
    const plain = JSON.parse((await ask('population', folder, '--as-of', AS_OF, '--format', 'json')).out) as Printed
    const { status, out } = await ask('population', folder, '--as-of', AS_OF, '--engine', 'duckdb', '--format', 'json')
    expect(status).toBe(0)
    expect(out).not.toContain('Patient/')
    const counted = JSON.parse(out) as Printed
    const counts = ({ options }: Printed) => new Map(options.map(({ option, recommended }) => [option, recommended.count]))
    expect([...counts(counted)].sort()).toEqual([...counts(plain)].sort())
    expect([counted.patients, counted.refused.count]).toEqual([plain.patients, plain.refused.count])
  })

  test('--explain asks nothing; --write-job writes what the Spark runner needs', async () => {
    const explained = await ask('population', folder, '--engine', 'spark', '--explain')
    expect(explained).toMatchObject({ status: 0, out: expect.stringMatching(/^spark: \d+ statements/) })
    const file = path.join(scratch, 'job.json')
    expect((await ask('population', folder, '--write-job', file)).status).toBe(0)
    const job = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      readonly master: null
      readonly steps: readonly object[]
      readonly files: readonly string[]
    }
    expect(job.master).toBe(null)
    expect(job.files.every((one) => fs.existsSync(one))).toBe(true)
    expect(job.steps.length).toBeGreaterThan(5)
  })

  test('an engine that does not answer is a sentence, not a stack', async () => {
    const { status, out, err } = await ask(
      'population',
      folder,
      '--engine',
      'postgres',
      '--connection',
      'postgresql://nobody@127.0.0.1:1/none',
    )
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(/PostgreSQL does not answer/)
    expect(err).not.toMatch(/\n\s+at /)
    expect((await ask('population', folder, '--engine', 'duckdb', '--format', 'fhir')).status).toBe(2)
  })

  test('a snapshot that was not written to its end is refused', async () => {
    const half = path.join(scratch, 'half.parquet')
    fs.cpSync(folder, half, { recursive: true })
    fs.rmSync(path.join(half, '_SUCCESS'))
    expect(await ask('population', half, '--engine', 'duckdb')).toMatchObject({ status: 2, out: '' })
  })
})

test('secondwind knowledge diff over a snapshot names nobody where nothing changed', async () => {
  const { status, out } = await ask(
    'knowledge',
    'diff',
    'working',
    'working',
    '--over',
    folder,
    '--as-of',
    AS_OF,
    '--format',
    'json',
    '--despite-findings',
  )
  expect(status).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ snapshot: { patients: 12, changed: [] } })
})
