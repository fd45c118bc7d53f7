import type { FactValue, Issue, ListItem } from '@secondwind/core'
import { parseCharts } from '../src/index.ts'
import { readAllergies } from '../src/read/allergies.ts'
import { readMedicines } from '../src/read/medicines/index.ts'
import { createContext, type Findings } from '../src/read/reading-context.ts'
import { readTreatment } from '../src/read/treatment/index.ts'
import { testKnowledge } from './knowledge.ts'
import { ANN, bundle, TODAY } from './reading.ts'

export type Json = { readonly [element: string]: unknown }

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
const SNOMED = 'http://snomed.info/sct'
const ANN_REFERENCE = { reference: 'Patient/ann' }
let serial = 0
const nextId = (): string => `r${++serial}`

export const snomed = (code: string, display = ''): Json => ({ coding: [{ system: SNOMED, code, ...(display === '' ? {} : { display }) }] })
const medication = (name: string, rxnorm?: string): Json =>
  rxnorm === undefined ? { text: name } : { coding: [{ system: RXNORM, code: rxnorm, display: name }] }

/** A drug taken from `start` to `end`; active when it has no end. */
export const taken = (name: string, start?: string, end?: string, more: Json = {}): Json => ({
  resourceType: 'MedicationStatement',
  id: nextId(),
  status: end === undefined ? 'active' : 'completed',
  subject: ANN_REFERENCE,
  medicationCodeableConcept: medication(name),
  ...(start === undefined && end === undefined
    ? {}
    : { effectivePeriod: { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) } }),
  ...more,
})

export const ordered = (name: string, authoredOn: string | undefined, more: Json = {}): Json => ({
  resourceType: 'MedicationRequest',
  id: nextId(),
  status: 'active',
  intent: 'order',
  subject: ANN_REFERENCE,
  medicationCodeableConcept: medication(name),
  ...(authoredOn === undefined ? {} : { authoredOn }),
  ...more,
})

export const dose = (name: string, on: string): Json => ({
  resourceType: 'MedicationAdministration',
  id: nextId(),
  status: 'completed',
  subject: ANN_REFERENCE,
  medicationCodeableConcept: medication(name),
  effectiveDateTime: on,
})

const STATUS_CODES = { progression: '271299001', stable: '359746009', response: '268910001' } as const

/** mCODE cancer disease status. */
export const status = (value: keyof typeof STATUS_CODES, on: string, more: Json = {}): Json => ({
  resourceType: 'Observation',
  id: nextId(),
  status: 'final',
  subject: ANN_REFERENCE,
  code: { coding: [{ system: 'http://loinc.org', code: '97509-4' }] },
  effectiveDateTime: on,
  valueCodeableConcept: snomed(STATUS_CODES[value]),
  ...more,
})

export const scan = (text: string, on: string, conclusion: string): Json => ({
  resourceType: 'DiagnosticReport',
  id: nextId(),
  status: 'final',
  subject: ANN_REFERENCE,
  code: { text },
  effectiveDateTime: on,
  conclusion,
})

export const metastasis = (display: string, code: string, onset: string | undefined): Json => ({
  resourceType: 'Condition',
  id: nextId(),
  meta: { profile: ['http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-secondary-cancer-condition'] },
  subject: ANN_REFERENCE,
  code: snomed(code, display),
  ...(onset === undefined ? {} : { onsetDateTime: onset }),
})
export const liverMetastasis = (onset?: string): Json => metastasis('Secondary malignant neoplasm of liver', '94381002', onset)
export const brainMetastasis = (onset?: string): Json => metastasis('Secondary malignant neoplasm of brain', '94225005', onset)

export const stage = (text: string, on: string): Json => ({
  resourceType: 'Observation',
  id: nextId(),
  status: 'final',
  subject: ANN_REFERENCE,
  code: { coding: [{ system: 'http://loinc.org', code: '21908-9' }] },
  effectiveDateTime: on,
  valueCodeableConcept: { text },
})

export const procedure = (text: string, on: string | undefined, more: Json = {}): Json => ({
  resourceType: 'Procedure',
  id: nextId(),
  status: 'completed',
  subject: ANN_REFERENCE,
  code: { text },
  ...(on === undefined ? {} : { performedDateTime: on }),
  ...more,
})

export const condition = (text: string, more: Json = {}): Json => ({
  resourceType: 'Condition',
  id: nextId(),
  subject: ANN_REFERENCE,
  code: { text },
  ...more,
})

/** The lung cancer itself, with a note. */
export const lungCancer = (note?: string): Json => condition('Adenocarcinoma of lung', note === undefined ? {} : { note: [{ text: note }] })

export interface ReadChart {
  readonly findings: Findings
  /** Value of a settled fact; undefined when nothing was said, `unknown: reason` when it is known to be unknown. */
  value(fact: string): FactValue | string | undefined
  readonly lines: readonly ListItem[]
  readonly issues: readonly Issue[]
}

/** Runs the readers of medicines and treatment over Ann and these resources. */
export function readTreated(resources: readonly Json[], asOf = TODAY): ReadChart {
  const parsed = parseCharts(JSON.stringify(bundle(ANN, ...resources)))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  const { context, findings } = createContext(parsed.value[0]!.chart, testKnowledge(), asOf)
  readAllergies(context)
  readMedicines(context)
  readTreatment(context)
  const value = (fact: string): FactValue | string | undefined => {
    const settled = findings.settled.get(fact)
    if (settled !== undefined) return 'value' in settled ? settled.value : `unknown: ${settled.unknown}`
    return findings.readings.get(fact)?.at(-1)?.value
  }
  return { findings, value, lines: (value('lines') as readonly ListItem[] | undefined) ?? [], issues: findings.issues }
}
