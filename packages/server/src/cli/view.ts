import fs from 'node:fs'
import type { Issue } from '@secondwind/core'
import { type Row, ViewError } from '../views/run-view.ts'
import { compileView, parseExact } from '../views/view-definition.ts'
import { ViewTables } from '../views/view-table.ts'
import { print, printIssues } from './input.ts'

export interface ViewOptions {
  readonly sql?: string
  readonly format: 'csv' | 'json'
}

/** `secondwind view <view.json> <resources>`: a SQL on FHIR v2 view over NDJSON or a bundle, as a table or as the answer to a query. Exit status 0 or 2. */
export async function viewCommand(viewFile: string, file: string, { sql, format }: ViewOptions): Promise<number> {
  const view = readJson(viewFile)
  if (!view.ok) return fail([view.error])
  const compiled = compileView(view.value)
  if (!compiled.ok) return fail(compiled.error)
  const name = (view.value as { readonly name?: unknown }).name
  const table = typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name) ? name : 'view'
  let text: string
  try {
    text = fs.readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch {
    return fail([issueOf(file, 'cannot be read', 'give the path of an NDJSON file or a bundle, or - for standard input')])
  }
  const issues: Issue[] = []
  const tables = await ViewTables.open()
  try {
    await tables.fill(table, compiled.value, resourcesOf(text, issues))
    if (issues.length > 0) return fail(issues)
    const rows = await tables.query(sql ?? `SELECT * FROM "${table}"`)
    print(format === 'json' ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : csv(rows))
    return 0
  } catch (error) {
    if (error instanceof ViewError) return fail([issueOf(viewFile, error.message, 'correct the view')])
    if (sql !== undefined && error instanceof Error)
      return fail([issueOf('--sql', error.message.split('\n')[0]!, `the table is named ${table}`)])
    throw error
  } finally {
    tables.close()
  }
}

function* resourcesOf(text: string, issues: Issue[]): Generator<object> {
  const whole = parsed(text)
  const roots =
    whole === undefined
      ? text.split('\n').map((line, i) => ({ line: i + 1, value: line.trim() === '' ? null : parsed(line) }))
      : [{ line: 1, value: whole }]
  for (const { line, value } of roots) {
    if (value === null) continue
    if (typeof value !== 'object' || value === undefined) {
      issues.push(issueOf(`line ${line}`, 'not JSON', 'give one resource or bundle a line'))
      continue
    }
    const entries =
      (value as { readonly resourceType?: unknown; readonly entry?: unknown }).resourceType === 'Bundle'
        ? (value as { readonly entry?: unknown }).entry
        : undefined
    if (Array.isArray(entries)) {
      for (const entry of entries) {
        const resource = (entry as { readonly resource?: unknown } | null)?.resource
        if (typeof resource === 'object' && resource !== null) yield resource
      }
    } else yield value
  }
}

function parsed(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}

function readJson(file: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Issue } {
  try {
    return { ok: true, value: JSON.parse(fs.readFileSync(file, 'utf8')) }
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return { ok: false, error: issueOf(file, isMissing ? 'there is no such file' : 'not JSON', 'give a ViewDefinition in JSON') }
  }
}

const issueOf = (path: string, message: string, remedy: string): Issue => ({
  code: 'invalid-element',
  severity: 'error',
  path,
  message,
  remedy,
})

function fail(issues: readonly Issue[]): number {
  printIssues(issues)
  return 2
}

/** RFC 4180. */
function csv(rows: readonly Row[]): string {
  const cell = (value: unknown): string => {
    const text = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const names = Object.keys(rows[0] ?? {})
  return [names, ...rows.map((row) => names.map((name) => row[name]))].map((line) => `${line.map(cell).join(',')}\n`).join('')
}
