import { randomUUID } from 'node:crypto'
import { Router } from '@medplum/fhir-router'
import type { ApiResponse } from '../api/index.ts'
import { FHIR_JSON } from '../api/index.ts'
import { outcomeOf } from '../api/outcome.ts'
import { Refused, refusal, refuse, type ServerIssue, statusOf } from '../issue.ts'
import type { FhirResource, Write, Written } from '../store/index.ts'
import { searchTable } from '../store/search/definitions.ts'
import { unknownType } from '../store/search/parse.ts'
import { conditionalCreate, conditionalDelete, conditionalPatch, conditionalUpdate, matching } from './conditional.ts'
import { type FhirCall, type FhirHandler, patch, read, remove, update, vread } from './handlers.ts'
import { conditionalReferences, rewritten } from './references.ts'
import { type Identified, Repository, versionOfTag } from './repository.ts'
import { etag } from './respond.ts'
import { history, search, searchSystem } from './search-handlers.ts'

interface Entry {
  readonly fullUrl?: string
  readonly resource?: FhirResource
  readonly request?: {
    readonly method?: string
    readonly url?: string
    readonly ifMatch?: string
    readonly ifNoneMatch?: string
    readonly ifNoneExist?: string
    readonly ifModifiedSince?: string
  }
}

interface Bundle {
  readonly resourceType: string
  readonly type?: string
  readonly entry?: readonly Entry[]
}

const MOST_ENTRIES = 20_000

/** What an entry of a bundle can ask for: Medplum's router finds it by its method and address. */
const ENTRIES = new Router<FhirHandler, { readonly interaction: string }>()
ENTRIES.add('GET', '', searchSystem)
ENTRIES.add('GET', ':type', search)
ENTRIES.add('GET', ':type/_history', history)
ENTRIES.add('GET', ':type/:id', read)
ENTRIES.add('GET', ':type/:id/_history', history)
ENTRIES.add('GET', ':type/:id/_history/:vid', vread)
ENTRIES.add('POST', ':type', conditionalCreate)
ENTRIES.add('PUT', ':type', conditionalUpdate)
ENTRIES.add('PUT', ':type/:id', update)
ENTRIES.add('PATCH', ':type', conditionalPatch)
ENTRIES.add('PATCH', ':type/:id', patch)
ENTRIES.add('DELETE', ':type', conditionalDelete)
ENTRIES.add('DELETE', ':type/:id', remove)

/** `POST /fhir`: a batch (each entry for itself) or a transaction (all or nothing). */
export const bundle: FhirHandler = async (call, repo) => {
  const body = call.body as Bundle | undefined
  if (body === null || typeof body !== 'object' || body.resourceType !== 'Bundle')
    return refuse(
      'not-fhir',
      'body',
      'this address takes a Bundle',
      'send a Bundle of type batch or transaction, or a resource to the address of its type',
    )
  const entries = body.entry ?? []
  if (!Array.isArray(entries)) return refuse('not-fhir', 'Bundle.entry', 'the entries are a list', 'send Bundle.entry as an array')
  if (entries.length > MOST_ENTRIES)
    return refuse(
      'too-large',
      'Bundle.entry',
      `${entries.length} entries; at most ${MOST_ENTRIES} are taken at once`,
      'send them in parts, or as a bulk import',
    )
  if (body.type === 'transaction') return responseBundle('transaction-response', await transaction(call, repo, entries))
  if (body.type === 'batch') return responseBundle('batch-response', await batch(call, repo, entries))
  return refuse(
    'invalid-request',
    'Bundle.type',
    `a Bundle of type ${String(body.type)} asks for nothing`,
    'send type batch or transaction',
  )
}

const responseBundle = (type: string, entry: readonly unknown[]): ApiResponse => ({
  status: 200,
  contentType: FHIR_JSON,
  body: { resourceType: 'Bundle', type, ...(entry.length === 0 ? {} : { entry }) },
})

async function batch(call: FhirCall, repo: Repository, entries: readonly Entry[]): Promise<readonly unknown[]> {
  const { idempotency, ...session } = repo.session
  if (idempotency !== undefined)
    refuse(
      'not-supported',
      'Idempotency-Key',
      'the entries of a batch stand each for themselves',
      'send a transaction, or each request with its own key',
    )
  const each = new Repository(session)
  const answers: unknown[] = []
  for (const [at, entry] of entries.entries()) {
    try {
      answers.push(entryOf(await run(call, each, entry, at)))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      answers.push({ response: { status: String(statusOf(error.issues)), outcome: outcomeOf(error.issues) } })
    }
  }
  return answers
}

function run(call: FhirCall, repo: Repository, entry: Entry, at: number): Promise<ApiResponse> {
  const { method, url } = requestOf(entry, at)
  const route = ENTRIES.find(method as 'GET', url)
  if (route === undefined)
    return refuse(
      'invalid-request',
      `Bundle.entry[${at}].request`,
      `${method} ${url.slice(0, 80)} is nothing that can be asked here`,
      'write the address relative to the base: Patient/1',
    )
  const { request = {} } = entry
  return route.handler(
    {
      method,
      params: route.params,
      query: [...new URLSearchParams(url.split('?')[1] ?? '')],
      headers: {
        ifMatch: request.ifMatch,
        ifNoneMatch: request.ifNoneMatch,
        ifNoneExist: request.ifNoneExist,
        ifModifiedSince: request.ifModifiedSince,
        prefer: call.headers.prefer,
      },
      body: method === 'PATCH' ? patchBody(entry.resource) : entry.resource,
      base: call.base,
    },
    repo,
  )
}

/** A patch comes in a Binary (JSON Patch) or as Parameters. */
function patchBody(resource: FhirResource | undefined): unknown {
  if (resource?.resourceType !== 'Binary') return resource
  try {
    return JSON.parse(Buffer.from(String(resource.data ?? ''), 'base64').toString('utf8')) as unknown
  } catch {
    return refuse('not-json', 'Binary.data', 'the patch in the Binary is not JSON', 'encode a JSON Patch in base64')
  }
}

function requestOf(entry: Entry | undefined, at: number): { readonly method: string; readonly url: string } {
  const { method, url } = entry?.request ?? {}
  if (typeof method !== 'string' || typeof url !== 'string')
    return refuse(
      'invalid-request',
      `Bundle.entry[${at}].request`,
      'the entry does not say what is asked',
      'give request.method and request.url',
    )
  return { method: method === 'HEAD' ? 'GET' : method, url }
}

function entryOf({ status, headers = {}, body }: ApiResponse): unknown {
  const resource = typeof body === 'string' ? (JSON.parse(body) as unknown) : body
  return {
    ...(resource === undefined ? {} : { resource }),
    response: {
      status: String(status),
      ...(headers.location === undefined ? {} : { location: headers.location }),
      ...(headers.etag === undefined ? {} : { etag: headers.etag }),
      ...(headers['last-modified'] === undefined ? {} : { lastModified: new Date(headers['last-modified']).toISOString() }),
    },
  }
}

/**
 * All or nothing, in the order of the standard: deletes, creates, updates and patches, reads. Ids are given first, so that entries may refer to
 * each other by `urn:uuid:…` in any order, circles included. Plain writes go to the store together: this is how charts are imported.
 */
async function transaction(call: FhirCall, repo: Repository, entries: readonly Entry[]): Promise<readonly unknown[]> {
  return repo.inTransaction<readonly unknown[]>(async (inside) => {
    const answers = new Array<unknown>(entries.length)
    const { steps, identities: given } = await planOf(inside, entries)
    const plan = { steps, identities: new Map([...given, ...(await foundBySearch(inside, entries))]) }
    const writes: { readonly at: number; readonly write: Write }[] = []
    for (const [at, step] of plan.steps.entries()) {
      if (step.kind === 'write') writes.push({ at, write: withReferences(step.write, plan.identities) })
      else if (step.kind === 'kept') answers[at] = writtenEntry(call, { outcome: 'unchanged', version: step.version })
      else if (step.kind === 'nothing') answers[at] = { response: { status: '204' } }
    }
    const problems = located(writes)
    if (problems.length > 0) return { ok: false, error: problems }
    const written = await inside.writeAll(writes.map(({ write }) => write))
    for (const [n, { at }] of writes.entries()) answers[at] = writtenEntry(call, written[n]!)
    for (const isPatch of [true, false]) {
      for (const [at, entry] of entries.entries()) {
        if (plan.steps[at]!.kind !== 'run' || (entry.request?.method === 'PATCH') !== isPatch) continue
        answers[at] = entryOf(await run(call, inside, rewritten(entry, plan.identities) as Entry, at))
      }
    }
    return { ok: true, value: answers }
  })
}

type Step =
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'kept'; readonly version: NonNullable<Written['version']> }
  | { readonly kind: 'nothing' }
  /** A patch or a read: done by its handler. */
  | { readonly kind: 'run' }

interface Plan {
  readonly steps: readonly Step[]
  /** From `urn:uuid:…` (or any fullUrl) to `Type/id`. */
  readonly identities: ReadonlyMap<string, string>
}

async function planOf(repo: Repository, entries: readonly Entry[]): Promise<Plan> {
  const identities = new Map<string, string>()
  const steps: Step[] = []
  for (const [at, entry] of entries.entries()) {
    const step = await stepOf(repo, entry, at)
    steps.push(step)
    const reference =
      step.kind === 'kept'
        ? `${step.version.type}/${step.version.id}`
        : step.kind === 'write' && step.write.kind !== 'delete'
          ? `${step.write.resource.resourceType}/${step.write.resource.id}`
          : undefined
    if (entry.fullUrl === undefined || reference === undefined) continue
    if (identities.has(entry.fullUrl) && identities.get(entry.fullUrl) !== reference)
      refuse('duplicate-entry', `Bundle.entry[${at}].fullUrl`, 'two entries have the same fullUrl', 'give each entry its own')
    identities.set(entry.fullUrl, reference)
  }
  return { steps, identities }
}

/**
 * From a reference that is a search to the one resource that it finds, as it stood before this transaction. None, or several: the transaction is refused,
 * since what refers to nobody would be missed in the chart where it belongs.
 */
async function foundBySearch(repo: Repository, entries: readonly Entry[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const [at, { resource }] of entries.entries())
    for (const reference of conditionalReferences(resource)) {
      if (found.has(reference)) continue
      const [type = '', query = ''] = reference.split(/\?(.*)/s)
      const where = `Bundle.entry[${at}].resource`
      if (!searchTable().types.has(type)) throw new Refused([unknownType(type, where)])
      const [one] = await matching(repo, type, [...new URLSearchParams(query)], where)
      if (one === undefined)
        return refuse(
          'dangling-reference',
          where,
          `nothing here matches ${reference.slice(0, 120)}`,
          'create it first, or add it to the bundle',
        )
      found.set(reference, `${one.type}/${one.id}`)
    }
  return found
}

async function stepOf(repo: Repository, entry: Entry, at: number): Promise<Step> {
  const { method, url } = requestOf(entry, at)
  if (method === 'GET' || method === 'PATCH') return { kind: 'run' }
  const [path = '', query = ''] = url.split('?')
  const [type = '', id] = path.split('/').filter((part) => part !== '')
  const pairs = [...new URLSearchParams(query)]
  const where = `Bundle.entry[${at}].request`
  const match = versionOfTag(entry.request?.ifMatch)
  const ifMatch = match === undefined ? {} : { ifMatch: match }
  if (method === 'DELETE') {
    if (id !== undefined) return { kind: 'write', write: { kind: 'delete', type, id, ...ifMatch } }
    const [one] = await matching(repo, type, pairs, where)
    return one === undefined ? { kind: 'nothing' } : { kind: 'write', write: { kind: 'delete', type, id: one.id } }
  }
  const { resource } = entry
  if (resource === undefined || resource === null || typeof resource !== 'object' || resource.resourceType !== type)
    return refuse(
      'not-fhir',
      `Bundle.entry[${at}].resource`,
      `the entry asks for ${method} ${type} and brings another resource, or none`,
      `put a ${type} into the entry`,
    )
  if (method === 'POST') {
    const criteria = entry.request?.ifNoneExist
    const [one] = criteria === undefined ? [] : await matching(repo, type, [...new URLSearchParams(criteria)], where)
    if (one !== undefined) return { kind: 'kept', version: one }
    return { kind: 'write', write: { kind: 'create', resource: { ...resource, id: idFor(entry) } } }
  }
  if (method !== 'PUT')
    return refuse('invalid-request', where, `${method} is nothing that can be asked here`, 'use GET, POST, PUT, PATCH or DELETE')
  if (id !== undefined) {
    if (resource.id !== undefined && resource.id !== id)
      return refuse(
        'invalid-request',
        `Bundle.entry[${at}].resource.id`,
        `the address says ${id}, the resource ${resource.id}`,
        'send both with the same id',
      )
    return { kind: 'write', write: { kind: 'update', resource: { ...resource, id }, ...ifMatch } }
  }
  const [one] = await matching(repo, type, pairs, where)
  if (one === undefined) return { kind: 'write', write: { kind: 'create', resource: { ...resource, id: idFor(entry) } } }
  return { kind: 'write', write: { kind: 'update', resource: { ...resource, id: one.id }, ...ifMatch } }
}

/** The sender's own uuid, where the entry has one that is: references stay readable for both sides. */
const idFor = ({ fullUrl }: Entry): string => /^urn:uuid:([0-9a-f-]{36})$/.exec(fullUrl ?? '')?.[1] ?? randomUUID()

function withReferences(write: Write, identities: ReadonlyMap<string, string>): Write {
  if (write.kind === 'delete' || identities.size === 0) return write
  return { ...write, resource: rewritten(write.resource, identities) as Identified }
}

/** A local reference that no entry answers would be stored as one that leads nowhere. */
function located(writes: readonly { readonly at: number; readonly write: Write }[]): readonly ServerIssue[] {
  return writes.flatMap(({ at, write }) => {
    if (write.kind === 'delete') return []
    const dangling = /"reference":"(urn:uuid:[^"]*)"/.exec(JSON.stringify(write.resource))?.[1]
    return dangling === undefined
      ? []
      : [
          refusal(
            'dangling-reference',
            `Bundle.entry[${at}].resource`,
            `${dangling} is no entry of this bundle`,
            'add the entry, or refer to a resource that is here',
          ),
        ]
  })
}

function writtenEntry({ base }: FhirCall, { outcome, version }: Written): unknown {
  if (version === undefined) return { response: { status: '204' } }
  const status = outcome === 'created' ? '201 Created' : outcome === 'deleted' ? '204' : '200 OK'
  return {
    ...(version.body === null ? {} : { fullUrl: `${base}/${version.type}/${version.id}` }),
    response: {
      status,
      ...(outcome === 'deleted' ? {} : { location: `${version.type}/${version.id}/_history/${version.version}` }),
      etag: etag(version),
      lastModified: version.recordedAt,
    },
  }
}
