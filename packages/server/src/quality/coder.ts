import type { FactValue } from '@secondwind/core'

/** Distinct values of a fact, each case the place of its own plus 1. */
export class Coder {
  readonly values: FactValue[] = []
  readonly codes: Uint32Array
  readonly #places = new Map<unknown, number>()

  constructor(rows: number) {
    this.codes = new Uint32Array(rows)
  }

  put(at: number, value: FactValue | undefined): void {
    if (value === undefined) return
    const key = typeof value === 'object' ? JSON.stringify(value) : value
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.values.push(value)
      this.#places.set(key, place)
    }
    this.codes[at] = place
  }

  /** The same where nothing stands yet. */
  fill(at: number, value: FactValue | undefined): void {
    if (this.codes[at] === 0) this.put(at, value)
  }
}
