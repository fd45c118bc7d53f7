import { Refused } from '../issue.ts'
import { FolderInUse } from '../store/database-pglite.ts'
import { openStore, type Store, type StoreConfig } from '../store/index.ts'

/** The store of a command; undefined, and why was told, when it cannot be opened. */
export async function openedStore(config: StoreConfig, err: (text: string) => void): Promise<Store | undefined> {
  try {
    return await openStore(config)
  } catch (error) {
    err(`${openFailure(error)}\n`)
    return undefined
  }
}

/** Why the store could not be opened, for the terminal: what, why, and what to do. */
export function openFailure(error: unknown): string {
  if (error instanceof FolderInUse) return error.message
  if (error instanceof Refused)
    return error.issues.map(({ path, message, remedy }) => `${path}: ${message}${remedy === undefined ? '' : ` (${remedy})`}`).join('\n')
  return `the database cannot be opened: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`
}
