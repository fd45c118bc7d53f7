import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { kindOf } from '../check/schema.ts'
import type { EntryChange, EntryHistory } from '../emit/site/index.ts'

/** Field → digest of its value, and whether the entry was unconfirmed. */
interface Version {
  readonly fields: { readonly [field: string]: string }
  readonly isOpen: boolean
}
/** The entries of one version of one file, by `kind/id`. */
type FileVersion = { readonly [entry: string]: Version }

const GIT = { encoding: 'utf8', maxBuffer: 512 * 1024 * 1024 } as const

/**
 * What the repository says became of every entry: `kind/id` → its changes, oldest first. Undefined where the folder is not in a repository or git is not there.
 *
 * Reading every version of every file takes seconds, so that each version is kept in `cacheFile` under its digest; a cache that cannot be read or written costs time only.
 */
export function historyOf(root: string, cacheFile: string): ReadonlyMap<string, EntryHistory> | undefined {
  let log: string
  try {
    log = execFileSync(
      'git',
      ['log', '--reverse', '--format=%x01%H%x00%as%x00%s', '--raw', '--no-abbrev', '--no-renames', '--relative', '--', '.'],
      {
        ...GIT,
        cwd: root,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
  } catch {
    return undefined
  }
  if (log.trim() === '') return undefined
  const cache = readCache(cacheFile)
  const steps = stepsOf(log)
  const versions = versionsOf(root, steps, cache)
  writeCache(cacheFile, versions)
  return follow(steps, versions)
}

interface Step {
  readonly on: string
  readonly subject: string
  readonly files: readonly { readonly file: string; readonly blob: string }[]
}

function stepsOf(log: string): readonly Step[] {
  return log
    .split('\x01')
    .slice(1)
    .map((text) => {
      const [head, ...lines] = text.split('\n')
      const [, on, subject] = head!.split('\0') as [string, string, string]
      const files = lines.flatMap((line) => {
        // :100644 100644 before after M<tab>facts/labs.yaml
        const parts = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [A-Z]\t(.+\.yaml)$/.exec(line)
        return parts ? [{ blob: parts[1]!, file: parts[2]! }] : []
      })
      return { on, subject, files }
    })
}

function versionsOf(root: string, steps: readonly Step[], cache: ReadonlyMap<string, FileVersion>): ReadonlyMap<string, FileVersion> {
  const versions = new Map<string, FileVersion>()
  const missing = new Map<string, string>()
  for (const { files } of steps) {
    for (const { file, blob } of files) {
      const key = `${blob} ${kindOf(file) ?? ''}`
      const kept = cache.get(key)
      if (kept) versions.set(key, kept)
      else if (!/^0+$/.test(blob)) missing.set(key, file)
    }
  }
  if (missing.size === 0) return versions
  const blobs = [...missing.keys()]
  const output = execFileSync('git', ['cat-file', '--batch'], {
    cwd: root,
    maxBuffer: GIT.maxBuffer,
    input: `${blobs.map((b) => b.split(' ')[0]).join('\n')}\n`,
  })
  let at = 0
  for (const key of blobs) {
    const end = output.indexOf(10, at)
    const size = Number(output.toString('utf8', at, end).split(' ')[2])
    versions.set(key, entriesOf(missing.get(key)!, output.toString('utf8', end + 1, end + 1 + size)))
    at = end + 1 + size + 1
  }
  return versions
}

/** The entries of a file as it once stood. A version that no longer reads as a list has none. */
function entriesOf(file: string, text: string): FileVersion {
  const kind = kindOf(file)
  const entries: Record<string, Version> = {}
  if (kind === undefined || kind === 'terminology') return entries
  let list: unknown
  try {
    list = parse(text, { logLevel: 'silent' })
  } catch {
    return entries
  }
  if (!Array.isArray(list)) return entries
  for (const entry of list as readonly Record<string, unknown>[]) {
    if (typeof entry?.id !== 'string') continue
    const fields = Object.fromEntries(
      Object.entries(entry).map(([field, value]) => [
        field,
        createHash('sha256')
          .update(JSON.stringify(value) ?? '')
          .digest('hex')
          .slice(0, 12),
      ]),
    )
    entries[`${kind}/${entry.id}`] = { fields, isOpen: entry.review === 'unconfirmed' }
  }
  return entries
}

function follow(steps: readonly Step[], versions: ReadonlyMap<string, FileVersion>): ReadonlyMap<string, EntryHistory> {
  const now = new Map<string, { readonly version: Version; readonly file: string }>()
  const changes = new Map<string, EntryChange[]>()
  const open = new Map<string, string>()
  for (const [order, { on, subject, files }] of steps.entries()) {
    const touched = new Map<string, { readonly version: Version; readonly file: string }>()
    for (const { file, blob } of files)
      for (const [key, version] of Object.entries(versions.get(`${blob} ${kindOf(file) ?? ''}`) ?? {})) touched.set(key, { version, file })
    const here = new Set(files.map((f) => f.file))
    for (const [key, { file }] of [...now]) if (here.has(file) && !touched.has(key)) now.delete(key)
    for (const [key, { version, file }] of touched) {
      const before = now.get(key)
      now.set(key, { version, file })
      if (!version.isOpen) open.delete(key)
      else if (!open.has(key)) open.set(key, on)
      const list = changes.get(key) ?? []
      changes.set(key, list)
      const names = [...new Set([...Object.keys(before?.version.fields ?? {}), ...Object.keys(version.fields)])]
      const fields = names.filter((f) => before?.version.fields[f] !== version.fields[f])
      if (before === undefined && list.length === 0) list.push({ on, order, subject, kind: 'added', fields: [] })
      else if (before === undefined) list.push({ on, order, subject, kind: 'changed', fields: ['written again'] })
      else if (fields.length > 0) list.push({ on, order, subject, kind: 'changed', fields })
    }
  }
  return new Map(
    [...changes]
      .filter(([key]) => now.has(key))
      .map(([key, list]) => [key, { changes: list, ...(open.has(key) ? { unconfirmedSince: open.get(key)! } : {}) }]),
  )
}

function readCache(file: string): ReadonlyMap<string, FileVersion> {
  try {
    return new Map(Object.entries(JSON.parse(fs.readFileSync(file, 'utf8')) as { [key: string]: FileVersion }))
  } catch {
    return new Map()
  }
}

function writeCache(file: string, versions: ReadonlyMap<string, FileVersion>): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, JSON.stringify(Object.fromEntries(versions)))
  } catch {
    // a folder that cannot be written: read again next time
  }
}
