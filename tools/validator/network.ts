import fs from 'node:fs'
import path from 'node:path'
import { synthesizeNetwork } from '../../packages/server/src/synthetic/network.ts'
import { bundleOf } from '../../packages/server/src/synthetic/part.ts'

/** Charts of the synthetic network (SYNTHETIC_CHARTS of them, 12 unless said), and its hospitals: for the validator. */
export function networkToCheck(work: string, asOf: string): readonly string[] {
  const { hospitals, charts } = synthesizeNetwork({ seed: 'v', patients: Number(process.env.SYNTHETIC_CHARTS ?? 12), asOf })
  const entry = hospitals.map((resource) => ({
    fullUrl: `https://network.example.org/synthetic/${resource.resourceType}/${resource.id}`,
    resource,
  }))
  const written = (name: string, resource: object): string => {
    const file = path.join(work, `synthetic-${name}.json`)
    fs.writeFileSync(file, JSON.stringify(resource))
    return file
  }
  return [
    written('hospitals', { resourceType: 'Bundle', type: 'collection', entry }),
    ...[...charts()].map((chart) => written(chart.patient, bundleOf(chart, hospitals))),
  ]
}
