import type { Evidence, PlanDocument } from '@secondwind/core'
import { BASE, type Writing } from './context.ts'
import { type Elements, resource, text, type Written } from './resource.ts'

/** Alerts, treatments not advised and clashes: what someone who looks only at warnings must find. */
export function detectedIssues(w: Writing): readonly Written[] {
  return [
    ...w.doc.alerts.map((a) =>
      detected(w, w.id('alert', a.id), {
        title: a.suspected ? `${a.title} (suspected)` : a.title,
        system: 'alerts',
        code: a.id,
        severity: a.urgency === 'soon' ? 'moderate' : 'high',
        detail: `${a.urgency}: ${a.because.claim}`,
        actions: a.actions,
        evidence: a.evidence,
      }),
    ),
    ...w.doc.notAdvised.map((n) =>
      detected(w, w.id('not-advised', n.rule), {
        title: `Not advised: ${n.treatment}`,
        system: 'not-advised',
        code: n.rule,
        severity: n.reason === 'unsafe' ? 'high' : 'moderate',
        detail: `${n.reason}: ${n.because.claim}${n.drugs && n.drugs.length > 0 ? ` (bars ${n.match === 'exact' ? 'exactly' : 'every treatment with'} ${n.drugs.join(', ')})` : ''}`,
        actions: [],
        evidence: n.evidence,
      }),
    ),
    ...w.doc.interactions.map((i) =>
      detected(w, w.id('interaction', i.id), {
        title: i.title,
        system: 'interactions',
        code: i.id,
        severity: 'moderate',
        detail: [
          i.because.claim,
          i.window ? `${i.window.text}${i.window.earliest ? `, earliest ${i.window.earliest}` : ''}` : '',
          `between ${i.between.join(', ')}`,
        ]
          .filter(Boolean)
          .join('. '),
        actions: [],
        evidence: i.evidence,
      }),
    ),
  ]
}

interface Warned {
  readonly title: string
  readonly system: string
  readonly code: string
  readonly severity: 'high' | 'moderate'
  readonly detail: string
  readonly actions: readonly string[]
  readonly evidence: readonly Evidence[]
}

const detected = (w: Writing, id: string, of: Warned): Written =>
  resource(
    'DetectedIssue',
    id,
    [of.title, of.detail, ...of.actions, ...of.evidence.map((e) => `${e.source}, ${e.at}: ${e.says}${e.review ? ' (unconfirmed)' : ''}`)],
    {
      status: 'preliminary',
      code: { coding: [{ system: `${BASE}/CodeSystem/${of.system}`, code: of.code }], text: of.title },
      severity: of.severity,
      patient: w.subject,
      identifiedDateTime: w.doc.asOf,
      detail: of.detail,
      reference: of.evidence.find((e) => e.url)?.url,
      // what to do, not what was done: no date and no author
      mitigation: of.actions.map((action): Elements => ({ action: text(action) })),
    },
  )

/** The problems of the chart as an OperationOutcome, the form in which FHIR systems look for them. */
export function outcomeOf(doc: PlanDocument, id: string): Written | undefined {
  if (doc.problems.length === 0) return undefined
  return resource(
    'OperationOutcome',
    id,
    doc.problems.slice(0, 20).map((p) => p.message),
    {
      issue: doc.problems.map((p) => ({
        severity: p.severity,
        code: issueType(p),
        details: { coding: [{ system: `${BASE}/CodeSystem/problems`, code: p.code }], text: p.message },
        diagnostics: [p.path, p.remedy].filter(Boolean).join(': '),
        // FHIRPath only: `line 12` and fact ids are said in the diagnostics
        expression: /^[A-Z][A-Za-z]+(\.[a-zA-Z]+(\[\d+\])?)*$/.test(p.path) ? [p.path] : undefined,
      })),
    },
  )
}

function issueType({ severity, code }: PlanDocument['problems'][number]): string {
  if (severity === 'information') return 'informational'
  if (code.startsWith('missing')) return 'required'
  return /date|value|unit|range/.test(code) ? 'value' : 'business-rule'
}
