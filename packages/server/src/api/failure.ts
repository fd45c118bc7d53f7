import { Refused, refusal, type ServerIssue } from '../issue.ts'

/** What a failure is to the client: its issues, the seconds after which trying again makes sense, and for the log alone the stack. */
export interface Failure {
  readonly issues: readonly ServerIssue[]
  readonly retryAfter?: number
  readonly stack?: string
}

/** A refusal as it is; what Fastify found wrong with the request, in our words; a database that cannot; anything else is a bug, of which the client hears nothing but that. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) {
    const isForNow = error.issues.some(({ code }) => code === 'unavailable' || code === 'busy')
    return { issues: error.issues, ...(isForNow ? { retryAfter: 5 } : {}) }
  }
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { issues: [refusal('too-large', 'body', 'the body is larger than this server takes', 'send it in parts, or as a bulk import')] }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return {
      issues: [
        refusal('unsupported-media-type', 'Content-Type', 'this form of body is not understood', 'send FHIR as application/fhir+json'),
      ],
    }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return { issues: [refusal('invalid-request', '', 'the request cannot be read', 'check its address, headers and body')] }
  const cannot = unavailable(error)
  if (cannot !== undefined) return { ...cannot, stack: stackOf(error) }
  return {
    issues: [
      refusal(
        'internal',
        '',
        'something went wrong here; nothing was changed',
        'try again; if it stays, give the operator the x-request-id',
      ),
    ],
    stack: stackOf(error),
  }
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

interface Want {
  readonly message: string
  readonly remedy: string
  /** Seconds. */
  readonly retryAfter: number
}

const AWAY: Want = {
  message: 'the database does not answer',
  remedy: 'send it again after the seconds of Retry-After: what was not answered with success was not kept',
  retryAfter: 5,
}

/** SQLSTATE → what is wanting. Source: PostgreSQL documentation, appendix A (classes 08, 25, 53, 57, 58). */
const WANTS: readonly (readonly [state: RegExp, want: Want])[] = [
  [
    /^53100$/,
    {
      message: 'the disk of the database is full; nothing of this request was kept',
      remedy: 'the operator must make room on the disk of the database (operator guide, "disk of the database full"); then send it again',
      retryAfter: 60,
    },
  ],
  [
    /^53200$/,
    {
      message: 'the database is out of memory; nothing of this request was kept',
      remedy:
        'send it again in smaller parts; if it stays, the operator must give the database more memory, or this server fewer connections',
      retryAfter: 15,
    },
  ],
  [
    /^53300$/,
    {
      message: 'the database takes no more connections',
      remedy:
        'send it again after the seconds of Retry-After; if it stays, the operator must raise max_connections or lower SECONDWIND_CONNECTIONS',
      retryAfter: 5,
    },
  ],
  [
    /^(53|58)/,
    {
      message: 'the database lacks what it needs to do this; nothing of this request was kept',
      remedy: 'send it again after the seconds of Retry-After; if it stays, the operator finds the cause in the log of the database',
      retryAfter: 15,
    },
  ],
  // a standby that was not promoted yet
  [/^25006$/, { ...AWAY, message: 'the database takes no writes at the moment: it is a standby' }],
  [/^(08|57P|57014)/, AWAY],
]

const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
])
const LOST_WORDS = /Connection terminated|timeout exceeded when trying to connect|not queryable/

/** The connection was lost or refused, the database starts or stops, or it lacks what it needs (disk, memory, connections). */
function unavailable(error: unknown): Omit<Failure, 'stack'> | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const want =
    typeof code === 'string'
      ? (WANTS.find(([state]) => state.test(code))?.[1] ?? (LOST.has(code) ? AWAY : undefined))
      : typeof message === 'string' && LOST_WORDS.test(message)
        ? AWAY
        : undefined
  return want === undefined ? undefined : { issues: [refusal('unavailable', '', want.message, want.remedy)], retryAfter: want.retryAfter }
}
