import { factText, isKnown, type KnowledgeBase, type PlanDocument } from '@secondwind/core'
import type { BoardCase, BoardDecision, BoardDraft, BoardMeetingDetail } from '../contract/board.ts'
import { againstLines } from './drafts.ts'
import type { Part, Sheet } from './pages.ts'

export const DRAFT =
  'Draft for the tumour board. Decision support: a clinician decides and signs. Made by a computer from the chart and the plan.'
const SIGNATURE = 'Read and signed by: ______________________________   on: ______________'
/** Options told in the table; the plan has the rest. */
const TOLD = 6

const part = (title: string, lines: readonly string[]): readonly Part[] => (lines.length === 0 ? [] : [{ title, lines }])

/** Who it is, for a page that is printed: paper needs the name that the address of a page must not hold. */
export interface Who {
  readonly name?: string
  readonly birthDate?: string
  readonly patient: string
  readonly site: string
}

const whoLine = ({ name, birthDate, patient, site }: Who): string =>
  [name ?? 'name not recorded', birthDate === undefined ? 'birth date not recorded' : `born ${birthDate}`, patient, site].join(' · ')

/** One case as the board sees it: story, question, what is missing, facts, options with the strongest reason against each, what not to give, decision. */
export function caseSheet(
  who: Who,
  plan: PlanDocument,
  knowledge: KnowledgeBase,
  boardCase: BoardCase | undefined,
  decision: BoardDecision | undefined,
): Sheet {
  // options that differ only in an exchangeable drug are one line, the one that fits first
  const told = plan.options.filter(({ id, variantOf }, i) => {
    const family = variantOf ?? id
    return plan.options.findIndex((other) => (other.variantOf ?? other.id) === family) === i
  })
  const left = told.length - TOLD
  return {
    title: 'Case for the tumour board',
    lead: [whoLine(who), `Plan of ${plan.asOf}, knowledge ${plan.knowledge.version} (${plan.knowledge.digest.slice(0, 12)})`],
    notice: DRAFT,
    signature: SIGNATURE,
    parts: [
      ...part('Story', [plan.case.story]),
      ...part('Question to the board', boardCase?.question ? [boardCase.question] : []),
      ...part(
        'Come first',
        plan.alerts.map(({ urgency, title, actions }) => `${urgency.toUpperCase()}: ${title}. ${actions.join('; ')}`),
      ),
      ...part(
        'Still missing',
        (boardCase?.readiness.items ?? []).map(
          ({ title, before, ownerName, dueOn }) =>
            `${title}${before === undefined ? '' : ` (before ${before})`}: ${ownerName ?? 'nobody sees to it yet'}${dueOn === undefined ? '' : `, by ${dueOn}`}`,
        ),
      ),
      ...decided(decision),
      {
        title: `Options (${plan.options.length})`,
        ...(plan.options.length === 0 ? { lines: ['None can be advised: see what is wrong with the chart.'] } : {}),
        table: {
          head: ['', 'Option', 'Standing and why', 'Strongest reason against', 'Evidence'],
          widths: [4, 20, 25, 24, 27],
          rows: plan.options.slice(0, TOLD).map(({ rank, title, standing, standingBecause, against, evidence }) => [
            String(rank),
            title,
            `${standing}: ${standingBecause}`,
            against,
            evidence
              .slice(0, 2)
              .map(({ source, at, says }) => `${source} (${at}): ${says}`)
              .join('\n'),
          ]),
        },
      },
      ...part('', left > 0 ? [`and ${left} more in the plan`] : []),
      ...part(
        'Not to be given now',
        plan.notAdvised.map(({ treatment, reason, because }) => `${treatment} (${reason}): ${because.claim}`),
      ),
      ...part(
        'Support',
        plan.support.map(({ title, dueBy }) => (dueBy === undefined ? title : `${title}, by ${dueBy}`)),
      ),
      ...facts(plan, knowledge),
      ...part('', [plan.intendedUse]),
    ].filter(({ title, lines, table }) => title !== '' || lines !== undefined || table !== undefined),
  }
}

function facts(plan: PlanDocument, knowledge: KnowledgeBase): readonly Part[] {
  const rows = knowledge.facts.flatMap((definition) => {
    const fact = plan.case.facts[definition.id]
    if (!isKnown(fact) || (fact.absence === 'listed' && fact.sources.length === 0)) return []
    return [[definition.label, factText(fact, definition)]]
  })
  return rows.length === 0 ? [] : [{ title: 'What the chart says', table: { head: ['Fact', 'Value'], widths: [45, 55], rows } }]
}

function decided(decision: BoardDecision | undefined): readonly Part[] {
  if (decision === undefined)
    return part('Decision', ['Chosen: __________________________________________', 'Reason: __________________________________________'])
  return part('Decision', [
    `${decision.title} (${decision.recordedAt.slice(0, 10)}, recorded by ${decision.recordedBy})`,
    `Reason: ${decision.reason}`,
    ...againstLines(decision),
    ...(decision.preference === undefined ? [] : [`What the patient wants: ${decision.preference}`]),
    ...decision.dissent.map(({ who, reason }) => `${who} thought otherwise: ${reason}`),
    ...(decision.owner === undefined
      ? []
      : [`Sees to it: ${decision.owner}${decision.dueOn === undefined ? '' : `, by ${decision.dueOn}`}`]),
  ])
}

/** The agenda of a meeting: who sits in it, and the cases that the reader may see, in their order. */
export function agendaSheet(meeting: BoardMeetingDetail): Sheet {
  const minutes = meeting.agenda.reduce((sum, one) => sum + one.minutes, 0)
  return {
    title: meeting.title,
    lead: [
      `${meeting.startsAt.replace('T', ' ').slice(0, 16)} UTC, ${meeting.minutes} minutes · ${meeting.sites.join(', ')}`,
      `${meeting.agenda.length} cases, ${minutes} minutes planned`,
    ],
    notice: DRAFT,
    parts: [
      ...part(
        'Members',
        meeting.members.map(({ who, name, specialty }) => {
          const own = meeting.interests.filter((interest) => interest.who === who)
          return `${name} (${specialty})${who === meeting.chair ? ', chair' : ''}${own.map(({ text }) => `; declared interest: ${text}`).join('')}`
        }),
      ),
      {
        title: 'Agenda',
        table: {
          head: ['', 'Patient', 'Question', 'Ready?', 'Min'],
          widths: [5, 28, 40, 20, 7],
          rows: meeting.agenda.map((one, i) => [
            String(i + 1),
            one.patient === null
              ? `a case of ${one.site}`
              : `${one.name ?? one.patient}${one.birthDate === undefined ? '' : `, ${one.birthDate}`}\n${one.story ?? ''}`,
            one.decision === undefined ? (one.question ?? 'not open to you') : `${one.question ?? ''}\nDecided: ${one.decision.title}`,
            one.readiness.items.length === 0
              ? one.readiness.state
              : one.readiness.items
                  .slice(0, 4)
                  .map(({ title, ownerName }) => `${title}${ownerName === undefined ? '' : ` (${ownerName})`}`)
                  .join('\n'),
            String(one.minutes),
          ]),
        },
      },
    ],
  }
}

export const draftSheet = (who: Who, draft: BoardDraft): Sheet => ({
  title: draft.title,
  lead: [whoLine(who)],
  notice: draft.notice,
  signature: draft.signature,
  parts: draft.sections.map(({ title, lines }) => ({ title, lines })),
})
