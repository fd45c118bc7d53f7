import type { Result } from '@secondwind/core'
import type { Resource } from '@secondwind/fhir'
import { refusal, type ServerIssue } from '../issue.ts'

/** CDS Hooks 2.0 as it goes over the wire. https://cds-hooks.hl7.org/2.0/ */
export type Hook = 'patient-view' | 'order-select' | 'order-sign'

export interface CdsRequest {
  readonly hook: Hook
  readonly hookInstance: string
  readonly userId: string
  /** Without `Patient/`. */
  readonly patientId: string
  /** Of order-select: the drafts that were touched last, as `Type/id`. */
  readonly selections: readonly string[]
  readonly draftOrders: readonly Resource[]
  readonly prefetch: { readonly [key: string]: unknown }
  readonly fhirServer?: string
  readonly fhirAuthorization?: { readonly accessToken: string; readonly scope: string }
}

export interface CdsCoding {
  readonly code: string
  readonly system?: string
  readonly display?: string
}

export type CdsAction =
  | { readonly type: 'create' | 'update'; readonly description: string; readonly resource: object }
  | { readonly type: 'delete'; readonly description: string; readonly resourceId: string }

export interface CdsSuggestion {
  readonly label: string
  readonly uuid: string
  readonly isRecommended?: true
  readonly actions: readonly CdsAction[]
}

export interface CdsCard {
  readonly uuid: string
  /** At most 140 characters. */
  readonly summary: string
  /** Markdown. */
  readonly detail: string
  readonly indicator: 'info' | 'warning' | 'critical'
  readonly source: { readonly label: string; readonly url?: string; readonly topic?: CdsCoding }
  readonly suggestions?: readonly CdsSuggestion[]
  readonly selectionBehavior?: 'at-most-one' | 'any'
  readonly overrideReasons?: readonly CdsCoding[]
  readonly links?: readonly {
    readonly label: string
    readonly url: string
    readonly type: 'absolute' | 'smart'
    readonly appContext?: string
  }[]
}

const HOOKS: readonly Hook[] = ['patient-view', 'order-select', 'order-sign']
type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/** Reads a request, and refuses what the specification does not allow, every fault with its path. */
export function readRequest(body: unknown, hook: Hook): Result<CdsRequest, readonly ServerIssue[]> {
  const issues: ServerIssue[] = []
  const refuse = (path: string, message: string, remedy: string): void =>
    void issues.push(refusal('invalid-request', path, message, remedy))
  if (!isObject(body))
    return { ok: false, error: [refusal('invalid-request', 'body', 'not a JSON object', 'send a CDS Hooks request as application/json')] }
  if (!HOOKS.includes(body.hook as Hook) || body.hook !== hook)
    refuse('hook', `this service answers ${hook}, not ${JSON.stringify(body.hook)}`, `call it with "hook": "${hook}"`)
  if (!isText(body.hookInstance)) refuse('hookInstance', 'is missing', 'give each call of the hook a UUID')
  const context = isObject(body.context) ? body.context : {}
  if (!isObject(body.context)) refuse('context', 'is missing', 'send userId and patientId')
  if (!isText(context.userId)) refuse('context.userId', 'is missing', 'send the reference of the signed-in user, as Practitioner/123')
  if (!isText(context.patientId)) refuse('context.patientId', 'is missing', 'send the id of the patient')
  const fhirServer = body.fhirServer
  if (fhirServer !== undefined && !(isText(fhirServer) && /^https?:\/\/\S+$/.test(fhirServer)))
    refuse('fhirServer', 'is no http address', 'send the base address of the FHIR server, or leave it out')
  const authorization = body.fhirAuthorization
  if (authorization !== undefined) {
    if (!isObject(authorization) || !isText(authorization.access_token))
      refuse('fhirAuthorization.access_token', 'is missing', 'send the token, or leave fhirAuthorization out')
    if (fhirServer === undefined) refuse('fhirServer', 'fhirAuthorization without fhirServer', 'send the server for which the token is')
  }
  if (body.prefetch !== undefined && !isObject(body.prefetch)) refuse('prefetch', 'is no object', 'send one entry for each template')
  const drafts = hook === 'patient-view' ? [] : draftsOf(context, refuse)
  const selections = hook === 'order-select' ? selectionsOf(context, drafts, refuse) : []
  if (issues.length > 0) return { ok: false, error: issues }
  return {
    ok: true,
    value: {
      hook,
      hookInstance: body.hookInstance as string,
      userId: context.userId as string,
      patientId: (context.patientId as string).replace(/^Patient\//, ''),
      selections,
      draftOrders: drafts,
      prefetch: (body.prefetch ?? {}) as Json,
      ...(fhirServer === undefined ? {} : { fhirServer: fhirServer as string }),
      ...(isObject(authorization)
        ? {
            fhirAuthorization: {
              accessToken: authorization.access_token as string,
              scope: isText(authorization.scope) ? authorization.scope : '',
            },
          }
        : {}),
    },
  }
}

type Refuse = (path: string, message: string, remedy: string) => void

function draftsOf(context: Json, refuse: Refuse): readonly Resource[] {
  const bundle = context.draftOrders
  if (!isObject(bundle) || bundle.resourceType !== 'Bundle') {
    refuse('context.draftOrders', 'is no Bundle', 'send the orders in preparation as a Bundle')
    return []
  }
  const entries = Array.isArray(bundle.entry) ? (bundle.entry as readonly unknown[]) : []
  return entries.flatMap((entry, i) => {
    const resource = isObject(entry) ? entry.resource : undefined
    if (isObject(resource) && isText(resource.resourceType)) return [resource as Resource]
    refuse(`context.draftOrders.entry[${i}].resource`, 'is no resource', 'send each order as an entry with its resource')
    return []
  })
}

function selectionsOf(context: Json, drafts: readonly Resource[], refuse: Refuse): readonly string[] {
  const { selections } = context
  if (!Array.isArray(selections) || !selections.every(isText)) {
    refuse('context.selections', 'is no list of references', 'send the newly selected orders as Type/id')
    return []
  }
  const ids = new Set(drafts.map((d) => `${d.resourceType}/${d.id}`))
  for (const one of selections as readonly string[])
    if (!ids.has(one)) refuse('context.selections', `${one} is not among the draft orders`, 'send the order itself in draftOrders')
  return selections as readonly string[]
}
