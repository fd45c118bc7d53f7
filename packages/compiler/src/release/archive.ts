import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { err, type Issue, type KnowledgeBase, ok, type Result } from '@secondwind/core'
import { digestOf } from '../emit/digest.ts'
import { entriesOf, LISTS, type OpenedBase, type Places } from './base.ts'
import type { RuleChange } from './rule-diff.ts'

/** `releases/<version>/manifest.json`: what a kept release is, so that anyone can check that it is still that. */
export interface ReleaseManifest {
  readonly schema: 'secondwind/knowledge-release/1'
  /** The heading of the release in knowledge/CHANGELOG.md, which plan documents name. */
  readonly version: string
  /** SHA-256 of the compiled base, keys sorted: the `knowledge.digest` of every plan made with it. */
  readonly digest: string
  /** The software whose compiler made it. */
  readonly software: string
  readonly file: string
  /** Of the compressed file as it lies here. */
  readonly bytes: number
  readonly sha256: string
  /** Of the text inside it. */
  readonly contentBytes: number
  readonly contentSha256: string
  readonly entries: { readonly [kind: string]: number }
  readonly unconfirmed: number
  /** What changed since the release before it, by what it can do to a plan. */
  readonly changes?: { readonly substance: number; readonly evidence: number; readonly wording: number }
  /** The release before it and the SHA-256 of its manifest: the kept releases are a chain, in which none can be changed unseen. */
  readonly previous: { readonly version: string; readonly manifestSha256: string } | null
  /** What the changelog says of it. */
  readonly notes: string
}

const FILE = 'knowledge.json.br'

/** The folders of the kept releases, oldest first. `2026-11-23.2` comes after `2026-11-23`. */
export function releaseFolders(root: string): readonly string[] {
  if (!fs.existsSync(root)) return []
  return fs
    .readdirSync(root)
    .filter((name) => fs.existsSync(path.join(root, name, 'manifest.json')))
    .sort(byVersion)
    .map((name) => path.join(root, name))
}

/** Folders among the kept releases that are none: their manifest is missing or cannot be read, so nobody can say what they were. */
export function brokenReleases(root: string): readonly Issue[] {
  if (!fs.existsSync(root)) return []
  return fs
    .readdirSync(root, { withFileTypes: true })
    .filter((e) => e.isDirectory() && !e.name.startsWith('.') && readManifest(path.join(root, e.name)) === undefined)
    .map((e) => broken(path.join(root, e.name), 'manifest.json is missing or cannot be read, so this is no release'))
}

const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** The folder of a release by its version, or of the newest for `latest`. */
export const releaseNamed = (root: string, version: string): string | undefined =>
  version === 'latest' ? releaseFolders(root).at(-1) : releaseFolders(root).find((folder) => path.basename(folder) === version)

/** The kept release with which a plan was made, by the digest that the plan names. */
export const releaseWithDigest = (root: string, digest: string): string | undefined =>
  releaseFolders(root).find((folder) => readManifest(folder)?.digest === digest)

export function readManifest(folder: string): ReleaseManifest | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as ReleaseManifest
  } catch {
    return undefined
  }
}

/** Opens a kept release after checking that it is what its manifest says, to the byte. */
export function openRelease(folder: string): Result<OpenedBase> {
  const problems = manifestProblems(folder)
  if (problems.length > 0) return err(problems)
  const opened = readBuilt(path.join(folder, readManifest(folder)!.file))
  return opened.ok ? ok({ ...opened.value, name: `release ${path.basename(folder)}` }) : opened
}

/** Everything in which a kept release is not what its manifest says; empty when it is true. The chain to the release before it included. */
export function manifestProblems(folder: string): readonly Issue[] {
  const manifest = readManifest(folder)
  if (manifest === undefined) return [broken(folder, 'manifest.json cannot be read')]
  const problems: Issue[] = []
  const check = (isTrue: boolean, what: string): void => {
    if (!isTrue) problems.push(broken(folder, what))
  }
  const file = path.join(folder, manifest.file)
  if (!fs.existsSync(file)) return [broken(folder, `${manifest.file} is not there`)]
  const bytes = fs.readFileSync(file)
  check(bytes.length === manifest.bytes, `${manifest.file} has ${bytes.length} bytes, the manifest says ${manifest.bytes}`)
  check(sha256(bytes) === manifest.sha256, `${manifest.file} is not the file that was released: its SHA-256 differs`)
  if (problems.length > 0) return problems
  const text = zlib.brotliDecompressSync(bytes)
  check(text.length === manifest.contentBytes && sha256(text) === manifest.contentSha256, 'the text inside differs from the manifest')
  const { knowledge } = JSON.parse(text.toString()) as Built
  const { version, digest, ...body } = knowledge
  check(digestOf(body) === digest, 'the base inside does not have the digest it names')
  check(digest === manifest.digest, `the base inside has the digest ${digest}, the manifest says ${manifest.digest}`)
  check(version === manifest.version, `the base inside is ${version}, the manifest says ${manifest.version}`)
  check(path.basename(folder) === manifest.version, `the folder is not called ${manifest.version}`)
  check(
    JSON.stringify(counts(knowledge)) === JSON.stringify(manifest.entries),
    'the entries of the base are not those counted in the manifest',
  )
  check(unconfirmed(knowledge) === manifest.unconfirmed, 'the unconfirmed entries of the base are not those counted in the manifest')
  if (manifest.previous !== null) {
    const before = path.join(path.dirname(folder), manifest.previous.version, 'manifest.json')
    check(
      fs.existsSync(before) && sha256(fs.readFileSync(before)) === manifest.previous.manifestSha256,
      `the release before it, ${manifest.previous.version}, is not the one it was made after`,
    )
  }
  return problems
}

const broken = (folder: string, message: string): Issue => ({
  code: 'knowledge-incomplete',
  severity: 'error',
  path: `releases/${path.basename(folder)}`,
  message,
  remedy: 'take the folder from the repository again; a kept release is never edited',
})

export interface ReleaseRequest {
  readonly base: OpenedBase
  readonly software: string
  readonly notes: string
  /** Since the newest kept release; absent for the first. */
  readonly changes?: readonly RuleChange[]
}

/**
 * Keeps a base as `<root>/<version>/`. Writing the same release again changes nothing.
 *
 * Refuses a base with findings, one without a dated version, and a version that is kept already with other rules: a plan names a version, and
 * what a version says must never change.
 */
export function writeRelease(root: string, { base, software, notes, changes }: ReleaseRequest): Result<{ folder: string; isNew: boolean }> {
  const { knowledge, places } = base
  const { version, digest } = knowledge
  if (base.findings.length > 0)
    return refuse('knowledge', `the base has ${base.findings.length} findings`, 'put them right: npm run knowledge')
  if (!/^\d{4}-\d{2}-\d{2}(\.\d+)?$/.test(version))
    return refuse('knowledge/CHANGELOG.md', `its newest heading is "${version}", not a day`, 'write "## 2026-11-23", or "## 2026-11-23.2"')
  const folder = path.join(root, version)
  const kept = readManifest(folder)
  if (kept?.digest === digest) return ok({ folder, isNew: false })
  if (!kept && fs.existsSync(folder))
    return refuse(
      `releases/${version}`,
      'is there already without a manifest that can be read',
      'take the folder from the repository again, or remove it',
    )
  if (kept)
    return refuse(
      `releases/${version}`,
      'is kept already and says something else',
      'add a heading with a new version to knowledge/CHANGELOG.md: the day, or the day with .2',
    )
  const newest = releaseFolders(root).at(-1)
  if (newest !== undefined && byVersion(path.basename(newest), version) > 0)
    return refuse('knowledge/CHANGELOG.md', `${version} is older than the newest release, ${path.basename(newest)}`, 'newest heading first')
  const text = Buffer.from(JSON.stringify({ schema: 'secondwind/knowledge-base/1', knowledge, places } satisfies Built))
  const packed = zlib.brotliCompressSync(text, {
    params: { [zlib.constants.BROTLI_PARAM_LGWIN]: 24, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  })
  const manifest: ReleaseManifest = {
    schema: 'secondwind/knowledge-release/1',
    version,
    digest,
    software,
    file: FILE,
    bytes: packed.length,
    sha256: sha256(packed),
    contentBytes: text.length,
    contentSha256: sha256(text),
    entries: counts(knowledge),
    unconfirmed: unconfirmed(knowledge),
    ...(changes ? { changes: changeCounts(changes) } : {}),
    previous:
      newest === undefined
        ? null
        : { version: path.basename(newest), manifestSha256: sha256(fs.readFileSync(path.join(newest, 'manifest.json'))) },
    notes,
  }
  // beside it first: a folder that is only half there must not look like a release
  const draft = path.join(root, `.${version}.${process.pid}`)
  fs.mkdirSync(draft, { recursive: true })
  fs.writeFileSync(path.join(draft, FILE), packed)
  fs.writeFileSync(path.join(draft, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  fs.renameSync(draft, folder)
  return ok({ folder, isNew: true })
}

const refuse = (at: string, message: string, remedy: string): Result<never> =>
  err([{ code: 'knowledge-incomplete', severity: 'error', path: at, message, remedy }])

interface Built {
  readonly schema?: 'secondwind/knowledge-base/1'
  readonly knowledge: KnowledgeBase
  readonly places?: Places
}

/** Reads a compiled base: a release's, the cache of the command (`build/knowledge.json`), or the bare base; compressed when called `.br` or `.gz`. */
export function readBuilt(file: string): Result<OpenedBase> {
  let value: unknown
  try {
    const bytes = fs.readFileSync(file)
    const text = file.endsWith('.br') ? zlib.brotliDecompressSync(bytes) : file.endsWith('.gz') ? zlib.gunzipSync(bytes) : bytes
    value = JSON.parse(text.toString())
  } catch {
    return unreadable(file, 'is not JSON, plain or compressed (.br, .gz)')
  }
  const holder = value as Partial<Built> & Partial<KnowledgeBase>
  const knowledge = (holder?.knowledge ?? holder) as Partial<KnowledgeBase> | null
  const missing = PARTS.filter((part) => knowledge?.[part] === undefined)
  if (knowledge === null || missing.length > 0)
    return unreadable(file, `is not a compiled base of this format: it has no ${missing.join(', ')}`)
  const { version: _version, digest, ...body } = knowledge as KnowledgeBase
  if (digestOf(body) !== digest) return unreadable(file, 'was changed after it was built: its content does not have the digest it names')
  return ok({ name: file, knowledge: knowledge as KnowledgeBase, places: holder.places ?? {}, findings: [] })
}

/** Parts without which no plan can be made. */
const PARTS = [
  'version',
  'digest',
  'sources',
  'terminology',
  'ranking',
  ...LISTS.filter((kind) => kind !== 'patient' && kind !== 'scores' && kind !== 'quality'),
] as const

const unreadable = (file: string, message: string): Result<never> =>
  err([
    {
      code: 'invalid-element',
      severity: 'error',
      path: file,
      message,
      remedy: 'give a file that "secondwind knowledge release" made, or the git revision it came from',
    },
  ])

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

function counts(knowledge: KnowledgeBase): { readonly [kind: string]: number } {
  const found: Record<string, number> = {}
  for (const { kind } of entriesOf(knowledge).values()) found[kind] = (found[kind] ?? 0) + 1
  return found
}

const unconfirmed = (knowledge: KnowledgeBase): number =>
  [...entriesOf(knowledge).values()].filter(({ value }) => (value as { readonly review?: unknown } | null)?.review === 'unconfirmed').length

const changeCounts = (changes: readonly RuleChange[]): NonNullable<ReleaseManifest['changes']> => {
  const of = (weight: RuleChange['weight']): number => changes.filter((c) => c.weight === weight).length
  return { substance: of('substance'), evidence: of('evidence'), wording: of('wording') }
}
