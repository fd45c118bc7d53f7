import { factText, isKnown, type KnowledgeBase, type PlanDocument } from '@secondwind/core'
import type { BoardCase, BoardDecision, BoardDraft, BoardMeetingDetail } from '../contract/board.ts'
import { againstLines, barOf, reasonIn } from './drafts.ts'
import type { Part, Sheet } from './pages.ts'
import type { Speech } from './words/index.ts'

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

const whoLine = ({ name, birthDate, patient, site }: Who, { words, day }: Speech): string =>
  [name ?? words.noName, birthDate === undefined ? words.noBirth : words.born(day(birthDate)), patient, site].join(' · ')

const draftOf = ({ words }: Speech): string => `${words.draft} ${words.inEnglish}`.trim()

/** One case as the board sees it: story, question, what is missing, facts, options with the strongest reason against each, what not to give, decision. */
export function caseSheet(
  who: Who,
  plan: PlanDocument,
  knowledge: KnowledgeBase,
  boardCase: BoardCase | undefined,
  decision: BoardDecision | undefined,
  nameOf: (who: string) => string,
  speech: Speech,
): Sheet {
  const { words, day } = speech
  // options that differ only in an exchangeable drug are one line, the one that fits first
  const told = plan.options.filter(({ id, variantOf }, i) => {
    const family = variantOf ?? id
    return plan.options.findIndex((other) => (other.variantOf ?? other.id) === family) === i
  })
  const left = told.length - TOLD
  return {
    title: words.caseTitle,
    lead: [whoLine(who, speech), words.planOf(day(plan.asOf), plan.knowledge.version, plan.knowledge.digest.slice(0, 12))],
    notice: draftOf(speech),
    signature: words.signed,
    parts: [
      ...part(words.story, [plan.case.story]),
      ...part(words.question, boardCase?.question ? [boardCase.question] : []),
      ...part(
        words.first,
        plan.alerts.map(({ urgency, title, actions }) => `${words.urgencies[urgency]}: ${title}. ${actions.join('; ')}`),
      ),
      ...part(words.needed, missing(boardCase, true, speech)),
      ...part(words.canWait, missing(boardCase, false, speech)),
      ...decided(decision, nameOf, speech),
      {
        title: words.options(plan.options.length),
        ...(plan.options.length === 0 ? { lines: [words.noOption] } : {}),
        table: {
          head: ['', words.option, words.standing, words.against, words.evidence],
          widths: [4, 20, 25, 24, 27],
          rows: plan.options.slice(0, TOLD).map(({ rank, title, standing, standingBecause, against, evidence }) => [
            String(rank),
            title,
            `${words.standings[standing]}: ${standingBecause}`,
            against,
            evidence
              .slice(0, 2)
              .map(({ source, at, says }) => `${source} (${at}): ${says}`)
              .join('\n'),
          ]),
        },
      },
      ...part('', left > 0 ? [words.more(left)] : []),
      ...part(
        words.bars,
        plan.notAdvised.map(({ treatment, reason, because }) => `${reasonIn(words, reason)}: ${barOf(treatment, because.claim)}`),
      ),
      ...part(
        words.support,
        plan.support.map(({ title, dueBy }) => (dueBy === undefined ? title : `${title}${words.by(day(dueBy))}`)),
      ),
      ...facts(plan, knowledge, speech),
      ...part('', [plan.intendedUse]),
    ].filter(({ title, lines, table }) => title !== '' || lines !== undefined || table !== undefined),
  }
}

/** What is missing before the decision (`isBlocking`), or beside it: who sees to it, by when. */
const missing = (boardCase: BoardCase | undefined, isBlocking: boolean, { words, day }: Speech): readonly string[] =>
  (boardCase?.readiness.items ?? [])
    .filter((item) => item.isBlocking === isBlocking)
    .map(
      ({ title, before, ownerName, dueOn }) =>
        `${title}${before === undefined ? '' : words.before(before)}: ${ownerName ?? words.nobody}${dueOn === undefined ? '' : words.by(day(dueOn))}`,
    )

function facts(plan: PlanDocument, knowledge: KnowledgeBase, { words }: Speech): readonly Part[] {
  const rows = knowledge.facts.flatMap((definition) => {
    const fact = plan.case.facts[definition.id]
    if (!isKnown(fact) || (fact.absence === 'listed' && fact.sources.length === 0)) return []
    return [[definition.label, factText(fact, definition)]]
  })
  return rows.length === 0 ? [] : [{ title: words.facts, table: { head: [words.fact, words.value], widths: [45, 55], rows } }]
}

function decided(decision: BoardDecision | undefined, nameOf: (who: string) => string, { words, day }: Speech): readonly Part[] {
  const line = '__________________________________________'
  if (decision === undefined) return part(words.decision, [`${words.chosen}: ${line}`, `${words.reason}: ${line}`])
  const { title, recordedAt, recordedBy, reason, preference, dissent, owner, dueOn } = decision
  return part(words.decision, [
    `${title}${words.recorded(day(recordedAt), nameOf(recordedBy))}`,
    `${words.reason}: ${reason}`,
    ...againstLines(decision, words),
    ...(preference === undefined ? [] : [words.wish(preference)]),
    ...dissent.map(({ who, reason: why }) => words.dissent(who, why)),
    ...(owner === undefined ? [] : [`${words.owner(nameOf(owner))}${dueOn === undefined ? '' : words.by(day(dueOn))}`]),
  ])
}

/** The agenda of a meeting: who sits in it, and the cases that the reader may see, in their order. */
export function agendaSheet(meeting: BoardMeetingDetail, speech: Speech): Sheet {
  const { words, day } = speech
  const minutes = meeting.agenda.reduce((sum, one) => sum + one.minutes, 0)
  return {
    title: meeting.title,
    lead: [
      `${words.when(`${day(meeting.startsAt)}, ${meeting.startsAt.slice(11, 16)}`, meeting.minutes)} · ${meeting.sites.join(', ')}`,
      words.planned(meeting.agenda.length, minutes),
    ],
    notice: draftOf(speech),
    parts: [
      ...part(
        words.members,
        meeting.members.map(({ who, name, specialty }) => {
          const own = meeting.interests.filter((interest) => interest.who === who)
          return `${name} (${words.specialties[specialty]})${who === meeting.chair ? `, ${words.chair}` : ''}${own.map(({ text }) => `; ${words.interest(text)}`).join('')}`
        }),
      ),
      {
        title: words.agenda,
        table: {
          head: ['', words.patient, words.question, words.ready, words.minutes],
          widths: [5, 28, 36, 24, 7],
          rows: meeting.agenda.map((one, i) => [
            String(i + 1),
            one.patient === null
              ? words.caseOf(one.site)
              : `${one.name ?? one.patient}${one.birthDate === undefined ? '' : `, ${day(one.birthDate)}`}\n${one.story ?? ''}`,
            one.decision === undefined ? (one.question ?? words.closed) : `${one.question ?? ''}\n${words.decided}: ${one.decision.title}`,
            readyLines(one, speech).join('\n'),
            String(one.minutes),
          ]),
        },
      },
    ],
  }
}

/** Whether the case can be decided; what must be there first, and who sees to it; and how much can wait. */
function readyLines({ readiness }: BoardCase, { words }: Speech): readonly string[] {
  const { state, items } = readiness
  const first = items.filter(({ isBlocking }) => isBlocking)
  const later = items.length - first.length
  return [
    words.states[state],
    ...first.map(({ title, ownerName }) => `• ${title}: ${ownerName ?? words.nobody}`),
    ...(later > 0 ? [`${words.canWait}: ${later}`] : []),
  ]
}

export const draftSheet = (who: Who, draft: BoardDraft, speech: Speech): Sheet => ({
  title: draft.title,
  lead: [whoLine(who, speech)],
  notice: draft.notice,
  signature: draft.signature,
  parts: draft.sections.map(({ title, lines }) => ({ title, lines })),
})
