import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Finding, KnowledgeFolder } from '@secondwind/compiler'
import type { KnowledgeBase } from '@secondwind/core'

const require = createRequire(import.meta.url)

/** Loaded when it is needed: the compiler, with its readers of YAML, takes longer to load than a plan takes to make. */
const compiler = (): typeof import('@secondwind/compiler') => require('@secondwind/compiler')

export const findingText = (finding: Finding): string => compiler().findingText(finding)

/** The folder that somebody named, else the project's own, with what messages call it. */
export const folderInUse = (named: string | undefined, own: string): KnowledgeFolder =>
  named ? compiler().folderInUse(named, own) : { root: own, name: 'knowledge' }

/** Why a folder is not one of knowledge; undefined when it is. */
export const folderProblem = (folder: KnowledgeFolder): string | undefined =>
  fs.existsSync(path.join(folder.root, 'facts')) ? undefined : compiler().folderProblem(folder)

export interface LoadedKnowledge {
  readonly knowledge: KnowledgeBase
  /** What is wrong with the base (warnings left out): a rule that fails its checks is not in it. */
  readonly findings: readonly Finding[]
  readonly isFresh: boolean
}

interface Stored {
  readonly stamp: string
  readonly knowledge: KnowledgeBase
  readonly findings: readonly Finding[]
}

/**
 * The compiled knowledge base of a folder. Compiled once and kept in `cacheFile`; compiled again when any YAML file changed.
 * A rule that does not pass its checks is left out of the base and reported.
 */
export function loadKnowledge(root: string, cacheFile: string): LoadedKnowledge {
  const stamp = stampOf(root)
  const stored = readStored(cacheFile)
  if (stored?.stamp === stamp) return { knowledge: stored.knowledge, findings: stored.findings, isFresh: true }
  const { compileKnowledge, knowledgeVersion } = compiler()
  const { knowledge, findings } = compileKnowledge(root, knowledgeVersion(root))
  const errors = findings.filter((f) => f.severity !== 'warning')
  store(cacheFile, { stamp, knowledge, findings: errors })
  return { knowledge, findings: errors, isFresh: false }
}

/** Changes when a file is added, removed or edited. Names, sizes and times: reading 150 files on every start would cost more than planning. */
function stampOf(root: string): string {
  const parts: string[] = [compilerStamp()]
  for (const name of fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.endsWith('.yaml') && !name.endsWith('.md')) continue
    const { size, mtimeMs } = fs.statSync(path.join(root, name))
    parts.push(`${name}:${size}:${mtimeMs}`)
  }
  return parts.join('|')
}

/** The shape of the compiled base is the compiler's: a newer compiler makes an older base stale. */
const compilerStamp = (): string => String(fs.statSync(new URL('../../compiler/src/compile.ts', import.meta.url)).mtimeMs)

function readStored(file: string): Stored | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Stored
  } catch {
    return undefined
  }
}

/** Written beside and renamed, so that two commands at once never read half a file. A folder that cannot be written costs time, not the plan. */
function store(file: string, value: Stored): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const draft = `${file}.${process.pid}`
    fs.writeFileSync(draft, JSON.stringify(value))
    fs.renameSync(draft, file)
  } catch {
    // read-only installation: compile again next time
  }
}
