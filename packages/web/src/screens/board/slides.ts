import type { PlanDocument } from '@secondwind/core'
import type { BoardCase, BoardMeetingDetail } from '@secondwind/server/contract'

/** Options and bars told on a slide: a slide that is full is not read. */
const TOLD = 4
const INK = '211E19'
const QUIET = '5C564B'
const PETROL = '0D5865'

export interface SlideWords {
  readonly draft: string
  readonly question: string
  readonly options: string
  readonly against: string
  readonly bars: string
  readonly missing: string
  readonly decision: string
  readonly first: string
  readonly nobody: string
}

/** The meeting as slides: for each case who it is and what is asked, the options with the strongest reason against, and what was decided. A draft, and every slide says so. */
export async function slidesOf(
  meeting: Pick<BoardMeetingDetail, 'title' | 'startsAt'>,
  cases: readonly { readonly boardCase: BoardCase; readonly plan: PlanDocument }[],
  words: SlideWords,
): Promise<Blob> {
  // loaded when slides are wanted: nobody else waits for it
  const { default: Pptx } = await import('pptxgenjs')
  const deck = new Pptx()
  deck.layout = 'LAYOUT_WIDE'
  deck.title = 'Second Wind'
  deck.author = 'Second Wind'
  deck.defineSlideMaster({
    title: 'CASE',
    background: { color: 'FBFAF7' },
    objects: [{ text: { text: words.draft, options: { x: 0.4, y: 7.05, w: 11, h: 0.3, fontSize: 10, color: QUIET } } }],
    slideNumber: { x: 12.5, y: 7.05, fontSize: 10, color: QUIET },
  })
  const cover = deck.addSlide({ masterName: 'CASE' })
  cover.addText(meeting.title, { x: 0.6, y: 2.4, w: 12, h: 1, fontSize: 36, bold: true, color: PETROL })
  cover.addText(meeting.startsAt.slice(0, 10), { x: 0.6, y: 3.4, w: 12, h: 0.6, fontSize: 20, color: QUIET })
  for (const { boardCase, plan } of cases) {
    const head = `${boardCase.name ?? ''}${boardCase.birthDate === undefined ? '' : ` · ${boardCase.birthDate}`} · ${boardCase.site}`
    const slide = (): ReturnType<typeof deck.addSlide> => {
      const one = deck.addSlide({ masterName: 'CASE' })
      one.addText(head, { x: 0.4, y: 0.25, w: 12.5, h: 0.5, fontSize: 18, bold: true, color: PETROL })
      return one
    }
    const title = { fontSize: 14, bold: true, color: QUIET, breakLine: true }
    const text = { fontSize: 18, color: INK, breakLine: true }
    const first = slide()
    first.addText(
      [
        { text: plan.case.story, options: { ...text, fontSize: 22 } },
        ...(boardCase.question === null
          ? []
          : [
              { text: words.question, options: title },
              { text: boardCase.question, options: text },
            ]),
        ...(plan.alerts.length === 0 ? [] : [{ text: words.first, options: title }]),
        ...plan.alerts.slice(0, TOLD).map((alert) => ({ text: alert.title, options: { ...text, bold: true } })),
        ...(boardCase.readiness.items.length === 0 ? [] : [{ text: words.missing, options: title }]),
        ...boardCase.readiness.items
          .slice(0, TOLD + 2)
          .map((item) => ({ text: `${item.title}: ${item.ownerName ?? words.nobody}`, options: { ...text, fontSize: 15 } })),
      ],
      { x: 0.4, y: 0.9, w: 12.5, h: 6, valign: 'top', fit: 'shrink' },
    )
    const second = slide()
    const cell = (words: string, bold = false) => ({ text: words, options: { fontSize: 13, color: INK, bold, valign: 'top' as const } })
    second.addTable(
      [
        [cell(words.options, true), cell('', true), cell(words.against, true)],
        ...plan.options
          .slice(0, TOLD)
          .map(({ rank, title: option, standing, standingBecause, against }) => [
            cell(`${rank}. ${option}`, true),
            cell(`${standing}: ${standingBecause}`),
            cell(against),
          ]),
      ],
      { x: 0.4, y: 0.9, w: 12.5, colW: [4, 4.25, 4.25], border: { type: 'solid', pt: 0.5, color: 'DCD6CA' } },
    )
    if (plan.notAdvised.length > 0) {
      const third = slide()
      third.addText(
        [
          { text: words.bars, options: title },
          ...plan.notAdvised
            .slice(0, TOLD + 2)
            .map(({ treatment, because }) => ({ text: `${treatment}: ${because.claim}`, options: { ...text, fontSize: 15 } })),
        ],
        { x: 0.4, y: 0.9, w: 12.5, h: 6, valign: 'top', fit: 'shrink' },
      )
    }
    if (boardCase.decision !== undefined) {
      const last = slide()
      last.addText(
        [
          { text: words.decision, options: title },
          { text: boardCase.decision.title, options: { ...text, fontSize: 26, bold: true } },
          { text: boardCase.decision.reason, options: text },
          ...(boardCase.decision.preference === undefined
            ? []
            : [{ text: `“${boardCase.decision.preference}”`, options: { ...text, italic: true } }]),
          ...boardCase.decision.dissent.map(({ who, reason }) => ({ text: `${who}: ${reason}`, options: { ...text, fontSize: 15 } })),
        ],
        { x: 0.4, y: 0.9, w: 12.5, h: 6, valign: 'top', fit: 'shrink' },
      )
    }
  }
  return (await deck.write({ outputType: 'blob' })) as Blob
}
