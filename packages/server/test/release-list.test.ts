import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runKnowledgeRelease } from '../src/cli/knowledge-release.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'releases-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

async function list(): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', '']
  const status = await runKnowledgeRelease(['--list'], { out: (t) => (out += t), err: (t) => (err += t) }, folder)
  return { status, out, err }
}

test('no release is no error', async () => {
  expect(await list()).toEqual({ status: 0, out: 'no release is kept yet\n', err: '' })
})

test('a folder without its manifest is one: a release was there, and nobody can say which', async () => {
  fs.mkdirSync(path.join(folder, '2026-11-23'))
  fs.writeFileSync(path.join(folder, '2026-11-23/knowledge.json.br'), 'x')
  const { status, out, err } = await list()
  expect(status).toBe(2)
  expect(out).toBe('')
  expect(err).toMatch(/^releases\/2026-11-23: manifest\.json is missing or cannot be read, so this is no release \(take the folder/)
})
