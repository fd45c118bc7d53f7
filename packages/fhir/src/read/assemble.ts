import { err, type Issue, ok, type Result } from '@secondwind/core'
import { createChart, type IndexedChart, keysOf } from './chart.ts'
import type { Collected } from './collect.ts'
import type { Resource } from './context.ts'
import { isObject, nameOf, objectOf, objectsOf, referenceOf, stringOf } from './shapes.ts'
import { settleVersions } from './versions.ts'

/** One patient's chart with what was wrong in putting it together. */
export interface ParsedChart {
  readonly chart: IndexedChart
  readonly issues: readonly Issue[]
}

/** Belongs to nobody: may be referred to by every chart. All other types are clinical and need a patient. */
const SHARED_TYPES: ReadonlySet<string> = new Set([
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

/** Shares resources out among patients. The result is sorted by patient reference. */
export function assembleCharts(collected: Collected): Result<readonly ParsedChart[], readonly Issue[]> {
  const settled = settleVersions(collected)
  const inputIssues = [...collected.issues, ...settled.issues]
  const people = groupPatients(settled.resources, collected.fullUrls)
  const plan = assign(settled.resources, people)

  if (people.length === 0 && plan.orphans.size === 0) {
    const message = 'no Patient resource, and nothing refers to a patient'
    return err([
      { code: 'missing-patient', severity: 'error', path: 'input', message, remedy: 'include the Patient' },
      ...inputIssues.filter((issue) => issue.severity === 'error'),
    ])
  }

  const charts: ParsedChart[] = []
  if (people.length === 0) {
    for (const [key, resources] of plan.orphans) {
      const [, id = key] = key.includes('/') ? [key.slice(0, key.lastIndexOf('/')), key.slice(key.lastIndexOf('/') + 1)] : ['', key]
      const patient: Resource = { resourceType: 'Patient', id }
      const issue: Issue = {
        code: 'missing-patient',
        severity: 'warning',
        path: `Patient/${id}`,
        message: `the Patient resource is not in the input; ${resources.length} resources refer to it`,
        remedy: 'include it: age and sex decide doses',
      }
      charts.push(finish(patient, resources, [issue]))
    }
  } else {
    const foreign = [...plan.orphans].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, resources]) => foreignIssue(key, resources))
    for (const person of people) charts.push(finish(person.patient, plan.own.get(person) ?? [], [...foreign, ...person.issues]))
  }
  charts.sort((a, b) => (nameOf(a.chart.patient) < nameOf(b.chart.patient) ? -1 : 1))
  return ok(charts)

  function finish(patient: Resource, resources: readonly Resource[], issues: readonly Issue[]): ParsedChart {
    const chart = createChart({ patient, resources, shared: plan.shared, fullUrls: collected.fullUrls })
    return { chart, issues: [...inputIssues, ...plan.issues, ...issues] }
  }
}

interface Person {
  readonly patient: Resource
  /** Every key under which this person is referred to. */
  readonly keys: ReadonlySet<string>
  readonly identifiers: ReadonlyMap<string, string>
  readonly issues: readonly Issue[]
}

/** Patients joined by `Patient.link` are one person; the record that has not been replaced speaks for them. */
function groupPatients(resources: readonly Resource[], fullUrls: ReadonlyMap<Resource, string>): readonly Person[] {
  const patients = resources.filter((resource) => resource.resourceType === 'Patient')
  const groups = new Map<string, Set<Resource>>()
  const keysOfPatient = new Map<Resource, string[]>()
  for (const patient of patients) {
    const keys: string[] = patient.id === undefined ? [] : [`Patient/${patient.id}`]
    const fullUrl = fullUrls.get(patient)
    if (fullUrl !== undefined) keys.push(fullUrl)
    for (const link of objectsOf(patient.link)) {
      const other = referenceOf(link.other)
      if (other?.includes('RelatedPerson/') === false) keys.push(...keysOf(other))
    }
    keysOfPatient.set(patient, keys)
    const merged = new Set<Resource>([patient])
    for (const key of keys) for (const member of groups.get(key) ?? []) merged.add(member)
    for (const member of merged) for (const key of keysOfPatient.get(member) ?? []) groups.set(key, merged)
    if (keys.length === 0) groups.set(`anonymous ${groups.size}`, merged)
  }
  const people: Person[] = []
  for (const members of new Set(groups.values())) {
    const sorted = [...members].sort((a, b) => Number(isReplaced(a)) - Number(isReplaced(b)) || (nameOf(a) < nameOf(b) ? -1 : 1))
    const patient = sorted[0]!
    const identifiers = new Map<string, string>()
    for (const member of sorted) {
      for (const identifier of objectsOf(member.identifier)) {
        const system = stringOf(identifier.system)
        const value = stringOf(identifier.value)
        if (system !== undefined && value !== undefined && !identifiers.has(system)) identifiers.set(system, value)
      }
    }
    const issues: Issue[] =
      sorted.length === 1
        ? []
        : [
            {
              code: 'duplicate-resource',
              severity: 'information',
              path: nameOf(patient),
              message: `${sorted.map(nameOf).join(' and ')} are linked as the same person and were read as one`,
            },
          ]
    people.push({ patient, keys: new Set(sorted.flatMap((member) => keysOfPatient.get(member) ?? [])), identifiers, issues })
  }
  return people.sort((a, b) => (nameOf(a.patient) < nameOf(b.patient) ? -1 : 1))
}

const isReplaced = (patient: Resource): boolean =>
  patient.active === false || objectsOf(patient.link).some((link) => link.type === 'replaced-by')

interface Assignment {
  readonly own: ReadonlyMap<Person, readonly Resource[]>
  /** Resources of a patient who is not in the input, by reference. */
  readonly orphans: ReadonlyMap<string, readonly Resource[]>
  readonly shared: readonly Resource[]
  readonly issues: readonly Issue[]
}

function assign(resources: readonly Resource[], people: readonly Person[]): Assignment {
  const byKey = new Map<string, Person>()
  for (const person of people) for (const key of person.keys) byKey.set(key, person)
  const sole = people.length === 1 ? people[0] : undefined
  const own = new Map<Person, Resource[]>(people.map((person) => [person, []]))
  const orphans = new Map<string, Resource[]>()
  const shared: Resource[] = []
  const unnamed: Resource[] = []
  const memory = new Map<string, Person | string>()

  for (const resource of resources) {
    if (resource.resourceType === 'Patient') {
      // linked records stay reachable; the main record is the chart's patient
      const person = people.find((candidate) => candidate.keys.has(`Patient/${resource.id ?? ''}`))
      if (person !== undefined && person.patient !== resource) own.get(person)!.push(resource)
      continue
    }
    const subject = subjectOf(resource)
    if (subject === undefined) {
      if (SHARED_TYPES.has(resource.resourceType)) shared.push(resource)
      else unnamed.push(resource)
      continue
    }
    const reference = referenceOf(subject)
    let owner: Person | string | undefined
    if (reference !== undefined && !reference.startsWith('#')) {
      owner = memory.get(reference)
      if (owner === undefined) {
        owner = ownerOf(reference)
        memory.set(reference, owner)
      }
    } else owner = containedOwner(resource, subject, reference)
    if (owner === '') shared.push(resource)
    else if (typeof owner !== 'string') own.get(owner)!.push(resource)
    else push(orphans, owner, resource)
  }

  const issues: Issue[] = []
  if (sole !== undefined && sole.keys.size === 0 && orphans.size === 1) {
    // the only Patient has neither id nor fullUrl: the one reference there is can only mean them
    for (const [key, resources] of orphans) {
      own.get(sole)!.push(...resources)
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
  return { own, orphans, shared, issues }

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
    for (const person of people)
      if (claims.some((identifier) => person.identifiers.get(stringOf(identifier.system) ?? '') === stringOf(identifier.value)))
        return person
    const spoken =
      claims.map((identifier) => stringOf(identifier.value)).find((value) => value !== undefined) ?? stringOf(local?.id) ?? 'unknown'
    if (sole === undefined) return `Patient/${spoken}`
    const differs =
      claims.some((identifier) => sole.identifiers.has(stringOf(identifier.system) ?? '')) ||
      (typeof local?.birthDate === 'string' && typeof sole.patient.birthDate === 'string' && local.birthDate !== sole.patient.birthDate)
    return differs ? `Patient/${spoken}` : sole
  }
}

/** The element that names the patient; undefined when none is there or it is only a display. */
function subjectOf(resource: Resource): unknown {
  for (const element of SUBJECT_ELEMENTS) {
    const value: unknown = Array.isArray(resource[element]) ? (resource[element] as readonly unknown[])[0] : resource[element]
    if (isObject(value) && (value.reference !== undefined || value.identifier !== undefined)) return value
    if (typeof value === 'string' && value.includes('/')) return value
  }
  return undefined
}

function foreignIssue(key: string, resources: readonly Resource[]): Issue {
  return {
    code: 'foreign-patient',
    severity: 'warning',
    path: key,
    message: `${listNames(resources)} belong to ${key}, who is not in the input: not used`,
    remedy: 'send that Patient too, or correct the reference',
  }
}

function listNames(resources: readonly Resource[]): string {
  const names = resources.map(nameOf).sort()
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}

function push(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  const list = map.get(key)
  if (list) list.push(resource)
  else map.set(key, [resource])
}
