import type { Issue } from '@secondwind/core'
import { keysOf } from './chart.ts'
import type { Resource } from './context.ts'
import { nameOf, objectsOf, referenceOf, stringOf } from './shapes.ts'

/** One person of the input, with every record of theirs. */
export interface Person {
  readonly patient: Resource
  /** Every key under which this person is referred to. */
  readonly keys: ReadonlySet<string>
  readonly identifiers: ReadonlyMap<string, string>
  readonly issues: readonly Issue[]
}

/** Patients joined by `Patient.link` are one person; the record that has not been replaced speaks for them. */
export function groupPatients(resources: readonly Resource[], fullUrls: ReadonlyMap<Resource, string>): readonly Person[] {
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
