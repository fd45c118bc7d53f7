import { earliestDay, latestDay } from '@secondwind/core'
import type { Polarity } from './assertion.ts'
import type { ReadContext, Resource } from './context.ts'
import { type Concept, choiceDay, conceptOf, conceptsOf, dayOf, stringOf } from './shapes.ts'

/** What the status elements of a Condition make of it. `error` is one that must not be read at all. */
export type ConditionState = Polarity | 'error'

const GONE: ReadonlySet<string> = new Set(['inactive', 'remission', 'resolved'])
const DOUBTED: ReadonlySet<string> = new Set(['unconfirmed', 'provisional', 'differential'])

/** The status code of `clinicalStatus` or `verificationStatus`; a bare string (as in older exports) is taken as the code. */
export const statusCode = (value: unknown): string | undefined => {
  const concept = conceptOf(value)
  return concept.codings[0]?.code ?? concept.text?.toLowerCase()
}

/** Present, past (inactive, in remission, resolved or abated), uncertain (not confirmed) or absent (refuted). */
export function stateOf(condition: Resource): ConditionState {
  const verification = statusCode(condition.verificationStatus)
  if (verification === 'entered-in-error') return 'error'
  if (verification === 'refuted') return 'absent'
  if (verification !== undefined && DOUBTED.has(verification)) return 'uncertain'
  const clinical = statusCode(condition.clinicalStatus)
  if ((clinical !== undefined && GONE.has(clinical)) || abatedOn(condition) !== undefined || condition.abatementBoolean === true)
    return 'past'
  return 'present'
}

export const abatedOn = (condition: Resource): string | undefined => choiceDay(condition, 'abatement')

/** Day on which the condition is known from: onset, else recorded. */
export const foundOn = (condition: Resource): string | undefined => {
  const period = condition.onsetPeriod
  const start = typeof period === 'object' && period !== null ? dayOf((period as { start?: unknown }).start) : undefined
  return dayOf(condition.onsetDateTime) ?? start ?? dayOf(condition.recordedDate) ?? dayOf(condition.assertedDate)
}

export const bodySitesOf = (resource: Resource): readonly Concept[] => conceptsOf(resource.bodySite)

export const severityOf = (condition: Resource): string | undefined => {
  const concept = conceptOf(condition.severity)
  return stringOf(concept.text) ?? concept.codings[0]?.display
}

/** Later than the day of the plan: not known then, so not read. An undated resource is never later. */
export function isLater(context: ReadContext, on: string | undefined): boolean {
  if (on === undefined) return false
  const first = earliestDay(on)
  const today = lastDayOf(context.asOf)
  return first !== undefined && today !== undefined && first > today
}

let lastAsked = ''
let lastAnswer: number | undefined

/** The day of the plan is asked for hundreds of times in a row. */
function lastDayOf(asOf: string): number | undefined {
  if (asOf !== lastAsked) {
    lastAnswer = latestDay(asOf)
    lastAsked = asOf
  }
  return lastAnswer
}

/** Conditions known on the day of the plan. */
export const conditionsOf = (context: ReadContext): readonly Resource[] =>
  context.chart.ofType('Condition').filter((condition) => !isLater(context, foundOn(condition)))
