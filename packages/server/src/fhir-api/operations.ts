import { type ApiResponse, FHIR_JSON } from '../api/index.ts'
import { informationOutcome, outcomeOf } from '../api/outcome.ts'
import { Refused, refusal, refuse } from '../issue.ts'
import type { FhirResource, StoredVersion } from '../store/index.ts'
import { dateRange } from '../store/search/dates.ts'
import { searchTable } from '../store/search/definitions.ts'
import { unknownType } from '../store/search/parse.ts'
import type { Filter } from '../store/search/request.ts'
import { type FhirCall, type FhirHandler, typeOf } from './handlers.ts'
import type { Repository } from './repository.ts'
import { checkResource } from './validate.ts'

const MCODE = 'http://hl7.org/fhir/us/mcode/StructureDefinition/'
const MOST_IN_ONE = 10_000

/** `Patient/[id]/$everything`: the compartment of a patient in pages, each with what it refers to outside the compartment. */
export const everything: FhirHandler = async (call, repo) => {
  const id = call.params.id!
  const value = valuesOf(call, ['start', 'end', '_since', '_type', '_count', '_cursor', '_format', '_pretty'])
  const wanted = value('_type')?.split(',') ?? compartmentTypes()
  for (const type of wanted) if (!searchTable().types.has(type)) throw new Refused([unknownType(type, '_type')])
  const count = value('_count')
  const page = await inCompartment(repo, id, {
    types: wanted,
    filters: dateFilters(value('start'), value('end'), value('_since')),
    count: countOf(count),
    ...(value('_cursor') === undefined ? {} : { cursor: value('_cursor')! }),
  })
  const others = await referredTo(repo, page.versions)
  const address = `${call.base}/Patient/${id}/$everything`
  const query = (pairs: FhirCall['query']): string =>
    pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([n, v]): [string, string] => [n, v]))}`
  const rest = call.query.filter(([name]) => name !== '_cursor')
  const links = [
    { relation: 'self', url: address + query(call.query) },
    ...(page.next === undefined ? [] : [{ relation: 'next', url: address + query([...rest, ['_cursor', page.next]]) }]),
  ]
  const total = page.total === undefined ? {} : { total: page.total }
  const entries = [...page.versions.map((v) => entryText(call, v, 'match')), ...others.map((v) => entryText(call, v, 'include'))]
  return bundleText({ resourceType: 'Bundle', type: 'searchset', ...total, link: links }, entries)
}

/**
 * `Patient/[id]/$mcode-everything`: an mCODE Patient Bundle (a collection) with the patient and every resource that claims an mCODE profile,
 * between `start` and `end` where they are given. What conforms without saying so is not looked for; `$everything` has it.
 */
export const mcodeEverything: FhirHandler = async (call, repo) => {
  const id = call.params.id!
  const value = valuesOf(call, ['start', 'end', '_format', '_pretty'])
  const { versions, next } = await inCompartment(repo, id, {
    types: compartmentTypes(),
    filters: dateFilters(value('start'), value('end'), undefined),
    count: MOST_IN_ONE,
  })
  if (next !== undefined)
    return refuse(
      'too-costly',
      `Patient/${id}`,
      `the chart has more than ${MOST_IN_ONE} resources`,
      'ask for a part of it with start and end',
    )
  const claimed = versions.filter((version) => version.type === 'Patient' || claimsMcode(version))
  const ordered = [...claimed.filter(({ type }) => type === 'Patient'), ...claimed.filter(({ type }) => type !== 'Patient')]
  const head = {
    resourceType: 'Bundle',
    meta: { profile: [`${MCODE}mcode-patient-bundle`] },
    type: 'collection',
    timestamp: new Date().toISOString(),
  }
  return bundleText(
    head,
    ordered.map((version) => entryText(call, version, undefined)),
  )
}

const claimsMcode = ({ body }: StoredVersion): boolean =>
  ((JSON.parse(body ?? '{}') as FhirResource).meta?.profile as readonly unknown[] | undefined)?.some((p) => String(p).startsWith(MCODE)) ??
  false

/** `$validate`: what would be said of a resource if it were written. Nothing is stored. 200 whatever it finds, as FHIR asks. */
export const validate: FhirHandler = async (call, repo) => {
  const body = call.body as { resourceType?: string; parameter?: readonly { name?: string; resource?: FhirResource }[] } | undefined
  const given = body?.resourceType === 'Parameters' ? body.parameter?.find(({ name }) => name === 'resource')?.resource : body
  const stored = given === undefined && call.params.id !== undefined ? await repo.read(typeOf(call), call.params.id) : undefined
  const resource = (stored === undefined ? given : JSON.parse(stored.body!)) as FhirResource | undefined
  if (resource === undefined || typeof resource !== 'object')
    return refuse('not-fhir', 'body', 'there is nothing to validate', 'send the resource, or Parameters with a parameter named resource')
  const type = call.params.type
  const issues =
    type !== undefined && resource.resourceType !== type
      ? [
          refusal(
            'not-fhir',
            'resourceType',
            `the address says ${type}, the resource ${String(resource.resourceType)}`,
            'send it to the address of its type',
          ),
        ]
      : checkResource(resource)
  const body_ =
    issues.length === 0 ? informationOutcome('nothing was found wrong: base R4, and mCODE where the resource claims it') : outcomeOf(issues)
  return { status: 200, body: body_, contentType: FHIR_JSON }
}

function countOf(text: string | undefined): number {
  if (text === undefined) return 1000
  if (!/^[1-9]\d{0,8}$/.test(text))
    return refuse('invalid-parameter', '_count', `"${text.slice(0, 40)}" is no positive whole number`, 'write _count=500')
  return Math.min(Number(text), MOST_IN_ONE)
}

interface CompartmentRequest {
  readonly types: readonly string[]
  readonly filters: readonly Filter[]
  readonly count: number
  readonly cursor?: string
}

async function inCompartment(repo: Repository, id: string, request: CompartmentRequest) {
  const action = { interaction: 'operation' as const, type: 'Patient', id, patient: id, operation: 'everything' }
  const sight = await repo.authorize(action)
  const patient = await repo.readers.read('Patient', id)
  if (patient === undefined || !(await repo.sees(patient, sight)))
    refuse('not-found', `Patient/${id}`, `Patient/${id} is not there`, 'check the id, or search for the patient')
  else if (patient.body === null)
    refuse('gone', `Patient/${id}`, `Patient/${id} was deleted at ${patient.recordedAt}`, 'its history is still there: _history')
  const types: string[] = []
  const sights = new Map<string, typeof sight>()
  for (const type of request.types) {
    const decision = await repo.decide({ interaction: 'search', type, patient: id })
    if (!decision.allowed) continue
    types.push(type)
    sights.set(type, decision.sight ?? {})
  }
  const { matches, next, total } = await repo.readers.search({
    types,
    filters: [{ kind: 'compartment', patient: id }, ...request.filters],
    sort: [],
    count: request.count,
    ...(request.cursor === undefined ? {} : { cursor: request.cursor }),
    include: [],
    revInclude: [],
    isTotalWanted: false,
    who: repo.session.author.who,
  })
  const ofType = await repo.inSight(matches, ({ type }) => sights.get(type) ?? {})
  const inSight = await repo.inSight(ofType, () => sight)
  // what names the patient may stand in another patient's chart, which is another question
  const isElsewhere = ({ chart }: StoredVersion): boolean => chart.startsWith('Patient/') && chart !== `Patient/${id}`
  const others = new Map<string, typeof sight>()
  for (const type of new Set(inSight.filter(isElsewhere).map((version) => version.type))) {
    const decision = await repo.decide({ interaction: 'search', type })
    if (decision.allowed) others.set(type, decision.sight ?? {})
  }
  const versions = await repo.inSight(inSight, (version) => (isElsewhere(version) ? others.get(version.type) : {}))
  await repo.session.request.seen(action, versions)
  return {
    versions,
    ...(next === undefined ? {} : { next }),
    ...(total === undefined || versions.length < matches.length ? {} : { total }),
  }
}

const compartmentTypes = (): readonly string[] =>
  [...searchTable().types].filter((type) => type === 'Patient' || searchTable().compartment(type).length > 0)

/** Practitioners, organizations, medications: what the page refers to and no patient owns. */
async function referredTo(repo: Repository, versions: readonly StoredVersion[]): Promise<readonly StoredVersion[]> {
  const here = new Set(versions.map(({ type, id }) => `${type}/${id}`))
  const wanted = new Set<string>()
  for (const { body } of versions)
    for (const [, reference] of (body ?? '').matchAll(/"reference":"([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})/g))
      if (!here.has(reference!) && !reference!.startsWith('Patient/')) wanted.add(reference!)
  const keys = [...wanted].map((reference) => ({ type: reference.split('/')[0]!, id: reference.split('/')[1]! }))
  const found = (await repo.readers.readMany(keys)).filter(({ body, chart }) => body !== null && !chart.startsWith('Patient/'))
  const allowed: StoredVersion[] = []
  const decisions = new Map<string, Awaited<ReturnType<typeof repo.decide>>>()
  for (const version of found) {
    const decision = decisions.get(version.type) ?? (await repo.decide({ interaction: 'read', type: version.type }))
    decisions.set(version.type, decision)
    if (decision.allowed && (await repo.sees(version, decision.sight ?? {}))) allowed.push(version)
  }
  return allowed
}

function dateFilters(start: string | undefined, end: string | undefined, since: string | undefined): readonly Filter[] {
  const filters: Filter[] = []
  const first = start === undefined ? undefined : dateRange(start)?.first
  const last = end === undefined ? undefined : dateRange(end)?.last
  if ((start !== undefined && first === undefined) || (end !== undefined && last === undefined))
    return refuse('invalid-parameter', first === undefined && start !== undefined ? 'start' : 'end', 'this is no date', 'write YYYY-MM-DD')
  if (first !== undefined || last !== undefined) filters.push({ kind: 'care-dates', first: first ?? '-infinity', last: last ?? 'infinity' })
  if (since !== undefined) {
    if (dateRange(since) === undefined) return refuse('invalid-parameter', '_since', 'this is no instant', 'write 2026-11-23T12:00:00Z')
    filters.push({ kind: 'last-updated', values: [`ge${since}`] })
  }
  return filters
}

/** Reads a query, and refuses names that the operation does not know. */
function valuesOf(call: FhirCall, names: readonly string[]): (name: string) => string | undefined {
  const unknown = call.query.find(([name]) => !names.includes(name))
  if (unknown)
    refuse(
      'unknown-parameter',
      unknown[0],
      `this operation has no parameter ${unknown[0]}`,
      `it has ${names.filter((n) => !n.startsWith('_c')).join(', ')}`,
    )
  return (name) => call.query.filter(([n]) => n === name).at(-1)?.[1]
}

const entryText = (call: FhirCall, { type, id, body }: StoredVersion, mode: string | undefined): string =>
  `{"fullUrl":${JSON.stringify(`${call.base}/${type}/${id}`)},"resource":${body ?? 'null'}${mode === undefined ? '' : `,"search":{"mode":"${mode}"}`}}`

function bundleText(head: object, entries: readonly string[]): ApiResponse {
  const text = JSON.stringify(head)
  return { status: 200, contentType: FHIR_JSON, body: entries.length === 0 ? text : `${text.slice(0, -1)},"entry":[${entries.join(',')}]}` }
}
