import { type Body, narrativeOf, type Resource } from './builders/chart.ts'
import { hospitalRef, marked, NETWORK, placeRef, practitionerRef } from './chart/writing.ts'
import type { Model } from './model-types.ts'

const ROLE = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode'
const plain = (words: string): Body => ({ text: narrativeOf(words) })
const idOf = ({ reference }: { readonly reference: string }): string => reference.split('/')[1]!

/** The invented hospitals: an Organization each, its places with coordinates, a HealthcareService for everything it can do, and its oncologist. */
export function hospitalResources({ hospitals: { hospitals, capabilities } }: Model): readonly Resource[] {
  return hospitals.flatMap((hospital) => {
    const name = `Synthetic Hospital ${hospital.city} (invented)`
    const address = { city: hospital.city, state: hospital.state, country: 'US' }
    const position = { longitude: hospital.longitude, latitude: hospital.latitude }
    const organization = hospitalRef(hospital)
    const place = (part: 'main' | 'icu', code: string, words: string): Resource => ({
      resourceType: 'Location',
      id: idOf(placeRef(hospital, part)),
      ...plain(`${name}: ${words}`),
      status: 'active',
      name: `${name}: ${words}`,
      mode: 'instance',
      type: [{ coding: [{ system: ROLE, code }] }],
      address,
      position,
      managingOrganization: organization,
      ...(part === 'main' ? {} : { partOf: placeRef(hospital, 'main') }),
    })
    const service = (id: string, words: string): Resource => ({
      resourceType: 'HealthcareService',
      id: `network-${hospital.id}-${id}`,
      ...plain(`${name}: ${words}`),
      active: true,
      providedBy: organization,
      type: [{ coding: [{ system: `${NETWORK}/capabilities`, code: id, display: words }], text: words }],
      location: [placeRef(hospital, 'main')],
      name: words,
    })
    const resources: Resource[] = [
      {
        resourceType: 'Organization',
        id: idOf(organization),
        ...plain(name),
        extension: [
          { url: `${NETWORK}/beds`, valueInteger: hospital.beds },
          { url: `${NETWORK}/kind`, valueCode: hospital.kind },
        ],
        identifier: [{ system: `${NETWORK}/hospitals`, value: hospital.id }],
        active: true,
        type: [
          { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov', display: 'Healthcare Provider' }] },
        ],
        name,
        address: [address],
      },
      place('main', 'HOSP', 'main building'),
      ...(hospital.can.includes('intensive-care') ? [place('icu', 'ICU', 'intensive care unit')] : []),
      ...hospital.can.map((id) => service(id, capabilities[id]!)),
      {
        resourceType: 'Practitioner',
        id: idOf(practitionerRef(hospital)),
        ...plain(`Oncologist of ${name}`),
        identifier: [{ system: `${NETWORK}/staff`, value: `oncologist-${hospital.id}` }],
        name: [{ family: `Synthetic-${hospital.city}`, given: ['Olga'] }],
      },
    ]
    return resources.map((resource) => marked(resource))
  })
}
