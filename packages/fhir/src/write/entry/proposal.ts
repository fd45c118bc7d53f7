import type { FactDefinition, FactValue, KnownFact } from '@secondwind/core'
import type { Chart, ReaderKnowledge, Resource } from '../../read/context.ts'

/** A resource as it is to be recorded: it has its id, whether it is new or a new version of one that stands. */
export type Entered = Resource & { readonly id: string }

/** Resources that together say one fact. Several proposals may say it: the first that the readers understand as meant is taken. */
export interface Proposal {
  readonly resources: readonly Entered[]
}

/** One fact that a person enters. */
export interface Entering {
  readonly definition: FactDefinition
  /** In the canonical unit and codes of the registry. */
  readonly value: FactValue
  /** As the person wrote it: a number keeps its unit. */
  readonly text?: string
  /** ISO day on which it was so. */
  readonly on: string
  /** `Patient/x`. */
  readonly patient: string
  readonly chart: Chart
  /** What the plan knows of it now. */
  readonly before?: KnownFact
  readonly knowledge: ReaderKnowledge
  /** A reference to who says so. */
  readonly who: string
  readonly newId: () => string
}

/** Ways to say a fact in FHIR; none: this writer does not know how. */
export type Writer = (entering: Entering) => readonly Proposal[]

const LOINC = 'http://loinc.org'
const SNOMED = 'http://snomed.info/sct'
export const UCUM = 'http://unitsofmeasure.org'
export const MCODE = 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-'

export type Coding = { readonly system: string; readonly code: string; readonly display?: string }
export type Concept = { readonly coding?: readonly Coding[]; readonly text?: string }

export const loinc = (code: string): Coding => ({ system: LOINC, code })
export const snomed = (code: string): Coding => ({ system: SNOMED, code })
export const icd10 = (code: string): Coding => ({ system: 'http://hl7.org/fhir/sid/icd-10-cm', code })

export const concept = (text: string | undefined, ...codings: readonly (Coding | undefined)[]): Concept => {
  const coding = codings.filter((one) => one !== undefined)
  return { ...(coding.length === 0 ? {} : { coding }), ...(text === undefined ? {} : { text }) }
}

export type ObservationCategory = 'laboratory' | 'vital-signs' | 'exam' | 'survey' | 'social-history' | 'imaging'

/** A final observation of the day. `value`: the element with its name, `{ valueInteger: 1 }`. */
export function observation(
  { on, patient, who, newId }: Entering,
  category: ObservationCategory,
  code: Concept,
  value: { readonly [element: string]: unknown },
  profile?: string,
): Entered {
  return {
    resourceType: 'Observation',
    id: newId(),
    ...(profile === undefined ? {} : { meta: { profile: [`${MCODE}${profile}`] } }),
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
    code,
    subject: { reference: patient },
    effectiveDateTime: on,
    performer: [{ reference: who }],
    ...value,
  }
}

/** A problem of the list. `isThere` false: looked for and refuted. */
export function condition(
  { on, patient, newId }: Entering,
  code: Concept,
  isThere: boolean,
  more: { readonly [element: string]: unknown } = {},
): Entered {
  return {
    resourceType: 'Condition',
    id: newId(),
    ...(isThere
      ? { clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] } }
      : {}),
    verificationStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: isThere ? 'confirmed' : 'refuted' }],
    },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-category', code: 'problem-list-item' }] }],
    code,
    subject: { reference: patient },
    recordedDate: on,
    ...more,
  }
}

/** Words that name a thing plainly: a phrase of the knowledge base without gaps and stems. */
export const plainPhrase = (phrases: readonly string[] | undefined): string | undefined =>
  phrases?.find((phrase) => !phrase.includes('*') && !phrase.includes('...'))

export const one = (...resources: readonly Entered[]): Proposal => ({ resources })
