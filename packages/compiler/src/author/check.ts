import fs from 'node:fs'
import path from 'node:path'
import { checkDates } from '../check/dates.ts'
import { type Finding, findingBlock, WHY } from '../check/finding.ts'
import { type Compilation, compileKnowledge } from '../compile.ts'
import { calledAs, folderProblem } from '../read/folder.ts'
import { knowledgeVersion } from '../version.ts'

export interface CheckRequest {
  /** The folder `knowledge`. */
  readonly root: string
  /** What messages call that folder; absent: `knowledge`. */
  readonly name?: string
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
export function checkKnowledge({ root, name = 'knowledge', asOf, paths, format }: CheckRequest): CheckResult {
  const problem = folderProblem({ root, name })
  if (problem !== undefined) return { text: `${problem}\n`, errors: 1, warnings: 0 }
  const wanted = paths.map((p) => belowRoot(p, root, name))
  const strange = paths.find((_, i) => !isThere(root, wanted[i]!))
  if (strange !== undefined) return { text: `${strange}: ${nearest(root, name)}\n`, errors: 1, warnings: 0 }
  const compilation = compileKnowledge(root, knowledgeVersion(root))
  const findings = [...compilation.findings, ...(asOf === undefined ? [] : checkDates(compilation.entries, asOf))]
    .filter((f) => wanted.length === 0 || wanted.some((p) => f.file.startsWith(p)))
    .sort(errorsFirst)
  const errors = findings.filter((f) => f.severity !== 'warning').length
  const counts = { errors, warnings: findings.length - errors }
  if (format === 'json') {
    const told = findings.map((f) => ({ ...called(f, name), why: WHY[f.code] }))
    return { text: `${JSON.stringify({ version: compilation.knowledge.version, ...counts, findings: told })}\n`, ...counts }
  }
  const lines = new Map<string, readonly string[]>()
  const blocks = findings.map((f) => `${findingBlock(called(f, name), lineOf(root, f, lines))}\n`)
  return {
    text: `${[...blocks, summary(compilation), `${counts.errors} findings, ${counts.warnings} warnings`].join('\n')}\n`,
    ...counts,
  }
}

/** A warning must not stand before what fails the check. */
const errorsFirst = (a: Finding, b: Finding): number =>
  Number(a.severity === 'warning') - Number(b.severity === 'warning') || (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)

const called = (f: Finding, name: string): Finding => ({
  ...f,
  file: f.file === 'knowledge' ? name : `${name}/${f.file}`,
  remedy: calledAs(f.remedy, name),
})

/** A path as it stands in findings, whether it was given from inside the folder, with its name in front, or as a path of the system. */
function belowRoot(given: string, root: string, name: string): string {
  const at = path.resolve(given)
  if (at === root) return ''
  if (at.startsWith(`${root}${path.sep}`))
    return at
      .slice(root.length + 1)
      .split(path.sep)
      .join('/')
  const plain = given.replace(/^\.\//, '').replace(/\/+$/, '')
  const prefix = [name, 'knowledge'].find((p) => plain === p || plain.startsWith(`${p}/`))
  return prefix === undefined ? plain : plain.slice(prefix.length + 1)
}

/** Whether a file or folder, or the beginning of the name of one, is there: a check of nothing must not look like a check that passed. */
function isThere(root: string, wanted: string): boolean {
  const parent = path.join(root, path.dirname(wanted))
  if (wanted === '') return true
  return (
    fs.existsSync(parent) && fs.statSync(parent).isDirectory() && fs.readdirSync(parent).some((n) => n.startsWith(path.basename(wanted)))
  )
}

const nearest = (root: string, name: string): string =>
  `nothing in ${name}/ is called so, so nothing was checked (it holds ${fs
    .readdirSync(root, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort()
    .join(', ')})`

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
