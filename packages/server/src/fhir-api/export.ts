import { randomUUID } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { encodingFor } from '../api/compress.ts'
import { type ApiRequest, type ApiResponse, contextOf, JSON_TYPE, type Sight } from '../api/index.ts'
import { outcomeOf } from '../api/outcome.ts'
import { refuse } from '../issue.ts'
import type { FhirResource, Store, StoredVersion } from '../store/index.ts'
import { type Asked, askedOf, elementsOf, filterFor, NDJSON } from './export-asked.ts'
import { countOf, type ExportScope, pageOf } from './export-query.ts'
import { inSight } from './repository.ts'
import { preferOf, shaped } from './respond.ts'

/*
 * Bulk Data Access (FHIR asynchronous pattern): kick-off, status, files, cancel. No file is ever written: an export names an instant, and its files are
 * the versions as of it, read when they are fetched. Any process can serve any of them, a download that broke off is fetched again, nothing is left behind.
 */

interface ExportFile {
  readonly type: string
  readonly kind: 'output' | 'deleted'
  readonly count: number
  /** The first id in it. */
  readonly from: string
}

interface Job {
  readonly id: string
  readonly who: string
  readonly asked: Asked
  readonly url: string
  readonly settled_at: string
  readonly is_leased: boolean
  readonly files: readonly ExportFile[] | null
}

const RESOURCES_A_FILE = 20_000
const LEASE = "interval '2 minutes'"
/** In the place of a number: what the client asked for and was passed over. */
const TOLD = 'told'

/** `…/$export` with `Prefer: respond-async`: 202, and where to look for the answer. */
export async function startExport(store: Store, request: ApiRequest, level: Asked['level']): Promise<ApiResponse> {
  if (!preferOf(String(request.headers.prefer ?? '')).isAsync)
    return refuse('precondition-required', 'Prefer', 'an export is answered later', 'send "Prefer: respond-async"')
  const { who, site } = contextOf(request)
  const asked = await withinReach(request, askedOf(request, level))
  if (asked.group !== undefined) {
    const members = membersOf(await groupOf(store, request, asked.group))
    const stranger = asked.patients?.find((patient) => !members.includes(`Patient/${patient}`))
    if (stranger !== undefined)
      refuse(
        'invalid-parameter',
        'patient',
        `Patient/${stranger.slice(0, 64)} is no member of the group`,
        'name members, or leave the parameter out',
      )
  }
  const job = {
    id: randomUUID(),
    settled_at: await store.settledAt(),
  }
  await store.database.query(
    `insert into export_job (id, who, site, asked, url, settled_at, started_at, leased_until)
     values ($1, $2, $3, $4::json, $5, $6, now(), now() + ${LEASE})`,
    [job.id, who, site, JSON.stringify(asked), `${request.base}${request.url}`, job.settled_at],
  )
  count(store, job.id, asked, job.settled_at)
  return { status: 202, headers: { 'content-location': `${request.base}/fhir/$export-status/${job.id}` } }
}

/** An export of all types is one of those that the sender may have; a type that is named must be one of them. */
async function withinReach(request: ApiRequest, asked: Asked): Promise<Asked> {
  const types: string[] = []
  for (const type of asked.types) {
    const action = { interaction: 'operation', operation: 'export', type } as const
    if (asked.areTypesNamed === true) await request.authorize(action)
    if (asked.areTypesNamed === true || (await request.decide(action)).allowed) types.push(type)
  }
  return { ...asked, types }
}

/** A group that is not there, or not in sight, has nothing to export: said at once, since an empty export would look like a group without members. */
async function groupOf(store: Store, request: ApiRequest, id: string): Promise<StoredVersion> {
  const sight = await request.authorize({ interaction: 'read', type: 'Group', id })
  const group = await store.read('Group', id)
  if (group === undefined || group.body === null || (await inSight(store.database, [group], () => sight)).length === 0)
    return refuse('not-found', `Group/${id}`, `Group/${id} is not there`, 'check the id, or search for the group')
  await request.seen({ interaction: 'read', type: 'Group', id }, [group])
  return group
}

/** The patients who are in a group now. */
function membersOf(group: StoredVersion | undefined): readonly string[] {
  const members = ((JSON.parse(group?.body ?? '{}') as FhirResource).member ?? []) as readonly {
    inactive?: boolean
    entity?: { reference?: string }
  }[]
  return members.filter((m) => m.inactive !== true).flatMap((m) => m.entity?.reference?.match(/^Patient\/[^/]+$/) ?? [])
}

/** Counts in the background; a process that dies leaves the lease to run out, and whoever asks for the status next takes over. */
function count(store: Store, id: string, asked: Asked, settledAt: string): void {
  void plan(store, asked, settledAt)
    .then((files) => store.database.query('update export_job set files = $2::json where id = $1', [id, JSON.stringify(files)]))
    .catch(() => store.database.query('update export_job set leased_until = now() where id = $1', [id]).catch(() => {}))
}

async function plan(store: Store, asked: Asked, settledAt: string): Promise<readonly ExportFile[]> {
  const scope = await scopeOf(store, asked, settledAt)
  const files: ExportFile[] = []
  for (const type of asked.types)
    for (const kind of asked.since === undefined ? (['output'] as const) : (['output', 'deleted'] as const))
      for (const { n, from } of await countOf(store.database, { ...scope, type, kind }, RESOURCES_A_FILE))
        files.push({ type, kind, count: n, from })
  return files
}

async function scopeOf(store: Store, { level, group, since, patients }: Asked, settledAt: string): Promise<ExportScope> {
  const base = { settledAt, ...(since === undefined ? {} : { since }) }
  if (level === 'system') return base
  const wanted = patients?.map((patient) => `Patient/${patient}`)
  if (level === 'patient') return { ...base, isPatientsOnly: true, ...(wanted === undefined ? {} : { charts: wanted }) }
  const members = membersOf(await store.readAsOf('Group', group!, settledAt))
  return { ...base, charts: wanted === undefined ? members : members.filter((chart) => wanted.includes(chart)) }
}

/** 202 while it is counted, then the manifest. */
export async function exportStatus(store: Store, request: ApiRequest): Promise<ApiResponse> {
  const job = await jobOf(store, request)
  if (job.files === null) {
    if (!job.is_leased) {
      await store.database.query(`update export_job set leased_until = now() + ${LEASE} where id = $1`, [job.id])
      count(store, job.id, job.asked, job.settled_at)
    }
    return { status: 202, headers: { 'retry-after': '1', 'x-progress': 'counting' } }
  }
  // a number that counts what the reader may not see would tell of it
  const { within, maySee } = await request.authorize({ interaction: 'operation', operation: 'export' })
  const isWhole = within === undefined && maySee === undefined && job.asked.filters === undefined
  const entry = (file: ExportFile, at: number) => ({
    type: file.kind === 'deleted' ? 'Bundle' : file.type,
    url: `${request.base}/fhir/$export-file/${job.id}/${at}`,
    ...(isWhole ? { count: file.count } : {}),
  })
  const files = job.files.map((file, at) => ({ file, entry: entry(file, at) }))
  return {
    status: 200,
    contentType: JSON_TYPE,
    headers: { expires: new Date(Date.now() + 86_400_000).toUTCString() },
    body: {
      transactionTime: job.settled_at,
      request: job.url,
      requiresAccessToken: true,
      output: files.filter(({ file }) => file.kind === 'output').map((f) => f.entry),
      ...(job.asked.since === undefined ? {} : { deleted: files.filter(({ file }) => file.kind === 'deleted').map((f) => f.entry) }),
      error:
        job.asked.ignored === undefined
          ? []
          : [{ type: 'OperationOutcome', url: `${request.base}/fhir/$export-file/${job.id}/${TOLD}`, count: 1 }],
    },
  }
}

/** One file, streamed: what its reader may see of the versions as of the export's instant. */
export async function exportFile(store: Store, request: ApiRequest): Promise<ApiResponse> {
  const job = await jobOf(store, request)
  if (request.params.file === TOLD && job.asked.ignored !== undefined)
    return { status: 200, contentType: NDJSON, body: `${JSON.stringify(passedOver(job.asked.ignored))}\n` }
  const at = Number(request.params.file)
  const file = job.files?.[at]
  if (file === undefined)
    return refuse(
      'not-found',
      `file ${request.params.file?.slice(0, 20)}`,
      'the export has no such file',
      'take the addresses from the manifest',
    )
  const next = job.files?.[at + 1]
  const until = next?.type === file.type && next.kind === file.kind ? next.from : undefined
  const sight = await request.authorize({ interaction: 'operation', operation: 'export', type: file.type })
  const scope = {
    ...(await scopeOf(store, job.asked, job.settled_at)),
    type: file.type,
    kind: file.kind,
    from: file.from,
    ...(until === undefined ? {} : { until }),
  }
  const { filters = [], elements = [] } = job.asked
  const isWanted = file.kind === 'output' ? filterFor(filters, file.type) : undefined
  const names = file.kind === 'output' ? elementsOf(elements, file.type) : undefined
  const lines = linesOf(store, request, scope, sight, (version) => {
    if (file.kind === 'deleted') return deletion(version, `${request.base}/fhir`)
    if (isWanted?.(version) === false) return undefined
    return names === undefined ? version.body! : shaped(version.body!, { query: [['_elements', names.join(',')]] })
  })
  const body = Readable.from(lines, { objectMode: false, highWaterMark: 1024 * 1024 })
  const vary = { vary: 'accept-encoding' }
  if (encodingFor(request.headers['accept-encoding'], ['gzip']) === undefined)
    return { status: 200, headers: vary, contentType: NDJSON, body }
  // a download that ends early ends the reading as well
  const packed = pipeline(body, createGzip({ level: 1 }), () => {})
  return { status: 200, headers: { ...vary, 'content-encoding': 'gzip' }, contentType: NDJSON, body: packed }
}

const passedOver = (ignored: readonly string[]) =>
  outcomeOf(
    ignored.map((what) => ({
      code: 'unknown-parameter',
      severity: 'warning',
      path: what.split('=')[0]!,
      message: `${what} is not offered and was passed over, as "handling=lenient" asks`,
      remedy: 'the files hold more than was asked for: leave out what is not wanted',
    })),
  )

async function* linesOf(
  store: Store,
  request: ApiRequest,
  scope: Parameters<typeof pageOf>[1] & { readonly type: string },
  sight: Sight,
  textOf: (version: StoredVersion) => string | undefined,
): AsyncGenerator<string> {
  let from = scope.from
  let isFirst = true
  for (;;) {
    if (request.signal.aborted) return
    const versions = await pageOf(store.database, { ...scope, from }, isFirst)
    if (versions.length === 0) return
    const visible = await inSight(store.database, versions, () => sight)
    const told = visible.flatMap((version) => {
      const text = textOf(version)
      return text === undefined ? [] : [{ version, text }]
    })
    await request.seen(
      { interaction: 'operation', operation: 'export', type: scope.type },
      told.map(({ version }) => version),
    )
    if (told.length > 0) yield `${told.map(({ text }) => text).join('\n')}\n`
    from = versions.at(-1)!.id
    isFirst = false
  }
}

const deletion = ({ type, id }: StoredVersion, base: string): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ fullUrl: `${base}/${type}/${id}`, request: { method: 'DELETE', url: `${type}/${id}` } }],
  })

export async function cancelExport(store: Store, request: ApiRequest): Promise<ApiResponse> {
  const job = await jobOf(store, request)
  await store.database.query('delete from export_job where id = $1', [job.id])
  return { status: 202 }
}

/** An export belongs to who asked for it; for anybody else it is not there. */
async function jobOf(store: Store, request: ApiRequest): Promise<Job> {
  const id = request.params.job ?? ''
  const [job] = await store.database.query<Job>(
    "select id, who, asked, url, settled_at, leased_until > now() as is_leased, files from export_job where id = $1 and started_at > now() - interval '1 day'",
    [id],
  )
  if (job === undefined || job.who !== contextOf(request).who)
    return refuse('not-found', id.slice(0, 40), 'there is no such export', 'it may be older than a day, or was cancelled: start another')
  return job
}
