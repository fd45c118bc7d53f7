import { isMovable, ShiftNetwork } from './shift.ts'
import { solvable } from './solve.ts'

/**
 * Which counts may be shown. A count of fewer people than the limit (and not zero) is hidden, and with it whatever would let somebody work it out again from the
 * counts that are shown: by adding and taking away, and by knowing that nobody is counted less than zero times.
 */

/** A group of subjects whose number is to be shown. Groups of the same subjects share one key: where one is hidden, so is the other. */
export interface Cell {
  readonly key: string
  readonly size: number
  /** Different patients among them: below the limit the group is small, however many visits they made. */
  readonly people: number
  /** Who they are, where one patient can stand in several groups of a sum. */
  readonly owners?: () => Iterable<number>
  /** Zero, and that it is zero would say what each of a few people got: hidden like a small number. */
  readonly isTelling?: boolean
  /** Printed nowhere, but what is printed may give it away: the rest of a sum. */
  readonly isUnlisted?: boolean
  /** How much more its number is wanted than others: 1 where nothing is said. */
  readonly worth?: number
}

/** One count is the sum of others: a row with its total, a column with its total. */
export interface Sum {
  readonly total: Cell
  readonly parts: readonly Cell[]
}

/**
 * The sums of one table, each number of it one object. No number stands in more than two of them (a sum that follows from the others is left out): so
 * the table is a network.
 */
export type SumTable = readonly Sum[]

/**
 * The keys of the groups to hide. `limit` 0 hides nothing; a group of nobody is hidden only where it is telling.
 *
 * First every group below the limit. Then, for each number that is hidden, others are hidden too, until another table fits all that is shown, in which
 * this number is larger: at least as large as the limit where it is a small one, so that nobody can say that it is small. Of the hidden parts of a shown
 * total there are at least as many different people as the limit. Last, several tables together may fix a number that none gives away alone (the same
 * group stands in both): they are solved as equations, and what comes out is hidden better.
 */
export function hiddenCells(tables: readonly SumTable[], limit: number): ReadonlySet<string> {
  if (limit <= 0) return new Set()
  return new Suppression(tables, limit).solve()
}

class Suppression {
  readonly #limit: number
  readonly #networks: readonly ShiftNetwork[]
  readonly #places = new Map<string, { readonly network: ShiftNetwork; readonly cell: Cell }[]>()
  readonly #hidden = new Set<string>()
  /** Of which another value is known to fit. */
  readonly #safe = new Set<Cell>()
  #todo: { readonly network: ShiftNetwork; readonly cell: Cell }[] = []

  constructor(tables: readonly SumTable[], limit: number) {
    this.#limit = limit
    this.#networks = tables.map((sums) => new ShiftNetwork(sums.filter(isReal)))
    for (const network of this.#networks) {
      for (const cell of network.cells) {
        const places = this.#places.get(cell.key)
        if (places) places.push({ network, cell })
        else this.#places.set(cell.key, [{ network, cell }])
      }
    }
  }

  solve(): ReadonlySet<string> {
    for (const network of this.#networks) for (const cell of network.cells) if (this.#isSensitive(cell)) this.#hide(cell)
    do {
      do this.#protect()
      while (this.#hideBesideFew())
    } while (this.#hideSolved())
    return this.#hidden
  }

  /** Small, or a telling zero. Most visits of few people first: nothing is shown of them at all. */
  #isSensitive({ people, size, isTelling }: Cell): boolean {
    return size > 0 ? people < this.#limit : isTelling === true
  }

  #hide({ key }: Cell): void {
    if (this.#hidden.has(key)) return
    this.#hidden.add(key)
    this.#todo.push(...this.#places.get(key)!)
  }

  /** Unlisted numbers are not seen either. */
  #isHidden = (cell: Cell): boolean => cell.isUnlisted === true || this.#hidden.has(cell.key)

  /** Gives every hidden number another value that fits. */
  #protect(): void {
    while (this.#todo.length > 0) {
      // the smallest need most
      const todo = this.#todo.sort((a, b) => a.cell.size - b.cell.size || (a.cell.key < b.cell.key ? -1 : 1))
      this.#todo = []
      for (const { network, cell } of todo) {
        const isSmall = this.#isSensitive(cell)
        if (!isSmall && this.#safe.has(cell)) continue
        const by = isSmall && cell.size > 0 ? Math.max(1, this.#limit - cell.size) : 1
        for (const other of network.beside(cell, by, this.#isHidden)) {
          this.#safe.add(other)
          if (!other.isUnlisted) this.#hide(other)
        }
        this.#safe.add(cell)
      }
    }
  }

  /** The hidden parts of a shown total are a group of their own, and must be many people. */
  #hideBesideFew(): boolean {
    for (const { sums } of this.#networks) {
      for (const { total, parts } of sums) {
        if (this.#isHidden(total)) continue
        const closed = parts.filter(this.#isHidden)
        const people = peopleOf(closed)
        if (people === 0 || people >= this.#limit) continue
        this.#hide(smallest(parts.filter((part) => isMovable(part) && !this.#isHidden(part))) ?? total)
      }
    }
    return this.#todo.length > 0
  }

  /** What all tables together fix: a number that is shown beside it is hidden. False where nothing is fixed. */
  #hideSolved(): boolean {
    const sums = this.#networks.flatMap((network) => network.sums)
    const unlisted = sums.flatMap(({ total, parts }) => [total, ...parts]).filter(({ isUnlisted }) => isUnlisted)
    const given = solvable(sums, new Set([...this.#hidden, ...unlisted.map(({ key }) => key)]))
    // what is printed nowhere, and could be printed, may be worked out
    const harmed = new Set([...given].filter((key) => this.#hidden.has(key)))
    if (harmed.size === 0) return false
    const shownBeside = (keys: ReadonlySet<string>): Cell | undefined =>
      smallest(
        sums
          .map(({ total, parts }) => [total, ...parts])
          .filter((cells) => cells.some(({ key }) => keys.has(key)))
          .flatMap((cells) => cells.filter((cell) => cell.size > 0 && !this.#isHidden(cell))),
      )
    // where all beside it are hidden, of the sums that hold any hidden number: it came out of several of them
    const next = shownBeside(harmed) ?? shownBeside(this.#hidden)
    if (next === undefined) return false
    this.#hide(next)
    return true
  }
}

/** A sum of something; of nobody it says nothing, and what stands on both sides of it says nothing either. */
const isReal = ({ total, parts }: Sum): boolean => parts.some((part) => isMovable(part) && part !== total)

function peopleOf(cells: readonly Cell[]): number {
  const named = cells.filter(({ owners }) => owners !== undefined)
  const unnamed = cells.filter(({ owners }) => owners === undefined).reduce((sum, { people }) => sum + people, 0)
  return named.length < 2 && unnamed === 0 ? (named[0]?.people ?? 0) : new Set(named.flatMap(({ owners }) => [...owners!()])).size + unnamed
}

const smallest = (cells: readonly Cell[]): Cell | undefined =>
  cells.reduce<Cell | undefined>(
    (best, cell) => (best === undefined || cell.size < best.size || (cell.size === best.size && cell.key < best.key) ? cell : best),
    undefined,
  )
