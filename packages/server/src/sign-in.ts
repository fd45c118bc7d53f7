import fs from 'node:fs'
import type { FastifyInstance } from 'fastify'
import {
  type EmbeddedProvider,
  externalSmartRoute,
  type Issuer,
  mountProvider,
  type ProviderMetadata,
  type RegisteredClient,
  smartRoutes,
  tokenIdentity,
} from './access/identity/index.ts'
import type { Identify } from './access/index.ts'
import type { Route } from './api/index.ts'
import { singleUser } from './api/single-user.ts'
import { type CdsClient, withCdsClients } from './cds-hooks/index.ts'
import { type ServeConfig, WORKSPACE } from './serve-config.ts'
import type { ServiceConfig } from './service.ts'
import type { Database } from './store/index.ts'

/** How people sign in to this server, made ready from the settings. */
export interface SignIn {
  readonly sign: ServiceConfig['sign']
  readonly routes: readonly Route[]
  /** Hangs what signing in needs of its own into the server, once the database is open and before anybody is let in. */
  readonly mount: (server: FastifyInstance, database: Database) => Promise<void>
  /** What is told when the server has started. */
  readonly say: string
}

/** A setting that cannot be used, in words for the operator. */
export class SignInFault extends Error {}

/** `base`: the address under which clients reach this server. */
export async function signInOf(config: ServeConfig, base: string, cdsClients: readonly CdsClient[] = []): Promise<SignIn> {
  const { site, origins } = config
  switch (config.signIn) {
    case 'token': {
      if (cdsClients.length > 0)
        throw new SignInFault('SECONDWIND_CDS_CLIENTS: needs SECONDWIND_SIGN_IN=embedded or external (token is one person alone)')
      const { access, token } = singleUser(site)
      return { sign: { access }, routes: [], mount: () => Promise.resolve(), say: `Authorization: Bearer ${token}` }
    }
    case 'embedded': {
      const clients = clientsIn(config.clients, base)
      let embedded: EmbeddedProvider | undefined
      let identify: Identify | undefined
      const mounted = <T>(part: T | undefined): T => {
        if (part === undefined) throw new Error('invariant: the provider is mounted before the server listens')
        return part
      }
      return {
        sign: { identify: (credentials) => mounted(identify)(credentials) },
        routes: smartRoutes(base, () => mounted(embedded).state),
        mount: async (server, database) => {
          // loaded when it is wanted: it is no part of a server with its own provider
          const { embeddedProvider } = await import('./access/identity/provider.ts')
          embedded = await embeddedProvider(base, clients, site, database, origins)
          identify = withCdsClients(tokenIdentity([embedded.trusted]), cdsClients, { base, database })
          mountProvider(server, embedded, site, () => sitesWithPatients(database))
        },
        say: `sign-in at ${base}/oidc, for trying out: anybody may choose any role, without a password`,
      }
    }
    case 'external': {
      if (config.issuers.length === 0)
        throw new SignInFault('SECONDWIND_OIDC_ISSUERS: names no provider (give its address, as in its tokens)')
      const found = await Promise.all(config.issuers.map((issuer) => discovered(issuer, base, config)))
      const issuers = found.map(({ trusted }) => trusted)
      let identify = tokenIdentity(issuers)
      return {
        sign: { identify: (credentials) => identify(credentials) },
        // an app can be sent to one provider only: the first
        routes: [externalSmartRoute(found[0]!.metadata)],
        mount: async (_server, database) => {
          identify = withCdsClients(tokenIdentity(issuers), cdsClients, { base, database })
        },
        say: `tokens of ${config.issuers.join(', ')}`,
      }
    }
  }
}

async function discovered(
  issuer: string,
  base: string,
  { roleClaim, siteClaim, personClaim }: ServeConfig,
): Promise<{ readonly trusted: Issuer; readonly metadata: ProviderMetadata }> {
  const { hostname, protocol } = new URL(issuer)
  if (protocol !== 'https:' && hostname !== '127.0.0.1' && hostname !== 'localhost')
    throw new SignInFault(`SECONDWIND_OIDC_ISSUERS: ${issuer} is not https (its keys could be changed on the way)`)
  try {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(10_000) })
    const metadata = (await answer.json()) as ProviderMetadata
    const { jwks_uri: keys, issuer: own } = metadata
    if (own?.replace(/\/+$/, '') !== issuer || keys === undefined || !URL.canParse(keys))
      throw new Error('it names another issuer, or no keys')
    const claims = { role: roleClaim, site: siteClaim, who: personClaim }
    return { trusted: { issuer: own, audience: `${base}/fhir`, keys: new URL(keys), claims }, metadata }
  } catch (error) {
    throw new SignInFault(`SECONDWIND_OIDC_ISSUERS: ${issuer} cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Our own pages, a program of our own on this machine, and those of the file. */
function clientsIn(file: string | undefined, base: string): readonly RegisteredClient[] {
  const pages: RegisteredClient = {
    client_id: WORKSPACE,
    client_name: 'Second Wind',
    redirect_uris: [`${base}/app/signed-in`],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    application_type: 'web',
  }
  const own: RegisteredClient = {
    client_id: 'second-wind',
    client_name: 'Second Wind',
    redirect_uris: [`${base}/signed-in`, 'http://127.0.0.1/signed-in'],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    application_type: 'native',
  }
  if (file === undefined) return [pages, own]
  let read: unknown
  try {
    read = JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    throw new SignInFault(`SECONDWIND_CLIENTS: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!Array.isArray(read) || !read.every((one) => typeof (one as { client_id?: unknown } | null)?.client_id === 'string'))
    throw new SignInFault(`SECONDWIND_CLIENTS: ${file} is no list of clients, each with its client_id`)
  return [pages, own, ...(read as readonly RegisteredClient[])]
}

/** Sites that have registered patients, for those who try it out and do not know their names. */
const sitesWithPatients = async (database: Database): Promise<readonly string[]> =>
  (await database.query<{ site: string }>(`select distinct site from resource_current where type = 'Patient' order by site limit 100`)).map(
    ({ site }) => site,
  )
