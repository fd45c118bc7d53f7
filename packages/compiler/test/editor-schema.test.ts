import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Compilation, compileKnowledge, editorSchemas, SCHEMA_FILES } from '../src/index.ts'

/** The schemas that an editor lays over the real knowledge: what is there fits, what is misspelled does not. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const KNOWLEDGE = path.join(ROOT, 'knowledge')

let compilation: Compilation
let schemas: ReadonlyMap<string, object>
const validators = new Map<string, ValidateFunction>()
beforeAll(() => {
  compilation = compileKnowledge(KNOWLEDGE, 'test')
  schemas = editorSchemas(compilation)
}, 120_000)
const validator = (kind: string): ValidateFunction => {
  const known = validators.get(kind) ?? new Ajv({ strict: false }).compile(schemas.get(`${kind}.schema.json`)!)
  validators.set(kind, known)
  return known
}
const filesOf = (kind: string): readonly string[] => [...new Set(compilation.entries.filter((e) => e.kind === kind).map((e) => e.raw.file))]
const load = (file: string): unknown => parse(fs.readFileSync(path.join(KNOWLEDGE, file), 'utf8'))

describe('every file of the knowledge fits the schema of its kind', () => {
  test.each(Object.keys(SCHEMA_FILES))('%s', { timeout: 120_000 }, (kind) => {
    const check = validator(kind)
    const files = filesOf(kind)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(check(load(file)) || check.errors?.slice(0, 3), file).toBe(true)
  })
})

describe('what an author gets wrong is marked while it is written', () => {
  const entry = (): Record<string, unknown> => {
    const list = load(filesOf('safety').find((f) => f.endsWith('organ-function.yaml'))!) as Record<string, unknown>[]
    return structuredClone(list.find((e) => e.id === 'pemetrexed-renal')!)
  }
  const isFine = (change: (e: Record<string, unknown>) => void): boolean => {
    const one = entry()
    change(one)
    return validator('safety')([one])
  }
  test('the entry as it stands is fine', () => expect(isFine(() => undefined)).toBe(true))
  test.each<{ name: string; change: (e: Record<string, unknown>) => void }>([
    { name: 'a fact that is not there', change: (e) => (e.when = { fact: 'creatinin-clearance', below: 45 }) },
    { name: 'a value the fact does not have', change: (e) => (e.when = { fact: 'histology', is: 'squamos' }) },
    { name: 'a comparison that does not fit the fact', change: (e) => (e.when = { fact: 'histology', atLeast: 3 }) },
    { name: 'a limit that nobody has', change: (e) => (e.when = { fact: 'creatinine', above: 1.5 }) },
    { name: 'a limit with its unit', change: (e) => (e.when = { fact: 'creatinine', above: '150 umol/L' }) },
    { name: 'an operator that is misspelled', change: (e) => (e.when = { fact: 'creatinine', abvoe: 150 }) },
    { name: 'a fault deep inside', change: (e) => (e.when = { all: [{ any: [{ not: { fact: 'ecgo', atMost: 1 } }] }] }) },
    { name: 'a named criterion that is not there', change: (e) => (e.when = { ref: 'fitt' }) },
    { name: 'a field of a row that is not there', change: (e) => (e.when = { some: 'lines', where: { fact: 'drug', has: 'x' } }) },
    { name: 'a source that is not there', change: (e) => (e.cites = [{ source: 'nobody-2020', at: 'a', says: 'b' }]) },
    { name: 'a drug that is not there', change: (e) => (e.applies = { drugs: ['pemetrexd'] }) },
    { name: 'no citation', change: (e) => delete e.cites },
    { name: 'a field that is not there', change: (e) => (e.efect = 'bar') },
    {
      name: 'an example with an impossible value',
      change: (e) => (e.examples = [{ name: 'x', given: { creatinine: 'high' }, expect: 'true' }]),
    },
    {
      name: 'an example with a fact that is not there',
      change: (e) => (e.examples = [{ name: 'x', given: { creatinin: 90 }, expect: 'true' }]),
    },
  ])('$name', ({ change }) => expect(isFine(change)).toBe(false))
  test('a list criterion on fields of the row is fine', () => {
    const list = compilation.knowledge.facts.find((f) => f.type === 'list' && Object.keys(f.fields ?? {}).length > 0)!
    expect(isFine((e) => (e.when = { some: list.id, where: { fact: Object.keys(list.fields!)[0], is: 'x' } }))).toBe(true)
  })
})

test('each name stands with its meaning', () => {
  const { definitions } = schemas.get('safety.schema.json') as {
    definitions: { [name: string]: { enum: string[]; enumDescriptions: string[] } }
  }
  for (const name of ['fact', 'source', 'drug']) {
    const { enum: ids, enumDescriptions: meanings } = definitions[name]!
    expect(meanings).toHaveLength(ids.length)
    expect(meanings.every((m) => m.length > 0)).toBe(true)
  }
  expect(definitions.fact!.enumDescriptions[definitions.fact!.enum.indexOf('creatinine')]).toBe('Creatinine: quantity in umol/L, asked')
})

test('the editor’s settings lead every file to its schema', () => {
  const settings = JSON.parse(fs.readFileSync(path.join(ROOT, '.vscode/settings.json'), 'utf8')) as {
    'yaml.schemas': Record<string, string>
  }
  expect(settings['yaml.schemas']).toEqual(
    Object.fromEntries(Object.entries(SCHEMA_FILES).map(([kind, files]) => [`./build/schemas/${kind}.schema.json`, files])),
  )
})
