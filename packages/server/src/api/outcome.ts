import { meaningOf, type ServerIssue } from '../issue.ts'

export interface OutcomeIssue {
  readonly severity: string
  readonly code: string
  readonly details: { readonly coding?: readonly { readonly system: string; readonly code: string }[]; readonly text: string }
  readonly diagnostics?: string
  readonly expression?: readonly string[]
}

export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome'
  readonly issue: readonly OutcomeIssue[]
}

const SYSTEM = 'urn:second-wind:issue'

/** What was wrong, where, and how to put it right: `details` says what, `expression` where, `diagnostics` the remedy. */
export const outcomeOf = (issues: readonly ServerIssue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: issues.map(({ code, severity, path, message, remedy }) => ({
    severity,
    code: meaningOf(code).type,
    details: { coding: [{ system: SYSTEM, code }], text: message },
    ...(remedy === undefined ? {} : { diagnostics: remedy }),
    ...(path === '' ? {} : { expression: [path] }),
  })),
})

export const informationOutcome = (text: string): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'information', code: 'informational', details: { text } }],
})
