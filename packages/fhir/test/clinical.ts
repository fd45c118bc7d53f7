import type { Fact, Issue } from '@secondwind/core'
import { parseCharts } from '../src/index.ts'
import { project } from '../src/project/project.ts'
import { CLINICAL_READERS } from '../src/read/clinical.ts'
import { createContext } from '../src/read/reading-context.ts'
import { testKnowledge } from './knowledge.ts'
import { ANN, bundle, TODAY } from './reading.ts'

type Resource = { readonly [element: string]: unknown }

export interface ClinicalCase {
  readonly facts: Readonly<Record<string, Fact>>
  readonly issues: readonly Issue[]
}

/** Facts of these resources of Ann by the clinical readers alone, settled; silence counts as the registry says. */
export function clinicalCase(resources: readonly Resource[], asOf: string = TODAY): ClinicalCase {
  const parsed = parseCharts(JSON.stringify(bundle(ANN, ...resources)))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const { context, findings } = createContext(parsed.value[0]!.chart, testKnowledge(), asOf)
  for (const reader of CLINICAL_READERS) reader(context)
  return project(findings, testKnowledge(), asOf)
}

/** Value of a known fact; of an unknown one its reason in angle brackets. */
export function answer(read: ClinicalCase, fact: string): unknown {
  const found = read.facts[fact]
  return found === undefined ? undefined : 'value' in found ? found.value : `<${found.unknown}>`
}

const SYSTEMS: { readonly [prefix: string]: string } = {
  snomed: 'http://snomed.info/sct',
  icd10: 'http://hl7.org/fhir/sid/icd-10-cm',
  loinc: 'http://loinc.org',
  icdo3: 'http://terminology.hl7.org/CodeSystem/icd-o-3',
}

/** `snomed|254637007` or plain words as a CodeableConcept. */
export function concept(written: string): Resource {
  const [prefix = '', code] = written.split('|')
  const system = SYSTEMS[prefix]
  return system === undefined || code === undefined ? { text: written } : { coding: [{ system, code }] }
}

let next = 0
const id = (): string => {
  next += 1
  return `r${next}`
}

export const condition = (code: string, more: Resource = {}): Resource => ({
  resourceType: 'Condition',
  id: id(),
  subject: { reference: 'Patient/ann' },
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
  code: concept(code),
  ...more,
})

export const withStatus = (code: string): Resource => ({ clinicalStatus: { coding: [{ code }] } })
export const verified = (code: string): Resource => ({ verificationStatus: { coding: [{ code }] } })

export const result = (code: string, value: Resource, on = '2026-11-01', more: Resource = {}): Resource => ({
  resourceType: 'Observation',
  id: id(),
  status: 'final',
  subject: { reference: 'Patient/ann' },
  code: concept(code),
  effectiveDateTime: on,
  ...value,
  ...more,
})

export const coded = (written: string): Resource => ({ valueCodeableConcept: concept(written) })

export const reported = (title: string, conclusion: string, on = '2026-11-01', category = 'RAD'): Resource => ({
  resourceType: 'DiagnosticReport',
  id: id(),
  status: 'final',
  subject: { reference: 'Patient/ann' },
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: category }] }],
  code: { text: title },
  effectiveDateTime: on,
  conclusion,
})

export const note = (summary: string, on = '2026-11-20'): Resource => ({
  resourceType: 'ClinicalImpression',
  id: id(),
  status: 'completed',
  subject: { reference: 'Patient/ann' },
  date: on,
  summary,
})
