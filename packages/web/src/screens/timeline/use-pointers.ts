import { type RefObject, useEffect, useRef } from 'react'

interface Moves {
  /** Factor below one shows less. `pixel`: what stays where it is, from the left edge. */
  readonly zoom: (factor: number, pixel: number) => void
  readonly pan: (pixels: number) => void
}

/**
 * Dragging pans, two fingers zoom, the wheel with Ctrl or ⌘ zooms (so does pinching a track pad), a sideways wheel pans. A plain wheel scrolls the page, as
 * everywhere; a finger that moves up or down does too.
 */
export function usePointers(target: RefObject<HTMLElement | null>, moves: Moves): void {
  const latest = useRef(moves)
  latest.current = moves
  useEffect(() => {
    const element = target.current!
    const down = new Map<number, number>()
    let hasMoved = false
    const leftOf = (): number => element.getBoundingClientRect().left
    const onWheel = (event: WheelEvent): void => {
      const sideways = event.shiftKey ? event.deltaY : event.deltaX
      if (event.ctrlKey || event.metaKey)
        latest.current.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006), event.clientX - leftOf())
      else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) latest.current.pan(sideways)
      else return
      event.preventDefault()
    }
    const onDown = (event: PointerEvent): void => {
      if (event.button !== 0) return
      down.set(event.pointerId, event.clientX)
      hasMoved = false
    }
    const onMove = (event: PointerEvent): void => {
      const before = down.get(event.pointerId)
      if (before === undefined) return
      const by = event.clientX - before
      if (down.size === 1) {
        if (!hasMoved && Math.abs(by) < 4) return
        if (!hasMoved) element.setPointerCapture(event.pointerId)
        hasMoved = true
        latest.current.pan(-by)
      } else if (down.size === 2) {
        const other = [...down].find(([id]) => id !== event.pointerId)![1]
        const [was, is] = [Math.abs(before - other), Math.abs(event.clientX - other)]
        hasMoved = true
        if (was > 8 && is > 8) latest.current.zoom(was / is, (event.clientX + other) / 2 - leftOf())
      }
      down.set(event.pointerId, event.clientX)
    }
    const onUp = (event: PointerEvent): void => {
      down.delete(event.pointerId)
    }
    // what ends a drag is no click on what happens to be below
    const onClick = (event: MouseEvent): void => {
      if (!hasMoved) return
      hasMoved = false
      event.stopPropagation()
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    element.addEventListener('pointerdown', onDown)
    element.addEventListener('pointermove', onMove)
    element.addEventListener('pointerup', onUp)
    element.addEventListener('pointercancel', onUp)
    element.addEventListener('click', onClick, true)
    return () => {
      element.removeEventListener('wheel', onWheel)
      element.removeEventListener('pointerdown', onDown)
      element.removeEventListener('pointermove', onMove)
      element.removeEventListener('pointerup', onUp)
      element.removeEventListener('pointercancel', onUp)
      element.removeEventListener('click', onClick, true)
    }
  }, [target])
}
