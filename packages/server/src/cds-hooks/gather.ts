import type { Resource } from '@secondwind/fhir'
import type { CdsRequest } from './protocol.ts'

/** Reads one address of a FHIR server that this installation may call. Undefined: it could not be read. */
export type FhirFetch = (url: string, token: string | undefined) => Promise<unknown>

export interface Gathered {
  readonly resources: readonly Resource[]
  /** Templates of which nothing, or not all, is there. */
  readonly missing: readonly string[]
}

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** More pages of one search are not followed. */
const MOST_PAGES = 20

/**
 * The chart behind a request: what the client prefetched; what it left out is fetched from its FHIR server where `fetch` is given.
 * A template that the client answered with null (it may not see it) counts as missing, and so does one whose pages could not all be read, or that holds
 * something of another patient: that is left out.
 */
export async function gatherChart(
  request: CdsRequest,
  templates: { readonly [key: string]: string },
  fetch: FhirFetch | undefined,
): Promise<Gathered> {
  const found = new Map<string, Resource>()
  const missing: string[] = []
  const base = request.fhirServer?.replace(/\/+$/, '')
  const read = (url: string): Promise<unknown> => (fetch ? fetch(url, request.fhirAuthorization?.accessToken) : Promise.resolve(undefined))
  await Promise.all(
    Object.entries(templates).map(async ([key, template]) => {
      let value = Object.hasOwn(request.prefetch, key) ? request.prefetch[key] : undefined
      if (!isAnswer(value) && base !== undefined && fetch) {
        value = await read(`${base}/${template.replaceAll('{{context.patientId}}', encodeURIComponent(request.patientId))}`)
      }
      if (!isAnswer(value)) {
        missing.push(key)
        return
      }
      for (let page = 0; ; page++) {
        const resources = resourcesIn(value)
        const own = resources.filter((resource) => !isOfAnother(resource, request.patientId))
        for (const resource of own) found.set(`${resource.resourceType}/${resource.id ?? found.size}`, resource)
        // what holds somebody else's is not known to hold all of this patient's
        if (own.length < resources.length || tellsOfFailure(value)) missing.push(key)
        const next = nextPage(value)
        if (next === undefined) return
        const more = base !== undefined && page < MOST_PAGES && next.startsWith(`${base}/`) ? await read(next) : undefined
        if (!isAnswer(more)) {
          missing.push(key)
          return
        }
        value = more
      }
    }),
  )
  return { resources: [...found.values()], missing: [...new Set(missing)].sort() }
}

/** Whether a resource says that it is, or is about, a patient other than the one of the call. */
export function isOfAnother(resource: Resource, patientId: string): boolean {
  if (resource.resourceType === 'Patient') return resource.id !== patientId
  const { subject, patient } = resource as unknown as Json
  const reference = [subject, patient].map((one) => (isObject(one) ? one.reference : undefined)).find((one) => typeof one === 'string')
  const named = /(?:^|\/)Patient\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(String(reference ?? ''))?.[1]
  return named !== undefined && named !== patientId
}

/** Some clients wrap what they prefetched with the answer's status. */
const bare = (value: unknown): unknown =>
  isObject(value) && value.resourceType === undefined && isObject(value.resource) ? value.resource : value

function isAnswer(value: unknown): boolean {
  const resource = bare(value)
  return isObject(resource) && typeof resource.resourceType === 'string' && resource.resourceType !== 'OperationOutcome'
}

function resourcesIn(value: unknown): readonly Resource[] {
  const resource = bare(value) as Json
  if (resource.resourceType !== 'Bundle') return [resource as Resource]
  const entries = Array.isArray(resource.entry) ? (resource.entry as readonly unknown[]) : []
  return entries.flatMap((entry) => {
    const inside = isObject(entry) ? entry.resource : undefined
    const isFound = isObject(inside) && typeof inside.resourceType === 'string' && inside.resourceType !== 'OperationOutcome'
    return isFound ? [inside as Resource] : []
  })
}

/** A searchset that says inside itself that something could not be found out is not the whole answer. */
function tellsOfFailure(value: unknown): boolean {
  const { resourceType, entry } = bare(value) as Json
  if (resourceType !== 'Bundle' || !Array.isArray(entry)) return false
  return (entry as readonly unknown[]).some((one) => {
    const resource = isObject(one) ? one.resource : undefined
    if (!isObject(resource) || resource.resourceType !== 'OperationOutcome' || !Array.isArray(resource.issue)) return false
    return (resource.issue as readonly unknown[]).some(
      (issue) => isObject(issue) && (issue.severity === 'error' || issue.severity === 'fatal'),
    )
  })
}

function nextPage(value: unknown): string | undefined {
  const bundle = bare(value) as Json
  const links = bundle.resourceType === 'Bundle' && Array.isArray(bundle.link) ? (bundle.link as readonly unknown[]) : []
  const next = links.find((link) => isObject(link) && link.relation === 'next')
  return isObject(next) && typeof next.url === 'string' ? next.url : undefined
}
