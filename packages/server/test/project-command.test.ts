import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { projectProgress } from '../src/cli/project-progress.ts'

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'project-command-'))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))
const main = path.resolve(import.meta.dirname, '../src/cli/main.ts')

let count = 0
function project(text: string) {
  const file = path.join(scratch, `${count}.ndjson`)
  const out = path.join(scratch, `${count++}.parquet`)
  fs.writeFileSync(file, text)
  const run = spawnSync(process.execPath, [main, 'project', file, '-o', out, '--as-of', '2026-11-23'], { encoding: 'utf8' })
  return { out, status: run.status, printed: run.stdout, said: run.stderr }
}
const ANN = '{"resourceType":"Patient","id":"ann"}\n'

test('everything is in it: status 0, counts on standard output, plain lines of progress on standard error', () => {
  const { out, status, printed, said } = project(ANN)
  expect(status).toBe(0)
  expect(printed).toContain('1 patients')
  expect(printed).not.toContain('LEFT OUT')
  expect(said).toMatch(/^reading .*100 %.*\nprojecting .*100 %/)
  expect(said).not.toContain('\r')
  expect(fs.existsSync(path.join(out, '_SUCCESS'))).toBe(true)
})

test.each([
  { name: 'a line is left out', text: `${ANN}words\n`, says: 'LEFT OUT   1 lines' },
  {
    name: 'a patient is left out',
    text: `${ANN}{"resourceType":"Observation","subject":{"reference":"Patient/ann"},"x\n`,
    says: 'LEFT OUT   1 patients',
  },
  { name: 'nobody is in it', text: '\n', says: 'no patient was found' },
])('$name: status 3, and it is said', ({ text, says }) => {
  const { status, printed } = project(text)
  expect(status).toBe(3)
  expect(printed).toContain(says)
})

test('what cannot be read: status 2, what and why and the remedy, and nothing is written', () => {
  const out = path.join(scratch, 'none.parquet')
  const run = spawnSync(process.execPath, [main, 'project', path.join(scratch, 'missing'), '-o', out], { encoding: 'utf8' })
  expect(run.status).toBe(2)
  expect(run.stderr).toMatch(/there is no such file or folder \(give FHIR NDJSON/)
  expect(fs.existsSync(out)).toBe(false)
})

test('on a terminal a bar is drawn over itself', () => {
  let drawn = ''
  const progress = projectProgress({ isTTY: true, write: (text) => (drawn += text) })
  progress.report('reading', 5, 10)
  progress.report('reading', 10, 10)
  progress.report('projecting', 10, 10)
  progress.end()
  expect(drawn.match(/\r/g)).toHaveLength(3)
  expect(drawn).toContain('[###############...............]')
  expect(drawn.endsWith('\n')).toBe(true)
})
