import { type ApiRequest, type ApiResponse, contextOf, idempotencyOf, JSON_TYPE, json, outcomeOf } from '../api/index.ts'
import { Refused, refusal, type ServerIssue } from '../issue.ts'
import type { SitePhones } from '../own-plan/index.ts'
import type { PlanMaker } from '../plans/plan-maker.ts'
import { queryOf } from '../plans/requests.ts'
import type { Store, StoreTransaction } from '../store/index.ts'
import { Fields } from './fields.ts'
import { type MeetingRow, meetingOf } from './meetings.ts'

export interface BoardConfig {
  readonly store: Store
  readonly maker: () => PlanMaker
  /** The clinical date, ISO day, and the instant. */
  readonly today: () => string
  readonly now: () => Date
  /** The numbers that patients call, by site: they stand in the letters. */
  readonly phones?: SitePhones
}

export type Answer<T> = { ok: true; value: T } | { ok: false; error: readonly ServerIssue[] }

/** What a body asks for, field by field; anything else in it, and any parameter of the address, is refused. */
export function asked<T>(request: ApiRequest, read: (fields: Fields) => T): T {
  queryOf(request.query, [])
  const fields = new Fields(request.body)
  const value = read(fields)
  fields.done()
  return value
}

/** The version that was looked at. */
export const versionIn = (fields: Fields): number => fields.whole('version', 1, 1e9)

/** One write of the board, done once however often it is sent with the same key. */
export const written = <T>(
  config: BoardConfig,
  request: ApiRequest,
  work: (tx: StoreTransaction) => Promise<Answer<T>>,
): Promise<Answer<T>> => {
  const { who, site } = contextOf(request)
  const idempotency = idempotencyOf(request)
  return config.store.transaction({ who, site }, work, idempotency === undefined ? {} : { idempotency })
}

/** The answer to a write; a clash is answered with what stands there now beside what was sent, so that neither is lost. */
export async function answered<T>(
  result: Answer<T>,
  request: ApiRequest,
  shown: (value: T) => Promise<unknown> | unknown,
  theirs: () => Promise<unknown>,
): Promise<ApiResponse> {
  if (result.ok) return json(await shown(result.value))
  if (result.error[0]?.code !== 'version-conflict') throw new Refused(result.error)
  return {
    status: 412,
    contentType: JSON_TYPE,
    body: JSON.stringify({ ...outcomeOf(result.error), theirs: await theirs(), yours: request.body ?? null }),
  }
}

/** Who sets an agenda: the chair, and whoever makes agendas for the network. */
export const mayArrange = (
  { who, role }: { readonly who: string; readonly role: string },
  { chair }: { readonly chair: string },
): boolean => chair === who || role === 'coordinator'

export const onlyArrangers = (request: ApiRequest, meeting: Pick<MeetingRow, 'chair'>): ServerIssue | undefined =>
  mayArrange(contextOf(request), meeting)
    ? undefined
    : refusal('forbidden', 'meeting', 'only the chair or a coordinator may do this', 'ask the chair')

export async function foundMeeting(store: Store, id: string): Promise<NonNullable<Awaited<ReturnType<typeof meetingOf>>>> {
  const meeting = await meetingOf(store.database, id)
  if (meeting === undefined) throw new Refused([refusal('not-found', 'meeting', 'there is no such meeting here', 'read the list again')])
  return meeting
}
