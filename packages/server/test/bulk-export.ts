import fs from 'node:fs'
import path from 'node:path'

type Json = { readonly [key: string]: unknown }

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/patients')

/** The resources of every fixture chart, with references by type and id alone, as a server exports them. */
export function fixtureCharts(): readonly (readonly Json[])[] {
  return fs
    .readdirSync(fixtures)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const { entry } = JSON.parse(fs.readFileSync(path.join(fixtures, file), 'utf8')) as {
        readonly entry: readonly { readonly fullUrl?: string; readonly resource: Json }[]
      }
      const names = new Map(
        entry.flatMap(({ fullUrl, resource }) => (fullUrl ? [[fullUrl, `${resource.resourceType}/${resource.id}`]] : [])),
      )
      return entry.map(({ resource }) => rewritten(resource, (reference) => names.get(reference) ?? reference) as Json)
    })
}

/** A chart under other ids: the `n`th copy of the patient. */
export function copyOf(chart: readonly Json[], n: number): readonly Json[] {
  return chart.map((resource) => ({
    ...(rewritten(resource, (reference) => (/^[A-Za-z]+\/[^/]+$/.test(reference) ? `${reference}-${n}` : reference)) as Json),
    id: `${resource.id}-${n}`,
  }))
}

function rewritten(value: unknown, reference: (written: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, reference))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === 'reference' && typeof one === 'string' ? reference(one) : rewritten(one, reference),
    ]),
  )
}

/** Writes a Bulk Data export: a file a type. Gives the folder. */
export function writeBulk(folder: string, charts: Iterable<readonly Json[]>): string {
  fs.mkdirSync(folder, { recursive: true })
  const files = new Map<string, number>()
  for (const chart of charts) {
    const lines = new Map<string, string>()
    for (const resource of chart) {
      const type = String(resource.resourceType)
      lines.set(type, `${lines.get(type) ?? ''}${JSON.stringify(resource)}\n`)
    }
    for (const [type, text] of lines) {
      let file = files.get(type)
      if (file === undefined) {
        file = fs.openSync(path.join(folder, `${type}.ndjson`), 'w')
        files.set(type, file)
      }
      fs.writeSync(file, text)
    }
  }
  for (const file of files.values()) fs.closeSync(file)
  return folder
}
