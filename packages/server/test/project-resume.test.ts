import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openKnowledge } from '../src/compose.ts'
import { runProject } from '../src/project/run-project.ts'
import { copyOf, fixtureCharts, writeBulk } from './bulk-export.ts'

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'resume-'))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const charts = fixtureCharts()
const input = writeBulk(
  path.join(scratch, 'bulk'),
  Array.from({ length: 16 }, (_, n) => copyOf(charts[n % charts.length]!, n)),
)
const start = (out: string): ChildProcess =>
  spawn(process.execPath, [path.join(import.meta.dirname, 'project-child.ts'), out, input], { stdio: ['ignore', 'ignore', 'pipe'] })

/** Ends with the exit code, or with the signal that ended it. */
const ended = (child: ChildProcess): Promise<number | string> =>
  new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code ?? -1)))

/** Kills the process as soon as the folder holds such a file: no handler runs, nothing is tidied up. */
async function killAt(child: ChildProcess, folder: string, pattern: RegExp): Promise<number | string> {
  const end = ended(child)
  const watch = setInterval(() => {
    if (fs.existsSync(folder) && fs.readdirSync(folder).some((name) => pattern.test(name))) child.kill('SIGKILL')
  }, 1)
  const how = await end
  clearInterval(watch)
  return how
}

const bytesOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name)).toString('base64')]))

test('killed with -9 while it spills and again while it projects, a run goes on and ends with the bytes of one that was left alone', async () => {
  const whole = path.join(scratch, 'whole.parquet')
  expect(await ended(start(whole))).toBe(0)

  const out = path.join(scratch, 'killed.parquet')
  const working = `${out}.working`
  expect(await killAt(start(out), working, /^spill-00000-000000\.seg$|^spill-.*-000001\.seg$/)).toBe('SIGKILL')
  expect(fs.existsSync(out)).toBe(false)
  const spilled = fs.readdirSync(working).filter((name) => name.endsWith('.seg')).length
  expect(spilled).toBeGreaterThan(0)

  expect(await killAt(start(out), working, /^part-0000[1-9]\.json$/)).toBe('SIGKILL')
  expect(fs.existsSync(out)).toBe(false)
  // what a crash of the machine may leave: a spill file without its end, under its own name
  const parts = fs.readdirSync(working).filter((name) => /^part-\d+\.json$/.test(name))
  const untouched = parts.map((name) => fs.statSync(path.join(working, name)).mtimeMs)
  const some = fs.readdirSync(working).find((name) => name.endsWith('.seg'))!
  fs.truncateSync(path.join(working, some), 100)

  const child = start(out)
  const end = ended(child)
  const seen = new Set<number>()
  const watch = setInterval(() => {
    if (fs.existsSync(path.join(working, parts[0]!))) seen.add(fs.statSync(path.join(working, parts[0]!)).mtimeMs)
  }, 5)
  expect(await end).toBe(0)
  clearInterval(watch)
  // what was done was not done again
  expect([...seen]).toEqual(untouched.slice(0, 1))
  expect(bytesOf(out)).toEqual(bytesOf(whole))
  expect(fs.existsSync(working)).toBe(false)
})

test('an unfinished run of other input is not gone on with, and not thrown away either', async () => {
  const out = path.join(scratch, 'other.parquet')
  expect(await killAt(start(out), `${out}.working`, /\.seg$/)).toBe('SIGKILL')
  const { knowledge } = openKnowledge()
  const request = { inputs: [input], out, asOf: '2026-11-24', keepGoing: false, restart: false, threads: 0 }
  const refused = await runProject(request, knowledge, () => {})
  expect(refused).toMatchObject({
    ok: false,
    error: [{ message: expect.stringContaining('another asOf'), remedy: expect.stringContaining('--restart') }],
  })
  expect(fs.readdirSync(`${out}.working`).some((name) => name.endsWith('.seg'))).toBe(true)
  expect(await runProject({ ...request, restart: true }, knowledge, () => {})).toMatchObject({ ok: true })
})
