import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { KnowledgeBase, PatientCase } from '@secondwind/core'
import { software } from '../compose.ts'
import { writeDurably } from './durable.ts'
import { FORMAT_VERSION, MANIFEST, partName, SUCCESS } from './format.ts'
import { PartFile } from './part-file.ts'

export interface SnapshotPart {
  readonly file: string
  readonly rows: number
  readonly sha256: string
}

export interface SnapshotManifest {
  readonly format: number
  readonly software: string
  readonly knowledge: { readonly version: string; readonly digest: string }
  /** Clinical date of the projection. */
  readonly asOf: string
  readonly rows: number
  readonly parts: readonly SnapshotPart[]
  /** Counts of a projection from FHIR. */
  readonly counts?: { readonly [what: string]: number }
}

const ROWS_A_PART = 65_536

/**
 * Writes cases as a snapshot folder, whole or not at all; what stood there is replaced. All cases must have the same clinical date.
 * The same cases in the same order give the same bytes.
 */
export function writeSnapshots(
  folder: string,
  cases: Iterable<PatientCase | { readonly patientCase: PatientCase; readonly site: string | null }>,
  knowledge: KnowledgeBase,
  { rowsPerPart = ROWS_A_PART } = {},
): SnapshotManifest {
  const making = `${folder}.making-${process.pid}`
  fs.rmSync(making, { recursive: true, force: true })
  fs.mkdirSync(making, { recursive: true })
  const parts: SnapshotPart[] = []
  let asOf: string | undefined
  let part = new PartFile(knowledge.facts)
  const flush = (): void => {
    const file = partName(parts.length)
    parts.push({ file, ...part.finish(path.join(making, file)) })
    part = new PartFile(knowledge.facts)
  }
  for (const one of cases) {
    const { patientCase, site } = 'patientCase' in one ? one : { patientCase: one, site: null }
    if (asOf !== undefined && asOf !== patientCase.asOf)
      throw new Error(`invariant: one snapshot holds cases of ${asOf} and of ${patientCase.asOf}`)
    asOf = patientCase.asOf
    part.add(patientCase, site)
    if (part.size >= rowsPerPart) flush()
  }
  // an empty snapshot has its columns all the same
  if (part.size > 0 || parts.length === 0) flush()
  const manifest = manifestOf(knowledge, asOf ?? '', parts)
  writeManifest(making, manifest)
  fs.rmSync(folder, { recursive: true, force: true })
  fs.renameSync(making, folder)
  return manifest
}

export function manifestOf(
  knowledge: KnowledgeBase,
  asOf: string,
  parts: readonly SnapshotPart[],
  counts?: { readonly [what: string]: number },
): SnapshotManifest {
  return {
    format: FORMAT_VERSION,
    software,
    knowledge: { version: knowledge.version, digest: knowledge.digest },
    asOf,
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    parts,
    ...(counts ? { counts } : {}),
  }
}

/** The manifest, and after it the mark that the folder is whole. */
export function writeManifest(folder: string, manifest: SnapshotManifest): void {
  const text = `${JSON.stringify(manifest, null, 1)}\n`
  writeDurably(path.join(folder, MANIFEST), Buffer.from(text))
  writeDurably(path.join(folder, SUCCESS), Buffer.from(`${createHash('sha256').update(text).digest('hex')}\n`))
}
