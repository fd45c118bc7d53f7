import { createHash } from 'node:crypto'
import { err, type Result } from '@secondwind/core'
import { canonicalContent, type ParsedChart, parseCharts } from '@secondwind/fhir'
import type { ApiRequest } from '../api/index.ts'
import type { Fate } from '../contract/charts.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import type { FhirResource, Store, StoredVersion } from '../store/index.ts'
import { asWritten, isInError } from './in-error.ts'
import { type AnyResource, nameOf, recordNumberOf } from './person.ts'

/** One resource of a dropped file: as it will be kept, and what that means here. */
export interface Incoming {
  readonly resource: AnyResource & { readonly id: string }
  /** As the file names it. */
  readonly reference: string
  readonly fate: Fate
  readonly standing?: StoredVersion
}

export interface IncomingPatient {
  readonly parsed: ParsedChart
  readonly reference: string
  readonly patient: AnyResource & { readonly id: string }
  readonly isHere: boolean
  readonly isRenamed: boolean
  readonly sameNumberAs?: string
  /** Why you may not write it here. */
  readonly refusal?: ServerIssue
  readonly resources: readonly Incoming[]
}

const MOST_PATIENTS = 500
const ID = /^[A-Za-z0-9\-.]{1,64}$/

/** The charts of a text. Refuses what cannot be read at all, and what is no chart of single patients. */
export function chartsIn(body: unknown): Result<readonly ParsedChart[], readonly ServerIssue[]> {
  const text = typeof body === 'string' ? body : body === undefined || body === null ? '' : JSON.stringify(body)
  if (text.trim() === '') return err([refusal('not-json', 'file', 'the file is empty', 'give a FHIR R4 Bundle in JSON, or NDJSON')])
  const parsed = parseCharts(text)
  if (!parsed.ok) return parsed
  if (parsed.value.length > MOST_PATIENTS)
    return err([
      refusal(
        'too-large',
        'file',
        `the file holds ${parsed.value.length} patients; at most ${MOST_PATIENTS} are read on this page`,
        'use the bulk import of the server for a whole population',
      ),
    ])
  return parsed
}

/**
 * What a file would do here, patient by patient; nothing is written. Ids are kept where they can be, so that the same file dropped twice adds nothing: a resource
 * without one gets an id worked out from its content, and one whose id belongs to somebody else here gets an id worked out from whose it is. Two persons are never put together.
 */
export async function intakeOf(store: Store, request: ApiRequest, charts: readonly ParsedChart[]): Promise<readonly IncomingPatient[]> {
  const mayRegister = new Map<string, boolean>()
  const patients: IncomingPatient[] = []
  for (const parsed of charts) patients.push(await patientOf(store, request, parsed, mayRegister))
  return patients
}

const hashed = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('\u0001')).digest('hex').slice(0, 40)

async function patientOf(
  store: Store,
  request: ApiRequest,
  parsed: ParsedChart,
  mayRegister: Map<string, boolean>,
): Promise<IncomingPatient> {
  const { chart } = parsed
  const self = chart.patient as AnyResource
  const reference = chart.referenceTo(chart.patient)
  const wanted = idOf(self, reference) ?? hashed('Patient', JSON.stringify(self))
  const standing = await store.read('Patient', wanted)
  const isOther = standing?.body != null && !isSamePerson(JSON.parse(standing.body) as AnyResource, self)
  const id = isOther ? hashed('Patient', wanted, String(self.birthDate ?? ''), nameOf(self) ?? '') : wanted
  const here = isOther ? await store.read('Patient', id) : standing
  const isHere = here?.body != null
  const patient = { ...self, id }
  const decision = await request.decide({
    interaction: isHere ? 'update' : 'create',
    type: 'Patient',
    id,
    ...(isHere ? { patient: id } : {}),
    resource: patient as FhirResource,
  })
  const base = { parsed, reference, patient, isHere, isRenamed: isOther }
  if (!decision.allowed) return { ...base, resources: [], refusal: decision.issue }
  const names = await namesOf(store, parsed, id, isOther)
  const rewritten = chart.resources
    .filter((resource) => resource.id?.includes('#') !== true)
    .map((resource) => {
      const key = names.get(resource)!
      const { id: _id, ...body } = referencesRewritten(resource, (text) => {
        const target = chart.resolve({ reference: text }, resource)
        const name = target === undefined ? undefined : names.get(target)
        return name === undefined ? text : `${target!.resourceType}/${name}`
      }) as AnyResource
      return {
        reference: chart.referenceTo(resource),
        resource: asWritten({ ...body, resourceType: resource.resourceType, id: key }) as AnyResource & { readonly id: string },
      }
    })
  const known = new Map(
    (await store.readMany(rewritten.map(({ resource }) => ({ type: resource.resourceType, id: resource.id })))).map((version) => [
      `${version.type}/${version.id}`,
      version,
    ]),
  )
  const resources: Incoming[] = []
  for (const { reference: named, resource } of rewritten) {
    const version = known.get(`${resource.resourceType}/${resource.id}`)
    const fate = await fateOf(store, request, resource, id, version, mayRegister)
    resources.push({ resource, reference: named, fate, ...(version === undefined ? {} : { standing: version }) })
  }
  const same = isHere ? undefined : await sameNumber(store, request, self, id)
  return { ...base, resources, ...(same === undefined ? {} : { sameNumberAs: same }) }
}

/** The id of a resource of the file, where it can be kept: its own, or the uuid by which the file calls it. */
function idOf({ id }: AnyResource, reference: string): string | undefined {
  const own = id ?? /^urn:uuid:([0-9a-fA-F-]{36})$/.exec(reference)?.[1]?.toLowerCase()
  return own !== undefined && ID.test(own) ? own : undefined
}

/** Under which id each resource of a chart is kept. */
async function namesOf(store: Store, { chart }: ParsedChart, patient: string, isRenamed: boolean): Promise<ReadonlyMap<object, string>> {
  const all = chart.resources.filter((resource) => resource.id?.includes('#') !== true)
  const wanted = all.map((resource) => {
    const own = resource === chart.patient ? patient : idOf(resource as AnyResource, chart.referenceTo(resource))
    return { resource, id: own ?? hashed(patient, resource.resourceType, JSON.stringify(resource)) }
  })
  const standing = new Map(
    (await store.readMany(wanted.map(({ resource, id }) => ({ type: resource.resourceType, id })))).map((version) => [
      `${version.type}/${version.id}`,
      version.chart,
    ]),
  )
  return new Map(
    wanted.map(({ resource, id }) => {
      if (resource === chart.patient) return [resource, patient]
      const owner = standing.get(`${resource.resourceType}/${id}`)
      const isTaken = owner?.startsWith('Patient/') === true && owner !== `Patient/${patient}`
      return [resource, isTaken || (isRenamed && owner !== undefined) ? hashed(patient, resource.resourceType, id) : id]
    }),
  )
}

/** The same birth date and family name, as far as both say: a number alone makes nobody the same. */
function isSamePerson(a: AnyResource, b: AnyResource): boolean {
  const isOpposed = (x: unknown, y: unknown): boolean =>
    x !== undefined && y !== undefined && String(x).toLowerCase() !== String(y).toLowerCase()
  const family = (one: AnyResource): unknown => (one.name as readonly { readonly family?: unknown }[] | undefined)?.[0]?.family
  const numbers = [recordNumberOf(a), recordNumberOf(b)] as const
  const sameNumber = numbers[0] !== undefined && numbers[0].value === numbers[1]?.value && numbers[0].system === numbers[1].system
  if (isOpposed(a.birthDate, b.birthDate)) return false
  // a name may change; with the same number and birth date it is the same person
  return sameNumber || !isOpposed(family(a), family(b))
}

async function sameNumber(store: Store, request: ApiRequest, patient: AnyResource, id: string): Promise<string | undefined> {
  const number = recordNumberOf(patient)
  if (number?.system === undefined) return undefined
  const [found] = await store.database.query<{ id: string }>(
    `select c.id from resource_current c join ix_token t on t.rid = c.rid join search_parameter p on p.param = t.param
     where c.type = 'Patient' and not c.is_deleted and p.name = 'identifier' and t.code = $1 and c.id <> $2 limit 1`,
    [number.value, id],
  )
  if (found === undefined) return undefined
  const maySee = await request.decide({ interaction: 'read', type: 'Patient', id: found.id, patient: found.id })
  return maySee.allowed ? `Patient/${found.id}` : undefined
}

async function fateOf(
  store: Store,
  request: ApiRequest,
  resource: AnyResource & { readonly id: string },
  patient: string,
  standing: StoredVersion | undefined,
  mayRegister: Map<string, boolean>,
): Promise<Fate> {
  const { resourceType: type, id } = resource
  if (standing?.body != null && isEqual(JSON.parse(standing.body) as AnyResource, resource)) return 'same'
  const isOwn = standing === undefined ? undefined : standing.chart === `Patient/${patient}`
  if (isOwn !== true) {
    // what is there already is asked for by itself: it may be of another site
    const action = { interaction: 'update', type, id, resource: resource as FhirResource, registers: [patient] } as const
    const known = standing === undefined ? mayRegister.get(type) : undefined
    const may = known ?? (await request.decide(action)).allowed
    if (standing === undefined) mayRegister.set(type, may)
    if (!may) return 'left-out'
  }
  if (standing === undefined || standing.body === null) return 'new'
  if (isInError(JSON.parse(standing.body) as AnyResource)) return 'withdrawn'
  const { versions } = await store.history({ type, id, count: 20 })
  return versions.some(({ body }) => body !== null && isEqual(JSON.parse(body) as AnyResource, resource)) ? 'older' : 'changed'
}

const isEqual = (a: AnyResource, b: AnyResource): boolean => canonical(asWritten(a)) === canonical(asWritten(b))

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`
}

function referencesRewritten(value: unknown, to: (reference: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => referencesRewritten(one, to))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === 'reference' && typeof part === 'string' && !part.startsWith('#') ? to(part) : referencesRewritten(part, to),
    ]),
  )
}

/** SHA-256 over the charts as read. */
export function digestOf(charts: readonly ParsedChart[]): string {
  const hash = createHash('sha256')
  for (const { chart } of charts) for (const part of canonicalContent(chart)) hash.update(part)
  return hash.digest('hex')
}
