import type { Entered } from '@secondwind/fhir'
import type { AnyResource } from './person.ts'

type Json = { readonly [key: string]: unknown }

/** By which element a resource says that it was entered in error. */
const STATUS: { readonly [type: string]: 'status' | 'lifecycleStatus' | 'verificationStatus' } = {
  Observation: 'status',
  DiagnosticReport: 'status',
  Procedure: 'status',
  MedicationStatement: 'status',
  MedicationRequest: 'status',
  MedicationAdministration: 'status',
  ServiceRequest: 'status',
  DocumentReference: 'status',
  QuestionnaireResponse: 'status',
  ImagingStudy: 'status',
  Goal: 'lifecycleStatus',
  Condition: 'verificationStatus',
  AllergyIntolerance: 'verificationStatus',
}
const VERIFICATION: { readonly [type: string]: string } = {
  Condition: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
  AllergyIntolerance: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
}

export const isMarkable = ({ resourceType, id }: AnyResource): boolean => STATUS[resourceType] !== undefined && id !== undefined

/** The version that says: this was entered in error. Its content stays, so that it can be seen what was wrong. */
export function inError(resource: AnyResource): Entered {
  const element = STATUS[resource.resourceType]!
  const system = VERIFICATION[resource.resourceType]
  const value = system === undefined ? 'entered-in-error' : { coding: [{ system, code: 'entered-in-error' }] }
  // FHIR: no clinical status beside an entry that was none
  const { clinicalStatus: _gone, ...rest } = resource
  return { ...(system === undefined ? resource : rest), id: resource.id!, [element]: value } as Entered
}

export const isInError = (resource: AnyResource): boolean => {
  const element = STATUS[resource.resourceType]
  const value = element === undefined ? undefined : resource[element]
  return (
    value === 'entered-in-error' || ((value as Json | undefined)?.coding as readonly Json[] | undefined)?.[0]?.code === 'entered-in-error'
  )
}

/** Without what the store gives: version and time. */
export function asWritten<T extends AnyResource>(resource: T): T {
  const meta = resource.meta as Json | null | undefined
  // what is no object stays, and is refused where the resource is checked
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return resource
  const { versionId: _version, lastUpdated: _time, ...rest } = meta
  const { meta: _meta, ...body } = resource
  return (Object.keys(rest).length === 0 ? body : { ...body, meta: rest }) as T
}
