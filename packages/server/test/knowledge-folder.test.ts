import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runKnowledge } from '../src/cli/knowledge.ts'
import { run } from '../src/cli/run.ts'

/** Which folder is read, which is written, and what happens when it is the wrong one: refused at once, in words, and nothing is touched. */
const ROOT = path.resolve(import.meta.dirname, '../../..')
const CHART = path.join(ROOT, 'fixtures/patients/ros1-first-line.json')

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'folders-'))
})
afterEach(() => {
  delete process.env.SECONDWIND_KNOWLEDGE
  fs.rmSync(folder, { recursive: true })
})

async function command(...args: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let out = ''
  let err = ''
  const status = await runKnowledge(args, { out: (t) => (out += t), err: (t) => (err += t) })
  return { status, out, err }
}

const cql = (target: string): { readonly status: number | null; readonly stderr: string } =>
  spawnSync(process.execPath, [path.join(ROOT, 'packages/compiler/src/cli/cql.ts'), target], { encoding: 'utf8', env: process.env })

describe('SECONDWIND_KNOWLEDGE names a folder that is not there', () => {
  test.each([
    ['check'],
    ['explain', 'ecog'],
    ['new', 'source', 'some-trial'],
    ['site', '--out', 'site'],
    ['schema', '--out', 'schemas'],
    ['diff'],
    ['release'],
  ])('knowledge %s', async (...args) => {
    process.env.SECONDWIND_KNOWLEDGE = path.join(folder, 'nowhere')
    const { status, out, err } = await command(...args)
    expect(status).toBeGreaterThan(0)
    expect(`${out}${err}`).toMatch(/nowhere(?: is not a folder of knowledge: it does not exist \(give the folder|\b)/)
    expect(`${out}${err}`).not.toMatch(/^\s+at /m)
    expect(fs.readdirSync(folder)).toEqual([])
  })

  test('plan, and the CQL', async () => {
    process.env.SECONDWIND_KNOWLEDGE = path.join(folder, 'nowhere')
    expect(await run(['plan', CHART])).toBe(1)
    const { status, stderr } = cql(path.join(folder, 'cql'))
    expect(stderr).toMatch(/nowhere is not a folder of knowledge: it does not exist/)
    expect(status).toBe(1)
    expect(fs.readdirSync(folder)).toEqual([])
  })

  test.each([
    { name: 'a file', make: (at: string) => fs.writeFileSync(at, 'x'), says: /it is a file/ },
    { name: 'a folder without facts', make: (at: string) => fs.mkdirSync(at), says: /it has no facts/ },
  ])('or names $name', async ({ make, says }) => {
    const at = path.join(folder, 'other')
    make(at)
    process.env.SECONDWIND_KNOWLEDGE = at
    expect((await command('explain', 'ecog')).err).toMatch(says)
  })
})

describe('messages name the folder in use', () => {
  const FACT = '- { id: ecog, label: ECOG, type: integer, absence: aksed }\n'
  beforeEach(() => {
    const draft = path.join(folder, 'draft')
    fs.mkdirSync(path.join(draft, 'facts'), { recursive: true })
    fs.writeFileSync(path.join(draft, 'facts/all.yaml'), FACT)
    process.env.SECONDWIND_KNOWLEDGE = draft
  })
  const draft = (): string => path.join(folder, 'draft')

  test('check: where it is wrong', async () => {
    const { out, status } = await command('check')
    expect(out).toContain(`${draft()}/facts/all.yaml:1  schema`)
    expect(out).not.toMatch(/^knowledge\//m)
    expect(status).toBe(1)
  })

  test('new: what it wrote', async () => {
    const { out } = await command('new', 'source', 'trial-one', '--title', 'Trial one')
    expect(out).toContain(`wrote ${draft()}/sources/additions.yaml:1`)
    expect((await command('new', 'source', 'trial-one')).err).toContain(`is there already: ${draft()}/sources/additions.yaml:1`)
  })
})

describe('a path that is not there must not look like a check that passed', () => {
  test.each(['nosuchpath', 'treatment/nosuch', 'knowledge/nosuch', '/etc'])('%s', async (given) => {
    const { status, out } = await command('check', given)
    expect(out).toMatch(/nothing in knowledge\/ is called so, so nothing was checked \(it holds criteria, /)
    expect(status).toBe(1)
  })
  test.each([
    ['explain', 'ecog', 'age'],
    ['new', 'source', 'a', 'b'],
    ['check', '--format', 'xml'],
  ])('nor is an argument passed over: %s %s %s', async (...args) => {
    const { status, err } = await command(...args)
    expect(err).toMatch(/at a time|not one of text, json/)
    expect(status).toBe(1)
  })
})

describe('where nothing can be written, nothing is built', () => {
  const PLACES = [
    { name: 'a file', at: () => path.join(folder, 'file'), says: /is a file \(give another folder\)/ },
    { name: 'below a file', at: () => path.join(folder, 'file/sub'), says: /a part of the path is a file/ },
    ...(process.platform === 'linux'
      ? [{ name: '/proc', at: () => '/proc/second-wind', says: /cannot be written: no folder can be made/ }]
      : []),
  ]
  test.each(PLACES)('$name', async ({ at, says }) => {
    fs.writeFileSync(path.join(folder, 'file'), 'mine')
    for (const what of ['site', 'schema']) {
      const { status, err } = await command(what, '--out', at())
      expect(err).toMatch(says)
      expect(status).toBe(1)
    }
    const { status, stderr } = cql(at())
    expect(stderr).toMatch(says)
    expect(status).toBe(1)
    expect(fs.readFileSync(path.join(folder, 'file'), 'utf8')).toBe('mine')
  })

  test('the CQL does not empty a folder that it did not write', () => {
    fs.mkdirSync(path.join(folder, 'cql'))
    fs.writeFileSync(path.join(folder, 'cql/thesis.txt'), 'years of work')
    const { status, stderr } = cql(folder)
    expect(stderr).toMatch(/holds something else than npm run knowledge:cql, and is left alone/)
    expect(status).toBe(1)
    expect(fs.readFileSync(path.join(folder, 'cql/thesis.txt'), 'utf8')).toBe('years of work')
    expect(fs.readdirSync(folder)).toEqual(['cql'])
  })
})
