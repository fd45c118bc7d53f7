import { askedFacts, comparePlans, raisedBy, waitsFor } from '@secondwind/care'
import { type Fact, isKnown, type KnowledgeBase, type ListItem, latestDay, type PlanDocument } from '@secondwind/core'
import { readerFor } from '../compose.ts'
import type { CaseLine, CaseView, OpenQuestion, PendingResult, SinceDecision } from '../contract/charts.ts'
import type { MadePlan } from '../plans/plan-maker.ts'
import type { RecordedDecision } from '../store/decisions.ts'
import { factShower, type OpenChart } from './chart-reading.ts'
import { handEntries } from './hand-entries.ts'
import { type AnyResource, dayOf, expectedOn, goalWords, personOf, sourceNamer, titleOf } from './person.ts'
import { HEADER, sectionsOf } from './sections.ts'

export interface CaseInput {
  readonly patient: string
  readonly chart: OpenChart
  readonly revision: number
  readonly made: MadePlan
  readonly knowledge: KnowledgeBase
  /** The newest decision, with the plan as it was known then. */
  readonly decided?: { readonly decision: RecordedDecision; readonly before?: PlanDocument }
}

const SYMPTOM_DAYS = 14
const MOST_OPEN = 12

/** The one-pager: all of it stands in the plan document and in the chart; here it is only laid in order. */
export function caseView({ patient, chart, revision, made, knowledge, decided }: CaseInput): CaseView {
  const { document } = made
  const { facts, story } = document.case
  const { resources } = chart
  const show = factShower(chart, facts, knowledge, document.asOf)
  const self = resources.find(({ resourceType, id }) => resourceType === 'Patient' && id === patient)
  const first = document.options[0]
  const waiting = first === undefined ? [] : waitsFor(first, document.alerts).map(({ id }) => id)
  const { version, digest } = document.knowledge
  return {
    patient,
    asOf: document.asOf,
    revision,
    person: personOf(self ?? { resourceType: 'Patient' }, resources),
    plan: {
      version,
      digest: made.digest,
      knowledgeDigest: digest,
      status: document.status,
      ...(first === undefined ? {} : { firstOption: first.title, firstStanding: first.standing }),
      ...(waiting.length === 0 ? {} : { firstWaitsFor: waiting }),
    },
    story,
    header: HEADER.map(show),
    // of a refused plan nobody knows what it would ask for
    sections: sectionsOf(knowledge.facts, facts, document.status === 'refused' ? undefined : askedFacts(document)).map(
      ({ id, facts: ids, main }) => ({ id, facts: ids.map(show), main }),
    ),
    lines: linesOf(facts.lines),
    alerts: document.alerts.map(({ id, urgency, title, suspected, because }) => ({
      id,
      urgency,
      title,
      ...(suspected ? { suspected } : {}),
      facts: raisedBy(because, facts).map(show),
    })),
    pending: pendingOf(facts, resources),
    problems: document.problems,
    symptoms: symptomsOf(knowledge, facts, document.asOf).map(show),
    goals: goalsOf(resources),
    open: openOf(document, knowledge),
    ...(decided === undefined ? {} : { since: sinceOf(decided.decision, decided.before, document, knowledge) }),
    entries: handEntries(resources),
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

function linesOf(fact: Fact | undefined): readonly CaseLine[] {
  if (fact === undefined || !isKnown(fact) || !Array.isArray(fact.value)) return []
  return (fact.value as readonly ListItem[]).map((row) => {
    const number = typeof row.number === 'number' ? row.number : undefined
    const cycles = typeof row.cycles === 'number' ? row.cycles : undefined
    const parts = {
      intent: text(row.intent),
      start: text(row.start),
      end: text(row.end),
      bestResponse: text(row.bestResponse),
      stopReason: text(row.stopReason),
    }
    return {
      drugs: Array.isArray(row.drugs) ? (row.drugs as readonly string[]) : [],
      isRunning: row.current === true,
      ...(number === undefined ? {} : { number }),
      ...(cycles === undefined ? {} : { cycles }),
      ...(Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Partial<CaseLine>),
    }
  })
}

/** Results on their way, by the order or report that says so. */
function pendingOf(facts: PlanDocument['case']['facts'], resources: readonly AnyResource[]): readonly PendingResult[] {
  const named = sourceNamer(resources)
  const byKey = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]))
  const waiting = new Map<string, { readonly facts: string[] }>()
  for (const [id, fact] of Object.entries(facts)) {
    if (isKnown(fact) || fact.unknown !== 'pending') continue
    for (const { reference } of fact.sources ?? []) {
      const entry = waiting.get(reference) ?? { facts: [] }
      entry.facts.push(id)
      waiting.set(reference, entry)
    }
  }
  return [...waiting].map(([reference, { facts: ids }]) => {
    const resource = byKey.get(reference)
    const title = resource === undefined ? undefined : titleOf(resource)
    const begun = resource === undefined ? undefined : dayOf(resource)
    const times = resource === undefined ? {} : expectedOn(resource)
    return {
      title: title ?? reference,
      facts: [...new Set(ids)],
      ...(begun === undefined ? {} : { orderedOn: begun }),
      ...times,
      sources: [named({ reference })],
    }
  })
}

/** Symptoms of the last days: said to be there, measured, or denied. */
function symptomsOf(knowledge: KnowledgeBase, facts: PlanDocument['case']['facts'], asOf: string): readonly string[] {
  const today = latestDay(asOf) ?? 0
  return knowledge.facts
    .filter(({ group }) => group === 'symptoms')
    .flatMap(({ id }) => {
      const fact = facts[id]
      if (fact === undefined || !isKnown(fact) || fact.sources.length === 0 || fact.on === undefined) return []
      const day = latestDay(fact.on)
      return day === undefined || today - day > SYMPTOM_DAYS ? [] : [{ id, day, isThere: fact.value !== false && fact.value !== 0 }]
    })
    .sort((a, b) => Number(b.isThere) - Number(a.isThere) || b.day - a.day)
    .map(({ id }) => id)
}

const goalsOf = (resources: readonly AnyResource[]): CaseView['goals'] =>
  resources
    .filter(
      ({ resourceType, lifecycleStatus }) =>
        resourceType === 'Goal' && !['rejected', 'cancelled', 'entered-in-error'].includes(String(lifecycleStatus)),
    )
    .flatMap((goal) => {
      const words = goalWords(goal)
      const on = dayOf(goal)
      return words === undefined ? [] : [{ words, ...(on === undefined ? {} : { on }), reference: `Goal/${goal.id}` }]
    })

/** What is not known and would settle something: the tests of the plan, then what only has to be asked. */
function openOf({ tests, options }: PlanDocument, knowledge: KnowledgeBase): readonly OpenQuestion[] {
  const definitions = readerFor(knowledge).facts
  const tested = new Set(tests.flatMap(({ facts }) => facts))
  const asked = new Map<string, number>()
  for (const { needs } of options) for (const { fact } of needs) if (!tested.has(fact)) asked.set(fact, (asked.get(fact) ?? 0) + 1)
  const questions = [...asked].flatMap(([id, settles]): OpenQuestion[] => {
    const definition = definitions.get(id)
    return definition === undefined ? [] : [{ title: definition.ask ?? definition.label, settles, facts: [id] }]
  })
  return [
    ...tests.map(({ id, title, urgency, settles, before, facts }) => ({
      test: id,
      title,
      urgency,
      settles: settles.length,
      ...(before === undefined ? {} : { before }),
      facts,
    })),
    ...questions.sort((a, b) => b.settles - a.settles),
  ].slice(0, MOST_OPEN)
}

function sinceOf(decision: RecordedDecision, before: PlanDocument | undefined, now: PlanDocument, knowledge: KnowledgeBase): SinceDecision {
  const { number, recordedAt, recordedBy, chosen, reason } = decision
  const title = before?.options.find(({ id }) => id === chosen)?.title
  const head = { number, at: recordedAt, by: recordedBy, chosen, ...(title === undefined ? {} : { chosenTitle: title }), reason }
  if (before === undefined) return { ...head, facts: [], plan: [], unclear: 'the chart as it was then cannot be read' }
  return {
    ...head,
    facts: changedFacts(before.case.facts, now.case.facts, knowledge),
    plan: comparePlans(before, now, 'care').map(({ kind, subject, before: old, after }) => ({
      kind,
      subject,
      ...(old === undefined ? {} : { before: old }),
      ...(after === undefined ? {} : { after }),
    })),
  }
}

/** Facts whose value, or the reason why there is none, is another. Counts of days and other bookkeeping of quality measures are left out. */
export function changedFacts(
  before: PlanDocument['case']['facts'],
  after: PlanDocument['case']['facts'],
  knowledge: KnowledgeBase,
): SinceDecision['facts'] {
  const said = (fact: Fact | undefined): string =>
    fact === undefined ? 'not-recorded' : isKnown(fact) ? JSON.stringify(fact.value) : fact.unknown
  return knowledge.facts.flatMap(({ id, group, daysBetween }) => {
    if (group === 'quality' || daysBetween === true || said(before[id]) === said(after[id])) return []
    const nothing: Fact = { unknown: 'not-recorded' }
    return [{ id, before: before[id] ?? nothing, after: after[id] ?? nothing }]
  })
}
