import { type RefCallback, useCallback } from 'react'

/** What sticks to the top of the window above the screen: its height stands as `--above` on the element, so that what sticks here sticks below it. */
export function useHeightAbove(): RefCallback<HTMLElement> {
  return useCallback((element) => {
    const header = element?.closest('main')?.parentElement?.querySelector(':scope > section')
    if (element === null || header === null || header === undefined) return
    const observer = new ResizeObserver(() => {
      const isSticky = getComputedStyle(header).position === 'sticky'
      element.style.setProperty('--above', `${isSticky ? Math.round(header.getBoundingClientRect().height) : 0}px`)
    })
    observer.observe(header)
    return () => observer.disconnect()
  }, [])
}
