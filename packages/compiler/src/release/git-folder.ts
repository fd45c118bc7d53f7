import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { err, type Issue, ok, type Result } from '@secondwind/core'

/** The folder as it was in a revision, written to a temporary place for as long as `use` runs. `commit` is the short id. */
export function withRevision<T>(project: string, revision: string, folder: string, use: (root: string, commit: string) => T): Result<T> {
  const commit = git(project, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
    ?.toString()
    .trim()
  if (!commit) {
    return fail(
      revision,
      'is no file, no folder, no kept release and no git revision',
      'give a path, the version of a release (see releases/), a revision such as HEAD~1, or "working"',
    )
  }
  const listed = git(project, ['ls-tree', '-r', '-z', '--full-tree', `${commit}:./${folder}`])
  if (listed === undefined)
    return fail(revision, `has no folder ${folder}`, 'take a later revision: the knowledge base was not there yet, or stood elsewhere')
  const files = listed
    .toString()
    .split('\0')
    .flatMap((line) => {
      const [, mode, type, id, name] = /^(\d+) (\w+) ([0-9a-f]+)\t(.+)$/s.exec(line) ?? []
      // a link could point anywhere: only plain files are knowledge
      return type === 'blob' && mode !== '120000' && /\.(yaml|md)$/.test(name!) ? [{ id: id!, name: name! }] : []
    })
  const contents = blobs(
    project,
    files.map((f) => f.id),
  )
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-knowledge-'))
  try {
    files.forEach(({ name }, i) => {
      const file = path.join(root, name)
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, contents[i]!)
    })
    return ok(use(root, commit.slice(0, 7)))
  } finally {
    fs.rmSync(root, { recursive: true, force: true })
  }
}

const fail = (at: string, message: string, remedy: string): Result<never, readonly Issue[]> =>
  err([{ code: 'invalid-element', severity: 'error', path: at, message, remedy }])

/** Undefined when git is not there, this is no repository, or it says no. */
function git(cwd: string, args: readonly string[], input?: string): Buffer | undefined {
  try {
    return execFileSync('git', [...args], {
      cwd,
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(input === undefined ? {} : { input }),
    })
  } catch {
    return undefined
  }
}

/** Contents of many objects in one call: `id type size\n bytes \n`, one after the other. */
function blobs(cwd: string, ids: readonly string[]): readonly Buffer[] {
  const out = git(cwd, ['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''))
  if (out === undefined) throw new Error('invariant: git lists files that it cannot read')
  const found: Buffer[] = []
  for (let at = 0; found.length < ids.length; ) {
    const end = out.indexOf('\n', at)
    const size = Number(out.subarray(at, end).toString().split(' ')[2])
    found.push(out.subarray(end + 1, end + 1 + size))
    at = end + 1 + size + 1
  }
  return found
}
