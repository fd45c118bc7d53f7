import fs from 'node:fs'
import path from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { type Database, PARSERS, type Queries, statements, type Transaction } from './database.ts'

/**
 * The embedded database in a folder (or in memory, without one). For trying out and for one user: it has one connection and does not fsync, so it
 * survives the death of the process but not the loss of power.
 *
 * Kysely's own PGlite dialect is not used: its driver keeps one shared connection, into whose open transaction the statements of every other request
 * would go (docs/decisions/0011).
 */
export async function openPglite(folder?: string): Promise<Database> {
  const release = folder === undefined ? () => {} : lockFolder(folder)
  const pglite = await PGlite.create({ ...(folder === undefined ? {} : { dataDir: path.join(folder, 'pglite') }), parsers: { ...PARSERS } })
  await pglite.exec("set timezone to 'UTC'")
  const rows = async <Row>(on: Pick<PGlite, 'query'>, text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    (await on.query<Row>(text, [...values])).rows
  return {
    kind: 'pglite',
    native: { pglite },
    query: <Row>(text: string, values: readonly unknown[] = []) => rows<Row>(pglite, text, values),
    script: async (text) => {
      await pglite.exec(text)
    },
    transaction: <T>(work: (tx: Transaction) => Promise<T>) =>
      pglite.transaction(async (tx) => {
        const asked = statements()
        const query: Queries['query'] = <Row>(text: string, values: readonly unknown[] = []) =>
          asked.follow(rows<Row>(tx as unknown as PGlite, text, values))
        const result = await work({ isOpen: true, query })
        await asked.ended()
        return result
      }) as Promise<T>,
    close: async () => {
      await pglite.close()
      release()
    },
  }
}

/** Two processes on one embedded folder would destroy it: the second is refused, by the number of the first. A lock whose process is gone is taken over. */
function lockFolder(folder: string): () => void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'process.lock')
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => fs.rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const owner = Number(fs.readFileSync(file, 'utf8'))
      if (owner !== process.pid && isAlive(owner)) throw new FolderInUse(folder, owner)
      fs.rmSync(file, { force: true })
    }
  }
  throw new FolderInUse(folder, 0)
}

export class FolderInUse extends Error {
  constructor(folder: string, owner: number) {
    super(
      `the data folder ${folder} is in use by process ${owner}; stop it, give another folder, or use PostgreSQL (SECONDWIND_DATABASE_URL) for several processes`,
    )
    this.name = 'FolderInUse'
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
