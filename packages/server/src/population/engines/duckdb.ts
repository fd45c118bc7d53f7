import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { DIALECTS } from '@secondwind/compiler'
import type { Vocabulary } from '@secondwind/core'
import { Answers, type EngineAnswer, lackingColumns } from './engine.ts'
import type { Script } from './script.ts'
import { missingColumns, type SnapshotSource } from './snapshot-source.ts'

/** The view that a script reads. */
export const BLOCK_VIEW = 'case_block'

/** Cases that are answered at once: their planes stand in memory, some 4 kB a case. */
const CASES_AT_ONCE = 200_000

export interface DuckdbOptions {
  readonly threads?: number
  readonly casesAtOnce?: number
  /** Told after each block. */
  readonly onBlock?: (done: number, of: number) => void
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
export const parquetOf = (files: readonly string[]): string => `read_parquet([${files.map(literal).join(', ')}], file_row_number = true)`

/** An embedded DuckDB as this project uses it. */
export async function openDuckdb(threads = 2): Promise<{ readonly connection: DuckDBConnection; close(): void }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) })
  const connection = await instance.connect()
  // "in" with many words would become a join, and hundreds of them take minutes; rewriting thousands of "and" and "or" takes gigabytes
  await connection.run("set disabled_optimizers = 'in_clause,expression_rewriter,common_subexpressions'")
  return {
    connection,
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

interface Block {
  readonly files: readonly string[]
  /** Of the one file: rows from (included) and to (excluded). */
  readonly rows?: readonly [from: number, to: number]
}

/** Whole files together up to the size of a block; a larger file in pieces. */
export async function blocksOf(connection: DuckDBConnection, files: readonly string[], casesAtOnce: number): Promise<readonly Block[]> {
  const sizes = await connection.runAndReadAll(`select file_name, num_rows from parquet_file_metadata([${files.map(literal).join(', ')}])`)
  const rowsOf = new Map(sizes.getRows().map(([file, rows]) => [String(file), Number(rows)]))
  const blocks: Block[] = []
  let open: string[] = []
  let size = 0
  const close = (): void => {
    if (open.length > 0) blocks.push({ files: open })
    open = []
    size = 0
  }
  for (const file of files) {
    const rows = rowsOf.get(file)!
    if (size + rows > casesAtOnce) close()
    if (rows > casesAtOnce) {
      for (let from = 0; from < rows; from += casesAtOnce) blocks.push({ files: [file], rows: [from, Math.min(rows, from + casesAtOnce)] })
      continue
    }
    open.push(file)
    size += rows
  }
  close()
  return blocks
}

/** The columns of the files, and the select list that gives the columns of the registry that they lack. */
export async function columnsOfFiles(connection: DuckDBConnection, files: readonly string[], words: Vocabulary) {
  const described = await connection.runAndReadAll(`describe select * from ${parquetOf(files.slice(0, 1))}`)
  const has = new Set(described.getRows().map(([name]) => String(name)))
  const missing = missingColumns(has, words, DIALECTS.duckdb)
  const added = missing.map(([name, type]) => `, cast(null as ${type}) as ${DIALECTS.duckdb.quote(name)}`).join('')
  return { missing: missing.map(([name]) => name), select: `* exclude (file_row_number)${added}` }
}

/** Runs a script over a snapshot, block by block, in one embedded database. */
export async function runInDuckdb(
  script: Script,
  source: SnapshotSource,
  words: Vocabulary,
  { threads = 2, casesAtOnce = CASES_AT_ONCE, onBlock }: DuckdbOptions = {},
): Promise<EngineAnswer> {
  const { connection, close } = await openDuckdb(threads)
  try {
    const started = performance.now()
    const { missing, select } = await columnsOfFiles(connection, source.files, words)
    const blocks = await blocksOf(connection, source.files, casesAtOnce)
    const answers = new Answers()
    let done = 0
    for (const { files, rows } of blocks) {
      const where = rows ? ` where file_row_number >= ${rows[0]} and file_row_number < ${rows[1]}` : ''
      await connection.run(`create or replace temp view ${BLOCK_VIEW} as select ${select} from ${parquetOf(files)}${where}`)
      for (const step of script.steps) {
        if (step.kind === 'make') await connection.run(`create temp table ${step.name} as ${step.query}`)
        else if (step.kind === 'drop') await connection.run(`drop table ${step.name}`)
        else answers.take(step, (await connection.runAndReadAll(step.query)).getRows())
      }
      onBlock?.(++done, blocks.length)
    }
    const [[version] = []] = (await connection.runAndReadAll('select version()')).getRows()
    return {
      engine: `DuckDB ${String(version).replace(/^v/, '')}`,
      lists: answers.lists(),
      counts: answers.counts,
      issues: lackingColumns(source.at, missing),
      timings: { readMs: 0, answerMs: performance.now() - started },
    }
  } finally {
    close()
  }
}
