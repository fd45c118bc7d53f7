import { createRequire } from 'node:module'
import path from 'node:path'
import type { OpenedBase } from '@secondwind/compiler'
import { type KnowledgeBase, vocabulary } from '@secondwind/core'
import type { ReleaseChange, ReleaseChanges, RuleChangeWeight } from '../contract/knowledge.ts'
import { Refused, refusal } from '../issue.ts'
import { shownValue } from '../what-changed/diff-text.ts'

const require = createRequire(import.meta.url)
const compiler = (): typeof import('@secondwind/compiler') => require('@secondwind/compiler')

/** A release by its version: one that is kept, or the base in use where that is kept nowhere. */
export interface NamedRelease {
  readonly version: string
  readonly digest: string
  /** Absent: the base in use, which no folder holds. */
  readonly folder?: string
}

/** Kept releases, oldest first, and last the base in use where it is none of them. */
export function releasesOf(root: string, knowledge: KnowledgeBase): readonly NamedRelease[] {
  const { releaseFolders, readManifest } = compiler()
  const kept = releaseFolders(root).flatMap((folder): readonly NamedRelease[] => {
    const digest = readManifest(folder)?.digest
    return digest === undefined ? [] : [{ version: path.basename(folder), digest, folder }]
  })
  const { version, digest } = knowledge
  if (kept.some((release) => release.digest === digest)) return kept
  // work that goes on carries the version of the release that it began from
  const isTaken = kept.some((release) => release.version === version)
  return [...kept, { version: isTaken ? WORKING : version, digest }]
}

/** What the base in use is called where a kept release has its version and another content. */
export const WORKING = 'working'

export function releaseNamed(root: string, knowledge: KnowledgeBase, version: string): NamedRelease {
  const found = releasesOf(root, knowledge).find((release) => release.version === version)
  if (found !== undefined) return found
  throw new Refused([refusal('not-found', 'version', 'no such release is kept here', 'GET /knowledge/releases lists them')])
}

type Compared = Omit<ReleaseChanges, 'next'>

/** Comparisons made before, by the two digests: opening a release takes a second. */
const compared = new Map<string, Compared>()
const MOST_COMPARED = 8

/** What a release changed against the one before it, in plain words, what can change a plan first. */
export function releaseChanges(root: string, knowledge: KnowledgeBase, version: string): Compared {
  const releases = releasesOf(root, knowledge)
  const release = releaseNamed(root, knowledge, version)
  const before = releases[releases.findIndex(({ digest }) => digest === release.digest) - 1]
  if (before === undefined)
    return { version, digest: release.digest, since: null, counts: { substance: 0, evidence: 0, wording: 0 }, changes: [] }
  const key = `${before.digest} ${release.digest}`
  const known = compared.get(key)
  if (known !== undefined) return known
  const [old, now] = [opened(before, knowledge), opened(release, knowledge)]
  const words = [vocabulary(old.knowledge.facts, old.knowledge.criteria), vocabulary(now.knowledge.facts, now.knowledge.criteria)] as const
  const counts: { [weight in RuleChangeWeight]: number } = { substance: 0, evidence: 0, wording: 0 }
  const changes = compiler()
    .diffKnowledge(old, now)
    .map(({ key: name, kind, id, title, change, weight, fields, newlyCited, noLongerCited }): ReleaseChange => {
      counts[weight] += 1
      return {
        key: name,
        kind,
        id,
        title,
        change,
        weight,
        fields: fields.map((field) => ({
          path: field.path,
          weight: field.weight,
          ...(field.before === undefined ? {} : { before: shownValue(field.before, words[0]) }),
          ...(field.after === undefined ? {} : { after: shownValue(field.after, words[1]) }),
        })),
        newlyCited,
        noLongerCited,
      }
    })
  const made: Compared = {
    version,
    digest: release.digest,
    since: { version: before.version, digest: before.digest },
    counts,
    changes,
  }
  if (compared.size >= MOST_COMPARED) compared.delete(compared.keys().next().value!)
  compared.set(key, made)
  return made
}

function opened({ folder }: NamedRelease, knowledge: KnowledgeBase): OpenedBase {
  if (folder === undefined) return { name: WORKING, knowledge, places: {}, findings: [] }
  const base = compiler().openRelease(folder)
  if (base.ok) return base.value
  throw new Refused(base.error)
}
