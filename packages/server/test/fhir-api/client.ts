import type { FastifyInstance } from 'fastify'
import { type Access, buildServer } from '../../src/api/index.ts'
import { fhirRoutes } from '../../src/fhir-api/index.ts'
import { openStore, type Store, type StoreConfig } from '../../src/store/index.ts'

/** Lets everyone in as the person that the header `x-test-who` names. For tests of what lies behind access. */
export const OPEN: Access = {
  identify: async ({ headers, requestId }) => ({
    requestId,
    who: typeof headers['x-test-who'] === 'string' ? headers['x-test-who'] : 'Practitioner/test',
    role: 'test',
    site: 'north',
    purpose: 'TREAT',
  }),
  authorize: async () => ({ allowed: true }),
}

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into freely by tests
  readonly body: any
}

export interface Client {
  readonly store: Store
  readonly server: FastifyInstance
  get(path: string, headers?: object): Promise<Answer>
  send(method: 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers?: object): Promise<Answer>
  /** Puts resources, each to its own address, and fails when one is refused. */
  load(...resources: readonly { readonly resourceType: string; readonly id: string }[]): Promise<void>
  /** Ids of the matches of a search. */
  ids(path: string): Promise<readonly string[]>
}

export async function clientOf(database: StoreConfig['database'], access: Access = OPEN, clock?: () => Date): Promise<Client> {
  const store = await openStore({ database, ...(clock === undefined ? {} : { clock }) })
  const routes = fhirRoutes({ store, software: 'second-wind 0', startedAt: '2026-11-23T00:00:00Z' })
  return clientFor(store, buildServer({ routes, access, publicUrl: 'http://test' }))
}

/** A FHIRPath Patch that puts another text or code at a path. */
export const replacing = (path: string, value: { readonly valueCode: string } | { readonly valueString: string }) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: path },
        { name: 'value', ...value },
      ],
    },
  ],
})

export function clientFor(store: Store, server: FastifyInstance): Client {
  const ask = async (method: string, path: string, body?: unknown, headers: object = {}): Promise<Answer> => {
    const isText = typeof body === 'string'
    const response = await server.inject({
      method: method as 'GET',
      url: path.startsWith('http://test') ? path.slice('http://test'.length) : `/fhir${path}`,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }), ...headers },
      ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
    })
    const text = response.body
    const isJson =
      String(response.headers['content-type'] ?? '').includes('json') && !String(response.headers['content-type']).includes('ndjson')
    return {
      status: response.statusCode,
      headers: response.headers as Answer['headers'],
      body: isJson && text !== '' ? JSON.parse(text) : text,
    }
  }
  const client: Client = {
    store,
    server,
    get: (path, headers) => ask('GET', path, undefined, headers),
    send: ask,
    load: async (...resources) => {
      for (const resource of resources) {
        const answer = await ask('PUT', `/${resource.resourceType}/${resource.id}`, resource)
        if (answer.status > 201) throw new Error(JSON.stringify(answer.body))
      }
    },
    ids: async (path) => {
      const answer = await ask('GET', path)
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
      return (answer.body.entry ?? [])
        .filter((e: { search?: { mode?: string } }) => e.search?.mode === 'match')
        .map((e: { resource: { id: string } }) => e.resource.id)
    },
  }
  return client
}

export const issueCodes = ({ body }: Answer): readonly string[] =>
  (body.issue ?? []).map((issue: { details?: { coding?: readonly { code: string }[] } }) => issue.details?.coding?.[0]?.code)
