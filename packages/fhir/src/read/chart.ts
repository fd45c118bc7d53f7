import type { Chart, Resource } from './context.ts'
import { nameOf, objectsOf, referenceOf, stringOf } from './shapes.ts'

/** Contained resources of these types are read like any other; the rest can only be reached by reference. */
const LIFTED: ReadonlySet<string> = new Set(['Observation', 'Condition'])

const NO_RESOURCES: readonly Resource[] = Object.freeze([])

/** Resources that may be referred to but belong to nobody (medications, practitioners), indexed once for all charts of an input. */
export interface SharedResources {
  readonly resources: readonly Resource[]
  readonly byKey: ReadonlyMap<string, Resource>
}

export interface ChartInput {
  readonly patient: Resource
  /** Without the patient. */
  readonly resources: readonly Resource[]
  readonly shared: SharedResources
  /** The input is about this patient only: all shared resources are part of the chart, not only those referred to. */
  readonly isAlone: boolean
  /** `Bundle.entry.fullUrl` by resource. */
  readonly fullUrls: ReadonlyMap<Resource, string>
}

/** A chart that also knows how to name its resources for a reader. */
export interface IndexedChart extends Chart {
  /** `Type/id`, the container's `Type/id#local` for a contained resource, else the full URL or the type alone. */
  referenceTo(resource: Resource): string
}

/** Indexes the resources of one patient once. Order of the input does not matter: everything is sorted by type and id. */
export function createChart(input: ChartInput): IndexedChart {
  const names = new NamedResources()
  const contained = new Map<Resource, ReadonlyMap<string, Resource>>()
  const containers = new Map<Resource, Resource>()
  const all: Resource[] = [input.patient]

  const indexed: Resource[] = []
  let byUrl: Map<string, Resource> | undefined
  /** Most references say `Type/id`: the full URLs are indexed when the first one does not. */
  const atUrl = (url: string): Resource | undefined => {
    if (byUrl === undefined) {
      byUrl = new Map()
      for (const resource of indexed) addUrl(byUrl, resource, input.fullUrls)
    }
    return byUrl.get(url)
  }

  const index = (resource: Resource): void => {
    names.add(resource)
    indexed.push(resource)
    if (resource.contained !== undefined) lift(resource)
  }

  const lift = (container: Resource): void => {
    const locals = new Map<string, Resource>()
    for (const inner of objectsOf(container.contained)) {
      const local = stringOf(inner.id)
      const type = stringOf(inner.resourceType)
      if (local === undefined || type === undefined) continue
      const bare = local.startsWith('#') ? local.slice(1) : local
      const lifted: Resource = { ...inner, resourceType: type, id: `${container.id ?? container.resourceType}#${bare}` }
      locals.set(bare, lifted)
      containers.set(lifted, container)
      if (LIFTED.has(type)) all.push(lifted)
    }
    contained.set(container, locals)
  }

  index(input.patient)
  for (const resource of input.resources) {
    all.push(resource)
    index(resource)
  }
  const shared = input.isAlone ? input.shared.resources : referredTo(input.resources, input.shared)
  for (const resource of shared) {
    all.push(resource)
    index(resource)
  }
  const byType = sortedByType(all)
  const resources = [...byType.values()].flat()

  const resolve = (reference: unknown, from?: Resource): Resource | undefined => {
    const text = referenceOf(reference)
    if (text === undefined) return undefined
    if (text.startsWith('#')) {
      if (from === undefined) return undefined
      const container = containers.get(from) ?? from
      return text === '#' ? container : contained.get(container)?.get(text.slice(1))
    }
    // as it is written: `Type/id` in an export, the full URL in most bundles
    const exact = names.get(text) ?? atUrl(text)
    if (exact !== undefined) return exact
    for (const key of keysOf(text)) {
      const found = names.get(key) ?? atUrl(key)
      if (found !== undefined) return found
    }
    return undefined
  }

  return {
    patient: input.patient,
    resources,
    ofType: (resourceType) => byType.get(resourceType) ?? NO_RESOURCES,
    resolve,
    referenceTo: (resource) => {
      const container = containers.get(resource)
      if (container !== undefined) return `${nameOf(container)}#${(resource.id ?? '').slice((resource.id ?? '').indexOf('#') + 1)}`
      return resource.id === undefined ? (input.fullUrls.get(resource) ?? resource.resourceType) : nameOf(resource)
    },
  }
}

/** Resources by `Type/id`; of several with one name the first. They are kept by their id alone, so that no name is put together for those nobody refers to. */
class NamedResources {
  readonly #byId = new Map<string, Resource | Resource[]>()

  add(resource: Resource): void {
    const { id } = resource
    if (id === undefined) return
    const same = this.#byId.get(id)
    if (same === undefined) this.#byId.set(id, resource)
    else if (Array.isArray(same)) same.push(resource)
    else this.#byId.set(id, [same, resource])
  }

  get(name: string): Resource | undefined {
    // no type holds a slash
    const slash = name.indexOf('/')
    if (slash < 0) return undefined
    const found = this.#byId.get(name.slice(slash + 1))
    if (found === undefined) return undefined
    if (Array.isArray(found)) return found.find((one) => isOfType(one, name, slash))
    return isOfType(found, name, slash) ? found : undefined
  }
}

const isOfType = ({ resourceType }: Resource, name: string, length: number): boolean =>
  resourceType.length === length && name.startsWith(resourceType)

/** Sorted by type, those of one type by id, equal ones by content. */
function sortedByType(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const byType = new Map<string, { readonly id: string; readonly resource: Resource }[]>()
  let last: { readonly id: string; readonly resource: Resource }[] = []
  let lastType: string | undefined
  for (const resource of resources) {
    const { resourceType, id = '' } = resource
    if (resourceType !== lastType) {
      const known = byType.get(resourceType)
      last = known ?? []
      lastType = resourceType
      if (known === undefined) byType.set(resourceType, last)
    }
    last.push({ id, resource })
  }
  const sorted = new Map<string, readonly Resource[]>()
  for (const type of [...byType.keys()].sort())
    sorted.set(
      type,
      byType
        .get(type)!
        .sort(byId)
        .map(({ resource }) => resource),
    )
  return sorted
}

const byId = (a: { readonly id: string; readonly resource: Resource }, b: { readonly id: string; readonly resource: Resource }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : a.resource === b.resource ? 0 : compare(canonical(a.resource), canonical(b.resource))

/** Indexes what belongs to nobody. */
export function indexShared(resources: readonly Resource[], fullUrls: ReadonlyMap<Resource, string>): SharedResources {
  const byKey = new Map<string, Resource>()
  for (const resource of resources) {
    addName(byKey, resource)
    addUrl(byKey, resource, fullUrls)
  }
  return { resources, byKey }
}

function addName(byKey: Map<string, Resource>, resource: Resource): void {
  if (resource.id === undefined) return
  const key = `${resource.resourceType}/${resource.id}`
  if (!byKey.has(key)) byKey.set(key, resource)
}

function addUrl(byKey: Map<string, Resource>, resource: Resource, fullUrls: ReadonlyMap<Resource, string>): void {
  const fullUrl = fullUrls.get(resource)
  if (fullUrl !== undefined && !byKey.has(fullUrl)) byKey.set(fullUrl, resource)
}

/** The shared resources that some resources refer to, directly or through one another. */
function referredTo(resources: readonly Resource[], shared: SharedResources): readonly Resource[] {
  const found = new Set<Resource>()
  const waiting: unknown[] = [...resources]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (typeof node !== 'object' || node === null) continue
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === 'object') waiting.push(value)
      else if (key === 'reference' && typeof value === 'string') {
        const target = keysOf(value)
          .map((candidate) => shared.byKey.get(candidate))
          .find((candidate) => candidate !== undefined)
        if (target === undefined || found.has(target)) continue
        found.add(target)
        waiting.push(target)
      }
    }
  }
  return [...found]
}

/** The keys under which a reference may be indexed, most exact first: as written, without version, `Type/id`, a bare uuid. */
export function keysOf(reference: string): readonly string[] {
  const history = reference.indexOf('/_history/')
  const bare = history < 0 ? reference : reference.slice(0, history)
  const keys = bare === reference ? [reference] : [reference, bare]
  const last = bare.lastIndexOf('/')
  if (last > 0) {
    const before = bare.lastIndexOf('/', last - 1)
    if (before >= 0) keys.push(bare.slice(before + 1))
  }
  return keys
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** JSON with sorted keys: equal content gives equal text whatever the order of elements in the source. Depth is bounded when the text is parsed. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const source = value as { readonly [key: string]: unknown }
  const keys = Object.keys(source).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(source[key])}`).join(',')}}`
}

/**
 * The chart's content as a sequence of texts whose digest identifies it, independent of the order of resources in the input
 * (the order of elements inside a resource is the source's own: sorting it would cost more than reading the chart).
 * Feed each to the hash in turn (the caller brings SHA-256: this package imports no platform).
 */
export function* canonicalContent(chart: Chart): Generator<string> {
  for (const resource of chart.resources) {
    if (resource.id?.includes('#') === true) continue // contained: part of its container
    yield JSON.stringify(resource)
  }
}
