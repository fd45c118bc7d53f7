import type { Chart, ReadContext, Resource } from '../context.ts'
import { objectOf, periodOf, referenceOf, stringOf } from '../shapes.ts'

/** Name of an organization that a reference names: its own, the display, the reference itself. */
export function organizationName(chart: Chart, reference: unknown, from: Resource): string | undefined {
  const target = chart.resolve(reference, from)
  return stringOf(target?.name) ?? stringOf(objectOf(reference)?.display) ?? referenceOf(reference)
}

/** Where the patient is cared for: managing organization, else the provider of the latest encounter, else the source named in meta. */
export function readSite(context: ReadContext, chart: Chart): void {
  const { patient } = chart
  const managing = organizationName(chart, patient.managingOrganization, patient)
  if (managing !== undefined) {
    context.read('care-site', { value: managing, source: context.source(patient, 'managingOrganization') })
    return
  }
  let latest: { readonly on: string; readonly name: string; readonly resource: Resource } | undefined
  for (const resource of chart.ofType('Encounter')) {
    const name = organizationName(chart, resource.serviceProvider, resource)
    const on = periodOf(resource.period).start ?? ''
    if (name === undefined || on > context.asOf) continue
    if (latest === undefined || on > latest.on || (on === latest.on && name < latest.name)) latest = { on, name, resource }
  }
  if (latest !== undefined) {
    context.read('care-site', { value: latest.name, source: context.source(latest.resource, 'serviceProvider') })
    return
  }
  const source = stringOf(objectOf(patient.meta)?.source)
  if (source !== undefined) context.read('care-site', { value: source.replace(/#.*$/, ''), source: context.source(patient, 'meta.source') })
}
