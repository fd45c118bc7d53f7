import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {
  type CaseColumn,
  type CaseTable,
  type Fact,
  isKnown,
  type KnowledgeBase,
  type PatientCase,
  Room,
  sharedMemory,
  type Vocabulary,
} from '../packages/core/src/index.ts'
import { readSnapshots } from '../packages/server/src/project/read-snapshots.ts'
import { manifestOf, writeManifest, writeSnapshots } from '../packages/server/src/project/write-snapshots.ts'

/** Different rows; a larger snapshot holds the same part file again and again, since only reading it is measured. */
const ROWS = 8192

export interface SnapshotReading {
  readonly rows: number
  readonly megabytes: number
  /** Of processor time, collecting garbage included: wall time says more about the neighbours. */
  readonly readMs: number
}

/**
 * Reading case snapshots from Parquet into columns in memory, on one core. `factsOf` gives the cases; what comes back is compared with them first:
 * every number and code of every row.
 */
export async function measureReading(
  words: Vocabulary,
  knowledge: KnowledgeBase,
  asOf: string,
  size: number,
  factsOf: (row: number) => readonly (Fact | undefined)[],
): Promise<SnapshotReading> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'world-snapshots-'))
  try {
    const folder = path.join(scratch, 'cases.parquet')
    const cases: PatientCase[] = Array.from({ length: ROWS }, (_, row) => ({
      patient: `Patient/${row}`,
      asOf,
      facts: Object.fromEntries(words.facts.flatMap(({ id }, at) => (factsOf(row)[at] ? [[id, factsOf(row)[at]!]] : []))),
    }))
    const { parts } = writeSnapshots(folder, cases, knowledge)
    const room = new Room(sharedMemory())
    const one = await readSnapshots(folder, words, asOf, room)
    if (!one.ok) throw new Error(JSON.stringify(one.error))
    compare(one.value.table, room, words, factsOf)
    const bytes = fs.statSync(path.join(folder, parts[0]!.file)).size
    const copies = Math.max(1, Math.round(size / ROWS))
    const all = Array.from({ length: copies }, (_, at) => ({ ...parts[0]!, file: `part-${String(at).padStart(5, '0')}.parquet` }))
    for (const { file } of all.slice(1)) fs.linkSync(path.join(folder, parts[0]!.file), path.join(folder, file))
    writeManifest(folder, manifestOf(knowledge, asOf, all))
    const started = processorMs()
    const read = await readSnapshots(folder, words, asOf, new Room(sharedMemory()))
    const readMs = processorMs() - started
    if (!read.ok) throw new Error(JSON.stringify(read.error))
    return { rows: read.value.table.size, megabytes: Math.round((bytes * copies) / 1e6), readMs: Math.round(readMs) }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true })
  }
}

/** Every truth, code and number of every row; facts that move with the calendar are worked out anew and left to the tests. */
function compare(table: CaseTable, room: Room, words: Vocabulary, factsOf: (row: number) => readonly (Fact | undefined)[]): void {
  words.facts.forEach((definition, at) => {
    if (definition.derivedFrom !== undefined || !['truth', 'code', 'integer', 'quantity'].includes(definition.type)) return
    const isNumber = definition.type === 'integer' || definition.type === 'quantity'
    const read = reader(table.columns.get(definition.id), room)
    for (let row = 0; row < ROWS; row++) {
      const fact = factsOf(row)[at]
      const written = isKnown(fact) ? (isNumber && fact.value === 'never' ? Number.POSITIVE_INFINITY : fact.value) : undefined
      if (read(row) !== written) throw new Error(`${definition.id} of row ${row}: written ${String(written)}, read ${String(read(row))}`)
    }
  })
}

function reader(column: CaseColumn | undefined, { memory }: Room): (row: number) => unknown {
  if (column === undefined) return () => undefined
  switch (column.kind) {
    case 'codes': {
      const codes = new Uint8Array(memory.buffer, column.at, ROWS)
      return (row) => (codes[row] === 0 ? undefined : column.values[codes[row]! - 1])
    }
    case 'ranks': {
      const ranks = new Uint16Array(memory.buffer, column.at, ROWS)
      return (row) => (ranks[row] === 0 ? undefined : column.values[ranks[row]! - 1])
    }
    case 'entries': {
      const entries = new Uint32Array(memory.buffer, column.at, ROWS)
      return (row) => (entries[row] === 0 ? undefined : column.values[entries[row]! - 1])
    }
    case 'floats': {
      const numbers = new Float64Array(memory.buffer, column.at, ROWS)
      return (row) => (Number.isNaN(numbers[row]!) ? undefined : numbers[row])
    }
    default:
      throw new Error(`invariant: a ${column.kind} column is no truth, code or number`)
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
