import type { Resource } from './builders/chart.ts'
import { MCODE } from './builders/codes.ts'
import { marked, NETWORK } from './chart/writing.ts'
import type { SyntheticChart, SyntheticNetwork } from './network.ts'

export type Layout = 'bundles' | 'bulk'

/** Text of a part of the network, by the file it belongs to. */
export type PartFiles = Map<string, string[]>

const put = (files: PartFiles, file: string, line: string): void => {
  const lines = files.get(file)
  if (lines === undefined) files.set(file, [line])
  else lines.push(line)
}

/** The shared resources of each hospital (organization, places, practitioner), for charts that must stand alone. */
function ofHospital(hospitals: readonly Resource[], { life }: SyntheticChart): readonly Resource[] {
  const own = life.person.hospital.id
  return hospitals.filter(
    ({ id, resourceType }) =>
      resourceType !== 'HealthcareService' && (id.startsWith(`network-${own}`) || id === `network-oncologist-${own}`),
  )
}

/** One chart as an mCODE patient bundle that holds everything it refers to. */
export function bundleOf(chart: SyntheticChart, hospitals: readonly Resource[]): Resource {
  const { patient, life, resources } = chart
  const isMcode = life.person.hospital.style === 'mcode'
  return marked({
    resourceType: 'Bundle',
    id: `${patient}-bundle`,
    ...(isMcode ? { meta: { profile: [`${MCODE}patient-bundle`] } } : {}),
    type: 'collection',
    entry: [...resources, ...ofHospital(hospitals, chart)].map((resource) => ({
      fullUrl: `${NETWORK}/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  })
}

/** Charts `from` up to `to`, as lines of the files of a layout. The lines of following parts, put behind each other, are the files of the whole. */
export function writePart(network: SyntheticNetwork, layout: Layout, from: number, to: number): PartFiles {
  const files: PartFiles = new Map()
  for (const chart of network.charts(from, to)) {
    if (layout === 'bundles') put(files, 'bundles.ndjson', `${JSON.stringify(bundleOf(chart, network.hospitals))}\n`)
    else for (const resource of chart.resources) put(files, `${resource.resourceType}.ndjson`, `${JSON.stringify(resource)}\n`)
  }
  return files
}

/** The hospitals: beside the bundles in a file of their own, in the bulk layout by type like everything else. */
export function hospitalFiles({ hospitals }: SyntheticNetwork, layout: Layout): PartFiles {
  const files: PartFiles = new Map()
  for (const resource of hospitals)
    put(files, layout === 'bundles' ? 'hospitals.ndjson' : `${resource.resourceType}.ndjson`, `${JSON.stringify(resource)}\n`)
  return files
}
