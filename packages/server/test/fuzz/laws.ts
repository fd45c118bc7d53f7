import type { KnowledgeBase, NotAdvised, Option, PlanDocument } from '@secondwind/core'
import { writePlan } from '@secondwind/fhir'
import { planText } from '../../src/cli/text.ts'
import { parseCharts, planChart } from '../../src/compose.ts'
import { contractLaws } from '../contract-laws.ts'
import { planSchema } from './schema.ts'

const AS_OF = '2026-11-23'

export interface Ran {
  readonly outcome: 'unreadable' | 'refused' | 'proposed'
  readonly documents: readonly PlanDocument[]
  /** Broken laws, in words; empty when all hold. */
  readonly broken: readonly string[]
}

export interface Depth {
  /** Also: schema, the FHIR and text forms, the same bytes a second time, and any order of resources. */
  readonly isDeep: boolean
}

/** One text all the way to documents, with the laws that hold for any input whatever. Exceptions are laws broken. */
export function runText(text: string, knowledge: KnowledgeBase, { isDeep }: Depth): Ran {
  const broken: string[] = []
  try {
    const documents = plansOf(text, knowledge, broken)
    if (documents === undefined) return { outcome: 'unreadable', documents: [], broken }
    for (const doc of documents) {
      broken.push(...documentLaws(doc, knowledge), ...contractLaws(doc))
      if (isDeep) broken.push(...deepLaws(doc, knowledge))
    }
    if (isDeep) broken.push(...repeatLaws(text, documents, knowledge))
    return { outcome: documents.some((d) => d.status === 'proposed') ? 'proposed' : 'refused', documents, broken }
  } catch (error) {
    broken.push(`exception: ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ') : String(error)}`)
    return { outcome: 'unreadable', documents: [], broken }
  }
}

function plansOf(text: string, knowledge: KnowledgeBase, broken: string[]): readonly PlanDocument[] | undefined {
  const charts = parseCharts(text)
  if (!charts.ok) {
    if (charts.error.length === 0 || charts.error.some((i) => !i.path || !i.message)) broken.push('a refusal without a reason')
    return undefined
  }
  return charts.value.map((chart) => {
    const planned = planChart(chart, { knowledge, asOf: AS_OF, overrides: [] })
    if (!planned.ok) throw new Error('a plan without overrides failed')
    return planned.value
  })
}

function documentLaws(doc: PlanDocument, knowledge: KnowledgeBase): readonly string[] {
  const broken: string[] = []
  if (doc.status === 'refused') {
    if (doc.options.length > 0) broken.push('refused, yet it has options')
    if (!doc.problems.some((p) => p.severity === 'error')) broken.push('refused without an error that says why')
  }
  for (const [index, option] of doc.options.entries()) {
    if (option.rank !== index + 1) broken.push(`rank of ${option.id} is ${option.rank} at place ${index + 1}`)
    if (option.evidence.length === 0) broken.push(`no evidence for ${option.id}`)
    if (!option.because.claim) broken.push(`no explanation for ${option.id}`)
    if (option.standing !== 'recommended' && option.standing !== 'alternative') continue
    for (const bar of doc.notAdvised) {
      if (isBarred(option, bar, knowledge)) broken.push(`${option.standing} ${option.id} is not advised by ${bar.rule}`)
    }
  }
  const firstOpen = doc.options.findIndex((o) => o.standing === 'needs-data')
  if (firstOpen >= 0 && doc.options.slice(firstOpen).some((o) => o.standing === 'recommended' || o.standing === 'alternative'))
    broken.push('an option that needs data stands above a sound one')
  return broken
}

/** As a program would read `notAdvised`, from the document alone and the classes of drugs: not the planner's own code. */
function isBarred(option: Option, bar: NotAdvised, knowledge: KnowledgeBase): boolean {
  if (option.procedure === 'stop' || option.procedure === 'hold') return false
  const local = (['technique', 'site', 'procedure'] as const).filter((part) => bar[part] !== undefined)
  if (local.some((part) => option[part] !== bar[part])) return false
  if (bar.drugs && bar.drugs.length > 0) {
    if (!bar.drugs.every((d) => option.drugs.includes(d))) return false
    return bar.match === 'contains' || bar.drugs.length === option.drugs.length
  }
  if (bar.class) {
    const { class: barred } = bar
    return option.drugs.some((d) => knowledge.drugs.find((k) => k.id === d)?.classes.includes(barred))
  }
  return local.length > 0
}

function deepLaws(doc: PlanDocument, knowledge: KnowledgeBase): readonly string[] {
  const broken = [...planSchema(doc)]
  if (planText(doc, knowledge, 100).length === 0) broken.push('the text form is empty')
  const ids = new Set<string>()
  for (const { fullUrl, resource } of writePlan(doc, knowledge).entry) {
    if (!/^[A-Za-z0-9.-]{1,64}$/.test(resource.id)) broken.push(`FHIR id ${resource.id}`)
    if (ids.has(fullUrl)) broken.push(`FHIR id twice: ${fullUrl}`)
    ids.add(fullUrl)
  }
  return broken
}

/** The same bytes again, and the same plan whatever the order of the resources. */
function repeatLaws(text: string, documents: readonly PlanDocument[], knowledge: KnowledgeBase): readonly string[] {
  const first = JSON.stringify(documents)
  const broken: string[] = []
  if (JSON.stringify(plansOf(text, knowledge, broken)) !== first) broken.push('a second run gave other bytes')
  let root: { readonly resourceType?: unknown; readonly entry?: unknown } | undefined
  try {
    root = JSON.parse(text) as typeof root
  } catch {
    return broken
  }
  if (root?.resourceType !== 'Bundle' || !Array.isArray(root.entry)) return broken
  const turned = JSON.stringify({ ...root, entry: root.entry.toReversed() })
  const other = plansOf(turned, knowledge, broken)
  const byPatient = (docs: readonly PlanDocument[] | undefined): string =>
    JSON.stringify([...(docs ?? [])].map(decisions).sort((a, b) => (a.patient < b.patient ? -1 : 1)))
  if (byPatient(other) !== byPatient(documents)) broken.push('the order of resources changed the plan')
  return broken
}

/** What a clinician acts on; paths of problems name a place in the input and may differ. */
const decisions = (doc: PlanDocument) => ({
  patient: doc.patient,
  status: doc.status,
  facts: doc.case.facts,
  options: doc.options.map((o) => `${o.standing} ${o.id}`),
  notAdvised: doc.notAdvised.map((n) => n.rule),
  alerts: doc.alerts.map((a) => a.id),
  tests: doc.tests.map((t) => t.id),
  digest: doc.inputs.chartDigest,
})
