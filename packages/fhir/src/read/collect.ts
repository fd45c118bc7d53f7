import type { Issue } from '@secondwind/core'
import type { Resource } from './context.ts'
import { isObject, type Json, objectOf, objectsOf, stringOf } from './shapes.ts'

/** What a text contained, before it is shared out among patients. Filled while parsing. */
export interface Collected {
  readonly resources: Resource[]
  readonly issues: Issue[]
  /** Deletions of a history bundle: `Type/id` and when. */
  readonly tombstones: { readonly key: string; readonly at: string }[]
  readonly fullUrls: Map<Resource, string>
  readonly maxDepth: number
}

const RESOURCE_TYPE = /^[A-Z][A-Za-z]+$/

/** Takes one resource, or every resource of a bundle or of Parameters. Returns only what makes the whole input unusable. */
export function collectResources(value: unknown, path: string, into: Collected): readonly Issue[] {
  if (!isObject(value)) return [notFhir(path, 'not a FHIR resource')]
  const type = value.resourceType
  if (typeof type !== 'string' || !RESOURCE_TYPE.test(type)) {
    return [notFhir(path, type === undefined ? 'no resourceType: not a FHIR resource' : `resourceType ${shown(type)} is not a FHIR type`)]
  }
  if (isDeeper(value, into.maxDepth)) {
    return [
      {
        code: 'too-deep',
        severity: 'error',
        path,
        message: `nested deeper than ${into.maxDepth} levels`,
        remedy: 'check how the file was made',
      },
    ]
  }
  collect(value, type, path, undefined, into, 0)
  return []
}

function collect(value: Json, type: string, path: string, fullUrl: string | undefined, into: Collected, level: number): void {
  if (type === 'Bundle') collectBundle(value, path, into, level)
  else if (type === 'Parameters') collectParameters(value, path, into, level)
  else if (type === 'OperationOutcome') reportOutcome(value, path, into)
  else {
    const resource = withTextId(value as Resource, path, into)
    into.resources.push(resource)
    if (fullUrl !== undefined) into.fullUrls.set(resource, fullUrl)
  }
}

function collectBundle(bundle: Json, path: string, into: Collected, level: number): void {
  for (const link of objectsOf(bundle.link)) {
    if (link.relation !== 'next') continue
    into.issues.push({
      code: 'missing-input',
      severity: 'warning',
      path: `${path}.link`,
      message: 'the search result has further pages that are not in this input',
      remedy: 'fetch all pages: what is on them counts as not in the chart',
    })
  }
  if (bundle.entry !== undefined && !Array.isArray(bundle.entry)) into.issues.push(oddEntry(`${path}.entry`, 'entry is not a list'))
  const entries = Array.isArray(bundle.entry) ? (bundle.entry as readonly unknown[]) : objectsOf(bundle.entry)
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index]
    if (!isObject(entry)) {
      into.issues.push(oddEntry(`${path}.entry[${index}]`, 'the entry is not an object'))
      continue
    }
    const request = objectOf(entry.request)
    if (request?.method === 'DELETE') {
      collectDeletion(entry, request, into)
      continue
    }
    if (entry.resource === undefined) continue // an empty entry of a response says nothing
    collectInner(entry.resource, `${path}.entry[${index}]`, stringOf(entry.fullUrl), into, level)
  }
}

function collectDeletion(entry: Json, request: Json, into: Collected): void {
  const url = stringOf(request.url) ?? stringOf(entry.fullUrl)
  const parts = url?.split('/')
  if (parts === undefined || parts.length < 2) return
  into.tombstones.push({ key: parts.slice(-2).join('/'), at: stringOf(objectOf(entry.response)?.lastModified) ?? '' })
}

function collectParameters(parameters: Json, path: string, into: Collected, level: number): void {
  for (const parameter of objectsOf(parameters.parameter)) {
    if (parameter.resource !== undefined)
      collectInner(parameter.resource, `${path}.${stringOf(parameter.name) ?? 'parameter'}`, undefined, into, level)
  }
}

function collectInner(value: unknown, path: string, fullUrl: string | undefined, into: Collected, level: number): void {
  const type = isObject(value) ? value.resourceType : undefined
  if (!isObject(value) || typeof type !== 'string' || !RESOURCE_TYPE.test(type) || level > 20) {
    into.issues.push(oddEntry(path, 'the entry holds no FHIR resource and was left out'))
    return
  }
  collect(value, type, path, fullUrl, into, level + 1)
}

function reportOutcome(outcome: Json, path: string, into: Collected): void {
  for (const issue of objectsOf(outcome.issue)) {
    const text = stringOf(issue.diagnostics) ?? stringOf(objectOf(issue.details)?.text)
    if (text === undefined) continue
    into.issues.push({
      code: 'missing-input',
      severity: issue.severity === 'error' || issue.severity === 'fatal' ? 'warning' : 'information',
      path,
      message: `the sending system reported: ${text.slice(0, 300)}`,
      remedy: 'check that the export is complete',
    })
  }
}

/** FHIR ids are strings; a number is kept as text so that nothing downstream trips over it. */
function withTextId(resource: Resource, path: string, into: Collected): Resource {
  const id: unknown = resource.id
  if (id === undefined || (typeof id === 'string' && id !== '')) return resource
  const { id: _dropped, ...rest } = resource
  into.issues.push(oddEntry(`${path}.id`, `the id ${shown(id)} is not text`))
  return typeof id === 'number'
    ? { ...rest, resourceType: resource.resourceType, id: String(id) }
    : { ...rest, resourceType: resource.resourceType }
}

/** Stops as soon as the limit is passed, so the walk itself cannot overflow. */
function isDeeper(value: object, left: number): boolean {
  if (left === 0) return true
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index]
      if (typeof item === 'object' && item !== null && isDeeper(item, left - 1)) return true
    }
    return false
  }
  for (const key in value) {
    const item = (value as Json)[key]
    if (typeof item === 'object' && item !== null && isDeeper(item, left - 1)) return true
  }
  return false
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing'

const notFhir = (path: string, message: string): Issue => ({
  code: 'not-fhir',
  severity: 'error',
  path,
  message,
  remedy: 'give FHIR R4 resources in JSON',
})

const oddEntry = (path: string, message: string): Issue => ({
  code: 'invalid-element',
  severity: 'warning',
  path,
  message,
  remedy: 'correct it in the sending system: its content is not used',
})
