import fs from 'node:fs'
import path from 'node:path'
import type { FhirResource, Store, Write } from '../../src/store/index.ts'

const folder = path.resolve(import.meta.dirname, '../../../../fixtures/patients')

/** Names of all example patients. */
export const EXAMPLES: readonly string[] = fs.readdirSync(folder).flatMap((name) => /^(.+)\.json$/.exec(name)?.[1] ?? [])

/** The resources of one example patient; those without an id get one. */
export function exampleChart(name: string): {
  readonly patient: string
  readonly resources: readonly (FhirResource & { readonly id: string })[]
} {
  const text = fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')
  const bundle = JSON.parse(text) as { readonly entry: readonly { readonly resource: FhirResource }[] }
  const resources = bundle.entry.map(({ resource }, i) => ({ ...resource, id: resource.id ?? `${name}-${i}` }))
  return { patient: resources.find((r) => r.resourceType === 'Patient')!.id, resources }
}

/** Records an example patient, all of it at once. Gives the id of the patient. */
export async function recordChart(store: Store, name: string, site = 'north'): Promise<string> {
  const { patient, resources } = exampleChart(name)
  const writes = resources.map((resource): Write => ({ kind: 'update', resource }))
  const result = await store.commit({ who: 'Device/test', site }, writes)
  if (!result.ok) throw new Error(result.error.map(({ path: at, message }) => `${at}: ${message}`).join('; '))
  return patient
}
