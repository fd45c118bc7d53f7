import type { Cell, Sum } from './suppress.ts'

/** A number of a table, and the one or two sums that it stands in. */
interface Edge {
  readonly cell: Cell
  readonly ends: readonly End[]
}

interface End {
  readonly sum: number
  /** +1 as a part, −1 as the total. */
  readonly sign: number
}

/**
 * The sums of one table as a network: each sum is a node, each number a way between the two sums it stands in, or from its only sum to the ground. A walk
 * around the network names numbers that can be changed together, one up and another down, while every sum still holds: another table that fits all
 * that is shown where these are hidden. (The network-flow view of cell suppression: Cox 1995, "Network models for complementary cell suppression".)
 */
export class ShiftNetwork {
  readonly sums: readonly Sum[]
  readonly #edges = new Map<Cell, Edge>()
  /** By sum: the numbers that may move. */
  readonly #at: readonly Edge[][]
  readonly #grounded: Edge[] = []

  constructor(sums: readonly Sum[]) {
    this.sums = sums
    this.#at = sums.map(() => [])
    const ends = new Map<Cell, End[]>()
    const put = (cell: Cell, end: End): void => {
      if (!isMovable(cell)) return
      const list = ends.get(cell)
      if (list) list.push(end)
      else ends.set(cell, [end])
    }
    sums.forEach(({ total, parts }, sum) => {
      put(total, { sum, sign: -1 })
      for (const part of parts) put(part, { sum, sign: 1 })
    })
    for (const [cell, own] of ends) {
      if (own.length > 2) throw new Error('invariant: a number of a table stands in two sums at most')
      const edge = { cell, ends: own }
      this.#edges.set(cell, edge)
      for (const { sum } of own) this.#at[sum]!.push(edge)
      if (own.length === 1) this.#grounded.push(edge)
    }
  }

  get cells(): Iterable<Cell> {
    return this.#edges.keys()
  }

  /**
   * Numbers to hide so that `cell` could be larger by `by` for all that anybody can see: those that would have to move with it, as cheap as they are found.
   * What is hidden costs nothing. Numbers stay above zero, for that a number is hidden says that it is not zero.
   */
  beside(cell: Cell, by: number, isHidden: (cell: Cell) => boolean): readonly Cell[] {
    const moved = new Map<Cell, number>()
    for (let left = by; left > 0; ) {
      const walk = this.#walk(cell, isHidden, moved)
      // as far as the smallest of those that fall allows
      const far = Math.min(left, ...walk.filter(({ moves }) => moves < 0).map((one) => one.cell.size + (moved.get(one.cell) ?? 0) - 1))
      for (const one of walk) moved.set(one.cell, (moved.get(one.cell) ?? 0) + one.moves * far)
      left -= far
    }
    return [...moved].flatMap(([other, far]) => (far === 0 ? [] : [other]))
  }

  /** The cheapest walk that lets `cell` be larger by one, after others have moved. */
  #walk(cell: Cell, isHidden: (cell: Cell) => boolean, moved: ReadonlyMap<Cell, number>): readonly Move[] {
    const start = this.#edges.get(cell)!
    const [first, second] = start.ends
    const goal = second ? this.#state(second.sum, -second.sign) : GROUND
    const best = new Map<number, { readonly cost: number; readonly from: number; readonly by: Move | undefined }>()
    const queue = new Queue()
    const origin = this.#state(first!.sum, first!.sign)
    best.set(origin, { cost: 0, from: origin, by: undefined })
    queue.put(0, origin)
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      const { cost, state } = next
      if (cost > best.get(state)!.cost) continue
      if (state === goal) return stepsOf(best, origin, goal)
      const step = (edge: Edge, moves: number, to: number): void => {
        const { cell: other } = edge
        if (other === cell || (moves < 0 && other.size + (moved.get(other) ?? 0) < 2)) return
        const whole = cost + (moved.has(other) || isHidden(other) ? 0 : (1 + other.size) * (other.worth ?? 1))
        const known = best.get(to)
        if (known !== undefined && known.cost <= whole) return
        best.set(to, { cost: whole, from: state, by: { cell: other, moves } })
        queue.put(whole, to)
      }
      if (state === GROUND) {
        for (const edge of this.#grounded) {
          const { sum, sign } = edge.ends[0]!
          for (const moves of [1, -1]) step(edge, moves, this.#state(sum, sign * moves))
        }
        continue
      }
      const [sum, excess] = [(state - 1) >> 1, (state - 1) & 1 ? 1 : -1]
      for (const edge of this.#at[sum]!) {
        const [here, there] = edge.ends[0]!.sum === sum ? edge.ends : [edge.ends[1]!, edge.ends[0]]
        const moves = -excess * here!.sign
        step(edge, moves, there ? this.#state(there.sum, there.sign * moves) : GROUND)
      }
    }
    throw new Error('invariant: with every number of a table hidden each of them can move')
  }

  /** A sum that is too large or too small by what is moved. */
  #state(sum: number, excess: number): number {
    return 1 + 2 * sum + (excess > 0 ? 1 : 0)
  }
}

/** A number, and whether it rises (1) or falls (−1). */
interface Move {
  readonly cell: Cell
  readonly moves: number
}

function stepsOf(
  best: ReadonlyMap<number, { readonly from: number; readonly by: Move | undefined }>,
  origin: number,
  goal: number,
): readonly Move[] {
  const steps: Move[] = []
  for (let at = goal; at !== origin; ) {
    const { from, by } = best.get(at)!
    steps.push(by!)
    at = from
  }
  return steps
}

const GROUND = 0

/** Nobody is a number that everybody sees, unless it would tell. */
export const isMovable = ({ size, isTelling }: Cell): boolean => size > 0 || isTelling === true

/** Smallest cost first. */
class Queue {
  readonly #heap: { readonly cost: number; readonly state: number }[] = []

  put(cost: number, state: number): void {
    const heap = this.#heap
    let at = heap.push({ cost, state }) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      if (heap[up]!.cost <= heap[at]!.cost) break
      ;[heap[up], heap[at]] = [heap[at]!, heap[up]!]
      at = up
    }
  }

  take(): { readonly cost: number; readonly state: number } | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return first
    heap[0] = last
    for (let at = 0; ; ) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && heap[child]!.cost < heap[least]!.cost) least = child
      if (least === at) return first
      ;[heap[least], heap[at]] = [heap[at]!, heap[least]!]
      at = least
    }
  }
}
