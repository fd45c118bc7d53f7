import { parseArgs } from 'node:util'
import { findingLines, openBase } from '@secondwind/compiler'
import type { Issue } from '@secondwind/core'
import { knowledgeRoot, PROJECT, today } from '../compose.ts'
import { isSnapshot } from '../project/read-snapshots.ts'
import { readCohort } from '../what-changed/cohort.ts'
import { diffText } from '../what-changed/diff-text.ts'
import { knowledgeDiff } from '../what-changed/knowledge-diff.ts'
import { snapshotDiff, snapshotDiffText } from '../what-changed/snapshot-diff.ts'
import { worklist } from '../what-changed/worklist.ts'

/** Where a subcommand writes. `out` carries the result and nothing else. */
export interface CommandIo {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

export const KNOWLEDGE_DIFF_USAGE = `secondwind knowledge diff [A [B]] [--over <file|folder>] [--as-of YYYY-MM-DD] [--format text|json|csv] [--despite-findings]

What changed between two states of the knowledge, and with --over whose plans change, how and why.
A and B: working (the files as they stand), latest (the newest kept release), the version of a kept release, a built file, a folder, a git revision.
Without B the working files are compared; without A the newest kept release.
--over: a FHIR bundle, NDJSON, or a folder of them; csv is the worklist of patients to reconsider.
        Or case snapshots (cases.parquet of "secondwind project"): who is planned otherwise, for any number of patients in no time.
`

/** `secondwind knowledge diff`. 0: the comparison was printed; 2: something could not be read; 1: wrong use. */
export async function runKnowledgeDiff(args: readonly string[], io: CommandIo): Promise<number> {
  const options = optionsOf(args)
  if (options === 'help') {
    io.out(KNOWLEDGE_DIFF_USAGE)
    return 0
  }
  if (typeof options === 'string') {
    io.err(`${options}\n\n${KNOWLEDGE_DIFF_USAGE}`)
    return 1
  }
  const { names, over, asOf, format, despiteFindings } = options
  const isOfSnapshots = over !== undefined && isSnapshot(over)
  const read = over === undefined || isOfSnapshots ? undefined : readCohort(over)
  if (read && !read.ok) return fail(read.error, io)
  const where = { project: PROJECT, working: knowledgeRoot(), despiteFindings }
  const before = openBase(names[0], where)
  const after = names[0] === names[1] ? before : openBase(names[1], where)
  if (!before.ok || !after.ok)
    return fail(
      [before, after].flatMap((base) => (base.ok ? [] : base.error)),
      io,
    )
  for (const base of new Set([before.value, after.value])) for (const line of findingLines(base).slice(0, 10)) io.err(`${line}\n`)
  const cohort = read && over !== undefined ? { over, asOf: asOf ?? today(), read: read.value } : undefined
  const compared = knowledgeDiff(before.value, after.value, cohort)
  if (!compared.ok) return fail(compared.error, io)
  const diff = compared.value
  if (isOfSnapshots) {
    const found = await snapshotDiff(before.value, after.value, over, asOf ?? today())
    if (!found.ok) return fail(found.error, io)
    for (const { path: at, message, remedy } of found.value.issues) io.err(`${at}: ${message}${remedy ? ` (${remedy})` : ''}\n`)
    if (format === 'json') io.out(`${JSON.stringify({ ...diff, snapshot: found.value })}\n`)
    else if (format === 'csv') io.out(['patient', ...found.value.changed].map((line) => `${line}\n`).join(''))
    else io.out(`${diffText(diff, before.value, after.value, process.stdout.columns || 100)}\n${snapshotDiffText(found.value)}`)
    return 0
  }
  if (format === 'json') io.out(`${JSON.stringify(diff)}\n`)
  else if (format === 'csv') io.out(worklist(diff))
  else io.out(`${diffText(diff, before.value, after.value, process.stdout.columns || 100)}\n`)
  return 0
}

interface DiffOptions {
  readonly names: readonly [string, string]
  readonly over?: string
  readonly asOf?: string
  readonly format: string
  readonly despiteFindings: boolean
}

/** The options, `help`, or what is wrong with them. */
function optionsOf(args: readonly string[]): DiffOptions | string {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    return (error as Error).message
  }
  const { values, positionals } = parsed
  const { over, 'as-of': asOf, format = 'text', help, 'despite-findings': despiteFindings = false } = values
  if (help) return 'help'
  if (positionals.length > 2) return `two states of the knowledge are compared, not ${positionals.length}`
  if (!['text', 'json', 'csv'].includes(format)) return `--format ${format}: is not one of text, json, csv`
  if (format === 'csv' && over === undefined) return '--format csv: a worklist needs patients; give them with --over'
  if (asOf !== undefined && !isDay(asOf)) return `--as-of ${asOf}: is not a day such as 2026-11-23`
  const [a = 'latest', b = 'working'] = positionals
  return { names: [a, b], format, despiteFindings, ...(over === undefined ? {} : { over }), ...(asOf === undefined ? {} : { asOf }) }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      over: { type: 'string' },
      'as-of': { type: 'string' },
      format: { type: 'string' },
      'despite-findings': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })

const isDay = (text: string): boolean => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** Every issue on standard error. */
export function fail(issues: readonly Issue[], io: CommandIo): 2 {
  for (const { path: at, message, remedy } of issues) io.err(`${at}: ${message}${remedy ? ` (${remedy})` : ''}\n`)
  return 2
}
