import type { Hook } from './protocol.ts'

/** One service as the discovery endpoint tells it. */
export interface CdsService {
  readonly id: string
  readonly hook: Hook
  readonly title: string
  readonly description: string
  readonly usageRequirements: string
  readonly prefetch: { readonly [key: string]: string }
}

const ofPatient = (type: string, more = ''): string => `${type}?patient={{context.patientId}}${more}&_count=1000`

/** What a plan is made from. A client that cannot fill a template leaves it out: then it is fetched, where that is allowed, or told as missing. */
export const PREFETCH: { readonly [key: string]: string } = {
  patient: 'Patient/{{context.patientId}}',
  conditions: ofPatient('Condition'),
  observations: ofPatient('Observation'),
  reports: ofPatient('DiagnosticReport'),
  procedures: ofPatient('Procedure'),
  medicationRequests: ofPatient('MedicationRequest'),
  medicationStatements: ofPatient('MedicationStatement'),
  medicationAdministrations: ofPatient('MedicationAdministration'),
  allergies: ofPatient('AllergyIntolerance'),
  adverseEvents: `AdverseEvent?subject=Patient/{{context.patientId}}&_count=1000`,
  serviceRequests: ofPatient('ServiceRequest'),
  familyAndSpecimens: ofPatient('Specimen'),
  goals: ofPatient('Goal'),
  carePlans: ofPatient('CarePlan'),
  immunizations: ofPatient('Immunization'),
}

const USAGE =
  'Stage IV lung cancer only; for any other patient no card is returned. Decision support for clinicians: a clinician decides and signs. ' +
  'Without the prefetched chart, and without a FHIR server it may read, the service says so in one card.'

export const SERVICES: readonly CdsService[] = [
  {
    id: 'second-wind-patient-view',
    hook: 'patient-view',
    title: 'Second Wind: plan at a glance',
    description: 'Emergencies, what must not be given, and the options of the plan for a patient with stage IV lung cancer',
    usageRequirements: USAGE,
    prefetch: PREFETCH,
  },
  {
    id: 'second-wind-order-select',
    hook: 'order-select',
    title: 'Second Wind: is this order sound for this patient',
    description: 'Holds the selected medicines against contraindications, interactions, emergencies and the plan',
    usageRequirements: USAGE,
    prefetch: PREFETCH,
  },
  {
    id: 'second-wind-order-sign',
    hook: 'order-sign',
    title: 'Second Wind: last check before signing',
    description: 'Holds all draft orders together against contraindications, interactions, emergencies and the plan',
    usageRequirements: USAGE,
    prefetch: PREFETCH,
  },
]
