import { createHash } from 'node:crypto'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Database } from '../../store/index.ts'

/** What the embedded provider remembers, in the database: a restart signs nobody out, and several processes know the same sessions. */
export interface ProviderState {
  adapter(model: string): Adapter
  /** Something of our own beside the models of the provider, for so many seconds. */
  keep(kind: string, id: string, value: object, seconds: number): Promise<void>
  kept<T>(kind: string, id: string): Promise<T | undefined>
  /** Whether something is there still, by the digest of its id. */
  stands(kind: string, digested: string): Promise<boolean>
}

/** Models whose rows end with their grant. */
const OF_GRANTS: ReadonlySet<string> = new Set([
  'AccessToken',
  'AuthorizationCode',
  'RefreshToken',
  'DeviceCode',
  'BackchannelAuthenticationRequest',
])

/** Many ids are the tokens themselves: only their digests are kept. */
export const digest = (id: string): string => createHash('sha256').update(id).digest('base64url')

export function providerState(database: Database): ProviderState {
  const put = (model: string, id: string, payload: AdapterPayload, seconds: number | undefined): Promise<unknown> =>
    database.query(
      `insert into provider_state (model, id, grant_id, uid, payload, ends_at)
       values ($1, $2, $3, $4, $5::jsonb, now() + make_interval(secs => $6::float8))
       on conflict (model, id) do update set grant_id = excluded.grant_id, uid = excluded.uid, payload = excluded.payload, ends_at = excluded.ends_at`,
      [
        model,
        digest(id),
        OF_GRANTS.has(model) ? (payload.grantId ?? null) : null,
        model === 'Session' ? (payload.uid ?? null) : null,
        JSON.stringify({ ...payload, jti: undefined }),
        seconds ?? null,
      ],
    )
  const find = async <T>(model: string, column: 'id' | 'uid', value: string): Promise<T | undefined> => {
    const [row] = await database.query<{ payload: T }>(
      `select payload from provider_state where model = $1 and ${column} = $2 and (ends_at is null or ends_at > now())`,
      [model, value],
    )
    return row?.payload
  }
  return {
    adapter: (model) => ({
      upsert: async (id, payload, seconds) => {
        await put(model, id, payload, seconds)
      },
      find: async (id) => {
        const payload = await find<AdapterPayload>(model, 'id', digest(id))
        return payload && { ...payload, jti: id }
      },
      findByUid: (uid) => find<AdapterPayload>(model, 'uid', uid),
      // of device codes, which are not offered
      findByUserCode: () => Promise.resolve(undefined),
      consume: async (id) => {
        await database.query(
          `update provider_state set payload = payload || jsonb_build_object('consumed', floor(extract(epoch from now()))::int) where model = $1 and id = $2`,
          [model, digest(id)],
        )
      },
      destroy: async (id) => {
        await database.query('delete from provider_state where model = $1 and id = $2', [model, digest(id)])
      },
      revokeByGrantId: async (grantId) => {
        await database.query('delete from provider_state where grant_id = $1', [grantId])
      },
    }),
    keep: async (kind, id, value, seconds) => {
      await put(kind, id, value as AdapterPayload, seconds)
    },
    kept: (kind, id) => find(kind, 'id', digest(id)),
    stands: async (kind, digested) => (await find(kind, 'id', digested)) !== undefined,
  }
}

/** A secret of the provider by its name: what the first process made, and all use. */
export async function providerKey<T extends object>(database: Database, name: string, make: () => Promise<T>): Promise<T> {
  const read = async (): Promise<T | undefined> =>
    (await database.query<{ body: T }>('select body from provider_key where name = $1', [name]))[0]?.body
  const standing = await read()
  if (standing !== undefined) return standing
  await database.query('insert into provider_key (name, body) values ($1, $2::jsonb) on conflict do nothing', [
    name,
    JSON.stringify(await make()),
  ])
  return (await read())!
}
