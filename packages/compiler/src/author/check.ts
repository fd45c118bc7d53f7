import fs from 'node:fs'
import path from 'node:path'
import { checkDates } from '../check/dates.ts'
import { type Finding, findingBlock, WHY } from '../check/finding.ts'
import { type Compilation, compileKnowledge } from '../compile.ts'
import { knowledgeVersion } from '../version.ts'

export interface CheckRequest {
  /** The folder `knowledge`. */
  readonly root: string
  /** The day on which reviews are due or not; without it the calendar is left alone. */
  readonly asOf?: string
  /** Only findings in files that begin with one of these, as `treatment/egfr`; none: all. */
  readonly paths: readonly string[]
  readonly format: 'text' | 'json'
}

export interface CheckResult {
  readonly text: string
  readonly errors: number
  readonly warnings: number
}

/** Checks the whole base and tells what is wrong with it, each finding with line, reason and remedy, and a summary at the end. Nothing is written. */
export function checkKnowledge({ root, asOf, paths, format }: CheckRequest): CheckResult {
  if (!fs.existsSync(path.join(root, 'facts'))) {
    const text = `${root} is not a folder of knowledge: it has no facts (give the folder that holds facts, treatment, sources)\n`
    return { text, errors: 1, warnings: 0 }
  }
  const compilation = compileKnowledge(root, knowledgeVersion(root))
  const wanted = paths.map((p) => p.replace(/^\.?\/?(knowledge\/)?/, ''))
  const findings = [...compilation.findings, ...(asOf === undefined ? [] : checkDates(compilation.entries, asOf))]
    .filter((f) => wanted.length === 0 || wanted.some((p) => f.file.startsWith(p)))
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
  const errors = findings.filter((f) => f.severity !== 'warning').length
  const counts = { errors, warnings: findings.length - errors }
  if (format === 'json') {
    const told = findings.map((f) => ({ ...f, file: `knowledge/${f.file}`, why: WHY[f.code] }))
    return { text: `${JSON.stringify({ version: compilation.knowledge.version, ...counts, findings: told })}\n`, ...counts }
  }
  const lines = new Map<string, readonly string[]>()
  const blocks = findings.map((f) => `${findingBlock({ ...f, file: `knowledge/${f.file}` }, lineOf(root, f, lines))}\n`)
  return {
    text: `${[...blocks, summary(compilation), `${counts.errors} findings, ${counts.warnings} warnings`].join('\n')}\n`,
    ...counts,
  }
}

function lineOf(root: string, { file, line }: Finding, read: Map<string, readonly string[]>): string | undefined {
  let lines = read.get(file)
  if (lines === undefined) {
    const at = path.join(root, file)
    lines = fs.existsSync(at) && fs.statSync(at).isFile() ? fs.readFileSync(at, 'utf8').split('\n') : []
    read.set(file, lines)
  }
  return lines[line - 1]
}

function summary({ knowledge, entries }: Compilation): string {
  const rules = entries.filter((e) => 'cites' in e.value && e.kind !== 'regimens')
  const open = rules.filter((e) => e.value.review === 'unconfirmed').length
  return `knowledge ${knowledge.version}: ${knowledge.facts.length} facts, ${knowledge.options.length} options, ${knowledge.regimens.length} regimens, ${knowledge.safety.length} safety rules, ${rules.length} rules in all (${open} unconfirmed), ${Object.keys(knowledge.sources).length} sources`
}
