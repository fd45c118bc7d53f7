import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import {
  type CaseTable,
  CaseTableBuilder,
  deriveFacts,
  err,
  type Fact,
  type FactDefinition,
  type Issue,
  isKnown,
  latestDay,
  ok,
  type Result,
  type Room,
  type Vocabulary,
} from '@secondwind/core'
import { FactCoder } from './coded-facts.ts'
import { FORMAT_VERSION, ISSUES, MANIFEST, SUCCESS, snapshotLayout } from './format.ts'
import { SnapshotFile } from './snapshot-columns.ts'
import type { SnapshotManifest } from './write-snapshots.ts'

/** Snapshots as the columns backend takes them. */
export interface SnapshotCases {
  readonly table: CaseTable
  /** By row of the table. */
  readonly names: readonly string[]
  readonly sites: readonly (string | null)[]
  readonly manifest: SnapshotManifest
  /** The facts that were asked to be kept, by row. */
  kept(row: number): { readonly [id: string]: Fact }
  /** What a reader of the result must know: facts of the registry that the snapshot has no column for. */
  readonly issues: readonly Issue[]
}

/** Columns that are read together: enough of them for one reading of the files, few enough for memory. */
const FACTS_AT_ONCE = 32

/**
 * Reads a snapshot folder into columns in memory, on any clinical day. What moves with the calendar is computed on that day by the formulas of
 * `core/facts/derive.ts`, and what has grown stale by then is stale.
 * Refuses a folder without its mark, of another format, or whose files do not hold what the manifest says.
 */
export async function readSnapshots(
  folder: string,
  words: Vocabulary,
  asOf: string,
  room: Room,
  keep: readonly string[] = [],
  /** Only these parts of it, by their place in the manifest; default all. */
  parts?: readonly number[],
): Promise<Result<SnapshotCases, readonly Issue[]>> {
  const opened = openSnapshot(folder)
  if (!opened.ok) return opened
  const { manifest, files: all } = opened.value
  const files = parts === undefined ? all : parts.map((part) => all[part]!)
  const layout = snapshotLayout(words.facts)
  const size = files.reduce((sum, { rows }) => sum + rows, 0)
  const today = latestDay(asOf)!
  const builder = new CaseTableBuilder(size, room)
  const coders = (of: readonly FactDefinition[]): readonly FactCoder[] =>
    of.map(({ id }) => new FactCoder(layout.facts.find(({ column }) => column.fact.id === id)!, layout.columns, size))
  const kept = new Map<string, (row: number) => Fact | undefined>()
  const add = (coder: FactCoder): void => {
    const { fact } = coder.places.column
    const coded = coder.coded()
    builder.add(fact, coded)
    if (!keep.includes(fact.id)) return
    kept.set(fact.id, (row) => {
      const code = coded.codes[row]!
      return code === 0 ? undefined : { value: coded.values[code - 1]!, sources: [], ...(coded.stale?.[row] === 1 ? { stale: true } : {}) }
    })
  }

  const day = layout.facts.filter(({ follows }) => follows >= 0).map(({ column }) => column.fact)
  const still = words.facts.filter((fact) => !day.includes(fact))
  for (let from = 0; from < still.length; from += FACTS_AT_ONCE) {
    const batch = coders(still.slice(from, from + FACTS_AT_ONCE))
    await eachFile(files, batch, (columns, first, rows) => {
      for (const coder of batch) coder.take(columns, first, rows, today)
    })
    batch.forEach(add)
  }

  const dayCoders = coders(day)
  const inputs = coders(inputsOf(day, words))
  await eachFile(files, [...dayCoders, ...inputs], (columns, first, rows) => {
    const given = inputs.map((coder) => ({ id: coder.places.column.fact.id, fact: coder.fact(columns, today) }))
    const own = dayCoders.map((coder) => ({
      coder,
      id: coder.places.column.fact.id,
      fact: coder.fact(columns, today),
      follows: columns.get(layout.columns[coder.places.follows]!.name),
    }))
    for (let row = 0; row < rows; row++) {
      const facts: Record<string, Fact> = {}
      for (const { id, fact } of given) {
        const known = fact(row)
        if (known) facts[id] = known
      }
      for (const { id, fact, follows } of own) facts[id] = stored(fact(row), follows?.[row] !== false)
      const derived = deriveFacts(facts, asOf, day)
      for (const { coder, id } of own) {
        const fact = derived[id]
        if (isKnown(fact)) coder.put(first + row, fact.value, fact.stale === true)
      }
    }
  })
  dayCoders.forEach(add)

  const names: string[] = []
  const sites: (string | null)[] = []
  for (const file of files) {
    const columns = await file.read(['case_id', 'site'])
    for (let row = 0; row < file.rows; row++) {
      names.push(String(columns.get('case_id')![row]))
      sites.push((columns.get('site')?.[row] as string | null | undefined) ?? null)
    }
  }
  return ok({
    table: builder.table(),
    names,
    sites,
    manifest,
    kept: (row) => Object.fromEntries([...kept].flatMap(([id, fact]) => (fact(row) === undefined ? [] : [[id, fact(row)!]]))),
    issues: [...lacking(folder, manifest), ...missingColumns(folder, words, all)],
  })
}

/** A day fact as it was stored: open to its formula where nobody stated the value, closed where somebody did or where inputs contradict each other. */
const stored = (fact: Fact | undefined, follows: boolean): Fact =>
  follows
    ? isKnown(fact)
      ? { ...fact, absence: 'listed' }
      : { unknown: 'not-recorded' }
    : isKnown(fact)
      ? { ...fact, enteredByHand: true }
      : // closed, and no more than that: what a contradiction closed beside it is closed in its own column
        { unknown: 'pending' }

/** What the formulas of some facts need, other than themselves. */
function inputsOf(day: readonly FactDefinition[], words: Vocabulary): readonly FactDefinition[] {
  const own = new Set(day.map(({ id }) => id))
  const ids = new Set(day.flatMap(({ derivedFrom = [], standIns = [] }) => [...derivedFrom, ...standIns]))
  return words.facts.filter(({ id }) => ids.has(id) && !own.has(id))
}

async function eachFile(
  files: readonly SnapshotFile[],
  coders: readonly FactCoder[],
  take: (columns: Awaited<ReturnType<SnapshotFile['read']>>, first: number, rows: number) => void,
): Promise<void> {
  const names = [...new Set(coders.flatMap((coder) => coder.names))]
  let first = 0
  for (const file of files) {
    take(await file.read(names), first, file.rows)
    first += file.rows
  }
}

/** A snapshot folder whose mark, format and files are as its manifest says; refused otherwise. */
export function openSnapshot(
  folder: string,
): Result<{ readonly manifest: SnapshotManifest; readonly files: readonly SnapshotFile[] }, readonly Issue[]> {
  const at = path.join(folder, MANIFEST)
  if (!fs.existsSync(at) || !fs.existsSync(path.join(folder, SUCCESS)))
    return refuse(folder, 'is not a whole snapshot', 'finish it with "secondwind project", or give the right folder')
  const text = fs.readFileSync(at)
  if (createHash('sha256').update(text).digest('hex') !== fs.readFileSync(path.join(folder, SUCCESS), 'utf8').trim())
    return refuse(folder, 'its manifest has been changed', 'project it again')
  const manifest = JSON.parse(text.toString('utf8')) as SnapshotManifest
  if (manifest.format !== FORMAT_VERSION)
    return refuse(folder, `has the format ${manifest.format}, this version reads ${FORMAT_VERSION}`, 'project it again')
  const files: SnapshotFile[] = []
  for (const { file, rows } of manifest.parts) {
    try {
      const part = SnapshotFile.open(path.join(folder, file))
      if (part.rows !== rows) return refuse(folder, `${file} has ${part.rows} rows, the manifest says ${rows}`, 'project it again')
      files.push(part)
    } catch (error) {
      return refuse(folder, `${file} cannot be read: ${error instanceof Error ? error.message : 'not Parquet'}`, 'project it again')
    }
  }
  return ok({ manifest, files })
}

/** Who is not in it must be said with every result. */
function lacking(folder: string, { counts = {} }: SnapshotManifest): readonly Issue[] {
  const { leftOut = 0, unusedLines = 0, brokenFiles = 0 } = counts
  if (leftOut + unusedLines + brokenFiles === 0) return []
  const message = `is not of everybody: ${leftOut} patients and ${unusedLines} lines were left out, ${brokenFiles} files were not read to their end`
  return [
    {
      code: 'missing-input',
      severity: 'warning',
      path: folder,
      message,
      remedy: `see ${ISSUES} there, put the input right and project it again`,
    },
  ]
}

function missingColumns(folder: string, { facts }: Vocabulary, files: readonly SnapshotFile[]): readonly Issue[] {
  const [first] = files
  if (first === undefined) return []
  const layout = snapshotLayout(facts)
  const missing = layout.facts.filter(({ value }) => !first.columns.has(layout.columns[value]!.name)).map(({ column }) => column.fact.id)
  if (missing.length === 0) return []
  return [
    {
      code: 'knowledge-incomplete',
      severity: 'warning',
      path: folder,
      message: `was made before these facts were known of: ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ` and ${missing.length - 10} more` : ''}; they count as unknown in every case`,
      remedy: 'project it again with this knowledge',
    },
  ]
}

const refuse = (at: string, message: string, remedy: string): Result<never, readonly Issue[]> =>
  err([{ code: 'missing-input', severity: 'error', path: at, message, remedy }])

/** Whether a path is that of a snapshot, whole or not. */
export const isSnapshot = (at: string): boolean =>
  fs.existsSync(path.join(at, MANIFEST)) ||
  (fs.existsSync(at) && fs.statSync(at).isDirectory() && at.replace(/\/+$/, '').endsWith('.parquet'))

/** The day of a snapshot; undefined where it has none that can be read, which whoever reads it will say. */
export function snapshotDay(folder: string): string | undefined {
  try {
    return (JSON.parse(fs.readFileSync(path.join(folder, MANIFEST), 'utf8')) as { readonly asOf?: string }).asOf
  } catch {
    return undefined
  }
}
