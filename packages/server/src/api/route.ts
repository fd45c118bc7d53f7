import type { IncomingHttpHeaders } from 'node:http'
import type { ServerIssue } from '../issue.ts'
import type { Queries, StoredVersion } from '../store/index.ts'
import type { AccessDecision, Action, Interaction, RequestContext, Sight } from './access.ts'

/** Who may come by a route. There is no default: a route without a rule does not compile, and one that is open says why. */
export type RouteRule =
  | { readonly open: string }
  | {
      readonly interaction: Interaction
      /** What it is about, for the table of access: `fhir`, `plan`, `decision`, `worklist`, `knowledge`, `cds`, `job`, `audit`, `admin`. */
      readonly about: string
      /** Name of the parameter in the path that holds the type, the id, the patient. */
      readonly typeFrom?: string
      readonly idFrom?: string
      readonly patientFrom?: string
      readonly operation?: string
    }

export interface Route {
  /** Unique, stable: what the table of access, the audit log and the metrics call it. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Fastify's form: `/fhir/:type/:id`. */
  readonly path: string
  readonly rule: RouteRule
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>
  /** What in the address is nothing that there could be, whoever asks: told as that, and not as a thing that is closed. */
  readonly unknown?: (params: { readonly [name: string]: string }) => ServerIssue | undefined
  /** Its answer goes on until the client has gone: it is ended when the server stops. */
  readonly isEndless?: true
  /** Asking begins work: a HEAD, which must change nothing, has no such route. */
  readonly isBeginning?: true
  /** Bytes of a body at most; more is refused with 413. */
  readonly bodyLimit?: number
  /** JSON Schema of body, query and answer, for the OpenAPI document. */
  readonly schema?: { readonly [part: string]: unknown }
  readonly summary?: string
}

/** A request whose sender is known. On an open route `context` may be absent. */
export interface ApiRequest {
  readonly route: Route
  readonly method: Route['method']
  /** Path and query as they came, below the server's address. */
  readonly url: string
  readonly params: { readonly [name: string]: string }
  /** In their order, repeated ones kept. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: IncomingHttpHeaders
  /** Parsed JSON, or the text of anything else; undefined without a body. */
  readonly body: unknown
  /** The address under which the client sees this server, without a slash at the end. */
  readonly base: string
  readonly context: RequestContext | undefined
  /** May this be done? Refuses (throws `Refused`) when not, else says what may be seen. Records the refusal. */
  readonly authorize: (action: Omit<Action, 'route'>, on?: Queries) => Promise<Sight>
  /** The same as an answer instead of a refusal. */
  readonly decide: (action: Omit<Action, 'route'>, on?: Queries) => Promise<AccessDecision>
  /** To be called with what is about to be shown. */
  readonly seen: (action: Omit<Action, 'route'>, versions: readonly StoredVersion[]) => Promise<void>
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
}

export interface ApiResponse {
  readonly status: number
  readonly headers?: { readonly [name: string]: string }
  /** An object is sent as JSON, a string as it is, a stream as it comes. */
  readonly body?: unknown
  readonly contentType?: string
}

export const FHIR_JSON = 'application/fhir+json; charset=utf-8'
export const JSON_TYPE = 'application/json; charset=utf-8'

/** The context of a route that is not open. */
export function contextOf({ context, route }: ApiRequest): RequestContext {
  if (context === undefined) throw new Error(`route ${route.id} is open: it has no context`)
  return context
}
