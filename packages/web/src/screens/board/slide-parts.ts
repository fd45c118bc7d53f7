import type { Alert, Option, PlanDocument } from '@secondwind/core'
import type { BoardCase } from '@secondwind/server/contract'

/** Options in the table of a slide: a slide that is full is not read. The notes of the slide have more. */
const OPTIONS = 4
/** Lines of one slide; what is unsafe and what comes first goes on over as many slides as it needs. */
const LINES = 6

export interface SlideWords {
  readonly draft: string
  readonly question: string
  readonly options: string
  readonly against: string
  readonly bars: string
  readonly unsafe: string
  readonly needed: string
  readonly canWait: string
  readonly tests: string
  readonly decision: string
  readonly reason: string
  readonly preference: string
  readonly owner: string
  readonly againstPlan: string
  readonly whyAgainst: string
  readonly first: string
  readonly nobody: string
  readonly more: (count: number) => string
  readonly dissent: (who: string, reason: string) => string
  readonly day: (iso: string) => string
  readonly standing: (value: Option['standing']) => string
  readonly urgency: (value: Alert['urgency']) => string
}

export interface SlideLine {
  readonly kind: 'title' | 'story' | 'text' | 'strong' | 'small'
  readonly text: string
}

/** One slide of a case: lines or a table, and what the speaker reads beside it. */
export interface SlidePart {
  readonly lines?: readonly SlideLine[]
  readonly table?: readonly (readonly string[])[]
  readonly notes: readonly string[]
}

const titled = (title: string, kind: SlideLine['kind'], lines: readonly string[]): readonly SlideLine[] =>
  lines.length === 0 ? [] : [{ kind: 'title', text: title }, ...lines.map((text) => ({ kind, text }))]

/** The slides of one case. Every alert and everything unsafe stands on them, whatever the length: the rest is cut, and each cut says how much. */
export function slidePartsOf(boardCase: BoardCase, plan: PlanDocument, words: SlideWords): readonly SlidePart[] {
  const unsafe = plan.notAdvised.filter(({ reason }) => reason === 'unsafe')
  const bars = plan.notAdvised.filter(({ reason }) => reason !== 'unsafe')
  const { items } = boardCase.readiness
  const missing = (isBlocking: boolean): readonly string[] =>
    items.filter((item) => item.isBlocking === isBlocking).map((item) => `${item.title}: ${item.ownerName ?? words.nobody}`)
  const cut = (lines: readonly string[], most: number): readonly string[] =>
    lines.length <= most ? lines : [...lines.slice(0, most), words.more(lines.length - most)]
  return [
    {
      lines: [
        { kind: 'story', text: plan.case.story },
        ...titled(words.question, 'text', boardCase.question === null ? [] : [boardCase.question]),
        ...titled(words.needed, 'small', missing(true)),
        ...titled(words.canWait, 'small', cut(missing(false), OPTIONS)),
      ],
      notes: [
        ...plan.tests.map(
          ({ title, before, because }) => `${words.tests}: ${title}${before === undefined ? '' : ` (${before})`}. ${because.claim}`,
        ),
      ],
    },
    ...chunks(plan.alerts).map((alerts) => ({
      lines: titled(
        words.first,
        'strong',
        alerts.map(({ urgency, title, actions }) => `${words.urgency(urgency)}: ${title}. ${actions[0] ?? ''}`.trim()),
      ),
      notes: alerts.map(({ title, actions }) => `${title}: ${actions.join('; ')}`),
    })),
    ...chunks(unsafe).map((own) => ({
      lines: titled(
        words.unsafe,
        'strong',
        own.map(({ treatment, because }) => (because.claim === treatment ? treatment : `${treatment}: ${because.claim}`)),
      ),
      notes: [],
    })),
    {
      table: [
        [words.options, '', words.against],
        ...plan.options
          .slice(0, OPTIONS)
          .map(({ rank, title, standing, standingBecause, against }) => [
            `${rank}. ${title}`,
            `${words.standing(standing)}: ${standingBecause}`,
            against,
          ]),
        ...(plan.options.length > OPTIONS ? [[words.more(plan.options.length - OPTIONS), '', '']] : []),
      ],
      notes: plan.options.map(
        ({ rank, title, standing, evidence }) =>
          `${rank}. ${title} (${words.standing(standing)})${evidence.map(({ source, at, says }) => `\n  ${source} (${at}): ${says}`).join('')}`,
      ),
    },
    ...(bars.length === 0
      ? []
      : [
          {
            lines: titled(
              words.bars,
              'small',
              cut(
                bars.map(({ treatment, because }) => `${treatment}: ${because.claim}`),
                LINES,
              ),
            ),
            notes: bars.map(({ treatment, because }) => `${treatment}: ${because.claim}`),
          },
        ]),
    ...decided(boardCase, words),
  ]
}

function decided({ decision }: BoardCase, words: SlideWords): readonly SlidePart[] {
  if (decision === undefined) return []
  const { title, reason, preference, againstPlan, dissent, recordedAt, dueOn } = decision
  return [
    {
      lines: [
        ...titled(`${words.decision}, ${words.day(recordedAt)}`, 'story', [title]),
        ...titled(words.reason, 'text', [reason]),
        ...titled(words.againstPlan, 'strong', againstPlan?.lines.map(({ says, why }) => (why === says ? says : `${says}. ${why}`)) ?? []),
        ...titled(words.whyAgainst, 'text', againstPlan === undefined ? [] : [againstPlan.reason]),
        ...titled(words.preference, 'text', preference === undefined ? [] : [`“${preference}”`]),
        ...dissent.map(({ who, reason: why }) => ({ kind: 'small' as const, text: words.dissent(who, why) })),
      ],
      notes: dueOn === undefined ? [] : [`${words.owner}: ${words.day(dueOn)}`],
    },
  ]
}

const chunks = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / LINES) }, (_, i) => all.slice(i * LINES, (i + 1) * LINES))
