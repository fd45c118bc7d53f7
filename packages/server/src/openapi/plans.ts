import { count, type Described, day, digest, instant, list, object, text, truth } from './described.ts'

const SAID_AT = '2026-11-23T10:05:00Z'
const shownChange = object({ kind: text, subject: text }, { before: text, after: text })
const worklistItem = object(
  {
    patient: text,
    site: text,
    story: text,
    status: text,
    asOf: day,
    revision: count,
    knowledge: text,
    alerts: { type: 'array' },
    tests: { type: 'array' },
  },
  {
    isBehind: truth,
    first: object({ option: text, title: text, standing: text }),
    change: object({ seq: count, at: instant, cause: text, priority: count, changes: list(shownChange) }),
  },
)
const decision = object(
  {
    chosen: { type: ['string', 'null'] },
    reason: text,
    dissent: { type: 'array' },
    planDigest: digest,
    asOf: day,
    optionsSeen: list(text),
  },
  { againstPlan: object({ reason: text, lines: list(object({ rule: text, says: text, why: text })) }) },
)
const card = object(
  { summary: text, indicator: { enum: ['info', 'warning', 'critical'] }, source: object({ label: text }) },
  { uuid: text, detail: text },
)
const hookBody = object({ hook: text, hookInstance: text, context: { type: 'object' } }, { prefetch: { type: 'object' }, fhirServer: text })

/** Plans, decisions, worklists, CDS Hooks and the knowledge behind them, in an order in which the examples can be sent after those of the FHIR API. */
export const PLAN_OPERATIONS: { readonly [operation: string]: Described } = {
  'plan.read': {
    status: 200,
    answer: { $ref: 'plan-document.schema.json' },
    example: { as: 'oncologist', params: { patient: 'ann' }, query: { asOf: '2026-11-23', format: 'json' } },
  },
  'plan.what-if': {
    status: 200,
    answer: object({ document: { $ref: 'plan-document.schema.json' }, changes: { type: 'array' } }),
    example: { as: 'oncologist', params: { patient: 'ann' }, query: { asOf: '2026-11-23' }, body: { set: ['ecog=3', 'pd-l1-tps=80'] } },
  },
  'decision.create': {
    status: 201,
    answer: decision,
    example: {
      as: 'oncologist',
      params: { patient: 'ann' },
      body: {
        planDigest: '{{plan.read etag}}',
        asOf: '2026-11-23',
        chosen: null,
        reason: 'Molecular results first; the board looks again when they are there.',
        dissent: [{ who: 'Practitioner/surgeon', reason: 'Would not wait longer than two weeks.' }],
        againstPlan: { reason: 'Nothing is given that the plan calls unsafe; the reason stands here for a decision that would.' },
      },
    },
  },
  'decision.list': { status: 200, answer: list(decision), example: { as: 'oncologist', params: { patient: 'ann' } } },
  'worklist.names': { status: 200, answer: list(object({ name: text, description: text })), example: { as: 'navigator' } },
  'worklist.read': {
    status: 200,
    answer: object({ items: list(worklistItem) }, { next: text }),
    example: { as: 'oncologist', params: { name: 'changed' }, query: { count: '50' } },
  },
  'worklist.handle': {
    status: 204,
    example: {
      as: 'oncologist',
      params: { patient: 'ann', seq: '{{worklist.read items.0.change.seq}}' },
      body: { as: 'approved', reason: 'Seen with the new results.' },
    },
  },
  'plan.changes': {
    status: 200,
    answer: { type: 'string' },
    answerType: 'text/event-stream',
    example: { as: 'oncologist', query: { after: '0' } },
  },
  'cds.discovery': {
    status: 200,
    answer: object({ services: list(object({ hook: text, id: text, description: text }, { title: text, prefetch: { type: 'object' } })) }),
    example: { as: 'nobody' },
  },
  'cds.call': {
    body: hookBody,
    status: 200,
    answer: object({ cards: list(card) }),
    example: {
      as: 'oncologist',
      params: { service: 'second-wind-patient-view' },
      body: {
        hook: 'patient-view',
        hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
        context: { userId: 'Practitioner/oncologist', patientId: 'ann' },
      },
    },
  },
  'cds.feedback': {
    body: object({ feedback: { type: 'array' } }),
    status: 200,
    answer: object({ kept: count }),
    example: {
      as: 'oncologist',
      params: { service: 'second-wind-patient-view' },
      body: {
        feedback: [
          {
            card: '{{cds.call cards.0.uuid}}',
            outcome: 'overridden',
            overrideReason: { reason: { code: 'already-handled' }, userComment: 'Seen at the board.' },
            outcomeTimestamp: SAID_AT,
          },
        ],
      },
    },
  },
  'cds.report': {
    status: 200,
    answer: object({ rules: list(object({ rule: text, shown: count, accepted: count, overridden: count, isBelowThreshold: truth })) }),
    example: { as: 'quality-officer', query: { since: '2026-01-01' } },
  },
  'knowledge.applied': {
    status: 200,
    answer: object({ version: text, digest, counts: { type: 'object', additionalProperties: count } }),
    example: { as: 'oncologist' },
  },
  'knowledge.releases': {
    status: 200,
    answer: list(object({ version: text, isApplied: truth, problems: { type: 'array' } }, { digest })),
    example: { as: 'oncologist' },
  },
  'knowledge.release': {
    status: 200,
    answer: object({ manifest: { type: 'object' }, notes: text }),
    example: { as: 'oncologist', params: { version: '{{knowledge.releases 0.version}}' } },
  },
  'knowledge.impact': {
    status: 200,
    answer: object({ version: text, digest, byPriority: list(object({ priority: count, plans: count, open: count })), worklist: text }),
    example: { as: 'oncologist', params: { version: '{{knowledge.releases 0.version}}' } },
  },
}
