import { randomUUID } from 'node:crypto'
import { applyPatch, fhirpathPatchTypedValue, type Operation, parseFhirPathPatchParameters, toTypedValue } from '@medplum/core'
import type { Parameters, Resource } from '@medplum/fhirtypes'
import type { Result } from '@secondwind/core'
import type { AccessDecision, Action, ApiRequest, Sight } from '../api/index.ts'
import { Refused, refuse, type ServerIssue } from '../issue.ts'
import {
  type Author,
  type ChartScope,
  type FhirResource,
  type IdempotencyKey,
  Moved,
  patientsIn,
  type Queries,
  type Readers,
  type Store,
  type StoredVersion,
  type StoreTransaction,
  type Write,
  type Written,
} from '../store/index.ts'
import { withLabels } from './labels.ts'
import { withOwnReferences } from './references.ts'
import { withSubjects } from './subjects.ts'
import { checkResource } from './validate.ts'

/** One request as the repository needs it. */
export interface FhirSession {
  readonly store: Store
  readonly request: ApiRequest
  readonly author: Author
  /** Address of the FHIR API, as the client sees it. */
  readonly base: string
  readonly idempotency?: IdempotencyKey
}

export type Identified = FhirResource & { readonly id: string }

/**
 * The store as one request may use it: every read and write is asked of access first, every write is checked, what was read is told.
 * Inside a transaction bundle it stands on the open transaction.
 */
export class Repository {
  readonly session: FhirSession
  private readonly tx: StoreTransaction | undefined

  constructor(session: FhirSession, tx?: StoreTransaction) {
    this.session = session
    this.tx = tx
  }

  get readers(): Readers {
    return this.tx ?? this.session.store
  }

  /** May this be done? Asked on the open transaction, where there is one. */
  authorize(action: Omit<Action, 'route'>): Promise<Sight> {
    return this.session.request.authorize(action, this.tx?.sql)
  }

  /**
   * The same of one resource by its id. What stands in a chart out of reach is answered as what is not there, so that nobody finds out by trying ids; the audit
   * log has the refusal. Of a Patient the refusal is said: whose chart is closed may be opened with a reason.
   */
  async authorizeOn(action: Omit<Action, 'route'> & { readonly type: string; readonly id: string }, suffix: string): Promise<Sight> {
    try {
      return await this.authorize(action)
    } catch (error) {
      const { patient, ...itself } = action
      if (error instanceof Refused && patient !== undefined && action.type !== 'Patient' && (await this.decide(itself)).allowed)
        return notThere(action.type, action.id, suffix)
      throw error
    }
  }

  /** Of these versions, those that may be seen. Asked on the open transaction, where there is one. */
  inSight(versions: readonly StoredVersion[], sightOf: (version: StoredVersion) => Sight | undefined): Promise<readonly StoredVersion[]> {
    return inSight(this.tx?.sql ?? this.session.store.database, versions, sightOf)
  }

  async sees(version: StoredVersion, sight: Sight): Promise<boolean> {
    return (await this.inSight([version], () => sight)).length > 0
  }

  decide(action: Omit<Action, 'route'>): Promise<AccessDecision> {
    return this.session.request.decide(action, this.tx?.sql)
  }

  /** The newest version. What may not be seen is answered as what is not there. */
  async read(type: string, id: string): Promise<StoredVersion> {
    return this.shown('read', await this.readers.read(type, id), type, id, '')
  }

  async readVersion(type: string, id: string, vid: string): Promise<StoredVersion> {
    const version = /^\d{1,9}$/.test(vid) ? await this.readers.readVersion(type, id, Number(vid)) : undefined
    return this.shown('vread', version, type, id, `/_history/${vid}`)
  }

  private async shown(
    interaction: 'read' | 'vread',
    version: StoredVersion | undefined,
    type: string,
    id: string,
    suffix: string,
  ): Promise<StoredVersion> {
    const action = { interaction, type, id, ...patientOf(version) }
    const sight = await this.authorizeOn(action, suffix)
    if (version === undefined || !(await this.sees(version, sight))) return notThere(type, id, suffix)
    if (interaction === 'vread' && (await this.openNow(action, [version], sight)).length === 0) return notThere(type, id, suffix)
    if (version.body === null)
      return refuse(
        'gone',
        `${type}/${id}${suffix}`,
        `${type}/${id} was deleted at ${version.recordedAt}`,
        'its history is still there: _history',
      )
    await this.session.request.seen(sight.through === undefined ? action : { ...action, patient: sight.through }, [version])
    return version
  }

  /**
   * Of these versions, those of resources that may be seen as they stand now: what was set apart later, or moved into a chart out of reach, is closed in its
   * older versions as well, but for the words of the reader's own. Of what was deleted the last words count.
   */
  async openNow(action: Omit<Action, 'route'>, versions: readonly StoredVersion[], sight: Sight): Promise<readonly StoredVersion[]> {
    const standing = await this.standing(versions)
    const now = ({ type, id }: StoredVersion): StoredVersion | undefined => standing.get(`${type}/${id}`)
    const older = versions.filter((one) => one.version < (now(one)?.version ?? 0))
    if (older.length === 0) return versions
    const moved = older.flatMap((one) => (now(one)!.chart === one.chart ? [] : [now(one)!.chart]))
    const closed = await this.closedCharts(action, moved)
    const newest = [...new Set(older.map((one) => now(one)!))].filter(({ chart }) => !closed.has(chart))
    const open = new Set((await this.inSight(newest, () => sight)).map(({ type, id }) => `${type}/${id}`))
    const { who } = this.session.author
    const isOwn = (one: StoredVersion): boolean => one.recordedBy === who && !closed.has(now(one)!.chart)
    return versions.filter((one) => !older.includes(one) || open.has(`${one.type}/${one.id}`) || isOwn(one))
  }

  /** A resource may have stood in another patient's chart before: whoever reads it here need not be one who may read it there. */
  async closedCharts(action: Omit<Action, 'route'>, charts: readonly string[]): Promise<ReadonlySet<string>> {
    const closed = new Set<string>()
    for (const chart of new Set(charts)) {
      if (!chart.startsWith('Patient/')) continue
      const { allowed } = await this.decide({ ...action, patient: chart.slice('Patient/'.length) })
      if (!allowed) closed.add(chart)
    }
    return closed
  }

  /** The newest words of each of these resources: of what was deleted, those before. */
  private async standing(versions: readonly StoredVersion[]): Promise<ReadonlyMap<string, StoredVersion>> {
    const keys = new Map(versions.map(({ type, id }) => [`${type}/${id}`, { type, id }]))
    const standing = new Map<string, StoredVersion>()
    for (const newest of await this.readers.readMany([...keys.values()])) {
      let one: StoredVersion | undefined = newest
      while (one !== undefined && one.body === null) one = await this.readers.readVersion(one.type, one.id, one.version - 1)
      if (one !== undefined) standing.set(`${one.type}/${one.id}`, one)
    }
    return standing
  }

  /** Runs work on one transaction: the one that is open, or a new one. A refusal rolls back. */
  async inTransaction<T>(work: (repo: Repository) => Promise<Result<T, readonly ServerIssue[]>>): Promise<T> {
    if (this.tx !== undefined) return unwrapped(await work(this))
    const { store, author, idempotency } = this.session
    return unwrapped(
      await store.transaction(author, (tx) => work(new Repository(this.session, tx)), idempotency === undefined ? {} : { idempotency }),
    )
  }

  get transaction(): StoreTransaction {
    if (this.tx === undefined) throw new Error('no transaction is open')
    return this.tx
  }

  async create(resource: FhirResource): Promise<Written> {
    return this.write({ kind: 'create', resource: { ...resource, id: randomUUID() } })
  }

  /** Reads and writes in one transaction: a patch is for the version that it was applied to. */
  patch(type: string, id: string, patch: unknown, match: number | undefined): Promise<Written> {
    return this.inTransaction(async (repo) => {
      const old = await repo.readers.read(type, id)
      const sight = await repo.authorizeOn({ interaction: 'patch', type, id, ...patientOf(old) }, '')
      if (old === undefined || old.body === null || !(await repo.sees(old, sight))) return notThere(type, id, '')
      const resource = patched(JSON.parse(old.body) as Resource, patch) as unknown as Identified
      if (resource.resourceType !== type || resource.id !== id)
        return refuse('invalid-request', `${type}/${id}`, 'a patch changes neither the type nor the id', 'create another resource')
      return { ok: true, value: await repo.write({ kind: 'update', resource, ifMatch: match ?? old.version }, true) }
    })
  }

  /** Checks, asks access, and records one write. `areLabelsMeant`: a label that is missing was taken away on purpose. */
  async write(write: Write, areLabelsMeant = false): Promise<Written> {
    const [written] = await this.writeAll([write], areLabelsMeant)
    return written!
  }

  async writeAll(given: readonly Write[], areLabelsMeant = false): Promise<readonly Written[]> {
    const { base } = this.session
    const writes = given.map((write) => (write.kind === 'delete' ? write : { ...write, resource: withOwnReferences(write.resource, base) }))
    const problems = writes.flatMap((write) => (write.kind === 'delete' ? [] : checkResource(write.resource)))
    if (problems.some(({ severity }) => severity === 'error')) throw new Refused(problems)
    const { store, author, idempotency } = this.session
    if (this.tx === undefined && idempotency === undefined && writes.length === 1) {
      // asked before there is a transaction, so that it can go with others; what was asked about must still stand there when it is recorded
      const placed = await this.withSubjects(writes)
      const standing = await this.allow(placed)
      try {
        const [write] = areLabelsMeant ? placed : withLabels(placed, standing)
        return unwrapped(await store.commit(author, [withSeen(write!, standing)]))
      } catch (error) {
        if (!(error instanceof Moved)) throw error
      }
    }
    return this.inTransaction(async (repo) => {
      const placed = await repo.withSubjects(writes)
      const standing = await repo.allow(placed)
      return repo.transaction.append(areLabelsMeant ? placed : withLabels(placed, standing))
    })
  }

  /** The same writes; what names its patient by an identifier alone is in that patient's chart. */
  async withSubjects(writes: readonly Write[]): Promise<readonly Write[]> {
    const resources = writes.flatMap((write) => (write.kind === 'delete' ? [] : [write.resource]))
    const mayReach = async (action: Omit<Action, 'route'>): Promise<boolean> => (await this.decide(action)).allowed
    const placed = await withSubjects(resources, () => this.tx?.sql ?? this.session.store.database, mayReach)
    if (placed === resources) return writes
    const rest = [...placed]
    return writes.map((write) => (write.kind === 'delete' ? write : { ...write, resource: rest.shift()! }))
  }

  /** Whoever changes a resource must be allowed in the chart where it stands and in the chart where it goes. Gives what stands there now, by `Type/id`. */
  async allow(writes: readonly Write[]): Promise<ReadonlyMap<string, StoredVersion>> {
    const keys = writes.map((write) =>
      write.kind === 'delete' ? { type: write.type, id: write.id } : { type: write.resource.resourceType, id: write.resource.id },
    )
    // what is created has an id that nobody had
    const named = keys.filter((_, at) => writes[at]!.kind !== 'create')
    const standing = new Map(
      (named.length === 0 ? [] : await this.readers.readMany(named)).map((version) => [`${version.type}/${version.id}`, version]),
    )
    const registers = keys.filter(({ type }, at) => type === 'Patient' && writes[at]!.kind !== 'delete').map(({ id }) => id)
    for (const [at, write] of writes.entries()) {
      const { type, id } = keys[at]!
      const old = standing.get(`${type}/${id}`)
      const sight = await this.authorize({
        interaction: write.kind,
        type,
        id,
        ...patientOf(old),
        ...(write.kind === 'delete' ? {} : { resource: write.resource, registers }),
      })
      if (old !== undefined && old.body !== null && !(await this.sees(old, sight))) notThere(type, id, '')
    }
    return standing
  }
}

function withSeen(write: Write, standing: ReadonlyMap<string, StoredVersion>): Write {
  if (write.kind === 'create') return write
  const old = standing.get(write.kind === 'delete' ? `${write.type}/${write.id}` : `${write.resource.resourceType}/${write.resource.id}`)
  return { ...write, seen: old === undefined ? { version: 0 } : { version: old.version, chart: old.chart } }
}

export function unwrapped<T>(result: Result<T, readonly ServerIssue[]>): T {
  if (!result.ok) throw new Refused(result.error)
  return result.value
}

/**
 * Of these versions, those in what the reader may see; of a type without a sight none. What a scope does not name one by one is asked once for all of them.
 */
export async function inSight(
  db: Queries,
  versions: readonly StoredVersion[],
  sightOf: (version: StoredVersion) => Sight | undefined,
): Promise<readonly StoredVersion[]> {
  const seen = versions.flatMap((version) => {
    const sight = sightOf(version)
    const may = sight !== undefined && (sight.maySee === undefined || version.body === null || sight.maySee(version))
    return may ? [{ version, within: sight.within }] : []
  })
  const asked = Map.groupBy(
    seen.filter(({ version, within }) => within !== undefined && !isNamed(version, within)),
    ({ within }) => within!,
  )
  const reached = new Map<ChartScope, ReadonlySet<string>>()
  for (const [scope, of] of asked) {
    const charts = of.map(({ version }) => version.chart)
    reached.set(scope, scope.site === undefined && scope.offered === undefined ? new Set() : await chartsIn(db, scope, charts))
  }
  return seen
    .filter(({ version, within }) => within === undefined || isNamed(version, within) || reached.get(within)?.has(version.chart) === true)
    .map(({ version }) => version)
}

const isNamed = ({ chart }: StoredVersion, { charts, andShared }: ChartScope): boolean =>
  charts.includes(chart) || (andShared && !chart.startsWith('Patient/'))

/** Of these charts, those of patients in a scope. */
async function chartsIn(db: Queries, scope: ChartScope, charts: readonly string[]): Promise<ReadonlySet<string>> {
  const ids = charts.filter((chart) => chart.startsWith('Patient/')).map((chart) => chart.slice('Patient/'.length))
  if (ids.length === 0) return new Set()
  const values: unknown[] = [[...new Set(ids)]]
  const rows = await db.query<{ id: string }>(
    `select k.id from unnest($1::text[]) as k(id) where ${patientsIn(scope, 'k.id', (value) => `$${values.push(value)}`)}`,
    values,
  )
  return new Set(rows.map(({ id }) => `Patient/${id}`))
}

export const patientOf = (version: StoredVersion | undefined): { readonly patient?: string } =>
  version?.chart.startsWith('Patient/') ? { patient: version.chart.slice('Patient/'.length) } : {}

const notThere = (type: string, id: string, suffix: string): never =>
  refuse('not-found', `${type}/${id}${suffix}`, `${type}/${id}${suffix} is not there`, 'check the id, or search for it')

/** The version in an ETag: `W/"3"`. Undefined without one. */
export function versionOfTag(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const tag = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(header)?.[1]
  if (tag === undefined)
    return refuse(
      'version-conflict',
      'If-Match',
      `${header.slice(0, 40)} is no version of this server`,
      'send the ETag that came with the resource: W/"3"',
    )
  return Number(tag)
}

/** What a FHIRPath Patch may name: elements, a number, one comparison. An expression of the whole language could run without end. */
const PATCH_PATH =
  /^[A-Za-z]\w{0,63}(?:\.[A-Za-z]\w{0,63}|\[\d{1,4}\]|\.(?:first|last)\(\)|\.ofType\([A-Za-z]{1,40}\)|\.(?:where|extension)\((?:[\w.]{1,80} ?= ?)?'[^'\\]{0,200}'\)){0,20}$/

const FORBIDDEN_PATH = /(^|[/.'[])(__proto__|constructor|prototype)([/.'\]]|$)/

/** JSON Patch, or FHIRPath Patch in Parameters. */
function patched(resource: Resource, patch: unknown): Resource {
  const isJsonPatch = Array.isArray(patch)
  if (!isJsonPatch && (patch as { resourceType?: unknown } | undefined)?.resourceType !== 'Parameters')
    return refuse('invalid-request', 'body', 'this is no patch', 'send JSON Patch (an array of operations) or FHIRPath Patch (Parameters)')
  const paths = isJsonPatch
    ? patch.flatMap((step: { path?: unknown; from?: unknown } | null) => [step?.path, step?.from])
    : [...JSON.stringify(patch).matchAll(/"value(?:String|Code)":"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1])
  if (paths.some((path) => typeof path === 'string' && FORBIDDEN_PATH.test(path)))
    return refuse('invalid-request', 'body', 'the patch names what is no element', 'use paths of elements of the resource')
  if (!isJsonPatch) {
    const parts = ((patch as Parameters).parameter ?? []).flatMap(({ part = [] }) => part)
    const odd = parts.find(({ name, valueString }) => name === 'path' && !PATCH_PATH.test(String(valueString ?? '')))
    if (odd !== undefined)
      return refuse(
        'invalid-request',
        'body',
        'a path of the patch is more than the way to an element',
        "write Patient.name[0].given, or Patient.identifier.where(system = 'urn:x').value",
      )
  }
  try {
    const failures = isJsonPatch ? applyPatch(resource, patch as Operation[]).filter((failure) => failure !== null) : []
    if (!isJsonPatch) fhirpathPatchTypedValue(toTypedValue(resource), parseFhirPathPatchParameters(patch as Parameters))
    if (failures.length === 0) return resource
    throw failures[0]
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : 'it does not fit'
    return refuse('invalid-request', 'body', `the patch cannot be applied: ${why}`, 'use paths that exist in the newest version')
  }
}
