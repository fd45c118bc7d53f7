import path from 'node:path'
import { parseArgs } from 'node:util'
import {
  brokenReleases,
  diffKnowledge,
  manifestProblems,
  openBase,
  readManifest,
  releaseFolders,
  releaseNotes,
  writeRelease,
} from '@secondwind/compiler'
import { knowledgeRoot, PROJECT, software } from '../compose.ts'
import { type CommandIo, fail } from './knowledge-diff.ts'

export const KNOWLEDGE_RELEASE_USAGE = `secondwind knowledge release [--list]

Keeps the knowledge as it stands under releases/<version>/, compiled, compressed and with a manifest of digests, so that every plan made with it can
be made again. The version is the newest heading of knowledge/CHANGELOG.md. A version that is kept is never changed.
--list: the kept releases, each checked against its manifest.
`

/** `secondwind knowledge release`. 0: kept, or all kept releases are what they say; 2: refused, or one is not; 1: wrong use. */
export async function runKnowledgeRelease(args: readonly string[], io: CommandIo, root = path.join(PROJECT, 'releases')): Promise<number> {
  let isList: boolean
  try {
    const { values } = parseArgs({ args: [...args], options: { list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
    if (values.help) {
      io.out(KNOWLEDGE_RELEASE_USAGE)
      return 0
    }
    isList = values.list ?? false
  } catch (error) {
    io.err(`${(error as Error).message}\n\n${KNOWLEDGE_RELEASE_USAGE}`)
    return 1
  }
  return isList ? list(root, io) : keep(root, io)
}

function list(root: string, io: CommandIo): number {
  const broken = brokenReleases(root)
  let status = broken.length > 0 ? fail(broken, io) : 0
  for (const folder of releaseFolders(root)) {
    const manifest = readManifest(folder)
    // said above
    if (!manifest) continue
    const problems = manifestProblems(folder)
    if (problems.length > 0) status = fail(problems, io)
    else {
      const { version, digest, bytes, software: by, unconfirmed } = manifest
      io.out(`${version}  ${digest}  ${Math.round(bytes / 1000)} kB, ${unconfirmed} entries unconfirmed, by ${by}: as its manifest says\n`)
    }
  }
  if (releaseFolders(root).length === 0 && broken.length === 0) io.out('no release is kept yet\n')
  return status
}

function keep(root: string, io: CommandIo): number {
  const base = openBase('working', { project: PROJECT, working: knowledgeRoot() })
  if (!base.ok) return fail(base.error, io)
  const newest = releaseFolders(root).at(-1)
  const before = newest === undefined ? undefined : openBase(newest, { project: PROJECT })
  if (before && !before.ok) return fail(before.error, io)
  const made = writeRelease(root, {
    base: base.value,
    software,
    notes: releaseNotes(knowledgeRoot(), base.value.knowledge.version),
    ...(before ? { changes: diffKnowledge(before.value, base.value) } : {}),
  })
  if (!made.ok) return fail(made.error, io)
  const { version, digest } = base.value.knowledge
  io.out(
    made.value.isNew
      ? `kept as releases/${version} (${digest}); commit the folder\n`
      : `releases/${version} is kept already, with the same digest (${digest})\n`,
  )
  return 0
}
