import type { PlanDocument } from '@secondwind/core'
import { BASE, type WriteLookup, type Writing, writing } from './context.ts'
import { detectedIssues, outcomeOf } from './issues.ts'
import { testRequest, type WrittenOption, writeOption } from './requests.ts'
import { type Elements, referenceTo, resource, text, type Written } from './resource.ts'

export interface PlanBundle {
  readonly resourceType: 'Bundle'
  readonly type: 'collection'
  readonly timestamp: string
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Written }[]
}

const MODULE = `${BASE}/PlanDefinition/stage-iv-lung-cancer`

/**
 * A plan document as FHIR R4: a draft CarePlan, a RequestGroup of the options in rank order with a MedicationRequest or ServiceRequest for each part,
 * the GuidanceResponse that made them, a ServiceRequest for each test, a DetectedIssue for each alert, each treatment not advised and each clash,
 * an OperationOutcome of the chart's problems, and Provenance over all of it.
 *
 * Nothing is an order: every request is `draft` and a `proposal`. Instants that FHIR demands are midnight UTC of the plan's date.
 * The outlook is left out: it is for a conversation, not for a record that the patient may open alone.
 * `lookup` is the knowledge base (or a part of it): with it drugs carry their RxNorm ingredient.
 */
export function writePlan(doc: PlanDocument, lookup: WriteLookup = {}): PlanBundle {
  const w = writing(doc, lookup)
  const tests = new Map(doc.tests.map((test) => [test.id, testRequest(w, test)]))
  const options = doc.options.map((option) => writeOption(w, option, tests))
  const requestGroup = options.length > 0 ? requestGroupOf(w, options) : undefined
  const outcome = outcomeOf(doc, w.id('problems'))
  const carePlan = carePlanOf(w, requestGroup, [...tests.values()])
  const guidance = guidanceOf(w, carePlan, outcome)
  const written = [
    carePlan,
    ...(requestGroup ? [requestGroup] : []),
    guidance,
    ...tests.values(),
    ...options.flatMap((o) => o.requests),
    ...detectedIssues(w),
  ]
  const all = [...written, ...(outcome ? [outcome] : []), provenanceOf(w, written)]
  return {
    resourceType: 'Bundle',
    type: 'collection',
    timestamp: midnight(doc),
    entry: all.map((r) => ({ fullUrl: `${BASE}/${r.resourceType}/${r.id}`, resource: r })),
  }
}

const midnight = ({ asOf }: PlanDocument): string => `${asOf}T00:00:00Z`

function requestGroupOf(w: Writing, options: readonly WrittenOption[]): Written {
  const { doc } = w
  const narrative = doc.options.map((o) => `${o.rank}. ${o.standing}: ${o.title}. ${o.standingBecause}`)
  return resource('RequestGroup', w.id('options'), narrative, {
    status: 'draft',
    intent: 'proposal',
    subject: w.subject,
    authoredOn: midnight(doc),
    reasonCode: [text(doc.case.story)],
    action: [
      {
        title: 'Options in order, best first',
        selectionBehavior: 'at-most-one',
        groupingBehavior: 'logical-group',
        action: options.map((o) => o.action),
      },
    ],
    note: [{ text: doc.intendedUse }],
  })
}

function carePlanOf(w: Writing, requestGroup: Written | undefined, tests: readonly Written[]): Written {
  const { doc } = w
  const narrative = [
    doc.case.story,
    ...(doc.status === 'refused' ? ['No plan can be proposed.'] : []),
    ...doc.alerts.map((a) => `${a.urgency}: ${a.title}`),
    ...doc.options.slice(0, 5).map((o) => `${o.rank}. ${o.standing}: ${o.title}`),
    ...doc.notAdvised.map((n) => `Not advised: ${n.treatment}`),
  ]
  return resource('CarePlan', w.id('plan'), narrative, {
    status: 'draft',
    intent: 'proposal',
    title: doc.status === 'refused' ? 'No plan can be proposed' : 'Proposed plan for stage IV lung cancer',
    description: doc.case.story,
    subject: w.subject,
    created: doc.asOf,
    activity: [
      ...(requestGroup ? [{ reference: referenceTo(requestGroup) }] : []),
      ...tests.map((t) => ({ reference: referenceTo(t) })),
      ...doc.support.map(
        (s): Elements => ({
          detail: {
            kind: 'ServiceRequest',
            code: { coding: [{ system: `${BASE}/CodeSystem/services`, code: s.service }], text: s.title },
            reasonCode: [text(s.because.claim)],
            status: 'not-started',
            // a day that has passed already cannot close a period that opens today
            scheduledPeriod: s.dueBy ? (s.dueBy >= doc.asOf ? { start: doc.asOf, end: s.dueBy } : { end: s.dueBy }) : undefined,
            description: s.actions.join('; '),
          },
        }),
      ),
    ],
    note: [{ text: doc.intendedUse }],
  })
}

function guidanceOf(w: Writing, carePlan: Written, outcome: Written | undefined): Written {
  const { doc } = w
  return resource('GuidanceResponse', w.id('guidance'), [`Knowledge ${doc.knowledge.version}, ${doc.status}`], {
    identifier: [{ system: `${BASE}/knowledge-digest`, value: doc.knowledge.digest }],
    moduleUri: `${MODULE}|${doc.knowledge.version}`,
    status: doc.status === 'refused' ? 'failure' : doc.options.some((o) => o.standing === 'needs-data') ? 'data-required' : 'success',
    subject: w.subject,
    occurrenceDateTime: midnight(doc),
    reasonCode: [text(doc.case.story)],
    evaluationMessage: outcome ? [referenceTo(outcome)] : undefined,
    result: referenceTo(carePlan),
  })
}

function provenanceOf(w: Writing, written: readonly Written[]): Written {
  const { inputs } = w.doc
  return resource('Provenance', w.id('provenance'), [`Computed by ${inputs.software} from chart ${inputs.chartDigest}`], {
    target: written.map(referenceTo),
    occurredDateTime: midnight(w.doc),
    recorded: midnight(w.doc),
    activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'CREATE', display: 'create' }] },
    agent: [
      {
        type: {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'assembler', display: 'Assembler' },
          ],
        },
        who: { display: inputs.software },
      },
    ],
    entity: [
      {
        role: 'source',
        what: { identifier: { system: `${BASE}/chart-digest`, value: inputs.chartDigest }, display: 'the chart as read' },
      },
    ],
  })
}
