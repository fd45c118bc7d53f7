import { classLabels } from '@secondwind/care'
import { type Alert, isKnown, type KnowledgeBase, type PlanDocument } from '@secondwind/core'
import { parseCharts, type Resource, readPatientCase } from '@secondwind/fhir'
import { readerFor } from '../compose.ts'
import { asTaken } from './as-taken.ts'
import type { Draft } from './card.ts'
import type { DraftOrder } from './drafts.ts'
import { plainWords } from './words.ts'

/** Interaction classes of one ordered medicine, as the readers of charts see it taken; `isKnown` false: nobody here knows what it does. */
export interface OrderedClasses {
  readonly order: DraftOrder
  readonly classes: readonly string[]
  readonly isKnown: boolean
}

/** The classes of an order, read like those of a chart that holds nothing else: what counts there counts here. `chart`: where a referenced Medication may stand. */
export function orderedClasses(order: DraftOrder, chart: readonly Resource[], knowledge: KnowledgeBase, today: string): OrderedClasses {
  const patient: Resource = { resourceType: 'Patient', id: 'who-is-ordered-for' }
  const taken = { ...asTaken(order.resource, today), subject: { reference: 'Patient/who-is-ordered-for' } }
  const medications = chart.filter(({ resourceType }) => resourceType === 'Medication')
  const parsed = parseCharts(JSON.stringify([patient, ...medications, taken]))
  const own = parsed.ok ? parsed.value.find((one) => one.chart.patient.id === patient.id) : undefined
  const read = own && readPatientCase(own, readerFor(knowledge), { asOf: today, overrides: [] })
  if (read?.ok !== true) return { order, classes: [], isKnown: false }
  const { facts } = read.value.patientCase
  const listOf = (id: string): readonly string[] => {
    const fact = facts[id]
    return isKnown(fact) && Array.isArray(fact.value) ? fact.value.map(String) : []
  }
  const isAnticancer = order.drugs.some((id) => knowledge.drugs.some((drug) => drug.id === id && drug.anticancer))
  const isUnclassed = !isAnticancer && (order.drugs.length === 0 || listOf('unmapped-medicines').length > 0)
  return { order, classes: listOf('medicine-classes'), isKnown: !isUnclassed }
}

/** Whether some alert of the base would speak of one of these medicines: what is not known of the patient then matters. */
export const isEverAvoided = (ordered: readonly OrderedClasses[], { alerts }: KnowledgeBase): boolean => {
  const avoided = new Set(alerts.flatMap(({ avoid = [], suspect }) => [...avoid, ...(suspect?.avoid ?? [])]))
  return ordered.some(({ classes }) => classes.some((id) => avoided.has(id)))
}

/**
 * Orders against what a standing alert says to avoid: a card for each alert that an order meets, critical in an emergency. A medicine that nobody here
 * knows may be one of them: that is said too, as a warning.
 */
export function avoidedDrafts({ alerts }: PlanDocument, ordered: readonly OrderedClasses[], knowledge: KnowledgeBase): readonly Draft[] {
  return alerts.flatMap((alert) => {
    const avoid = alert.avoid ?? []
    if (avoid.length === 0) return []
    const met = ordered.filter(({ classes }) => classes.some((id) => avoid.includes(id)))
    const open = ordered.filter((one) => !one.isKnown && !met.includes(one))
    return [
      ...met.map((one) =>
        metDraft(
          alert,
          one,
          classLabels(
            knowledge.facts,
            one.classes.filter((id) => avoid.includes(id)),
          ),
        ),
      ),
      ...(open.length > 0 ? [openDraft(alert, open, classLabels(knowledge.facts, avoid))] : []),
    ]
  })
}

const namesOf = (ordered: readonly OrderedClasses[]): string => ordered.map(({ order }) => order.name).join(', ')

const metDraft = (alert: Alert, { order }: OrderedClasses, what: string): Draft => ({
  rule: `alert/${alert.id}`,
  about: `avoid ${order.reference}`,
  summary: `Not now: ${order.name} (${what}). ${alert.title}`,
  lines: [
    `${plainWords(order.name)} (${what}) is not given while this ${alert.suspected ? 'is suspected' : 'stands'}: ${plainWords(alert.title)}`,
    ...alert.actions.map(plainWords),
  ],
  indicator: alert.urgency === 'emergency' ? 'critical' : 'warning',
  evidence: alert.evidence,
  ...(alert.urgency === 'emergency' ? { isKept: true } : {}),
  ...(order.reference.endsWith('/')
    ? {}
    : {
        suggestions: [
          {
            label: 'Take this order back',
            actions: [{ type: 'delete', description: `Remove the draft order of ${order.name}`, resourceId: order.reference }],
          },
        ],
      }),
})

const openDraft = (alert: Alert, ordered: readonly OrderedClasses[], what: string): Draft => ({
  rule: `alert/${alert.id}`,
  about: 'avoid unknown',
  summary: `Perhaps not now (${what}?), since this software does not know it: ${namesOf(ordered)}`,
  lines: [
    `${plainWords(namesOf(ordered))}: look up before it is given whether it is one of these (${what}), since this ${alert.suspected ? 'is suspected' : 'stands'}: ${plainWords(alert.title)}`,
  ],
  indicator: 'warning',
  evidence: alert.evidence,
})
