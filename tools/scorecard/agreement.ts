import type { Backend } from '../../packages/compiler/test/conformance/backends/backend.ts'
import { columns } from '../../packages/compiler/test/conformance/backends/columns.ts'
import { cqlOwnElm } from '../../packages/compiler/test/conformance/backends/cql.ts'
import { closures } from '../../packages/compiler/test/conformance/backends/memory.ts'
import { postgres } from '../../packages/compiler/test/conformance/backends/postgres.ts'
import { smt } from '../../packages/compiler/test/conformance/backends/smt.ts'
import { duckdb, pglite } from '../../packages/compiler/test/conformance/backends/sql.ts'
import { generatedBatch, realBatch } from '../../packages/compiler/test/conformance/batches.ts'
import { compare } from '../../packages/compiler/test/conformance/compare.ts'

/** How one backend answered beside the explanation, which is the meaning of a criterion. */
export interface Agreement {
  readonly backend: string
  /** Verdicts on criteria made at random, and on every criterion of the base. */
  readonly generated: number
  readonly real: number
  readonly differences: number
  /** Why it was not asked. */
  readonly skipped?: string
}

const SEED = 20261123
/** Criteria and cases made at random, and cases for the base; slower engines are asked less. */
const SIZES: { readonly [backend: string]: readonly [criteria: number, cases: number, real: number] } = {
  CQL: [80, 40, 8],
  SMT: [80, 20, 2],
}
const USUAL = [200, 300, 40] as const

/** Asks every backend of the differential suite (packages/compiler/test/conformance) the same questions. */
export async function agreement(): Promise<readonly Agreement[]> {
  const server = await postgres()
  const found: Agreement[] = []
  const named: readonly (readonly [string, Backend | { readonly skipped: string }])[] = [
    ['Closures (what plans run on)', closures],
    ['Columns (a whole network at once)', columns],
    ['PostgreSQL', server],
    ['PGlite', await pglite()],
    ['DuckDB', await duckdb()],
    ['CQL', cqlOwnElm],
    ['SMT', smt],
  ]
  for (const [backend, one] of named) {
    if ('skipped' in one) {
      found.push({ backend, generated: 0, real: 0, differences: 0, skipped: one.skipped })
      continue
    }
    const [criteria, cases, real] = SIZES[backend] ?? USUAL
    const made = await compare(generatedBatch(SEED, criteria, cases), one)
    const own = await compare(realBatch(SEED, real), one)
    found.push({
      backend,
      generated: made.compared,
      real: own.compared,
      differences: made.differences.length + own.differences.length,
    })
    await one.close?.()
  }
  return found
}
