import type { FhirFetch } from '../cds-hooks/gather.ts'
import type { PullRequest } from '../contract/charts.ts'
import { Refused, refusal } from '../issue.ts'
import type { AnyResource } from './person.ts'

/** What is asked for by type where a server has no `$everything`. */
const TYPES = [
  'Condition',
  'Observation',
  'DiagnosticReport',
  'Procedure',
  'MedicationRequest',
  'MedicationStatement',
  'MedicationAdministration',
  'AllergyIntolerance',
  'AdverseEvent',
  'ServiceRequest',
  'Specimen',
  'Goal',
  'CarePlan',
  'Encounter',
  'DocumentReference',
  'RelatedPerson',
] as const
const MOST_PAGES = 60
const MOST_RESOURCES = 50_000
/** A chart that has not come whole by then is given up: somebody waits before the page. */
const MOST_MILLISECONDS = 110_000

interface Bundle {
  readonly resourceType?: string
  readonly link?: readonly { readonly relation?: string; readonly url?: string }[]
  readonly entry?: readonly { readonly resource?: AnyResource; readonly search?: { readonly mode?: string } }[]
}

/**
 * The chart of one patient from another FHIR server that the operator has allowed, as NDJSON: `Patient/$everything` page by page, else the types one by one.
 * The bearer token is used for these requests and kept nowhere. A page that does not come ends the pull: half a chart is no chart.
 */
export async function pullChart(
  { server, patient, token }: PullRequest,
  allowed: readonly string[],
  fetch: FhirFetch | undefined,
): Promise<string> {
  const base = allowed.find((one) => one.replace(/\/+$/, '') === server.replace(/\/+$/, ''))?.replace(/\/+$/, '')
  if (base === undefined || fetch === undefined)
    throw new Refused([
      refusal(
        'forbidden',
        'server',
        'charts are not pulled from this server',
        'the operator allows servers with SECONDWIND_FHIR_SERVERS; a file can be dropped instead',
      ),
    ])
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(patient))
    throw new Refused([refusal('invalid-request', 'patient', 'that is no id of a patient', 'give the id of the Patient on that server')])
  const found = new Map<string, AnyResource>()
  const from = performance.now()
  const keep = (resource: AnyResource): void => {
    if (resource.resourceType !== 'OperationOutcome') found.set(`${resource.resourceType}/${resource.id}`, resource)
    if (found.size > MOST_RESOURCES)
      throw new Refused([
        refusal('too-large', 'server', `the chart has more than ${MOST_RESOURCES} resources`, 'use the bulk import of the server'),
      ])
  }
  const pages = async (first: string): Promise<'all' | 'none'> => {
    let next: string | undefined = first
    for (let page = 0; next !== undefined; page += 1) {
      if (page >= MOST_PAGES) throw lost(base, 'the chart has more pages than are read')
      if (performance.now() - from > MOST_MILLISECONDS) throw lost(base, 'it did not come whole within two minutes')
      const bundle = (await fetch(next, token)) as Bundle | undefined
      if (bundle?.resourceType !== 'Bundle') {
        if (page === 0) return 'none'
        throw lost(base, 'a page of the chart did not come')
      }
      for (const { resource, search } of bundle.entry ?? []) if (resource !== undefined && search?.mode !== 'outcome') keep(resource)
      const link = bundle.link?.find(({ relation }) => relation === 'next')?.url
      next = link === undefined ? undefined : new URL(link, `${base}/`).href
    }
    return 'all'
  }
  if ((await pages(`${base}/Patient/${patient}/$everything?_count=500`)) === 'none') {
    const self = (await fetch(`${base}/Patient/${patient}`, token)) as AnyResource | undefined
    if (self?.resourceType !== 'Patient') throw lost(base, 'the server did not give this patient')
    keep(self)
    const missing: string[] = []
    for (const type of TYPES) if ((await pages(`${base}/${type}?patient=${patient}&_count=500`)) === 'none') missing.push(type)
    // a server that does not know a type holds none of it; one that gives neither conditions nor observations has given no chart
    if (missing.includes('Condition') || missing.includes('Observation'))
      throw lost(base, `it did not give ${missing.slice(0, 3).join(', ')}`)
  }
  return [...found.values()].map((resource) => JSON.stringify(resource)).join('\n')
}

const lost = (base: string, why: string): Refused =>
  new Refused([
    refusal(
      'unavailable',
      base,
      `the chart could not be pulled: ${why}`,
      'check the id and the token or the sign-in (reading of all types), and that the server answers; or drop the file',
    ),
  ])
