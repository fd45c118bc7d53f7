import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refusal } from '../issue.ts'
import { outcomeOf } from './outcome.ts'
import { FHIR_JSON } from './route.ts'

/** What SMART and CDS Hooks let any page read before it has a token: documents that tell nothing of a patient. */
const PUBLIC =
  /^\/(?:fhir\/metadata|fhir\/\.well-known\/smart-configuration|cds-services|oidc\/\.well-known\/openid-configuration|oidc\/jwks)\/?$/
/** What pages of the origins that the operator names may call with a token. The workspace is of this origin and needs none of it. */
const LISTED = /^\/(?:fhir|plans|cds-services|\.well-known|oidc\/(?:token|me|jwks|\.well-known))(?:\/|$)/

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const REQUEST_HEADERS =
  'Authorization, Content-Type, Accept, If-Match, If-None-Match, If-None-Exist, If-Modified-Since, Prefer, Idempotency-Key, X-Request-Id'
const ANSWER_HEADERS = 'ETag, Location, Content-Location, Last-Modified, Retry-After, X-Progress, Expires, WWW-Authenticate, X-Request-Id'
/** Seconds that a browser may remember what it was allowed: an origin that is struck off is out within minutes. */
const REMEMBERED = '600'

/**
 * CORS (Fetch standard): which pages of other origins may call this server. Nobody who is not named, beside the public documents. No cookie opens anything
 * here, so credentials are never allowed: a page sends a token that its own user got. To be hung in before everything else, so that refusals carry it too.
 */
export function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  const listed = new Set(origins)
  server.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    const path = request.url.split('?')[0]!
    const isPublic = PUBLIC.test(path)
    const isListed = LISTED.test(path) && origin !== undefined && listed.has(origin)
    if (LISTED.test(path) && !isPublic) reply.header('vary', 'Origin')
    if (isPublic) reply.header('access-control-allow-origin', '*')
    else if (isListed) reply.header('access-control-allow-origin', origin)
    if (isPublic || isListed) reply.header('access-control-expose-headers', ANSWER_HEADERS)
    if (!isPreflight(request) || (!LISTED.test(path) && !isPublic)) return
    // a page that may only read what is public is asked for its method, too: a sign-in of the embedded provider answers for its own clients
    if (isListed || (isPublic && /^(GET|HEAD)$/.test(String(request.headers['access-control-request-method'])))) {
      if (isListed && isPublic) reply.header('access-control-allow-origin', origin).header('vary', 'Origin')
      return reply
        .headers({
          'access-control-allow-methods': isListed ? METHODS : 'GET, HEAD',
          'access-control-allow-headers': REQUEST_HEADERS,
          'access-control-max-age': REMEMBERED,
        })
        .code(204)
        .send()
    }
    if (path.startsWith('/oidc/')) return
    reply.removeHeader('access-control-allow-origin')
    const remedy = 'ask the operator to add the origin to SECONDWIND_ORIGINS'
    return reply
      .code(403)
      .type(FHIR_JSON)
      .send(JSON.stringify(outcomeOf([refusal('forbidden', 'Origin', 'pages of this origin may not call this server', remedy)])))
  })
}

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
