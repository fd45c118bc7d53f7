import type { Issue } from '@secondwind/core'
import { keysOf } from './chart.ts'
import type { Resource } from './context.ts'
import type { Person } from './patients.ts'
import { isObject, type Json, nameOf, objectOf, objectsOf, referenceOf, stringOf } from './shapes.ts'

/** Belongs to nobody: may be referred to by every chart. All other types are clinical and need a patient. */
export const SHARED_TYPES: ReadonlySet<string> = new Set([
  'Medication',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Substance',
  'Device',
  'DeviceDefinition',
  'HealthcareService',
  'Endpoint',
  'PlanDefinition',
  'ActivityDefinition',
  'Questionnaire',
  'Library',
  'Measure',
  'ResearchStudy',
  'ValueSet',
  'CodeSystem',
  'ConceptMap',
  'StructureDefinition',
  'CapabilityStatement',
  'MessageHeader',
  'MedicationKnowledge',
  'InsurancePlan',
  'Group',
  'Provenance',
  'AuditEvent',
  'Binary',
  'OperationOutcome',
  'Subscription',
  'Schedule',
  'Slot',
  'SearchParameter',
  'ImplementationGuide',
  'NamingSystem',
  'Parameters',
  'Person',
])

/** Elements that name the patient, by habit of R4: the first that is there decides. */
const SUBJECT_ELEMENTS = ['subject', 'patient', 'beneficiary', 'individual', 'for'] as const

export interface Assignment {
  readonly own: ReadonlyMap<Person, readonly Resource[]>
  /** Resources of a patient who is not in the input, by reference. */
  readonly orphans: ReadonlyMap<string, readonly Resource[]>
  readonly shared: readonly Resource[]
  readonly issues: readonly Issue[]
  /** Whose a resource is, also one that was left out: a person, the key of a patient who is not here, or '' for nobody in particular. */
  ownerOf(resource: Resource): Person | string
}

/** Shares resources out by the patient each names. A resource that names nobody belongs to the only patient, and to nobody when there are several. */
export function assign(resources: readonly Resource[], people: readonly Person[]): Assignment {
  const byKey = new Map<string, Person>()
  for (const person of people) for (const key of person.keys) byKey.set(key, person)
  const sole = people.length === 1 ? people[0] : undefined
  const own = new Map<Person, Resource[]>(people.map((person) => [person, []]))
  const orphans = new Map<string, Resource[]>()
  const shared: Resource[] = []
  const unnamed: Resource[] = []
  const memory = new Map<string, Person | string>()

  /** A person, the key of a patient who is not here, '' for what belongs to nobody, undefined where nobody is named. */
  const claimedBy = (resource: Resource): Person | string | undefined => {
    const subject = subjectOf(resource)
    if (subject === undefined) return SHARED_TYPES.has(resource.resourceType) ? '' : undefined
    const reference = referenceOf(subject)
    if (reference === undefined || reference.startsWith('#')) return containedOwner(resource, subject, reference)
    const searched = searchedIdentifier(reference)
    if (searched !== undefined) return containedOwner(resource, { identifier: searched }, undefined)
    const known = memory.get(reference)
    if (known !== undefined) return known
    const owner = ownerOf(reference)
    memory.set(reference, owner)
    return owner
  }

  for (const resource of resources) {
    if (resource.resourceType === 'Patient') {
      // linked records stay reachable; the main record is the chart's patient
      const person = resource.id === undefined ? undefined : byKey.get(`Patient/${resource.id}`)
      if (person !== undefined && person.patient !== resource) own.get(person)!.push(resource)
      continue
    }
    const owner = claimedBy(resource)
    if (owner === undefined) unnamed.push(resource)
    else if (owner === '') shared.push(resource)
    else if (typeof owner !== 'string') own.get(owner)!.push(resource)
    else push(orphans, owner, resource)
  }

  const issues: Issue[] = []
  if (sole !== undefined && sole.keys.size === 0 && orphans.size === 1) {
    // the only Patient has neither id nor fullUrl: the one reference there is can only mean them
    for (const [key, resources] of orphans) {
      for (const resource of resources) own.get(sole)!.push(resource)
      issues.push({
        code: 'invalid-element',
        severity: 'warning',
        path: 'Patient.id',
        message: `the Patient has no id; taken for ${key}`,
        remedy: 'add the id',
      })
    }
    orphans.clear()
  }
  if (unnamed.length > 0) {
    const only = people.length === 0 && orphans.size === 1 ? [...orphans.keys()][0] : undefined
    const names = listNames(unnamed)
    if (sole !== undefined || only !== undefined) {
      for (const resource of unnamed) {
        if (sole !== undefined) own.get(sole)!.push(resource)
        else push(orphans, only!, resource)
      }
      const clinical = unnamed.filter((resource) => resource.resourceType !== 'Composition')
      if (clinical.length > 0) {
        issues.push({
          code: 'invalid-element',
          severity: 'information',
          path: 'input',
          message: `${names} name no patient; taken for the only patient of the input`,
          remedy: 'check that they are of this patient',
        })
      }
    } else if (people.length + orphans.size > 1) {
      issues.push({
        code: 'foreign-patient',
        severity: 'warning',
        path: 'input',
        message: `${names} name no patient, and there are several: not used`,
        remedy: 'add the subject in the sending system',
      })
    }
  }
  const ownerOfAny = (resource: Resource): Person | string =>
    resource.resourceType === 'Patient' ? (byKey.get(`Patient/${resource.id ?? ''}`) ?? '') : (claimedBy(resource) ?? '')
  return { own, orphans, shared, issues, ownerOf: ownerOfAny }

  /** A person, a key of a patient who is not here, or '' for a subject who is no patient. */
  function ownerOf(reference: string): Person | string {
    for (const key of keysOf(reference)) {
      const person = byKey.get(key)
      if (person !== undefined) return person
    }
    if (reference.startsWith('urn:')) {
      const bare = reference.slice(reference.lastIndexOf(':') + 1)
      return byKey.get(`Patient/${bare}`) ?? `Patient/${bare}`
    }
    const patientKey = keysOf(reference).find((key) => key.startsWith('Patient/'))
    if (patientKey !== undefined) return patientKey
    return reference.includes('/') ? '' : `Patient/${reference}`
  }

  /** Subject by contained Patient or by identifier: the sole patient unless something speaks against it. */
  function containedOwner(resource: Resource, subject: unknown, reference: string | undefined): Person | string {
    let claim = objectOf(subject)?.identifier
    let local: Resource | undefined
    if (reference !== undefined) {
      const inner = objectsOf(resource.contained).find((candidate) => candidate.id === reference.slice(1))
      if (inner === undefined || inner.resourceType !== 'Patient') return reference === '#' || inner !== undefined ? '' : `Patient/unknown`
      local = inner as unknown as Resource
      claim = inner.identifier
    }
    const claims = objectsOf(claim)
    for (const person of people) if (claims.some((identifier) => isTheirs(person, identifier))) return person
    const spoken =
      claims.map((identifier) => stringOf(identifier.value)).find((value) => value !== undefined) ?? stringOf(local?.id) ?? 'unknown'
    if (sole === undefined) return `Patient/${spoken}`
    const differs =
      claims.some((identifier) => sole.identifiers.has(stringOf(identifier.system) ?? '')) ||
      (typeof local?.birthDate === 'string' && typeof sole.patient.birthDate === 'string' && local.birthDate !== sole.patient.birthDate)
    return differs ? `Patient/${spoken}` : sole
  }
}

/** The identifier that a conditional reference searches for (`Patient?identifier=system|value`, as bundles of a transaction write it). */
function searchedIdentifier(reference: string): Json | undefined {
  const [, system, value] = /^Patient\?identifier=(?:([^|]*)\|)?(.+)$/.exec(reference) ?? []
  return value === undefined ? undefined : { system, value }
}

/** An identifier without a value is nobody's. */
function isTheirs(person: Person, identifier: Json): boolean {
  const value = stringOf(identifier.value)
  return value !== undefined && person.identifiers.get(stringOf(identifier.system) ?? '') === value
}

/** The element that names the patient; undefined when none is there or it is only a display. */
export function subjectOf(resource: Resource): unknown {
  for (const element of SUBJECT_ELEMENTS) {
    const value: unknown = Array.isArray(resource[element]) ? (resource[element] as readonly unknown[])[0] : resource[element]
    if (isObject(value) && (value.reference !== undefined || value.identifier !== undefined)) return value
    if (typeof value === 'string' && value.includes('/')) return value
  }
  return undefined
}

export function listNames(resources: readonly Resource[]): string {
  const names = resources.map(nameOf).sort()
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}

function push(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  const list = map.get(key)
  if (list) list.push(resource)
  else map.set(key, [resource])
}
