import path from 'node:path'
import type { KnowledgeBase } from '@secondwind/core'
import type { ProjectCounts } from '../project/assemble.ts'
import { ISSUES } from '../project/format.ts'
import { runProject } from '../project/run-project.ts'
import { print, printIssues } from './input.ts'
import { projectProgress } from './project-progress.ts'

export interface ProjectOptions {
  readonly output: string
  readonly asOf?: string
  readonly site?: string
  readonly threads?: number
  readonly keepGoing?: boolean
  readonly restart?: boolean
}

/**
 * `secondwind project <ndjson…> -o cases.parquet`: a Bulk Data export to case snapshots.
 * Exit status 0: everything is in the snapshot; 3: it was written, and lines or patients were left out (the issues file says which), or nobody is in it; 2: nothing was written.
 */
export async function projectCommand(inputs: readonly string[], options: ProjectOptions, knowledge: KnowledgeBase): Promise<number> {
  const started = Date.now()
  const progress = projectProgress(process.stderr)
  const done = await runProject(
    {
      inputs,
      out: options.output,
      ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
      ...(options.site === undefined ? {} : { site: options.site }),
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      keepGoing: options.keepGoing === true,
      restart: options.restart === true,
    },
    knowledge,
    progress.report,
  )
  progress.end()
  if (!done.ok) {
    printIssues(done.error)
    return 2
  }
  print(summaryText(options.output, done.value.counts, Date.now() - started))
  const { patients, leftOut, unusedLines, brokenFiles } = done.value.counts
  return patients === 0 || leftOut + unusedLines + brokenFiles > 0 ? 3 : 0
}

function summaryText(output: string, counts: ProjectCounts, ms: number): string {
  const n = (count: number): string => count.toLocaleString('en-GB')
  const lines = [
    `${output}: ${n(counts.patients)} patients`,
    `  read       ${n(counts.resources)} resources in ${n(counts.lines)} lines of ${n(counts.files)} files, ${(counts.bytes / 1e6).toFixed(1)} MB, in ${(ms / 1000).toFixed(1)} s`,
    `  not used   ${n(counts.notClinical)} resources of accounts and audit trails, which no reader looks at`,
  ]
  if (counts.patients === 0) lines.push('  EMPTY      no patient was found in this input')
  if (counts.leftOut > 0) lines.push(`  LEFT OUT   ${n(counts.leftOut)} patients: they are in no count of this snapshot`)
  if (counts.unusedLines > 0) lines.push(`  LEFT OUT   ${n(counts.unusedLines)} lines that are broken or whose patient is not known`)
  if (counts.brokenFiles > 0)
    lines.push(`  INCOMPLETE ${n(counts.brokenFiles)} files could not be read to their end: what is missing counts as not in the charts`)
  if (counts.errors + counts.warnings > 0)
    lines.push(`  issues     ${n(counts.errors)} errors, ${n(counts.warnings)} warnings: ${path.join(output, ISSUES)}`)
  return `${lines.join('\n')}\n`
}
