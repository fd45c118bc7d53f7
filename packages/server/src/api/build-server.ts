import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { SpanStatusCode, trace } from '@opentelemetry/api'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Refused, refusal, refuse, type ServerIssue, statusOf } from '../issue.ts'
import type { StoredVersion } from '../store/index.ts'
import { type Access, type Action, DENY, loginRequired, type RequestContext } from './access.ts'
import { compressAnswers } from './compress.ts'
import { allowOrigins } from './cross-origin.ts'
import { failureOf } from './failure.ts'
import { parseBody } from './json.ts'
import { outcomeOf } from './outcome.ts'
import { type ApiRequest, type ApiResponse, FHIR_JSON, type Route } from './route.ts'
import { limitRate, type Senders, sendersBy } from './sender.ts'

export interface ServerConfig {
  readonly routes: readonly Route[]
  readonly access?: Access
  /** The address under which clients reach this server (behind a proxy); without it, what the request says. */
  readonly publicUrl?: string
  readonly bodyLimit?: number
  /** One line of structured log; never anything of a patient. */
  readonly log?: (entry: LogEntry) => void
  /** Requests a minute of one sender (a person in one program, else an address); more are refused with 429 until the minute is over. */
  readonly requestsPerMinute?: number
  /** Addresses of the proxies whose X-Forwarded-For is believed; of nobody else is it. */
  readonly proxies?: readonly string[]
  /** Origins of pages that may call this server from a browser, beside its own. */
  readonly origins?: readonly string[]
  readonly patience?: Patience
}

/** Milliseconds that a client may take. A connection that is slower is answered with 408 and closed, so that slow ones do not use up the sockets. */
export interface Patience {
  readonly headers: number
  /** Headers and body. */
  readonly request: number
  /** How often connections are looked at. */
  readonly look: number
}

const PATIENCE: Patience = { headers: 30_000, request: 120_000, look: 5_000 }

export interface LogEntry {
  readonly requestId: string
  readonly route: string
  readonly method: string
  readonly status: number
  readonly milliseconds: number
  readonly who?: string
  readonly site?: string
  /** A bug: its stack, for the log only. */
  readonly error?: string
}

const MEGABYTE = 1024 * 1024
const JSON_TYPES = ['application/json', 'application/fhir+json', 'application/json+fhir', 'application/json-patch+json']
const SECURITY_HEADERS: { readonly [name: string]: string } = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
}

/**
 * The HTTP server: every route of the table, and nothing else. For each request: who is it, may they come by this route (without a rule or an
 * `access` that allows it: no), then the handler, which asks again for each resource that it reaches. Every failure leaves as an OperationOutcome.
 */
export function buildServer(config: ServerConfig): FastifyInstance {
  const { routes, access = DENY, publicUrl, bodyLimit = 16 * MEGABYTE, log, requestsPerMinute, patience = PATIENCE } = config
  const { proxies = [], origins = [] } = config
  const server = Fastify({
    logger: false,
    bodyLimit,
    genReqId: (raw) => requestIdOf(raw.headers['x-request-id']),
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    return503OnClosing: true,
    ...(proxies.length === 0 ? {} : { trustProxy: [...proxies] }),
    requestTimeout: patience.request,
    http: { headersTimeout: patience.headers, requestTimeout: patience.request, connectionsCheckingInterval: patience.look },
    exposeHeadRoutes: true,
    // an address that cannot be read comes before every hook
    frameworkErrors: (error, request, reply) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) void reply.header(name, value)
      void reply.header('x-request-id', request.id)
      const { issues } = failureOf(error)
      void send(reply as unknown as FastifyReply, { status: statusOf(issues), body: outcomeOf(issues) })
    },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      done(null, bytes.length === 0 ? undefined : parseBody(textOf(bytes as Buffer)))
    } catch (error) {
      done(error as Error)
    }
  })
  server.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'application/fhir+ndjson', 'application/ndjson', 'application/x-ndjson', 'text/plain'],
    { parseAs: 'buffer' },
    (_request, bytes, done) => {
      try {
        done(null, textOf(bytes as Buffer))
      } catch (error) {
        done(error as Error)
      }
    },
  )
  // what is packed would be taken for damaged text
  server.addHook('preParsing', async ({ headers }) => {
    const packed = headers['content-encoding']
    if (packed !== undefined && packed.trim().toLowerCase() !== 'identity')
      refuse('unsupported-media-type', 'Content-Encoding', 'a packed body is not taken', 'send the body as it is, without Content-Encoding')
  })
  server.addHook('onRequest', async (request, reply) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.header(name, value)
    reply.header('x-request-id', request.id)
  })
  allowOrigins(server, origins)
  compressAnswers(server)
  const endless = endsWithTheServer(server)
  const failures = new WeakMap<FastifyRequest, { readonly error?: string }>()
  server.setErrorHandler((error, request, reply) => {
    const { issues, stack, retryAfter } = failureOf(error)
    if (stack !== undefined) failures.set(request, { error: stack })
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
    void send(reply, { status: statusOf(issues), body: outcomeOf(issues), contentType: FHIR_JSON, ...challenge(issues) })
  })
  server.setNotFoundHandler((_request, reply) => {
    const issue = refusal('not-found', '', 'there is no such address here', 'GET /fhir/metadata lists what there is')
    void send(reply, { status: 404, body: outcomeOf([issue]), contentType: FHIR_JSON })
  })
  const contexts = new WeakMap<FastifyRequest, RequestContext>()
  if (log !== undefined)
    server.addHook('onResponse', async (request, reply) => {
      const context = contexts.get(request)
      log({
        requestId: request.id,
        route: (request.routeOptions.config as { routeId?: string }).routeId ?? 'none',
        method: request.method,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
        ...(context === undefined ? {} : { who: context.who, site: context.site }),
        ...failures.get(request),
      })
    })
  const senders = sendersBy(access)
  if (requestsPerMinute !== undefined) limitRate(server, requestsPerMinute, senders)
  // a plugin of their own, so that they come after the limits
  void server.register(async (inner) => {
    for (const route of routes) {
      inner.route({
        method: route.method,
        url: route.path,
        config: { routeId: route.id },
        ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
        ...(route.isBeginning === true ? { exposeHeadRoute: false } : {}),
        handler: (request, reply) =>
          traced(route.id, request.id, async () => {
            const told = new Telling(route, access)
            try {
              const answer = await route.handle(await admitted(route, access, senders, request, reply, publicUrl, contexts, told, endless))
              await told.reads()
              return send(reply, answer)
            } finally {
              await told.refusals()
            }
          }),
      })
    }
  })
  return server
}

/** Milliseconds after which a connection that is still open is closed, once the server has been told to stop. */
const LAST_CALL = 15_000

/**
 * Lets a server that is told to stop come to its end: answers that have none by themselves are ended, and so is whatever is still open a while later.
 * One page that listens to changes would otherwise keep the process until it is killed, with the work of others under way.
 */
function endsWithTheServer(server: FastifyInstance): Set<AbortController> {
  const endless = new Set<AbortController>()
  server.addHook('preClose', async () => {
    for (const one of endless) one.abort()
    // what ends from now on leaves its connection idle, which nobody would look at again
    const idle = setInterval(() => server.server.closeIdleConnections(), 100)
    const last = setTimeout(() => server.server.closeAllConnections(), LAST_CALL)
    server.server.once('close', () => {
      clearInterval(idle)
      clearTimeout(last)
    })
    idle.unref()
    last.unref()
  })
  return endless
}

/** A body in UTF-8. In another encoding its letters would be kept as marks of damage: a name would be lost, and nobody told. */
function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  return refuse('not-json', 'body', 'the body is not in UTF-8', 'send it in UTF-8, as FHIR asks')
}

/** One span for each request, by its route: an operator who wants traces starts Node with an OpenTelemetry SDK; without one this costs nothing. */
const traced = <T>(route: string, requestId: string, work: () => Promise<T>): Promise<T> =>
  trace.getTracer('second-wind').startActiveSpan(route, { attributes: { 'http.route': route, 'request.id': requestId } }, async (span) => {
    try {
      return await work()
    } catch (error) {
      // the kind of failure, never its words: they may name a resource
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Refused ? (error.issues[0]?.code ?? 'refused') : 'internal' })
      throw error
    } finally {
      span.end()
    }
  })

/**
 * What access is told of a request once its handler has ended: inside a transaction of the handler a second statement would wait for the first on the
 * embedded database, and a refusal must be kept although what it refused is rolled back. A stream tells what it shows later at once.
 */
class Telling {
  context: RequestContext | undefined
  private readonly route: Route
  private readonly access: Access
  private isSent = false
  private readonly waiting: { readonly action: Action; readonly versions: readonly StoredVersion[] }[] = []
  private readonly refusing: { readonly action: Action; readonly issue: ServerIssue }[] = []

  constructor(route: Route, access: Access) {
    this.route = route
    this.access = access
  }

  async seen(action: Action, versions: readonly StoredVersion[]): Promise<void> {
    this.waiting.push({ action, versions })
    if (this.isSent) await this.reads()
  }

  refused(action: Action, issue: ServerIssue): void {
    this.refusing.push({ action: { ...action, route: this.route.id }, issue })
  }

  async reads(): Promise<void> {
    this.isSent = true
    if (this.context === undefined) return
    for (const { action, versions } of this.waiting.splice(0)) await this.access.onRead?.(this.context, action, versions)
  }

  async refusals(): Promise<void> {
    for (const { action, issue } of this.refusing.splice(0)) await this.access.onRefusal?.(this.context, action, issue)
  }
}

/** The sender's own id of the request, where it is one; nothing else may come into the log. */
const requestIdOf = (given: string | readonly string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(given) ? given : randomUUID()

async function admitted(
  route: Route,
  access: Access,
  senders: Senders,
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string | undefined,
  contexts: WeakMap<FastifyRequest, RequestContext>,
  told: Telling,
  endless: Set<AbortController>,
): Promise<ApiRequest> {
  const path = request.url.split('?')[0]!
  // no text of FHIR holds it, and no database takes it
  if (/%00|\0/.test(request.url)) refuse('invalid-request', 'url', 'holds a NUL character', 'leave it out')
  const context = await senders(request)
  if (context !== undefined) contexts.set(request, context)
  told.context = context
  const decide: ApiRequest['decide'] = async (action, on) =>
    context === undefined ? { allowed: false, issue: loginRequired() } : access.authorize(context, { route: route.id, ...action }, on)
  const authorize: ApiRequest['authorize'] = async (action, on) => {
    const decision = await decide(action, on)
    if (decision.allowed) return decision.sight ?? {}
    told.refused({ route: route.id, ...action }, decision.issue)
    throw new Refused([decision.issue])
  }
  const params = (request.params ?? {}) as { readonly [name: string]: string }
  const unknown = context === undefined ? undefined : route.unknown?.(params)
  if (unknown !== undefined) throw new Refused([unknown])
  if (!('open' in route.rule)) await authorize(routeAction(route.rule, params))
  const signal = leaving(reply, endless)
  // one that has no end by itself must be known to the server before it is told to stop
  if (route.isEndless === true) signal()
  return {
    route,
    method: (request.method === 'HEAD' ? 'GET' : request.method) as Route['method'],
    url: request.url,
    params,
    query: [...new URLSearchParams(request.url.slice(path.length + 1))],
    headers: request.headers,
    body: request.body,
    base: publicUrl ?? `${request.protocol}://${request.host}`,
    context,
    authorize,
    decide,
    seen: (action, versions) => told.seen({ route: route.id, ...action }, versions),
    get signal() {
      return signal()
    },
  }
}

/** The signal that ends with the connection. Made for who asks for it: the end of one costs some three hundredths of a read. */
function leaving(reply: FastifyReply, endless: Set<AbortController>): () => AbortSignal {
  let gone: AbortController | undefined
  return () => {
    if (gone === undefined) {
      const made = new AbortController()
      gone = made
      endless.add(made)
      const end = (): void => {
        made.abort()
        endless.delete(made)
      }
      if (reply.raw.closed) end()
      else reply.raw.once('close', end)
    }
    return gone.signal
  }
}

function routeAction(rule: Exclude<Route['rule'], { open: string }>, params: { readonly [name: string]: string }): Omit<Action, 'route'> {
  const { interaction, about, typeFrom, idFrom, patientFrom, operation } = rule
  const type = typeFrom === undefined ? (about === 'fhir' ? undefined : about) : params[typeFrom]
  const id = idFrom === undefined ? undefined : params[idFrom]
  const patient = patientFrom === undefined ? undefined : params[patientFrom]
  return {
    interaction,
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    ...(patient === undefined ? {} : { patient }),
    ...(operation === undefined ? {} : { operation }),
  }
}

function send(reply: FastifyReply, { status, headers = {}, body, contentType }: ApiResponse): FastifyReply {
  reply.code(status)
  for (const [name, value] of Object.entries(headers)) reply.header(name, value)
  if (body === undefined) return reply.send()
  reply.header('content-type', contentType ?? FHIR_JSON)
  const isPlain = typeof body === 'object' && body !== null && !('pipe' in body) && !Buffer.isBuffer(body)
  return reply.send(isPlain ? JSON.stringify(body) : body)
}

const challenge = (issues: readonly ServerIssue[]): Pick<ApiResponse, 'headers'> =>
  issues.some(({ code }) => code === 'login-required') ? { headers: { 'www-authenticate': 'Bearer realm="second-wind"' } } : {}
