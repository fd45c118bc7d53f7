import { readFileSync } from 'node:fs'
import type { Option, PlanDocument } from '@secondwind/core'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'

/** The knowledge base as it is, and plans of small charts, for tests of what a reader of the plan sees. */
export const { knowledge } = openKnowledge()
export const AS_OF = '2026-11-23'

type Resource = { readonly resourceType: string; readonly [key: string]: unknown }

const BASE: readonly Resource[] = [
  { resourceType: 'Patient', id: 'p' },
  {
    resourceType: 'Condition',
    id: 'cancer',
    subject: { reference: 'Patient/p' },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '254637007', display: 'Non-small cell lung cancer' }] },
  },
]

/** A value as a laboratory or a nurse writes it: code or words, number with UCUM unit, day. */
export function observation(what: { code?: string; text?: string; value: number; unit: string; on: string }): Resource {
  return {
    resourceType: 'Observation',
    id: `o-${(what.code ?? what.text ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${what.on}-${what.value}`.slice(0, 60),
    status: 'final',
    subject: { reference: 'Patient/p' },
    code: {
      ...(what.code ? { coding: [{ system: 'http://loinc.org', code: what.code }] } : {}),
      ...(what.text ? { text: what.text } : {}),
    },
    effectiveDateTime: what.on,
    valueQuantity: { value: what.value, unit: what.unit, system: 'http://unitsofmeasure.org', code: what.unit },
  }
}

/** The plan of a chart of these resources beside the cancer, with facts set by hand (`fact=value unit`). */
export function planOf(set: readonly string[], resources: readonly Resource[] = []): PlanDocument {
  return planned([...BASE, ...resources], set)
}

/** The plan of a fixture patient with more resources in the chart and facts set by hand; `without` drops what stands there. */
export function planOfFixture(
  name: string,
  {
    resources = [],
    set = [],
    without = () => false,
  }: Partial<{ resources: readonly Resource[]; set: readonly string[]; without: (r: Resource) => boolean }> = {},
): PlanDocument {
  const bundle = JSON.parse(readFileSync(new URL(`../../../fixtures/patients/${name}.json`, import.meta.url), 'utf8')) as {
    readonly entry: readonly { readonly resource: Resource }[]
  }
  const own = bundle.entry.map((e) => e.resource)
  const patient = own.find((r) => r.resourceType === 'Patient')!
  const added = resources.map((r) => ({ ...r, subject: { reference: `Patient/${patient.id as string}` } }))
  return planned([...own.filter((r) => !without(r)), ...added], set)
}

function planned(resources: readonly Resource[], set: readonly string[]): PlanDocument {
  const entry = resources.map((resource) => ({ resource }))
  const charts = parseCharts(Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry })))
  if (!charts.ok) throw new Error(JSON.stringify(charts.error))
  const overrides = [...new Map(set.map((one) => [one.split('=')[0], one])).values()]
  const plan = planChart(charts.value[0]!, { knowledge, asOf: AS_OF, overrides })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  return plan.value
}

/** The option with this regimen; an error names what there is. */
export function withRegimen(plan: PlanDocument, id: string): Option & { readonly regimen: NonNullable<Option['regimen']> } {
  const found = plan.options.find((o) => o.regimen?.id === id)
  if (!found?.regimen) throw new Error(`${id} is not among ${plan.options.map((o) => o.regimen?.id ?? o.id).join(', ')}`)
  return { ...found, regimen: found.regimen }
}
