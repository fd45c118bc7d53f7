import { DIALECTS, type DialectName } from '@secondwind/compiler'
import type { KnowledgeBase } from '@secondwind/core'
import type { ClientConfig } from 'pg'
import { runInColumns } from './columns.ts'
import { BLOCK_VIEW, runInDuckdb } from './duckdb.ts'
import type { EngineAnswer } from './engine.ts'
import { runInPostgres, SNAPSHOT_TABLE } from './postgres.ts'
import { type Asked, questionsOf, wordsOf } from './questions.ts'
import { type Script, scriptOf } from './script.ts'
import type { SnapshotSource } from './snapshot-source.ts'
import { runInSpark, SPARK_VIEW } from './spark.ts'

export const ENGINES = ['columns', 'duckdb', 'postgres', 'spark'] as const
export type EngineName = (typeof ENGINES)[number]
export type SqlEngine = Exclude<EngineName, 'columns'>

export interface PopulationQuestion {
  readonly knowledge: KnowledgeBase
  readonly asOf: string
  readonly asked?: Asked
  /** Questions whose cases are to be named, by name (`questions.ts`). */
  readonly listed?: (name: string) => boolean
}

export interface EngineOptions {
  /** Spark: default two threads of this machine. */
  readonly master?: string
  /** Spark: a folder that all workers reach. */
  readonly work?: string
  /** PostgreSQL. */
  readonly connection?: ClientConfig
  readonly casesAtOnce?: number
  readonly onBlock?: (done: number, of: number) => void
}

const SQL: { readonly [engine in SqlEngine]: { readonly dialect: DialectName; readonly from: string } } = {
  duckdb: { dialect: 'duckdb', from: BLOCK_VIEW },
  postgres: { dialect: 'postgresql', from: SNAPSHOT_TABLE },
  spark: { dialect: 'spark', from: SPARK_VIEW },
}

/** The statements that an engine is given. */
export function scriptFor(engine: SqlEngine, { knowledge, asOf, asked = {}, listed }: PopulationQuestion): Script {
  return scriptOf({
    questions: questionsOf(knowledge, asked),
    words: wordsOf(knowledge, asked.after),
    asOf,
    dialect: DIALECTS[SQL[engine].dialect],
    from: SQL[engine].from,
    ...(listed ? { listed } : {}),
  })
}

/** One question over one snapshot by one engine: all engines give the same counts and the same cases. Throws an `EngineError` where it cannot be asked. */
export function askPopulation(
  engine: EngineName,
  source: SnapshotSource,
  question: PopulationQuestion,
  options: EngineOptions = {},
): Promise<EngineAnswer> {
  const { knowledge, asOf, asked = {}, listed = () => false } = question
  const words = wordsOf(knowledge, asked.after)
  switch (engine) {
    case 'columns':
      return runInColumns(source, { knowledge, asked, asOf, listed }, options)
    case 'duckdb':
      return runInDuckdb(scriptFor(engine, question), source, words, options)
    case 'postgres':
      return runInPostgres(scriptFor(engine, question), source, words, options.connection ?? connectionOf(process.env.SECONDWIND_POSTGRES))
    case 'spark':
      return runInSpark(scriptFor(engine, question), source, words, {
        master: options.master ?? 'local[2]',
        ...(options.work === undefined ? {} : { work: options.work }),
      })
  }
}

/** A connection string; without one, what the environment says to every PostgreSQL client (PGHOST, PGUSER, …). */
export const connectionOf = (url: string | undefined): ClientConfig => (url === undefined ? {} : { connectionString: url })
