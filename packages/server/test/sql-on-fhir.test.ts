import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Row, rowsOf } from '../src/views/run-view.ts'
import { compileView, parseExact } from '../src/views/view-definition.ts'

interface Suite {
  readonly title: string
  readonly resources: readonly { readonly resourceType: string }[]
  readonly tests: readonly {
    readonly title: string
    readonly view: unknown
    readonly expect?: readonly Row[]
    readonly expectColumns?: readonly string[]
    readonly expectCount?: number
    readonly expectError?: boolean
  }[]
}

/** The suite of SQL on FHIR v2 itself. */
const folder = path.resolve(import.meta.dirname, '../../../../shared/data/suites/sql-on-fhir-v2')
const isThere = fs.existsSync(folder)
const suites = isThere
  ? fs
      .readdirSync(folder)
      .filter((file) => file.endsWith('.json') && file !== 'tests.schema.json')
      .map((file) => readSuite(fs.readFileSync(path.join(folder, file), 'utf8')))
  : []

/** The resources as a server reads them: decimals with their digits. */
function readSuite(text: string): Suite {
  return { ...(JSON.parse(text) as Suite), resources: (parseExact(text) as Suite).resources }
}

function run(view: unknown, resources: Suite['resources']): readonly Row[] {
  const compiled = compileView(view)
  if (!compiled.ok) throw new Error(compiled.error.map((issue) => `${issue.path}: ${issue.message}`).join('; '))
  return resources.flatMap((resource) => rowsOf(compiled.value, resource))
}

const sorted = (rows: readonly Row[]): readonly string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort()

describe.skipIf(!isThere)('the suite of SQL on FHIR v2 (skipped where ../shared is not there)', () => {
  for (const suite of suites) {
    describe(suite.title, () => {
      for (const one of suite.tests) {
        test(one.title, () => {
          if (one.expectError) expect(() => run(one.view, suite.resources)).toThrow()
          else {
            const rows = run(one.view, suite.resources)
            if (one.expect) expect(sorted(rows)).toEqual(sorted(one.expect))
            if (one.expectCount !== undefined) expect(rows.length).toBe(one.expectCount)
            if (one.expectColumns) {
              const compiled = compileView(one.view)
              expect(compiled.ok && compiled.value.columns.map((column) => column.name)).toEqual(one.expectColumns)
            }
          }
        })
      }
    })
  }

  test('all 134 tests are there', () => {
    expect(suites.reduce((sum, suite) => sum + suite.tests.length, 0)).toBe(134)
  })
})
