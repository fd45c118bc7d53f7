import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type Cell, type Row, rowsOf } from './run-view.ts'
import type { Column, CompiledView } from './view-definition.ts'

/** How FHIR types are stored; every other type is text. */
const TYPES: { readonly [type: string]: string } = {
  boolean: 'BOOLEAN',
  integer: 'INTEGER',
  positiveInt: 'INTEGER',
  unsignedInt: 'INTEGER',
  integer64: 'BIGINT',
  decimal: 'DOUBLE',
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const typeOf = (column: Column): string => `${TYPES[column.type ?? ''] ?? 'VARCHAR'}${column.collection ? '[]' : ''}`

/**
 * Flattens resources into a table of an embedded DuckDB and answers SQL over it. The rows go in as they come; the table lives as long as the connection.
 * Throws a `ViewError` for a resource that the view cannot flatten.
 */
export class ViewTables {
  readonly #connection: DuckDBConnection

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  static async open(): Promise<ViewTables> {
    return new ViewTables(await (await DuckDBInstance.create(':memory:')).connect())
  }

  /** Fills the table of one view; the number of its rows. */
  async fill(name: string, view: CompiledView, resources: Iterable<object>): Promise<number> {
    await this.#connection.run(`CREATE TABLE ${quote(name)} (${view.columns.map((c) => `${quote(c.name)} ${typeOf(c)}`).join(', ')})`)
    const values = view.columns.map((c, i) => `CAST($${i + 1} AS ${typeOf(c)})`).join(', ')
    const statement = await this.#connection.prepare(`INSERT INTO ${quote(name)} VALUES (${values})`)
    let count = 0
    await this.#connection.run('BEGIN')
    for (const resource of resources) {
      for (const row of rowsOf(view, resource)) {
        view.columns.forEach((column, i) => {
          const cell = row[column.name] ?? null
          if (cell === null) statement.bindNull(i + 1)
          else statement.bindVarchar(i + 1, literal(cell))
        })
        await statement.run()
        count++
      }
    }
    await this.#connection.run('COMMIT')
    return count
  }

  /** Rows of a query, as JSON values. */
  async query(sql: string): Promise<readonly Row[]> {
    const reader = await this.#connection.runAndReadAll(sql)
    return reader.getRowObjectsJson() as unknown as readonly Row[]
  }

  close(): void {
    this.#connection.closeSync()
  }
}

/** A value as text that DuckDB casts to the column's type. */
function literal(cell: Cell): string {
  if (!Array.isArray(cell)) return String(cell)
  return `[${cell.map((one) => (typeof one === 'string' ? `'${one.replaceAll("'", "''")}'` : String(one))).join(', ')}]`
}
