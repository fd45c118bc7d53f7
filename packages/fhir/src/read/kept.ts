/**
 * What is worked out once for a chart, or for a reading of it, kept on that object itself. A WeakMap would do the same, but its values live until the
 * next full collection: whole charts would be copied by every small one, which takes ten milliseconds in the middle of a plan.
 */
export class Kept<K extends object, T> {
  readonly #place = Symbol('kept')

  get(key: K): T | undefined {
    return (key as { readonly [place: symbol]: T | undefined })[this.#place]
  }

  set(key: K, value: T): void {
    // not enumerable: a copy of the object keeps nothing
    Object.defineProperty(key, this.#place, { value, writable: true, configurable: true })
  }
}
