import { isKnown, type KnowledgeBase } from '@secondwind/core'
import type { ParsedChart } from '@secondwind/fhir'
import type { ApiRequest } from '../api/index.ts'
import { planChart } from '../compose.ts'
import type { Fate, ReadingReport, ReadPatient } from '../contract/charts.ts'
import { Refused } from '../issue.ts'
import { hiddenFrom, withheld, withheldWords } from '../plans/withhold.ts'
import type { Store } from '../store/index.ts'
import { chartFrom, factShower, readCase } from './chart-reading.ts'
import { digestOf, type Incoming, type IncomingPatient, intakeOf } from './intake.ts'
import { resourcesOf } from './opened-chart.ts'
import { type AnyResource, personOf, titleOf } from './person.ts'

const MOST_SHOWN = 20
const MOST_RESOURCES = 60
const NONE: { readonly [fate in Fate]: number } = { new: 0, same: 0, older: 0, changed: 0, withdrawn: 0, 'left-out': 0 }

/** What stands in a file, what of it is understood, what not, what contradicts, what is here already, and what the plan would be. Nothing is stored. */
export async function readingOf(
  store: Store,
  request: ApiRequest,
  charts: readonly ParsedChart[],
  knowledge: KnowledgeBase,
  asOf: string,
): Promise<ReadingReport> {
  const incoming = await intakeOf(store, request, charts.slice(0, MOST_SHOWN))
  const patients: ReadPatient[] = []
  for (const one of incoming) patients.push(await reportOf(store, request, one, knowledge, asOf))
  return { digest: digestOf(charts), patients, more: Math.max(0, charts.length - MOST_SHOWN) }
}

async function reportOf(
  store: Store,
  request: ApiRequest,
  incoming: IncomingPatient,
  knowledge: KnowledgeBase,
  asOf: string,
): Promise<ReadPatient> {
  const { patient, isHere, resources, refusal: refused } = incoming
  // who may write here but not read is shown what the file says alone
  const may = isHere && refused === undefined ? await request.decide({ interaction: 'read', type: 'plan', patient: patient.id }) : undefined
  const here = may?.allowed === true ? await store.chart(patient.id) : undefined
  const hidden = may?.allowed === true && here !== undefined ? hiddenFrom(may.sight ?? {}, here.resources) : []
  if (here !== undefined)
    await request.seen({ interaction: 'operation', type: 'plan', patient: patient.id, operation: 'reading' }, here.resources)
  // someone whose chart may not be written is shown as the file has them, and nothing of what stands here
  const brought: readonly AnyResource[] =
    refused === undefined
      ? resources.filter(({ fate }) => fate !== 'older' && fate !== 'withdrawn').map(({ resource }) => resource)
      : incoming.parsed.chart.resources
          .filter(({ id }) => id?.includes('#') !== true)
          .map((resource) => (resource === incoming.parsed.chart.patient ? patient : (resource as AnyResource)))
  const names = new Set(brought.map(({ resourceType, id }) => `${resourceType}/${id}`))
  const standing = here === undefined ? [] : resourcesOf(here).filter(({ resourceType, id }) => !names.has(`${resourceType}/${id}`))
  const chart = chartFrom([...standing, ...brought], patient.id)
  if (!chart.ok) throw new Refused(chart.error)
  const read = readCase(chart.value, knowledge, asOf)
  const planned = planChart(chart.value.parsed, { knowledge, asOf, overrides: [] })
  if (!read.ok || !planned.ok) throw new Refused(read.ok ? (planned.ok ? [] : planned.error) : read.error)
  const document = withheld(planned.value, hidden)
  // entries are named, and contradictions taken apart, without what is set apart from who asks
  const apart = new Set(hidden.map(({ type, id }) => `${type}/${id}`))
  const seen = chartFrom(
    chart.value.resources.filter(({ resourceType, id }) => !apart.has(`${resourceType}/${id}`)),
    patient.id,
  )
  const show = factShower(seen.ok ? seen.value : chart.value, document.case.facts, knowledge, asOf)
  const understood = knowledge.facts.filter(({ id, group }) => {
    const fact = document.case.facts[id]
    return group !== 'quality' && fact !== undefined && isKnown(fact) && fact.sources.length > 0 && fact.derived !== true
  })
  const conflicting = knowledge.facts.filter(({ id }) => {
    const fact = document.case.facts[id]
    return fact !== undefined && !isKnown(fact) && fact.unknown === 'conflicting'
  })
  const { spoken } = withheldWords({ facts: {}, problems: read.value.unread }, hidden, document.patient)
  const unread = new Set([...read.value.unread, ...spoken.problems].map(({ path, message }) => `${path} ${message}`))
  // what the file as such says: resources of people who are not in it, versions that contradict each other
  const problems = [
    ...incoming.parsed.issues.filter(({ path, message }) => !document.problems.some((one) => one.path === path && one.message === message)),
    ...document.problems,
  ]
  const { name, birthDate, sex, recordNumber } = personOf(patient, [])
  return {
    reference: incoming.reference,
    storedAs: `Patient/${patient.id}`,
    ...(name === undefined ? {} : { name }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(sex === undefined ? {} : { sex }),
    ...(recordNumber === undefined ? {} : { recordNumber }),
    isHere: isHere && refused === undefined,
    ...(incoming.isRenamed ? { isRenamed: true as const } : {}),
    ...(incoming.sameNumberAs === undefined ? {} : { sameNumberAs: incoming.sameNumberAs }),
    ...(refused === undefined ? {} : { refusal: refused.message }),
    story: document.case.story,
    understood: [...conflicting, ...understood].map(({ id }) => show(id)),
    problems: problems.filter(({ path, message }) => !unread.has(`${path} ${message}`)),
    unread: spoken.problems,
    counts: countsOf(resources),
    resources: resources
      .filter(({ fate }) => fate !== 'new' && fate !== 'same')
      .slice(0, MOST_RESOURCES)
      .map(({ resource, reference, fate }) => {
        const title = titleOf(resource)
        return { reference, storedAs: `${resource.resourceType}/${resource.id}`, fate, ...(title === undefined ? {} : { title }) }
      }),
    plan: {
      status: document.status,
      alerts: document.alerts.map(({ id, urgency, title }) => ({ id, urgency, title })),
      options: document.options.slice(0, 3).map(({ id, title, standing: stands }) => ({ id, title, standing: stands })),
      tests: document.tests.slice(0, 5).map(({ id, title }) => ({ id, title })),
    },
  }
}

function countsOf(resources: readonly Incoming[]): ReadPatient['counts'] {
  const counts = { ...NONE }
  for (const { fate } of resources) counts[fate] += 1
  return counts
}
