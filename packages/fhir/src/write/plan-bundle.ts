import type { Evidence, Option, PlanDocument } from '@secondwind/core'
import { fhirId, resource, text, type Written } from './resource.ts'

export interface PlanBundle {
  readonly resourceType: 'Bundle'
  readonly type: 'collection'
  readonly timestamp: string
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Written }[]
}

/** Where the written resources live until a server gives them an address of its own. */
const BASE = 'https://second-wind.example.org/fhir'
const MODULE = 'https://second-wind.example.org/fhir/PlanDefinition/stage-iv-lung-cancer'

/**
 * A plan document as FHIR R4: a draft CarePlan whose one activity is a RequestGroup of the options, the GuidanceResponse that made them,
 * a proposed ServiceRequest for each test, a DetectedIssue for each alert and each treatment not advised, and Provenance over all of it.
 *
 * Nothing is an order: every request is `draft` and a `proposal`. Instants that FHIR demands are midnight UTC of the plan's date.
 */
export function writePlan(doc: PlanDocument): PlanBundle {
  const patientId = doc.patient.replace(/^.*\//, '')
  const subject = { reference: doc.patient }
  const instant = `${doc.asOf}T00:00:00Z`
  const id = (kind: string): string => fhirId(kind, patientId)
  const requestGroup = requestGroupOf(doc, id('options'), subject)
  const tests = doc.tests.map((test) =>
    resource('ServiceRequest', fhirId('test', test.id, patientId), [`${test.title}: ${test.because.claim}`], {
      status: 'draft',
      intent: 'proposal',
      priority: test.urgency === 'emergency' ? 'stat' : test.urgency === 'urgent' ? 'urgent' : 'routine',
      code: { coding: [{ system: `${BASE}/CodeSystem/tests`, code: test.id, display: test.title }], text: test.title },
      subject,
      authoredOn: doc.asOf,
      reasonCode: [text(test.because.claim)],
      note: test.before ? [{ text: `Before ${test.before}` }] : undefined,
    }),
  )
  const issues = [
    ...doc.alerts.map((alert) =>
      resource('DetectedIssue', fhirId('alert', alert.id, patientId), [alert.title, ...alert.actions], {
        status: 'preliminary',
        code: { coding: [{ system: `${BASE}/CodeSystem/alerts`, code: alert.id }], text: alert.title },
        severity: 'high',
        patient: subject,
        identifiedDateTime: doc.asOf,
        detail: `${alert.title}. ${alert.actions.join('. ')}`,
        mitigation: alert.actions.map((action) => ({ action: text(action) })),
      }),
    ),
    ...doc.notAdvised.map((n) =>
      resource('DetectedIssue', fhirId('not-advised', n.rule, patientId), [`Not advised: ${n.treatment}. ${n.because.claim}`], {
        status: 'preliminary',
        code: text(`Not advised: ${n.treatment}`),
        severity: n.reason === 'unsafe' ? 'high' : 'moderate',
        patient: subject,
        identifiedDateTime: doc.asOf,
        detail: n.because.claim,
        reference: n.evidence.find((e) => e.url)?.url,
      }),
    ),
  ]
  const outcome = outcomeOf(doc, id('problems'))
  const carePlan = resource(
    'CarePlan',
    id('plan'),
    [doc.case.story, ...doc.options.slice(0, 5).map((o) => `${o.rank}. ${o.standing}: ${o.title}`)],
    {
      status: 'draft',
      intent: 'proposal',
      title: 'Proposed plan for stage IV lung cancer',
      description: doc.case.story,
      subject,
      created: doc.asOf,
      activity: [
        ...(requestGroup ? [{ reference: { reference: `RequestGroup/${requestGroup.id}` } }] : []),
        ...tests.map((t) => ({ reference: { reference: `ServiceRequest/${t.id}` } })),
        ...doc.support.map((s) => ({
          detail: {
            kind: 'ServiceRequest',
            code: text(s.title),
            status: 'not-started',
            ...(s.dueBy ? { scheduledPeriod: { start: doc.asOf, end: s.dueBy } } : {}),
            description: s.actions.join('; '),
          },
        })),
      ],
      note: [{ text: doc.intendedUse }],
    },
  )
  const guidance = resource('GuidanceResponse', id('guidance'), [`Knowledge ${doc.knowledge.version}, ${doc.status}`], {
    identifier: [{ system: `${BASE}/knowledge-digest`, value: doc.knowledge.digest }],
    moduleUri: `${MODULE}|${doc.knowledge.version}`,
    status: doc.status === 'refused' ? 'failure' : doc.options.some((o) => o.standing === 'needs-data') ? 'data-required' : 'success',
    subject,
    occurrenceDateTime: instant,
    reasonCode: [text(doc.case.story)],
    evaluationMessage: outcome ? [{ reference: `OperationOutcome/${outcome.id}` }] : undefined,
    result: { reference: `CarePlan/${carePlan.id}` },
  })
  const written = [carePlan, ...(requestGroup ? [requestGroup] : []), guidance, ...tests, ...issues]
  const provenance = resource('Provenance', id('provenance'), [`Computed by ${doc.inputs.software} from chart ${doc.inputs.chartDigest}`], {
    target: written.map((r) => ({ reference: `${r.resourceType}/${r.id}` })),
    occurredDateTime: instant,
    recorded: instant,
    activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'CREATE', display: 'create' }] },
    agent: [
      {
        type: {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'assembler', display: 'Assembler' },
          ],
        },
        who: { display: doc.inputs.software },
      },
    ],
    entity: [
      {
        role: 'source',
        what: { identifier: { system: `${BASE}/chart-digest`, value: doc.inputs.chartDigest }, display: 'the chart as read' },
      },
    ],
  })
  const all = [...written, ...(outcome ? [outcome] : []), provenance]
  return {
    resourceType: 'Bundle',
    type: 'collection',
    timestamp: instant,
    entry: all.map((r) => ({ fullUrl: `${BASE}/${r.resourceType}/${r.id}`, resource: r })),
  }
}

function requestGroupOf(doc: PlanDocument, id: string, subject: { readonly reference: string }): Written | undefined {
  if (doc.options.length === 0) return undefined
  return resource(
    'RequestGroup',
    id,
    doc.options.map((o) => `${o.rank}. ${o.standing}: ${o.title}. ${o.standingBecause}`),
    {
      status: 'draft',
      intent: 'proposal',
      subject,
      authoredOn: `${doc.asOf}T00:00:00Z`,
      action: [
        {
          title: 'Options in order, best first',
          selectionBehavior: 'at-most-one',
          groupingBehavior: 'logical-group',
          action: doc.options.map(actionOf),
        },
      ],
    },
  )
}

function actionOf(option: Option): { readonly [element: string]: unknown } {
  return {
    prefix: String(option.rank),
    title: option.title,
    description: [
      `${option.standing}: ${option.standingBecause}`,
      option.drugs.length > 0 ? `drugs: ${option.drugs.join(', ')}` : '',
      `against: ${option.against}`,
      ...option.cautions.slice(0, 8).map((c) => `caution: ${c.say}`),
      ...option.needs.slice(0, 8).map((n) => `needs: ${n.fact}`),
    ]
      .filter(Boolean)
      .join('\n'),
    priority: option.standing === 'recommended' ? 'urgent' : 'routine',
    code: [{ coding: [{ system: `${BASE}/CodeSystem/options`, code: option.id }], text: option.title }],
    ...(option.evidence.length > 0 ? { documentation: option.evidence.map(artifact) } : {}),
  }
}

const artifact = (e: Evidence): { readonly [element: string]: unknown } => ({
  type: 'citation',
  label: e.source,
  display: e.at,
  citation: e.says,
  ...(e.url ? { url: e.url } : {}),
})

/** The problems of the chart as an OperationOutcome, the form in which FHIR systems look for them. */
function outcomeOf(doc: PlanDocument, id: string): Written | undefined {
  if (doc.problems.length === 0) return undefined
  return resource(
    'OperationOutcome',
    id,
    doc.problems.slice(0, 20).map((p) => p.message),
    {
      issue: doc.problems.map((p) => ({
        severity: p.severity,
        code:
          p.severity === 'information'
            ? 'informational'
            : p.code.startsWith('missing')
              ? 'required'
              : p.code.includes('date') || p.code.includes('value') || p.code.includes('unit')
                ? 'value'
                : 'business-rule',
        details: { coding: [{ system: `${BASE}/CodeSystem/problems`, code: p.code }], text: p.message },
        ...(p.remedy ? { diagnostics: p.remedy } : {}),
        expression: [p.path],
      })),
    },
  )
}
