import { checkOrder, type OrderFinding } from '@secondwind/care'
import type { Drug, KnowledgeBase, NotAdvised, PlanDocument } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { readerFor } from '../compose.ts'
import type { AgainstLine } from '../contract/board.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import type { ChartContent } from '../store/index.ts'
import { givenIn } from './decided-words.ts'
import { chartIn } from './plan-maker.ts'

/** What was decided: an option of the plan by its id, or (`chosen` null) something else in words. */
export interface DecidedOn {
  readonly asOf: string
  readonly chosen: string | null
  /** Where `chosen` is null. */
  readonly words: string
}

/**
 * What the plan says against a decision: its lines of "unsafe" that name one of the drugs or classes decided on, the safety rules that bar them now, and the
 * emergencies that hold or avoid them. Words are read by the names, brands and classes of the knowledge base; words that name nothing it knows meet nothing.
 * Words that only hold or stop a drug are against nothing; in doubt a mention counts as given (`givenIn`). What the plan itself says to stop or to hold is not
 * against it, and neither is what it recommends.
 */
export function againstPlan(
  content: ChartContent,
  plan: PlanDocument,
  knowledge: KnowledgeBase,
  decided: DecidedOn,
): readonly AgainstLine[] {
  const option = plan.options.find(({ id }) => id === decided.chosen)
  if (option?.procedure === 'stop' || option?.procedure === 'hold') return []
  const isWords = decided.chosen === null
  const { drugs: named, classes } = isWords ? givenIn(decided.words, knowledge) : { drugs: option?.drugs ?? [], classes: [] }
  if (named.length === 0 && classes.length === 0) return []
  const drugs = new Map(knowledge.drugs.map((drug) => [drug.id, drug]))
  const chart = chartIn(content)
  const read = chart.ok ? readPatientCase(chart.value, readerFor(knowledge), { asOf: decided.asOf, overrides: [] }) : undefined
  const judged = (ids: readonly string[]): readonly OrderFinding[] => {
    if (read?.ok !== true || ids.length === 0) return []
    const { findings, options } = checkOrder(read.value.patientCase, knowledge, ids)
    const isAdvised = [...options, ...(option ? [option] : [])].some(({ standing }) => standing === 'recommended')
    return findings.filter(
      ({ kind, reason }) => (kind === 'barred' && reason === 'unsafe') || (kind === 'held' && reason === 'emergency' && !isAdvised),
    )
  }
  return onceEach([
    ...plan.notAdvised
      .filter((line) => line.reason === 'unsafe' && names(line, named, [...classes, ...wider(classes, knowledge)], drugs))
      .map(({ rule, treatment, because }) => ({ rule, says: treatment, why: because.claim })),
    ...plan.alerts
      .filter(
        ({ urgency, avoid }) => urgency === 'emergency' && named.some((id) => drugs.get(id)?.interaction?.some((c) => avoid?.includes(c))),
      )
      .map(({ id, title, because }) => ({ rule: id, says: title, why: because.claim })),
    ...[...judged(named), ...classes.flatMap((id) => sharedBy(membersOf(id, knowledge).map((drug) => judged([drug]))))].map(
      ({ rule, say, because }) => ({ rule, says: say, why: because.claim }),
    ),
  ])
}

/** One issue for each thing that the plan says; none where `reason` says why it is decided all the same. */
export const refusedAsAgainst = (lines: readonly AgainstLine[], reason: string | undefined): readonly ServerIssue[] =>
  reason === undefined
    ? lines.map(({ rule, says, why }) =>
        refusal(
          'against-plan',
          `notAdvised/${rule}`,
          why === says ? `the plan says unsafe: ${says}` : `the plan says unsafe: ${says}. Why: ${why}`,
          'choose another treatment, or say in againstPlan.reason why it is decided against the plan (or that it is not to be given)',
        ),
      )
    : []

/** What is kept beside the decision; nothing where it meets nothing in the plan. */
export const keptAgainst = (
  lines: readonly AgainstLine[],
  reason: string | undefined,
): { readonly againstPlan?: { readonly reason: string; readonly lines: readonly AgainstLine[] } } =>
  lines.length === 0 || reason === undefined ? {} : { againstPlan: { reason, lines } }

/** Classes to which every drug of one of these belongs. */
const wider = (classes: readonly string[], knowledge: KnowledgeBase): readonly string[] =>
  classes.flatMap((id) => {
    const [first, ...rest] = knowledge.drugs.filter((drug) => drug.anticancer && drug.classes.includes(id))
    return (first?.classes ?? []).filter((other) => rest.every((drug) => drug.classes.includes(other)))
  })

const membersOf = (id: string, knowledge: KnowledgeBase): readonly string[] =>
  knowledge.drugs.filter((drug) => drug.anticancer && drug.classes.includes(id)).map((drug) => drug.id)

/** What is said of every drug of a class is said of the class. */
function sharedBy(findings: readonly (readonly OrderFinding[])[]): readonly OrderFinding[] {
  const [first = [], ...rest] = findings
  return first.filter(({ rule }) => rest.every((others) => others.some((other) => other.rule === rule)))
}

/** A line with drugs is about these drugs, whatever class they are of; else about every drug of its class. */
function names(line: NotAdvised, named: readonly string[], classes: readonly string[], drugs: ReadonlyMap<string, Drug>): boolean {
  if (line.drugs?.length)
    return line.drugs.every((id) => named.includes(id)) && (line.match === 'contains' || line.drugs.length === named.length)
  const group = line.class
  return group !== undefined && (classes.includes(group) || named.some((id) => drugs.get(id)?.classes.includes(group)))
}

/** A rule, and the same words by another rule, once. */
const onceEach = (lines: readonly AgainstLine[]): readonly AgainstLine[] =>
  lines.filter((line, i) => lines.findIndex(({ rule, says }) => rule === line.rule || says === line.says) === i)
