/** A small seeded generator: the same seed gives the same criteria and cases on every machine. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number
  below(n: number): number
  chance(share: number): boolean
  pick<T>(from: readonly T[]): T
  /** Some of a list, each with this chance, in its order. */
  some<T>(from: readonly T[], share: number): T[]
}

/** Mulberry32. */
export function random(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (from) => from[below(from.length)]!,
    some: (from, share) => from.filter(() => next() < share),
  }
}
