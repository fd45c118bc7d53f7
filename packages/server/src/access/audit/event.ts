import type { Action, RequestContext } from '../../api/index.ts'
import type { ServerIssue } from '../../issue.ts'

/** What happened, before it becomes a FHIR AuditEvent. Never a value of a chart: who, what kind of thing, which resource, why. */
export interface AuditEntry {
  readonly recordedAt: string
  readonly who: string
  readonly role?: string
  readonly site?: string
  readonly purpose?: string
  readonly interaction: string
  readonly route: string
  readonly requestId?: string
  /** Without `Patient/`. */
  readonly patient?: string
  /** Those whose records were seen together, in a list or a search: at most `MOST_PATIENTS`, each named. Instead of `patient`. */
  readonly patients?: readonly string[]
  /** `Type/id` or `Type/id/_history/version`. */
  readonly what: readonly string[]
  readonly outcome: 'done' | 'refused'
  readonly reason?: string
}

const INTERACTION = 'http://hl7.org/fhir/restful-interaction'
const CODES: { readonly [interaction: string]: { readonly action: string } } = {
  create: { action: 'C' },
  read: { action: 'R' },
  vread: { action: 'R' },
  search: { action: 'E' },
  history: { action: 'R' },
  update: { action: 'U' },
  patch: { action: 'U' },
  delete: { action: 'D' },
}
/** Resources named in one event; the count of the rest stands in it. */
export const MOST_NAMED = 500
/** Patients of one event: a page of a list. Every one is named, so that a log of more has more events. */
export const MOST_PATIENTS = 200

/** The event as FHIR R4 AuditEvent. */
export function auditEvent(entry: AuditEntry): object {
  const { interaction, outcome, reason, role, site, purpose, patient, what, requestId, route } = entry
  const patients = entry.patients ?? (patient === undefined ? [] : [patient])
  return {
    resourceType: 'AuditEvent',
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest', display: 'RESTful Operation' },
    ...(CODES[interaction]
      ? { subtype: [{ system: INTERACTION, code: subtypeOf(interaction) }] }
      : { subtype: [{ system: INTERACTION, code: 'operation' }] }),
    action: CODES[interaction]?.action ?? 'E',
    recorded: entry.recordedAt,
    outcome: outcome === 'done' ? '0' : '4',
    ...(reason ? { outcomeDesc: reason } : {}),
    ...(purpose ? { purposeOfEvent: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: purpose }] }] } : {}),
    agent: [
      {
        ...(role ? { role: [{ text: role }] } : {}),
        who: /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+$/.test(entry.who) ? { reference: entry.who } : { display: entry.who },
        ...(site ? { location: { display: site } } : {}),
        requestor: true,
      },
    ],
    source: { observer: { display: 'second-wind' }, ...(site ? { site } : {}) },
    entity: [
      ...patients.map((id) => ({
        what: { reference: `Patient/${id}` },
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '1', display: 'Person' },
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1', display: 'Patient' },
      })),
      ...what.slice(0, MOST_NAMED).map((reference) => ({ what: { reference } })),
      {
        type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '4', display: 'Other' },
        name: route,
        detail: [
          ...(requestId ? [{ type: 'request', valueString: requestId }] : []),
          ...(what.length > MOST_NAMED ? [{ type: 'not named', valueString: String(what.length - MOST_NAMED) }] : []),
          { type: 'resources', valueString: String(what.length) },
        ],
      },
    ],
  }
}

const subtypeOf = (interaction: string): string =>
  interaction === 'search' ? 'search-type' : interaction === 'history' ? 'history-type' : interaction

/** An entry about a request: what was seen, or what was refused. */
export const entryOf = (
  context: RequestContext | undefined,
  action: Action,
  recordedAt: string,
  what: readonly string[],
  refused?: ServerIssue,
): AuditEntry => ({
  recordedAt,
  who: context?.who ?? 'nobody',
  ...(context ? { role: context.role, site: context.site, purpose: context.purpose, requestId: context.requestId } : {}),
  interaction: action.interaction,
  route: action.route,
  ...(action.patient === undefined ? {} : { patient: action.patient }),
  what: what.length > 0 || action.type === undefined ? what : [action.id === undefined ? action.type : `${action.type}/${action.id}`],
  outcome: refused ? 'refused' : 'done',
  ...(refused ? { reason: refused.code } : {}),
})
