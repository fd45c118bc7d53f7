import { BASE } from './context.ts'
import { fhirId, resource, text, type Written } from './resource.ts'

export interface CohortGroup {
  readonly id: string
  readonly title: string
  /** What puts a patient into the group: kind and id of the rule, and which of its groups. */
  readonly about: { readonly kind: string; readonly id: string; readonly group: string }
  /** Null: hidden. */
  readonly count: number | null
  readonly patients?: readonly string[]
}

const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'

/** Groups of patients as FHIR R4 Groups in a collection Bundle: with their members, or with their number alone. */
export function cohortGroups(groups: readonly CohortGroup[], asOf: string): Written {
  return {
    resourceType: 'Bundle',
    id: fhirId('population', asOf),
    type: 'collection',
    ...(groups.length > 0
      ? {
          entry: groups.map((group) => {
            const written = groupOf(group, asOf)
            return { fullUrl: `${BASE}/Group/${written.id}`, resource: written }
          }),
        }
      : {}),
  }
}

function groupOf({ id, title, about, count, patients }: CohortGroup, asOf: string): Written {
  return resource('Group', fhirId(id, asOf), [`${title}: ${count ?? 'hidden'} on ${asOf}.`], {
    active: true,
    type: 'person',
    actual: true,
    name: title,
    ...(count === null ? { _quantity: { extension: [{ url: ABSENT, valueCode: 'masked' }] } } : { quantity: count }),
    characteristic: [
      {
        code: text(`${about.kind}: ${about.id}`),
        valueCodeableConcept: text(about.group),
        exclude: false,
        period: { start: asOf, end: asOf },
      },
    ],
    member: patients?.map((reference) => ({ entity: { reference } })),
  })
}
