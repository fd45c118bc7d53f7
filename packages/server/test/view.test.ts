import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { rowsOf, ViewError } from '../src/views/run-view.ts'
import { compileView } from '../src/views/view-definition.ts'
import { ViewTables } from '../src/views/view-table.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-view-'))
afterAll(() => fs.rmSync(folder, { recursive: true }))
const save = (name: string, text: string): string => {
  const file = path.join(folder, name)
  fs.writeFileSync(file, text)
  return file
}
const command = (...args: readonly string[]) => {
  const main = path.resolve(import.meta.dirname, '../src/cli/main.ts')
  const run = spawnSync(process.execPath, [main, 'view', ...args], { encoding: 'utf8' })
  return { status: run.status, out: run.stdout, err: run.stderr }
}

const PATIENTS = [
  { resourceType: 'Patient', id: 'a', active: true, name: [{ family: 'O\'Hara, "Bo"', given: ['Ann', 'Lee'] }] },
  { resourceType: 'Patient', id: 'b', name: [{ family: 'Ruiz', given: [] }, { family: 'Vidal' }] },
  { resourceType: 'Observation', id: 'o', status: 'final', code: {}, subject: { reference: 'Patient/a' }, valueQuantity: { value: 7.25 } },
]
const NAMES = {
  resource: 'Patient',
  name: 'names',
  select: [
    {
      column: [
        { name: 'id', path: 'id', type: 'id' },
        { name: 'active', path: 'active', type: 'boolean' },
      ],
    },
    {
      forEach: 'name',
      column: [
        { name: 'family', path: 'family' },
        { name: 'given', path: 'given', collection: true },
      ],
    },
  ],
}

test('a view becomes a table that SQL can ask, lists and quotes included', async () => {
  const view = compileView(NAMES)
  if (!view.ok) throw new Error('the view is sound')
  const tables = await ViewTables.open()
  try {
    expect(await tables.fill('names', view.value, PATIENTS)).toBe(3)
    expect(await tables.query('SELECT * FROM names ORDER BY id, family')).toEqual([
      { id: 'a', active: true, family: `O'Hara, "Bo"`, given: ['Ann', 'Lee'] },
      { id: 'b', active: null, family: 'Ruiz', given: [] },
      { id: 'b', active: null, family: 'Vidal', given: [] },
    ])
  } finally {
    tables.close()
  }
})

test('the command prints CSV or a row a line, and answers a query', () => {
  const view = save('names.json', JSON.stringify(NAMES))
  const lines = save('all.ndjson', PATIENTS.map((one) => JSON.stringify(one)).join('\n'))
  const bundle = save(
    'bundle.json',
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: PATIENTS.map((resource) => ({ resource })) }),
  )
  expect(command(view, lines).out).toBe('id,active,family,given\na,true,"O\'Hara, ""Bo""","[""Ann"",""Lee""]"\nb,,Ruiz,[]\nb,,Vidal,[]\n')
  expect(command(view, bundle, '--format', 'json', '--sql', 'SELECT count(*)::INT AS n FROM names').out).toBe('{"n":3}\n')
})

test('what cannot be used is said with its place and remedy, and nothing is printed', () => {
  const good = save('good.json', JSON.stringify(NAMES))
  const faulty = save(
    'faulty.json',
    JSON.stringify({
      resource: 'Patient',
      select: [
        {
          column: [
            { name: 'x', path: 'name.where(' },
            { name: 'no name', path: 'id' },
          ],
        },
      ],
    }),
  )
  const many = save('many.json', JSON.stringify({ resource: 'Patient', select: [{ column: [{ name: 'family', path: 'name.family' }] }] }))
  const lines = save('some.ndjson', PATIENTS.map((one) => JSON.stringify(one)).join('\n'))
  const broken = save('broken.ndjson', `${JSON.stringify(PATIENTS[0])}\n{"resourceType":\n`)
  for (const [args, says] of [
    [[faulty, lines], /select\[0\]\.column\[0\]\.path.*not FHIRPath/],
    [[faulty, lines], /column\[1\].*name of letters/],
    [[many, lines], /column family has 2 values in one row/],
    [[good, broken], /line 2: not JSON/],
    [[good, lines, '--sql', 'SELECT nothing FROM names'], /--sql.*nothing/],
    [['/nowhere.json', lines], /there is no such file/],
  ] as const) {
    const { status, out, err } = command(...args)
    expect(status).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(says)
    expect(err).not.toMatch(/\n\s+at /)
  }
})

test('a condition that is no yes or no is refused for that resource', () => {
  const view = compileView({ resource: 'Patient', where: [{ path: 'name.family' }], select: [{ column: [{ name: 'id', path: 'id' }] }] })
  expect(view.ok && (() => rowsOf(view.value, PATIENTS[0]!))).toThrow(ViewError)
})
