import type { Issue, IssueCode } from '@secondwind/core'

/** What a request can be refused for, beside what can be wrong with a chart. Closed: one table maps each to HTTP and OperationOutcome. */
export type ServerIssueCode =
  | IssueCode
  | 'version-conflict'
  | 'against-plan'
  | 'precondition-required'
  | 'already-exists'
  | 'not-found'
  | 'gone'
  | 'not-supported'
  | 'unknown-parameter'
  | 'invalid-parameter'
  | 'invalid-request'
  | 'multiple-matches'
  | 'duplicate-entry'
  | 'key-reused'
  | 'not-acceptable'
  | 'unsupported-media-type'
  | 'login-required'
  | 'forbidden'
  | 'too-many-requests'
  | 'too-costly'
  | 'busy'
  | 'unavailable'
  | 'newer-database'
  | 'migration-changed'
  | 'internal'

/** What, where, why it matters, how to put it right. */
export interface ServerIssue extends Omit<Issue, 'code'> {
  readonly code: ServerIssueCode
}

interface Meaning {
  readonly status: number
  /** FHIR IssueType. */
  readonly type: string
}

/** Only what is not `invalid` with 400: the codes of a chart's own problems are 422, since the request was read and its content refused. */
const MEANINGS: { readonly [code in ServerIssueCode]?: Meaning } = {
  'not-json': { status: 400, type: 'structure' },
  'not-fhir': { status: 400, type: 'structure' },
  'too-large': { status: 413, type: 'too-long' },
  'too-deep': { status: 400, type: 'structure' },
  'version-conflict': { status: 412, type: 'conflict' },
  'against-plan': { status: 422, type: 'business-rule' },
  'precondition-required': { status: 428, type: 'required' },
  'already-exists': { status: 409, type: 'duplicate' },
  'not-found': { status: 404, type: 'not-found' },
  gone: { status: 410, type: 'deleted' },
  'not-supported': { status: 400, type: 'not-supported' },
  'unknown-parameter': { status: 400, type: 'not-supported' },
  'invalid-parameter': { status: 400, type: 'value' },
  'invalid-request': { status: 400, type: 'invalid' },
  'multiple-matches': { status: 412, type: 'multiple-matches' },
  'duplicate-entry': { status: 400, type: 'duplicate' },
  'key-reused': { status: 422, type: 'conflict' },
  'not-acceptable': { status: 406, type: 'not-supported' },
  'unsupported-media-type': { status: 415, type: 'not-supported' },
  'login-required': { status: 401, type: 'login' },
  forbidden: { status: 403, type: 'forbidden' },
  'too-many-requests': { status: 429, type: 'throttled' },
  'too-costly': { status: 400, type: 'too-costly' },
  busy: { status: 503, type: 'timeout' },
  unavailable: { status: 503, type: 'transient' },
  internal: { status: 500, type: 'exception' },
}

const OTHERWISE: Meaning = { status: 422, type: 'invalid' }

export const meaningOf = (code: ServerIssueCode): Meaning => MEANINGS[code] ?? OTHERWISE

/** The status of several issues: that of the first error. */
export const statusOf = (issues: readonly ServerIssue[]): number =>
  meaningOf((issues.find((issue) => issue.severity === 'error') ?? issues[0])?.code ?? 'internal').status

export const refusal = (code: ServerIssueCode, path: string, message: string, remedy: string): ServerIssue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})

/** A refusal on its way out of nested work. Caught where a transaction or a request ends, never shown as an exception. */
export class Refused extends Error {
  readonly issues: readonly ServerIssue[]
  constructor(issues: readonly ServerIssue[]) {
    super(issues.map((issue) => issue.message).join('; '))
    this.name = 'Refused'
    this.issues = issues
  }
}

export const refuse = (...of: Parameters<typeof refusal>): never => {
  throw new Refused([refusal(...of)])
}
