import type { KnowledgeBase } from '@secondwind/core'
import { reachesOf } from '../access/policy.ts'
import { isRole } from '../access/roles.ts'
import { mayBeSeen } from '../access/sensitivity.ts'
import { type ApiRequest, type ApiResponse, contextOf, json, type Route } from '../api/index.ts'
import type { WorkspaceHandled, WorkspaceNeed, WorkspacePage, WorkspaceSort } from '../contract/workspace.ts'
import { Refused, refusal } from '../issue.ts'
import { siteNames } from '../network/index.ts'
import { countIn, queryOf } from '../plans/requests.ts'
import { handleChanges, reopenChanges, snoozeChanges } from '../plans/worklists.ts'
import type { ChartScope, Queries, Store, StoredVersion } from '../store/index.ts'
import { cursorText, keyOf } from './cursor.ts'
import { HANDLE_REASONS, handlingOf, seqsOf } from './handling.ts'
import { itemsOf } from './items.ts'
import { needsFor } from './needs.ts'
import { countsOf, type ListQuestion, needsOfPatients, pageKeys, type Viewer } from './query.ts'

export interface WorkspaceRoutesConfig {
  readonly store: Store
  /** The clinical date, ISO day, and the instant. */
  readonly today: () => string
  readonly now: () => Date
  /** For the labels of markers. */
  readonly knowledge: () => KnowledgeBase
}

const SORTS: readonly WorkspaceSort[] = ['pressing', 'name', 'waiting', 'changed']
const PARAMETERS = ['search', 'site', 'stage', 'marker', 'filter', 'sort', 'closed', 'count', 'cursor']
/** Patients of one page at most. */
const MOST = 200

/** My patients: one list that is searched, narrowed and sorted by what each role must do; and what is done with a changed plan. */
export function workspaceRoutes({ store, today, now, knowledge }: WorkspaceRoutesConfig): readonly Route[] {
  const db = store.database
  const markerLabel = (id: string): string => knowledge().facts.find((fact) => fact.id === id)?.label ?? id

  const pageOf = async (request: ApiRequest, query: ReadonlyMap<string, string>): Promise<ApiResponse> => {
    const sight = await request.authorize({ interaction: 'search', type: 'roster' })
    const viewer = await viewerOf(db, request, sight.within)
    const question = questionOf(query, viewer, today())
    const count = countIn(query, 60, MOST)
    const cursor = query.get('cursor')
    const keys = await pageKeys(
      db,
      question,
      viewer,
      count + 1,
      cursor === undefined ? undefined : await keyOf(db, cursor, question, viewer),
    )
    const shown = keys.slice(0, count).map(({ patient }) => patient)
    const versions = await personsOf(store, shown)
    await request.seen({ interaction: 'search', type: 'roster' }, versions)
    const visible = versions.filter((version) => viewer.mayIdentity && (sight.maySee?.(version) ?? true))
    const items = await itemsOf(
      db,
      shown,
      new Map(visible.map((version) => [version.id, version])),
      await needsOfPatients(db, shown, question, viewer),
      viewer,
      question.today,
    )
    const page: WorkspacePage = {
      items,
      ...(keys.length > count ? { next: cursorText(keys[count - 1]!, question) } : {}),
      ...(cursor === undefined ? { summary: await summaryOf(db, question, viewer, markerLabel) } : {}),
    }
    return json(page)
  }

  const patients: Route = {
    id: 'workspace.patients',
    method: 'GET',
    path: '/workspace/patients',
    rule: { interaction: 'search', about: 'roster' },
    summary: 'My patients: found by name, record number or words of the story, the most pressing first for this role, page by page',
    schema: {
      query: {
        search: { type: 'string', description: 'beginnings of words: name, record number, story, marker, stage' },
        site: { type: 'string' },
        stage: { type: 'string' },
        marker: { type: 'string', description: 'id of a fact about a marker that was found' },
        filter: { type: 'string', description: 'one of the needs of this role' },
        sort: { type: 'string', enum: [...SORTS] },
        closed: { type: 'string', enum: ['true'], description: 'those who have died instead of the living' },
        count: { type: 'integer', minimum: 1, maximum: MOST },
        cursor: { type: 'string', description: '`next` of the page before' },
      },
    },
    handle: (request) => pageOf(request, queryOf(request.query, PARAMETERS)),
  }

  const search: Route = {
    id: 'workspace.search',
    method: 'POST',
    path: '/workspace/patients/search',
    rule: { interaction: 'search', about: 'roster' },
    summary: 'The same with the question in the body: a name or record number that is searched for stands in no address and no log',
    schema: { body: { type: 'object', properties: Object.fromEntries(PARAMETERS.map((name) => [name, { type: 'string' }])) } },
    handle: (request) => {
      queryOf(request.query, [])
      const given = typeof request.body === 'object' && request.body !== null ? Object.entries(request.body) : []
      return pageOf(
        request,
        queryOf(
          given.map(([name, value]) => [name, String(value)] as const),
          PARAMETERS,
        ),
      )
    },
  }

  const handle: Route = {
    id: 'workspace.handle',
    method: 'POST',
    path: '/workspace/patients/:patient/changes',
    rule: { interaction: 'update', about: 'worklist', patientFrom: 'patient' },
    summary: 'The changes of a plan were looked at: approve, snooze, dismiss or send to the board, with a coded reason',
    schema: {
      body: {
        type: 'object',
        required: ['upTo', 'as', 'code'],
        properties: {
          upTo: { type: 'integer', description: 'the newest change that was seen' },
          as: { type: 'string', enum: ['approved', 'snoozed', 'dismissed', 'to-board'] },
          code: { type: 'string' },
          note: { type: 'string' },
          until: { type: 'string', format: 'date' },
        },
      },
    },
    handle: async (request) => {
      queryOf(request.query, [])
      const patient = request.params.patient!
      const asked = handlingOf(request.body, today())
      const handling = { ...asked, by: contextOf(request).who, at: now().toISOString() }
      const seqs =
        asked.until === undefined ? await handleChanges(db, patient, handling) : await snoozeChanges(db, patient, handling, asked.until)
      if (seqs.length === 0)
        throw new Refused([
          refusal('not-found', 'upTo', 'there is no open change of this plan', 'somebody may have handled it already: read the list again'),
        ])
      await request.seen({ interaction: 'update', type: 'worklist', patient, id: String(asked.upTo) }, [])
      return json({ seqs } satisfies WorkspaceHandled)
    },
  }

  const undo: Route = {
    id: 'workspace.undo',
    method: 'POST',
    path: '/workspace/patients/:patient/changes/undo',
    rule: { interaction: 'update', about: 'worklist', patientFrom: 'patient' },
    summary: 'Open again what I handled or put off',
    schema: { body: { type: 'object', required: ['seqs'], properties: { seqs: { type: 'array', items: { type: 'integer' } } } } },
    handle: async (request) => {
      queryOf(request.query, [])
      const patient = request.params.patient!
      const seqs = await reopenChanges(db, patient, seqsOf(request.body), contextOf(request).who)
      if (seqs.length === 0)
        throw new Refused([
          refusal('not-found', 'seqs', 'you have handled none of these changes', 'only who handled a change can open it again'),
        ])
      await request.seen({ interaction: 'update', type: 'worklist', patient }, [])
      return json({ seqs } satisfies WorkspaceHandled)
    },
  }

  return [patients, search, handle, undo]
}

/** What this person may see of the rows that they reach. A role that the table does not know has an access of its own, and sees all of it. */
async function viewerOf(db: Queries, request: ApiRequest, within: ChartScope | undefined): Promise<Viewer> {
  const { role } = contextOf(request)
  const may = (kind: 'identity' | 'plan-document'): boolean => !isRole(role) || reachesOf(role, kind, 'search').length > 0
  const labels = await db.query<{ labels: string }>(`select distinct labels from workspace_patient where labels <> ''`)
  const isApart = (security: string): boolean =>
    isRole(role) && !mayBeSeen({ body: `{"meta":{"security":${security}}}`, recordedBy: '' } as StoredVersion, role, 'nobody')
  return {
    role,
    within,
    mayIdentity: may('identity'),
    mayClinical: may('plan-document'),
    apart: labels.map((row) => row.labels).filter(isApart),
  }
}

function questionOf(query: ReadonlyMap<string, string>, viewer: Viewer, today: string): ListQuestion {
  const refuse = (name: string, message: string, remedy: string): never => {
    throw new Refused([refusal('invalid-parameter', name, message, remedy)])
  }
  const sort = (query.get('sort') ?? 'pressing') as WorkspaceSort
  if (!SORTS.includes(sort)) refuse('sort', 'is no way of sorting', `give one of ${SORTS.join(', ')}`)
  const need = query.get('filter') as WorkspaceNeed | undefined
  const needs = needsFor(viewer.role, viewer.mayClinical)
  if (need !== undefined && !needs.includes(need))
    refuse('filter', 'is no list of this role', needs.length === 0 ? 'leave it out' : `give one of ${needs.join(', ')}`)
  if (!['true', undefined].includes(query.get('closed'))) refuse('closed', 'is not true', 'leave it out for the living')
  const search = query.get('search')
  if (search !== undefined && search.length > 200) refuse('search', 'is too long', 'a few words are enough')
  return {
    search,
    site: query.get('site'),
    stage: query.get('stage'),
    marker: query.get('marker'),
    need,
    isClosed: query.get('closed') === 'true',
    sort,
    today,
  }
}

const personsOf = (store: Store, patients: readonly string[]): Promise<readonly StoredVersion[]> =>
  store.readMany(patients.map((id) => ({ type: 'Patient', id })))

async function summaryOf(
  db: Queries,
  question: ListQuestion,
  viewer: Viewer,
  markerLabel: (id: string) => string,
): Promise<NonNullable<WorkspacePage['summary']>> {
  const { sites, stages, markers, ...counts } = await countsOf(db, question, viewer)
  const mayHandle = viewer.mayClinical && (!isRole(viewer.role) || reachesOf(viewer.role, 'worklist', 'update').length > 0)
  const [newest] = await db.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from plan_change')
  const names = await siteNames(
    db,
    sites.map(({ id }) => id),
  )
  const named = (list: typeof sites, label: (id: string) => string = (id) => id) => list.map((one) => ({ ...one, label: label(one.id) }))
  return {
    ...counts,
    sites: named(sites, (id) => names.get(id) ?? id),
    stages: named(stages),
    markers: named(markers, markerLabel),
    sees: { identity: viewer.mayIdentity, clinical: viewer.mayClinical, mayHandle },
    ...(mayHandle ? { reasons: HANDLE_REASONS } : {}),
    changesUpTo: newest?.seq ?? 0,
    today: question.today,
  }
}
