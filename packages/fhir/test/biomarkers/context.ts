import { readFileSync } from 'node:fs'
import type { Fact, FactDefinition, Issue } from '@secondwind/core'
import { parse } from 'yaml'
import { compileTables, readBiomarkers, type Tables } from '../../src/read/biomarkers/index.ts'
import type { Chart, ReadContext, Resource } from '../../src/read/context.ts'

const knowledge = (path: string): unknown => parse(readFileSync(new URL(`../../../../knowledge/${path}`, import.meta.url), 'utf8'))

const files = new Map<string, unknown>([
  ['variants', knowledge('terminology/variants.yaml')],
  ['biomarker-codes', knowledge('terminology/biomarker-codes.yaml')],
  ['other-languages', knowledge('terminology/other-languages.yaml')],
  ['imaging-phrases', knowledge('terminology/imaging-phrases.yaml')],
])
const registry = (knowledge('facts/biomarkers.yaml') as FactDefinition[]).map((definition) => ({ ...definition, group: 'biomarkers' }))

export const tables: Tables = compileTables(
  files.get('variants') as never,
  files.get('biomarker-codes') as never,
  files.get('other-languages') as never,
)
export const facts: readonly FactDefinition[] = registry

/** What the reader makes of some resources. */
export interface Read {
  readonly facts: { readonly [id: string]: Fact }
  readonly issues: readonly Issue[]
  readonly understood: ReadonlySet<string>
}

export function readChart(...resources: readonly { readonly resourceType: string; readonly [element: string]: unknown }[]): Read {
  const all = resources as readonly Resource[]
  const settled: { [id: string]: Fact } = {}
  const issues: Issue[] = []
  const understood = new Set<string>()
  const name = (resource: Resource): string => `${resource.resourceType}/${resource.id ?? ''}`
  const chart: Chart = {
    patient: { resourceType: 'Patient', id: 'p' },
    resources: all,
    ofType: (type) => all.filter((resource) => resource.resourceType === type),
    resolve: (reference) => {
      const text = typeof reference === 'string' ? reference : (reference as { reference?: string } | undefined)?.reference
      return all.find((resource) => name(resource) === text)
    },
  }
  const context: ReadContext = {
    chart,
    asOf: '2026-11-23',
    knowledge: {
      facts: new Map(registry.map((definition) => [definition.id, definition])),
      drugs: new Map(),
      terminology: <T>(file: string): T => files.get(file) as T,
    },
    read: () => undefined,
    settle: (id, fact) => {
      settled[id] = fact
    },
    issue: (issue) => issues.push(issue),
    understood: (resource) => understood.add(name(resource)),
    source: (resource, path) => ({ reference: name(resource), ...(path === undefined ? {} : { path }) }),
  }
  readBiomarkers(context)
  return { facts: settled, issues, understood }
}

/** Value of a known fact, else `?reason`. */
export const value = (read: Read, id: string): unknown => {
  const fact = read.facts[id]
  if (fact === undefined) return '?unsettled'
  return 'value' in fact ? fact.value : `?${fact.unknown}`
}

const GENE_IDS = new Map([...tables.genes.values()].map((gene) => [gene.symbol, gene.ids[0] ?? '']))
const loinc = (code: string, display?: string): object => ({ system: 'http://loinc.org', code, ...(display ? { display } : {}) })
export const geneComponent = (symbol: string): object => ({
  code: { coding: [loinc('48018-6')] },
  valueCodeableConcept: { coding: [{ system: 'http://www.genenames.org', code: GENE_IDS.get(symbol) ?? symbol, display: symbol }] },
})
export const textComponent = (code: string, text: string): object => ({ code: { coding: [loinc(code)] }, valueCodeableConcept: { text } })
export const codedComponent = (code: string, value: string, display?: string): object => ({
  code: { coding: [loinc(code)] },
  valueCodeableConcept: { coding: [loinc(value, display)] },
})

let serial = 0
const nextId = (): string => `r${++serial}`

/** mCODE genomic variant. */
export function variant(genes: readonly string[], change: Record<string, unknown> = {}): Resource {
  const {
    protein,
    coding,
    present = 'LA9633-4',
    on = '2026-01-10',
    components = [],
    ...rest
  } = change as {
    protein?: string
    coding?: string
    present?: string
    on?: string
    components?: object[]
  }
  return {
    resourceType: 'Observation',
    id: nextId(),
    status: 'final',
    code: { coding: [loinc('69548-6')] },
    effectiveDateTime: on,
    valueCodeableConcept: { coding: [loinc(present)] },
    component: [
      ...genes.map(geneComponent),
      ...(protein ? [textComponent('48005-3', protein)] : []),
      ...(coding ? [textComponent('48004-6', coding)] : []),
      ...components,
    ],
    ...rest,
  }
}

export const region = (genes: readonly string[], extra: Record<string, unknown> = {}): Resource => ({
  resourceType: 'Observation',
  id: nextId(),
  status: 'final',
  code: { coding: [loinc('53041-0')] },
  effectiveDateTime: '2026-01-10',
  component: genes.map(geneComponent),
  ...extra,
})

export const report = (conclusion: string, extra: Record<string, unknown> = {}): Resource => ({
  resourceType: 'DiagnosticReport',
  id: nextId(),
  status: 'final',
  code: { coding: [loinc('51969-4', 'Genetic analysis report')] },
  effectiveDateTime: '2026-01-10',
  conclusion,
  ...extra,
})

/** A laboratory observation named in words, or by a LOINC code. */
export const test = (name: string, result: unknown, extra: Record<string, unknown> = {}): Resource => ({
  resourceType: 'Observation',
  id: nextId(),
  status: 'final',
  code: /^\d+-\d$/.test(name) ? { coding: [loinc(name)] } : { text: name },
  effectiveDateTime: '2026-01-10',
  ...(typeof result === 'string'
    ? { valueString: result }
    : typeof result === 'number'
      ? { valueQuantity: { value: result, code: '%', system: 'http://unitsofmeasure.org' } }
      : (result as object)),
  ...extra,
})

export const concept = (code: string, system = 'http://snomed.info/sct'): object => ({
  valueCodeableConcept: { coding: [{ system, code }] },
})
