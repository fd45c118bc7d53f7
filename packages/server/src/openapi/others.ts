import { count, type Described, instant, list, NDJSON, object, text, truth } from './described.ts'

const glass = object(
  { id: count, who: text, role: text, site: text, patient: text, reason: text, grantedAt: instant, endsAt: instant },
  { review: { type: 'object' } },
)
const dead = object({ id: text, queue: text, failedAt: text, error: text })

/** Access, audit, jobs and the state of the server. */
export const OTHER_OPERATIONS: { readonly [operation: string]: Described } = {
  health: { summary: 'Does the process live?', status: 200, answer: object({ status: { const: 'alive' } }), example: { as: 'nobody' } },
  ready: { summary: 'Does its database answer?', status: 200, answer: object({ status: { const: 'ready' } }), example: { as: 'nobody' } },
  openapi: { status: 200, answer: object({ openapi: text, paths: { type: 'object' } }), example: { as: 'nobody' } },
  'access.me': {
    status: 200,
    answer: object(
      { signedIn: truth },
      { who: text, role: text, site: text, purpose: text, title: text, scopes: list(text), may: { type: 'array' } },
    ),
    example: { as: 'surgeon' },
  },
  'access.break-glass': {
    body: object({ patient: text, reason: text }),
    status: 201,
    answer: glass,
    example: { as: 'surgeon', body: { patient: 'ann', reason: 'Bleeding on the ward, on call, no time to ask.' } },
  },
  'access.open-glasses': { status: 200, answer: object({ patients: list(text) }), example: { as: 'surgeon' } },
  'access.broken-glasses': { status: 200, answer: object({ items: list(glass) }), example: { as: 'privacy-officer' } },
  'access.review-glass': {
    body: object({ finding: { enum: ['justified', 'not-justified', 'asked'] } }, { note: text }),
    status: 204,
    example: {
      as: 'privacy-officer',
      params: { id: '{{access.broken-glasses items.0.id}}' },
      body: { finding: 'justified', note: 'On call that night.' },
    },
  },
  'audit.export': { status: 200, answer: { type: 'string' }, answerType: NDJSON, example: { as: 'privacy-officer' } },
  'audit.verify': {
    status: 200,
    answer: object({ events: count, unsealed: count, faults: list(text) }),
    example: { as: 'privacy-officer' },
  },
  'job.states': {
    status: 200,
    answer: object({ queues: list(object({ queue: text, waiting: count, running: count, dead: count })), dead: list(dead) }),
    example: { as: 'administrator' },
  },
  'job.revive': { status: 200, answer: object({ revived: count }), example: { as: 'administrator' } },
  metrics: { status: 200, answer: { type: 'string' }, answerType: 'text/plain', example: { as: 'integration' } },
  'smart.configuration': {
    status: 200,
    answer: object({
      authorization_endpoint: text,
      token_endpoint: text,
      scopes_supported: list(text),
      capabilities: list(text),
      code_challenge_methods_supported: list(text),
    }),
    example: { as: 'nobody' },
  },
  'smart.launch': { status: 201, answer: object({ iss: text, launch: text }), example: { as: 'oncologist', params: { patient: 'ann' } } },
}
