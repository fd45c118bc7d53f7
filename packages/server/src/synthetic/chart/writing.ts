import type { KnowledgeBase } from '@secondwind/core'
import { type Chart, dayAfter, type Body as Json, meta, narrativeOf, type Reference, type Resource } from '../builders/chart.ts'
import { seededRandom } from '../builders/random.ts'
import type { Life } from '../life/life.ts'
import type { Hospital, Model } from '../model-types.ts'
import type { regimensOf } from '../regimen-doses.ts'

/** A chart being written from a life, as it stands on a day. */
export interface Writing {
  readonly chart: Chart
  readonly life: Life
  readonly model: Model
  readonly regimens: ReturnType<typeof regimensOf>
  readonly hospital: Reference
  /** Last day of the life (counted from the diagnosis) that the chart may show. */
  readonly lastDay: number
  /** Date of a day of the life. */
  readonly date: (day: number) => string
}

export const NETWORK = 'https://network.example.org/synthetic'
export const MESS_SYSTEM = `${NETWORK}/messiness`
export const TAG = { system: `${NETWORK}/tags`, code: 'synthetic', display: 'Synthetic: an invented patient, not a person' }
export const TEST_DATA = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST', display: 'test health data' }

export const hospitalRef = ({ id }: Hospital): Reference => ({ reference: `Organization/network-${id}` })
export const practitionerRef = ({ id }: Hospital): Reference => ({ reference: `Practitioner/network-oncologist-${id}` })
export const placeRef = ({ id }: Hospital, part: 'main' | 'icu'): Reference => ({ reference: `Location/network-${id}-${part}` })

/** The same resource with the marks that nobody can overlook: security label HTEST and the tag of the network. */
export function marked(resource: Resource, tags: readonly Json[] = []): Resource {
  const { resourceType, id, meta: old, ...rest } = resource
  return { resourceType, id, meta: { ...(old as Json | undefined), security: [TEST_DATA], tag: [TAG, ...tags] }, ...rest }
}

const RACES = {
  white: ['2106-3', 'White'],
  black: ['2054-5', 'Black or African American'],
  asian: ['2028-9', 'Asian'],
  native: ['1002-5', 'American Indian or Alaska Native'],
} as const
const GIVEN = {
  female: ['Alba', 'Berta', 'Cora', 'Delia', 'Edda', 'Flora', 'Greta', 'Hedda', 'Ida', 'Jutta'],
  male: ['Arno', 'Bruno', 'Cuno', 'Dario', 'Egon', 'Falk', 'Guido', 'Hugo', 'Ivo', 'Jakob'],
} as const

const category = (system: string, code: string, display: string): Json => ({ url: 'ombCategory', valueCoding: { system, code, display } })

function races({ person }: Life): readonly Json[] {
  const url = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-'
  const cdc = 'urn:oid:2.16.840.1.113883.6.238'
  const [code, display] = RACES[person.ancestry]
  const [ethnicity, words] = person.isHispanic ? ['2135-2', 'Hispanic or Latino'] : ['2186-5', 'Not Hispanic or Latino']
  const text = (valueString: string): Json => ({ url: 'text', valueString })
  return [
    { extension: [category(cdc, code, display), text(display)], url: `${url}race` },
    { extension: [category(cdc, ethnicity!, words!), text(words!)], url: `${url}ethnicity` },
  ]
}

export interface Codes {
  readonly rxnorm: Readonly<Record<string, string>>
  readonly genes: Readonly<Record<string, string>>
}

/** RxNorm and HGNC codes of the knowledge base, for what the builders' own table does not have. */
export function codesOf(knowledge: KnowledgeBase): Codes {
  const drugs = knowledge.drugs as readonly { readonly id: string; readonly rxnorm?: readonly string[] }[]
  const { genes } = knowledge.terminology.variants as {
    readonly genes?: readonly { readonly symbol: string; readonly ids: readonly string[] }[]
  }
  return {
    rxnorm: Object.fromEntries(drugs.filter(({ rxnorm }) => rxnorm?.[0] !== undefined).map(({ id, rxnorm }) => [id, rxnorm![0]!])),
    genes: Object.fromEntries(
      (genes ?? []).map(({ symbol, ids }) => [symbol, ids.find((id) => id.startsWith('HGNC:'))]).filter(([, id]) => id !== undefined),
    ),
  }
}

/** Starts a chart: the patient, with death where it lies before the day of the chart. */
export function startChart(life: Life, id: string, asOf: string, codes: Codes): { readonly chart: Chart; readonly lastDay: number } {
  const { person, course } = life
  const { hospital } = person
  const chart: Chart = {
    name: id,
    resources: [],
    random: seededRandom(`${id}/values`),
    counters: new Map(),
    style: hospital.style,
    practitioner: practitionerRef(hospital),
    rxnorm: codes.rxnorm,
    genes: codes.genes,
    isPlain: true,
  }
  const lastDay = Math.round((Date.parse(asOf) - Date.parse(life.diagnosedOn)) / 86_400_000)
  const family = `Synthetic-${life.index}`
  const given = GIVEN[person.sex][life.index % GIVEN[person.sex].length]!
  chart.resources.push({
    resourceType: 'Patient',
    id,
    ...meta(chart, 'mcode:cancer-patient'),
    text: narrativeOf(`${given} ${family}: an invented patient of a synthetic network`),
    extension: races(life),
    identifier: [{ system: `${NETWORK}/mrn`, value: id }],
    name: [{ family, given: [given] }],
    gender: person.sex,
    birthDate: life.bornOn,
    ...(course.diedOn <= lastDay ? { deceasedDateTime: dayAfter(life.diagnosedOn, course.diedOn) } : {}),
    address: [{ city: hospital.city, state: hospital.state, country: 'US' }],
    generalPractitioner: [chart.practitioner],
    managingOrganization: hospitalRef(hospital),
  })
  return { chart, lastDay: Math.min(lastDay, course.diedOn) }
}
