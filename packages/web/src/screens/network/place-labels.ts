export interface Dot {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly words: string
}

export interface Label {
  readonly x: number
  readonly y: number
  readonly anchor: 'start' | 'middle' | 'end'
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Width of a letter and height of a line, in the units of the sketch. */
const LETTER = 5.9
const LINE = 12
const GAP = 4

/** A place for the words of each dot, beside, above or below it, where they cover least of what is drawn already. The largest dots choose first. */
export function placeLabels(dots: readonly Dot[], width: number): readonly Label[] {
  const taken: Box[] = dots.map(({ x, y, radius }) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }))
  const labels: Label[] = []
  const order = dots.map((_, i) => i).sort((a, b) => dots[b]!.radius - dots[a]!.radius)
  for (const i of order) {
    const { x, y, radius, words } = dots[i]!
    const long = words.length * LETTER
    const choices: readonly (readonly [Label, Box])[] = [
      [{ x: x + radius + GAP, y: y + 4, anchor: 'start' }, box(x + radius + GAP, y - 6, long)],
      [{ x: x - radius - GAP, y: y + 4, anchor: 'end' }, box(x - radius - GAP - long, y - 6, long)],
      [{ x, y: y + radius + LINE, anchor: 'middle' }, box(x - long / 2, y + radius + 2, long)],
      [{ x, y: y - radius - GAP, anchor: 'middle' }, box(x - long / 2, y - radius - GAP - 10, long)],
    ]
    const cost = ([, own]: readonly [Label, Box]): number =>
      taken.reduce((sum, other) => sum + overlap(own, other), 0) + 1000 * (Math.max(0, -own.left) + Math.max(0, own.right - width))
    const best = choices.reduce((a, b) => (cost(b) < cost(a) ? b : a))
    labels[i] = best[0]
    taken.push(best[1])
  }
  return labels
}

const box = (left: number, top: number, long: number): Box => ({ left, right: left + long, top, bottom: top + LINE })

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top))
