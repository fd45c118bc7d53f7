import { type ClinicPhones, patientPage, withPhones } from '@secondwind/care'
import type { KnowledgeBase, PlanDocument } from '@secondwind/core'
import type { BoardDecision, BoardDraft } from '../contract/board.ts'
import type { BoardWords, Speech } from './words/index.ts'

type Section = BoardDraft['sections'][number]

/** Lines of what is not to be given, so that a letter stays a letter; what is unsafe always stands in it, and the plan has them all. */
const MOST_BARS = 8

const section = (title: string, lines: readonly string[]): readonly Section[] => (lines.length === 0 ? [] : [{ title, lines }])

export interface Letter {
  readonly plan: PlanDocument
  readonly decision: BoardDecision | undefined
  readonly nameOf: (who: string) => string
  readonly phones: ClinicPhones | undefined
  readonly speech: Speech
}

/**
 * The letter to the general practitioner, in the order in which one is read: what was decided and why, what to look out for, what not to give, whom to call.
 * Nothing in it that the plan or the decision does not say.
 */
export function practitionerLetter({ plan, decision, nameOf, phones, speech }: Letter): BoardDraft {
  const { words, day } = speech
  const option = plan.options.find(({ id }) => id === decision?.chosen)
  const unsafe = plan.notAdvised.filter(({ reason }) => reason === 'unsafe')
  const others = plan.notAdvised.filter(({ reason }) => reason !== 'unsafe')
  const told = others.slice(0, Math.max(0, MOST_BARS - unsafe.length))
  const more = others.length - told.length
  const { day: byDay, night } = phones ?? {}
  return {
    kind: 'general-practitioner',
    title: words.gpTitle,
    notice: noticeOf(words),
    sections: [
      { title: '', lines: [words.salutation, decision === undefined ? words.openingOpen : words.opening(day(decision.recordedAt))] },
      ...section(
        words.now,
        plan.alerts.map(({ urgency, title, actions }) => `${words.urgencies[urgency]}: ${title}. ${actions.join('; ')}`),
      ),
      ...section(words.diagnosis, [plan.case.story]),
      ...section(words.boardDecided, decidedLines(decision, nameOf, speech)),
      ...section(
        words.treatment,
        option === undefined
          ? []
          : [
              option.title,
              ...(option.regimen
                ? [option.regimen.cycleDays ? words.everyDays(option.regimen.title, option.regimen.cycleDays) : option.regimen.title]
                : []),
              ...option.concurrent.map(({ say, because }) => `${say} (${because})`),
            ],
      ),
      ...section(words.watch, option?.cautions.map(({ say }) => say) ?? []),
      ...section(words.pleaseNot, [
        ...unsafe.map(({ treatment, because }) => `${words.reasons.unsafe}: ${barOf(treatment, because.claim)}`),
        ...told.map(({ treatment, reason }) => `${treatment}: ${reasonIn(words, reason)}`),
        ...(more > 0 ? [words.moreBars(more)] : []),
        words.pleaseNotHow,
      ]),
      ...section(
        words.results,
        plan.tests.map(({ title, before }) => `${title}${before === undefined ? '' : words.before(before)}`),
      ),
      ...section(
        words.supportGp,
        plan.support.map(({ title, dueBy }) => `${title}${dueBy === undefined ? '' : words.dueBy(day(dueBy))}`),
      ),
      ...section(words.reach, [
        ...(byDay === undefined ? [words.reachLetter] : [words.reachDay(byDay)]),
        ...(night === undefined ? [] : [words.reachNight(night)]),
      ]),
      { title: '', lines: [words.closing] },
    ],
    signature: words.corrected,
  }
}

/** The page for the patient: the plan in plain words as everywhere else, led by what was decided, which a clinician puts into the patient's own words. */
export function patientLetter({ plan, decision, phones, speech }: Letter, knowledge: KnowledgeBase): BoardDraft {
  const { words, day } = speech
  const stand = decision === undefined ? undefined : { isDecided: true, options: decision.chosen === null ? [] : [decision.chosen] }
  const page = withPhones(patientPage(plan, knowledge, stand), phones)
  return {
    kind: 'patient',
    title: page.title,
    notice: noticeOf(words),
    sections: [
      ...section(
        words.forPatient,
        decision === undefined
          ? []
          : [
              ...(decision.preference === undefined ? [] : [words.toldUs(decision.preference)]),
              words.talked(day(decision.recordedAt)),
              words.forTeam(decision.title),
            ],
      ),
      ...page.sections.map(({ title, lines }) => ({
        title,
        lines: lines.flatMap(({ kind, text, number, instead }) =>
          kind === 'bullet'
            ? [`• ${text}`]
            : kind === 'quote'
              ? [`“${text}”`]
              : kind === 'phone'
                ? [`${text} ${number}`]
                : kind === 'fill'
                  ? [`${text} ____________`, ...(instead === undefined ? [] : [instead])]
                  : [text],
        ),
      })),
    ],
    signature: words.corrected,
  }
}

const noticeOf = ({ letterNotice, inEnglish }: BoardWords): string => `${letterNotice} ${inEnglish}`.trim()

/** The treatment with its reason, where the reason is not the treatment said once more. */
export const barOf = (treatment: string, claim: string): string => (claim === treatment ? treatment : `${treatment}: ${claim}`)

/** A reason that this version has no words for stays as the plan calls it. */
export const reasonIn = ({ reasons }: BoardWords, reason: string): string =>
  (reasons as { readonly [reason: string]: string })[reason] ?? reason

/** A decision against what the plan calls unsafe says so wherever it stands on paper. */
export const againstLines = ({ againstPlan }: BoardDecision, words: BoardWords): readonly string[] =>
  againstPlan === undefined
    ? []
    : [
        ...againstPlan.lines.map(({ says, why }) => words.saysUnsafe(why === says ? says : `${says}. ${why}`)),
        words.whyAgainst(againstPlan.reason),
      ]

function decidedLines(decision: BoardDecision | undefined, nameOf: (who: string) => string, { words, day }: Speech): readonly string[] {
  if (decision === undefined) return [words.nothingDecided]
  const { title, recordedAt, reason, preference, dissent, owner, dueOn } = decision
  return [
    words.decidedOn(title, day(recordedAt)),
    `${words.reason}: ${reason}`,
    ...againstLines(decision, words),
    ...(preference === undefined ? [] : [words.wish(preference)]),
    ...dissent.map(({ who, reason: why }) => words.dissent(who, why)),
    ...(owner === undefined ? [] : [words.seesTo(nameOf(owner), dueOn === undefined ? undefined : day(dueOn))]),
  ]
}
