import fs from 'node:fs'
import path from 'node:path'
import { err, type Issue, ok, type Result } from '@secondwind/core'
import { findingText } from '../check/finding.ts'
import { type Compilation, compileKnowledge } from '../compile.ts'
import { knowledgeVersion } from '../version.ts'
import { openRelease, readBuilt, releaseNamed } from './archive.ts'
import type { OpenedBase, Places } from './base.ts'
import { withRevision } from './git-folder.ts'

export interface OpenOptions {
  /** The folder of the project: its `knowledge/`, `releases/` and git history. */
  readonly project: string
  /** The folder that `working` stands for; without it the project's own. */
  readonly working?: string
  /** Take a base although entries of it could not be read. */
  readonly despiteFindings?: boolean
}

/**
 * Opens a base by what a user calls it, tried in this order: `working` (the files as they stand), `latest` (the newest kept release), a built file
 * (`.json`, `.json.br`), a folder (of a release, of knowledge, or one that holds `knowledge/`), the version of a kept release, a git revision.
 *
 * YAML is compiled by the compiler of today, whatever its age. Refuses YAML of which today's compiler cannot read some entries: a rule that is not in
 * the base would look like one that was withdrawn. Other findings (an example that fails, a review that is overdue) come with the base.
 */
export function openBase(named: string, options: OpenOptions): Result<OpenedBase> {
  const { project } = options
  if (named === 'working') return compiled('working', options.working ?? path.join(project, 'knowledge'), named, options)
  if (named !== 'latest' && fs.existsSync(named)) {
    if (!fs.statSync(named).isDirectory()) return readBuilt(named)
    if (fs.existsSync(path.join(named, 'manifest.json'))) return openRelease(named)
    const inner = path.join(named, 'knowledge')
    const folder = fs.existsSync(path.join(named, 'facts')) ? named : inner
    if (fs.existsSync(path.join(folder, 'facts'))) return compiled(named, folder, named, options)
    return fail(named, 'holds no knowledge base', 'give a folder with facts/ in it, or one that holds knowledge/ or manifest.json')
  }
  const release = releaseNamed(path.join(project, 'releases'), named)
  if (release !== undefined) return openRelease(release)
  if (named === 'latest') return fail(named, 'no release is kept yet', 'make one: secondwind knowledge release')
  const opened = withRevision(project, named, 'knowledge', (root, commit) => compiled(`${named} (${commit})`, root, named, options))
  return opened.ok ? opened.value : opened
}

function compiled(name: string, root: string, at: string, { despiteFindings }: OpenOptions): Result<OpenedBase> {
  if (!fs.existsSync(root)) return fail(at, `has no folder ${path.basename(root)}`, 'give the folder of a knowledge base')
  const compilation = compileKnowledge(root, knowledgeVersion(root))
  const findings = compilation.findings.filter((f) => f.severity !== 'warning')
  const unread = findings.filter((f) => UNREAD.has(f.code))
  if (unread.length > 0 && despiteFindings !== true) {
    const shown = unread.slice(0, 5).map(
      (f): Issue => ({
        code: 'knowledge-incomplete',
        severity: 'error',
        path: `${at}: knowledge/${f.file}:${f.line}`,
        message: f.message,
      }),
    )
    return err([
      {
        code: 'knowledge-incomplete',
        severity: 'error',
        path: at,
        message: `the compiler of today cannot read ${unread.length} places of it (${[...new Set(unread.map((f) => f.code))].join(', ')}): what they say would look withdrawn`,
        remedy: 'compare with a kept release instead, or take --despite-findings and mistrust what is "withdrawn"',
      },
      ...shown,
    ])
  }
  return ok({ name, knowledge: compilation.knowledge, places: placesOf(compilation), findings })
}

/** Findings after which an entry, or a part of it, is not in the base. */
const UNREAD: ReadonlySet<string> = new Set(['yaml', 'schema', 'criterion'])

/** Where each entry of a compilation stands, by `kind/id` as the compiled base names its kinds. */
export function placesOf({ entries, knowledge }: Pick<Compilation, 'entries' | 'knowledge'>): Places {
  const places: Record<string, string> = {}
  for (const { kind, raw, value } of entries) {
    const name = kind === 'treatment' ? 'options' : kind
    places[`${name}/${value.id}`] ??= `${raw.file}:${raw.line}`
    if (kind === 'ranking' || kind === 'dosingPolicy' || kind === 'outlookMethod') places[`${kind}/${kind}`] = `${raw.file}:${raw.line}`
  }
  for (const table of Object.keys(knowledge.terminology)) places[`terminology/${table}`] = `terminology/${table}.yaml`
  for (const { id } of knowledge.drugs) places[`drugs/${id}`] = 'terminology/drugs.yaml'
  return places
}

/** What is wrong with a base that was opened all the same, one line each. */
export const findingLines = (base: OpenedBase): readonly string[] => base.findings.map((f) => `${base.name}: ${findingText(f)}`)

const fail = (at: string, message: string, remedy: string): Result<never> =>
  err([{ code: 'invalid-element', severity: 'error', path: at, message, remedy }])
