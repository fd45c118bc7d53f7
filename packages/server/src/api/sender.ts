import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refused, refusal } from '../issue.ts'
import type { Access, RequestContext } from './access.ts'

/** Who sends a request, found out once: for the limits, and again for the handler. Throws, each time it is asked, what `identify` refused. */
export type Senders = (request: FastifyRequest) => Promise<RequestContext | undefined>

export function sendersBy(access: Access): Senders {
  const known = new WeakMap<FastifyRequest, Promise<RequestContext | undefined>>()
  return (request) => {
    const found = known.get(request)
    if (found !== undefined) return found
    const asked = access.identify({
      requestId: request.id,
      method: request.method,
      path: request.url.split('?')[0]!,
      headers: request.headers,
      address: request.ip,
    })
    known.set(request, asked)
    return asked
  }
}

/**
 * So many requests a minute of one sender, at every address of this server, those of the sign-in and those that are not there too; more are refused until the minute
 * is over. A sender is a person in one program (`who` and `client`): further tokens and other addresses give no further requests, and a program that runs wild does
 * not lock its person out of the workspace. Whoever is not known, or sends a token that is not believed, is counted by address: otherwise a new made-up token with
 * each request would be a new sender.
 */
export function limitRate(server: FastifyInstance, max: number, senders: Senders): void {
  void server.register(rateLimit, {
    global: false,
    max,
    timeWindow: 60_000,
    // a flood must not make the process look dead to whoever would restart it
    allowList: ({ routeOptions }) => ['health', 'ready'].includes((routeOptions.config as { routeId?: string } | undefined)?.routeId ?? ''),
    keyGenerator: async (request) => {
      const context = request.headers.authorization === undefined ? undefined : await senders(request).catch(() => undefined)
      // no address holds a blank
      return context === undefined ? request.ip : `${context.who} ${context.client ?? ''}`
    },
    errorResponseBuilder: () =>
      new Refused([refusal('too-many-requests', '', `more than ${max} requests in a minute`, 'wait for the seconds of Retry-After')]),
  })
  server.after(() => {
    server.addHook('onRequest', server.rateLimit())
  })
}
