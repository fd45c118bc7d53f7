import fs from 'node:fs'
import path from 'node:path'
import type { KnowledgeBase } from '@secondwind/core'
import { ISSUES } from './format.ts'
import { type Job, outputOf, partIssues } from './job.ts'
import { issueText, type LineIssue } from './line-issue.ts'
import type { PartResult } from './part-pass.ts'
import { RESOLUTION_ISSUES } from './resolve.ts'
import type { WindowFooter } from './route.ts'
import type { Segments } from './spilled.ts'
import { manifestOf, type SnapshotManifest, writeManifest } from './write-snapshots.ts'

export const COUNTS = [
  'files',
  'bytes',
  'lines',
  'resources',
  'notClinical',
  'patients',
  'leftOut',
  'unusedLines',
  'errors',
  'warnings',
  'brokenFiles',
] as const
export type ProjectCounts = { readonly [what in (typeof COUNTS)[number]]: number }

export interface Projected {
  readonly manifest: SnapshotManifest
  readonly counts: ProjectCounts
}

export interface Made extends Segments {
  readonly knowledge: KnowledgeBase
  readonly results: readonly PartResult[]
}

/** Issues, manifest and mark; then the folder gets its name, whole. */
export function assemble(job: Job, folder: string, out: string, { knowledge, segments, failures, results }: Made): Projected {
  const making = outputOf(folder)
  const totals = { lines: 0, resources: 0, notClinical: 0, unusedLines: 0, errors: failures.length, warnings: 0 }
  const issues = fs.openSync(path.join(making, ISSUES), 'w')
  for (const failure of failures) fs.writeSync(issues, issueText({ ...failure, file: failure.path }))
  for (const { segment, file, before } of segments) {
    const footer = segment.footer as WindowFooter
    totals.lines += footer.lines
    totals.resources += footer.resources
    totals.notClinical += footer.leftOut
    for (const { line, ...issue } of footer.issues) {
      if (issue.severity === 'error') totals.unusedLines++
      else totals.warnings++
      const placed: LineIssue = { ...issue, file, line: before + line + 1 }
      fs.writeSync(issues, issueText(placed))
    }
  }
  totals.unusedLines += append(issues, path.join(folder, RESOLUTION_ISSUES))
  totals.errors += totals.unusedLines
  results.forEach(({ issues: counted }, part) => {
    append(issues, partIssues(folder, part))
    totals.errors += counted.error
    totals.warnings += counted.warning
  })
  fs.fsyncSync(issues)
  fs.closeSync(issues)
  const counts: ProjectCounts = {
    files: job.files.length,
    bytes: job.files.reduce((sum, { size }) => sum + size, 0),
    ...totals,
    patients: results.reduce((sum, { rows }) => sum + rows, 0),
    leftOut: results.reduce((sum, { leftOut }) => sum + leftOut, 0),
    brokenFiles: failures.length,
  }
  const parts = results.map(({ file, rows, sha256 }) => ({ file, rows, sha256 }))
  const manifest = manifestOf(knowledge, job.asOf, parts, Object.fromEntries(COUNTS.map((what) => [what, counts[what]])))
  writeManifest(making, manifest)
  fs.renameSync(making, out)
  fs.rmSync(folder, { recursive: true, force: true })
  return { manifest, counts }
}

/** Copies a file of issues to the end of another, piece by piece; the number of its lines. */
function append(to: number, file: string): number {
  const from = fs.openSync(file, 'r')
  const piece = Buffer.allocUnsafe(1 << 20)
  let lines = 0
  for (let read = fs.readSync(from, piece); read > 0; read = fs.readSync(from, piece)) {
    for (let at = 0; at < read; at++) if (piece[at] === 10) lines++
    fs.writeSync(to, piece, 0, read)
  }
  fs.closeSync(from)
  return lines
}
