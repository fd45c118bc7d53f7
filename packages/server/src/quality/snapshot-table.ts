import { err, type FactDefinition, type Issue, type KnowledgeBase, ok, type Result, Room, sharedMemory, vocabulary } from '@secondwind/core'
import { readSnapshots, snapshotDay } from '../project/read-snapshots.ts'
import type { CohortTable } from './tables.ts'

/**
 * A snapshot of cases as a table, with the facts that are asked and no others, on the day of the snapshot. Refuses another day: what happened after the
 * snapshot was made is not in it, and whoever was seen since would count as never seen.
 */
export async function tableOfSnapshot(
  folder: string,
  knowledge: KnowledgeBase,
  asked: readonly FactDefinition[],
  asOf: string | undefined,
): Promise<Result<CohortTable & { readonly asOf: string; readonly unread: readonly Issue[] }, readonly Issue[]>> {
  const own = snapshotDay(folder)
  if (own !== undefined && asOf !== undefined && asOf !== own)
    return err([
      {
        code: 'missing-input',
        severity: 'error',
        path: folder,
        message: `was made for ${own}, not for ${asOf}`,
        remedy: `leave --as-of out, or project again with --as-of ${asOf}`,
      },
    ])
  const day = own ?? asOf ?? ''
  const room = new Room(sharedMemory())
  const words = vocabulary(asked, knowledge.criteria)
  const read = await readSnapshots(folder, words, day, room)
  if (!read.ok) return read
  const { table, names, sites, issues } = read.value
  return ok({ words, room, table, patients: names, sites, asOf: day, unread: issues })
}
