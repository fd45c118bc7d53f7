import { type RefObject, useEffect } from 'react'

/** A4 without its margins, in CSS pixels (96 to the inch): 210 − 2 × 9 mm wide, 297 − 2 × 9 mm high, with a little left for rounding. */
const WIDTH = Math.floor(((210 - 18) / 25.4) * 96)
const HEIGHT = Math.floor(((297 - 18) / 25.4) * 96) - 8
const SMALLEST = 0.45

/**
 * Makes the page fit on one sheet: before printing it is laid out as on paper (`data-printing` on the root, see case.module.css) and, where it is longer, made
 * smaller. A long case stays one page.
 */
export function usePrintFit(page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = document.documentElement
    // the frame around the screen has the header: who this is must be on the sheet
    const sheet = (): HTMLElement | undefined => page.current?.closest('main')?.parentElement ?? undefined
    const before = (): void => {
      const element = sheet()
      if (element === undefined) return
      root.dataset.printing = 'case'
      let scale = 1
      for (let round = 0; round < 8; round += 1) {
        element.style.setProperty('zoom', String(scale))
        element.style.setProperty('inline-size', `${WIDTH / scale}px`)
        const tall = element.getBoundingClientRect().height
        if (tall <= HEIGHT || scale <= SMALLEST) break
        scale = Math.max(SMALLEST, scale * Math.min(0.97, Math.sqrt(HEIGHT / tall)))
      }
    }
    const after = (): void => {
      delete root.dataset.printing
      sheet()?.style.removeProperty('zoom')
      sheet()?.style.removeProperty('inline-size')
    }
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
      after()
    }
  }, [page])
}
