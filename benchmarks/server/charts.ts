import fs from 'node:fs'
import path from 'node:path'

interface Resource {
  readonly resourceType: string
  readonly id: string
  readonly [element: string]: unknown
}

export interface Chart {
  readonly patient: string
  readonly resources: readonly Resource[]
}

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures/patients')

/** The example charts in turn, each copy under ids of its own: whole charts of a patient with lung cancer, some 150 resources each. */
export function wholeCharts(): (n: number) => Chart {
  const sources = fs
    .readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.json'))
    .map((name) => fs.readFileSync(path.join(FIXTURES, name), 'utf8'))
    .filter((text) => text.includes('"entry"'))
    .map((text) => (JSON.parse(text) as { entry: { resource: Resource }[] }).entry.map(({ resource }) => resource))
    .filter((resources) => resources.every(({ id }) => id !== undefined))
  return (n) => {
    const source = sources[n % sources.length]!
    const patient = source.find(({ resourceType }) => resourceType === 'Patient')!.id
    const name = `whole-${n}`
    // practitioners and the like are shared between the examples: each copy has its own, so that writers do not meet by accident
    const renamed = new Map(
      source.map(({ resourceType, id }) => [`${resourceType}/${id}`, id === patient ? name : `${name}-${id}`.slice(0, 64)]),
    )
    const text = JSON.stringify(source).replace(/"reference":"([A-Za-z]+)\/([A-Za-z0-9.-]+)"/g, (whole, type: string, id: string) => {
      const to = renamed.get(`${type}/${id}`)
      return to === undefined ? whole : `"reference":"${type}/${to}"`
    })
    const resources = (JSON.parse(text) as Resource[]).map((resource) => ({
      ...resource,
      id: renamed.get(`${resource.resourceType}/${resource.id}`)!,
    }))
    return { patient: name, resources }
  }
}

const day = (n: number): string => `2026-${String(1 + (n % 11)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`

/** A small chart: a patient, a diagnosis, three laboratory values and a medicine. */
export function smallChart(n: number): Chart {
  const patient = `small-${n}`
  const subject = { reference: `Patient/${patient}` }
  const value = (kind: number): Resource => ({
    resourceType: 'Observation',
    id: `${patient}-o${kind}`,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: ['718-7', '777-3', '2160-0'][kind]! }] },
    subject,
    effectiveDateTime: day(n + kind),
    valueQuantity: { value: 1 + ((n + kind) % 60) / 10, unit: 'g/dL', system: 'http://unitsofmeasure.org', code: 'g/dL' },
  })
  return {
    patient,
    resources: [
      {
        resourceType: 'Patient',
        id: patient,
        identifier: [{ system: 'urn:bench', value: String(n) }],
        name: [{ family: `Family${n % 997}`, given: [`Given${n % 89}`] }],
        gender: n % 2 === 0 ? 'female' : 'male',
        birthDate: `19${40 + (n % 50)}-0${1 + (n % 9)}-11`,
      },
      {
        resourceType: 'Condition',
        id: `${patient}-c`,
        clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007' }] },
        subject,
        onsetDateTime: day(n),
      },
      value(0),
      value(1),
      value(2),
      {
        resourceType: 'MedicationRequest',
        id: `${patient}-m`,
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: { text: 'folic acid' },
        subject,
        authoredOn: day(n),
      },
    ],
  }
}

/** One transaction: every resource put under its id. */
export const transactionOf = (resources: readonly Resource[]): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })),
  })

export const observationOf = (patient: string, n: number): string =>
  JSON.stringify({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: '2026-11-20',
    valueQuantity: { value: 8 + (n % 60) / 10, unit: 'g/dL', system: 'http://unitsofmeasure.org', code: 'g/dL' },
  })
