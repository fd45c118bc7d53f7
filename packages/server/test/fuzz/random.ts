/** A seeded generator (mulberry32): the same seed gives the same runs on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  below(below: number): number
  pick<T>(from: readonly T[]): T
  chance(of: number): boolean
}

function random(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return { next, below, pick: (from) => from[below(from.length)]!, chance: (of) => next() < of }
}

/** One generator a run, so that a single run can be repeated alone. */
export const runRandom = (seed: number, run: number): Random => random(Math.imul(seed ^ 0x9e3779b9, 2654435761) ^ Math.imul(run + 1, 40503))
