import { type KnowledgeBase, ok, type Result, err as refused } from '@secondwind/core'
import { caseProjection } from '../case-projection.ts'
import type { ServerIssue } from '../issue.ts'
import { type Environment, readServeConfig } from '../serve-config.ts'
import { backup, restore } from '../store/backup.ts'
import type { Database } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { openDatabase } from '../store/open.ts'
import { rebuild } from '../store/rebuild.ts'
import { verifyChains } from '../store/verify.ts'
import { openFailure } from './open-failure.ts'
import { databaseOf } from './serve.ts'

interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

type Work = (database: Database) => Promise<Result<string, readonly ServerIssue[]>>

/** Runs one command on the store that the environment names. 0 done, 1 something was found, 2 it could not be done. */
async function onStore(environment: Environment, { out, err }: Output, work: Work): Promise<number> {
  const config = readServeConfig(environment)
  if (!config.ok) return told(config.error, err)
  let database: Database
  try {
    database = await openDatabase(databaseOf(config.value))
  } catch (error) {
    err(`${openFailure(error)}\n`)
    return 2
  }
  try {
    await migrate(database)
  } catch (error) {
    err(`${openFailure(error)}\n`)
    await database.close()
    return 2
  }
  try {
    const result = await work(database)
    if (!result.ok) return told(result.error, err)
    out(`${result.value}\n`)
    return 0
  } catch (error) {
    err(`the database does not answer: ${(error as Error).message.split('\n')[0]}\n`)
    return 2
  } finally {
    await database.close()
  }
}

function told(issues: readonly ServerIssue[], err: Output['err']): number {
  for (const { path, message, remedy } of issues) err(`${path}: ${message}${remedy === undefined ? '' : ` (${remedy})`}\n`)
  return issues.some(({ code }) => code === 'contradictory-result') ? 1 : 2
}

const list = (rows: { readonly [table: string]: number }): string =>
  Object.entries(rows)
    .map(([table, n]) => `  ${table.padEnd(24)} ${n}`)
    .join('\n')

export const backupCommand = (file: string, environment: Environment, output: Output): Promise<number> =>
  onStore(environment, output, async (database) => {
    const { rows, bytes } = await backup(database, file)
    return ok(`${file}: ${(bytes / 1024 / 1024).toFixed(1)} MB\n${list(rows)}`)
  })

/** Restores, makes everything derived again, and verifies every chain before it says that it is done. */
export const restoreCommand = (file: string, knowledge: () => KnowledgeBase, environment: Environment, output: Output): Promise<number> =>
  onStore(environment, output, async (database) => {
    const restored = await restore(database, file)
    if (!restored.ok) return restored
    const { cases } = await rebuild(database, caseProjection(knowledge()), (text) => output.err(`${text}\n`))
    const checked = await verified(database)
    return checked.ok ? ok(`restored\n${list(restored.value)}\n${cases} cases worked out again; ${checked.value}`) : checked
  })

export const verifyCommand = (environment: Environment, output: Output): Promise<number> => onStore(environment, output, verified)

async function verified(database: Database): Promise<Result<string, readonly ServerIssue[]>> {
  const { charts, versions, decisions, problems } = await verifyChains(database)
  if (problems.length === 0) return ok(`${versions} versions in ${charts} charts and ${decisions} decisions: every chain holds`)
  return refused(
    problems.map(({ chart, revision, message }) => ({
      code: 'contradictory-result',
      severity: 'error',
      path: `${chart} revision ${revision}`,
      message,
      remedy: 'compare with a backup; find out who had access to the database',
    })),
  )
}

export const rebuildCommand = (knowledge: () => KnowledgeBase, environment: Environment, output: Output): Promise<number> =>
  onStore(environment, output, async (database) => {
    const { resources, charts, cases } = await rebuild(database, caseProjection(knowledge()), (text) => output.err(`${text}\n`))
    return ok(`${resources} resources indexed, ${charts} chains, ${cases} patients: made again from the versions`)
  })
