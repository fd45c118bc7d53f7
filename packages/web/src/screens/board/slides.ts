import type { PlanDocument } from '@secondwind/core'
import type { BoardCase, BoardMeetingDetail } from '@secondwind/server/contract'
import { type SlideLine, type SlideWords, slidePartsOf } from './slide-parts.ts'

const INK = '211E19'
const QUIET = '5C564B'
const PETROL = '0D5865'
const RED = 'A62415'
const FRAME = { x: 0.4, y: 0.9, w: 12.5, h: 6, valign: 'top', fit: 'shrink' } as const
const LOOK: { readonly [kind in SlideLine['kind']]: object } = {
  title: { fontSize: 14, bold: true, color: QUIET, paraSpaceBefore: 8 },
  story: { fontSize: 22, color: INK },
  text: { fontSize: 18, color: INK },
  strong: { fontSize: 18, bold: true, color: RED },
  small: { fontSize: 15, color: INK },
}

/** The meeting as slides, in the words of who takes it away. A draft, and every slide says so. */
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
  cover.addText(words.day(meeting.startsAt), { x: 0.6, y: 3.4, w: 12, h: 0.6, fontSize: 20, color: QUIET })
  for (const { boardCase, plan } of cases) {
    const { name = '', birthDate, site } = boardCase
    for (const { lines = [], table, notes } of slidePartsOf(boardCase, plan, words)) {
      const slide = deck.addSlide({ masterName: 'CASE' })
      const head = [name, ...(birthDate === undefined ? [] : [words.day(birthDate)]), site].join(' · ')
      slide.addText(head, { x: 0.4, y: 0.25, w: 12.5, h: 0.5, fontSize: 18, bold: true, color: PETROL })
      if (lines.length > 0)
        slide.addText(
          lines.map(({ kind, text }) => ({ text, options: { ...LOOK[kind], breakLine: true } })),
          FRAME,
        )
      if (table !== undefined)
        slide.addTable(
          table.map((row, i) =>
            row.map((text, j) => ({ text, options: { fontSize: 13, color: INK, bold: i === 0 || j === 0, valign: 'top' as const } })),
          ),
          { x: 0.4, y: 0.9, w: 12.5, colW: [4, 4.25, 4.25], border: { type: 'solid', pt: 0.5, color: 'DCD6CA' } },
        )
      if (notes.length > 0) slide.addNotes([words.draft, ...notes].join('\n'))
    }
  }
  return (await deck.write({ outputType: 'blob' })) as Blob
}
