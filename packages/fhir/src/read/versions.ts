import type { Issue } from '@secondwind/core'
import { canonical } from './chart.ts'
import type { Collected } from './collect.ts'
import type { Resource } from './context.ts'
import { conceptOf, nameOf, objectOf, stringOf } from './shapes.ts'

/** An issue with the resource it is about, so that it reaches the chart of its patient. */
export interface VersionIssue {
  readonly resource: Resource
  readonly issue: Issue
}

/**
 * One version of each resource, and nothing that was entered in error.
 *
 * The same id twice: equal content is kept once (information); different content, the newest by `meta.lastUpdated`, then `versionId`, wins (warning);
 * where neither says which is newer, both stay, so that a contradiction shows as one.
 */
export function settleVersions(collected: Collected): {
  readonly resources: readonly Resource[]
  readonly issues: readonly VersionIssue[]
} {
  const issues: VersionIssue[] = []
  const kept = areDistinct(collected.resources) ? collected.resources : newestOf(collected, issues)
  const deletions = new Map<string, string>()
  for (const { key, at } of collected.tombstones) if (at >= (deletions.get(key) ?? '')) deletions.set(key, at)
  const isKept = (resource: Resource): boolean =>
    isMeant(resource, issues) && (deletions.size === 0 || !isDeleted(resource, deletions, issues))
  return { resources: kept.filter(isKept), issues }
}

/** No id is there twice, under whatever type, and none is missing: nearly every input. Names (`Type/id`) need not be put together then. */
function areDistinct(resources: readonly Resource[]): boolean {
  const ids = new Set<string>()
  for (const { id } of resources) if (id !== undefined) ids.add(id)
  return ids.size === resources.length
}

/** Those without an id first, then one version of each other. */
function newestOf({ resources, fullUrls }: Collected, issues: VersionIssue[]): readonly Resource[] {
  const first = new Map<string, Resource>()
  let repeated: Map<string, Resource[]> | undefined
  const kept: Resource[] = []
  for (const resource of resources) {
    if (resource.id === undefined) {
      kept.push(resource)
      continue
    }
    const key = `${resource.resourceType}/${resource.id}`
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, resource)
    else {
      repeated ??= new Map()
      const same = repeated.get(key)
      if (same) same.push(resource)
      else repeated.set(key, [earlier, resource])
    }
  }
  for (const [key, resource] of first) {
    const versions = repeated?.get(key)
    if (versions === undefined) kept.push(resource)
    else kept.push(...chooseVersion(versions, fullUrls, issues))
  }
  return kept
}

function isDeleted(resource: Resource, deletions: ReadonlyMap<string, string>, issues: VersionIssue[]): boolean {
  const at = deletions.get(nameOf(resource))
  if (at === undefined || instant(updatedAt(resource)) > instant(at)) return false
  issues.push(about(resource, 'information', 'deleted in the sending system: not used'))
  return true
}

function chooseVersion(versions: readonly Resource[], fullUrls: Map<Resource, string>, issues: VersionIssue[]): readonly Resource[] {
  const distinct = new Map<string, Resource>()
  for (const version of versions) {
    const content = canonical(version)
    const known = distinct.get(content)
    if (known === undefined) distinct.set(content, version)
    else if (!fullUrls.has(known) && fullUrls.has(version)) fullUrls.set(known, fullUrls.get(version)!)
  }
  if (distinct.size === 1) {
    issues.push(about(versions[0]!, 'information', `sent ${versions.length} times with the same content: read once`))
    return [...distinct.values()]
  }
  const ranked = [...distinct]
    .sort(([contentA, a], [contentB, b]) => compareVersions(b, a) || (contentA < contentB ? -1 : 1))
    .map(([, version]) => version)
  const newest = ranked[0]!
  const tied = ranked.filter((version) => compareVersions(version, newest) === 0)
  if (tied.length === 1) {
    const when = updatedAt(newest) === '' ? '' : ` (${updatedAt(newest)})`
    const message = `sent in ${distinct.size} different versions; the newest was used${when}`
    issues.push(about(newest, 'warning', message, 'check that the newest version is the right one'))
    return tied
  }
  const message = `sent in ${distinct.size} different versions and nothing says which is newer`
  issues.push(about(newest, 'warning', message, 'send meta.lastUpdated, or only the valid version'))
  return newest.resourceType === 'Patient' ? [newest] : tied
}

function compareVersions(a: Resource, b: Resource): number {
  const left = updatedAt(a)
  const right = updatedAt(b)
  if (left !== right) return instant(left) - instant(right) || (left < right ? -1 : 1)
  return versionNumber(a) - versionNumber(b)
}

const instant = (text: string): number => {
  const at = Date.parse(text)
  return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at
}

const updatedAt = (resource: Resource): string => stringOf(objectOf(resource.meta)?.lastUpdated) ?? ''

const versionNumber = (resource: Resource): number => {
  const version = Number(stringOf(objectOf(resource.meta)?.versionId) ?? Number.NaN)
  return Number.isFinite(version) ? version : -1
}

/** Entered in error: said so by `status`, or by `verificationStatus`. */
function isMeant(resource: Resource, issues: VersionIssue[]): boolean {
  const isError =
    resource.status === 'entered-in-error' ||
    (resource.verificationStatus !== undefined &&
      conceptOf(resource.verificationStatus).codings.some((coding) => coding.code === 'entered-in-error'))
  if (!isError) return true
  issues.push({
    resource,
    issue: { code: 'entered-in-error', severity: 'information', path: nameOf(resource), message: 'marked as entered in error: not used' },
  })
  return false
}

const about = (resource: Resource, severity: Issue['severity'], message: string, remedy?: string): VersionIssue => ({
  resource,
  issue: { code: 'duplicate-resource', severity, path: nameOf(resource), message, ...(remedy === undefined ? {} : { remedy }) },
})
