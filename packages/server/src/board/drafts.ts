import { patientPage } from '@secondwind/care'
import type { KnowledgeBase, PlanDocument } from '@secondwind/core'
import type { BoardDecision, BoardDraft } from '../contract/board.ts'

type Section = BoardDraft['sections'][number]

const NOTICE =
  'Draft. Made by a computer from the chart, the plan and the decision. A clinician reads it, corrects it and signs it before it is sent.'
const SIGNATURE = 'Read, corrected and signed by: ______________________   on: ____________'
/** Lines of what is not to be given, so that a letter stays a letter; the plan has them all. */
const MOST_BARS = 8

const section = (title: string, lines: readonly string[]): readonly Section[] => (lines.length === 0 ? [] : [{ title, lines }])

/** The letter to the general practitioner: what was decided and why, what to look out for, what not to give. Nothing in it that the plan or the decision does not say. */
export function practitionerLetter(plan: PlanDocument, decision: BoardDecision | undefined, nameOf: (who: string) => string): BoardDraft {
  const option = plan.options.find(({ id }) => id === decision?.chosen)
  const bars = plan.notAdvised.slice(0, MOST_BARS)
  const more = plan.notAdvised.length - bars.length
  return {
    kind: 'general-practitioner',
    title: 'Letter to the general practitioner',
    notice: NOTICE,
    sections: [
      ...section('Summary', [plan.case.story]),
      ...section(
        'Come first',
        plan.alerts.map(({ title, actions }) => `${title}: ${actions.join('; ')}`),
      ),
      ...section('What the tumour board decided', decidedLines(decision, nameOf)),
      ...section(
        'Treatment',
        option === undefined
          ? []
          : [
              option.title,
              ...(option.regimen
                ? [`${option.regimen.title}${option.regimen.cycleDays ? `, every ${option.regimen.cycleDays} days` : ''}`]
                : []),
              ...option.concurrent.map(({ say, because }) => `${say} (${because})`),
            ],
      ),
      ...section('What to look out for', option?.cautions.map(({ say }) => say) ?? []),
      ...section('Not to be given now', [
        ...bars.map(({ treatment, reason }) => `${treatment}: ${reason}`),
        ...(more > 0 ? [`and ${more} more: see the plan`] : []),
      ]),
      ...section(
        'Results still to come',
        plan.tests.map(({ title, before }) => (before === undefined ? title : `${title} (before ${before})`)),
      ),
      ...section(
        'Support',
        plan.support.map(({ title, dueBy }) => (dueBy === undefined ? title : `${title} (by ${dueBy})`)),
      ),
    ],
    signature: SIGNATURE,
  }
}

/** The page for the patient: the plan in plain words as everywhere else, led by what was decided, which a clinician puts into the patient's own words. */
export function patientLetter(plan: PlanDocument, knowledge: KnowledgeBase, decision: BoardDecision | undefined): BoardDraft {
  const page = patientPage(
    plan,
    knowledge,
    decision === undefined ? undefined : { isDecided: true, options: decision.chosen === null ? [] : [decision.chosen] },
  )
  return {
    kind: 'patient',
    title: page.title,
    notice: NOTICE,
    sections: [
      ...section(
        'What was decided (put it into plain words before you give it)',
        decision === undefined
          ? []
          : [
              ...(decision.preference === undefined ? [] : [`You told us: “${decision.preference}”`]),
              `The team of doctors and nurses talked about your treatment on ${decision.recordedAt.slice(0, 10)}.`,
              `For the team: ${decision.title}`,
            ],
      ),
      ...page.sections.map(({ title, lines }) => ({
        title,
        lines: lines.map(({ kind, text }) =>
          kind === 'bullet' ? `• ${text}` : kind === 'quote' ? `“${text}”` : kind === 'fill' ? `${text} ____________` : text,
        ),
      })),
    ],
    signature: SIGNATURE,
  }
}

/** A decision against what the plan calls unsafe says so wherever it stands on paper. */
export const againstLines = ({ againstPlan }: BoardDecision): readonly string[] =>
  againstPlan === undefined
    ? []
    : [
        ...againstPlan.lines.map(({ says, why }) => `The plan says unsafe: ${says}${why === says ? '' : `. ${why}`}`),
        `Why it was decided against the plan: ${againstPlan.reason}`,
      ]

const decidedLines = (decision: BoardDecision | undefined, nameOf: (who: string) => string): readonly string[] =>
  decision === undefined
    ? ['Nothing was decided yet.']
    : [
        `${decision.title} (decided on ${decision.recordedAt.slice(0, 10)})`,
        `Reason: ${decision.reason}`,
        ...againstLines(decision),
        ...(decision.preference === undefined ? [] : [`What the patient wants: ${decision.preference}`]),
        ...decision.dissent.map(({ who, reason }) => `${who} thought otherwise: ${reason}`),
        ...(decision.owner === undefined
          ? []
          : [`${nameOf(decision.owner)} sees to it${decision.dueOn === undefined ? '' : ` by ${decision.dueOn}`}.`]),
      ]
