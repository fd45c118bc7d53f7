import { seededRandom } from './builders/random.ts'

export type Shares = Readonly<Record<string, number>>
export interface Spread {
  readonly median: number
  readonly sigma: number
}
export interface Bell {
  readonly mean: number
  readonly sd: number
  readonly min?: number
  readonly max?: number
}

/** A series of random draws. The same seed text gives the same series on every machine; one series per patient and theme, so that themes do not disturb each other. */
export class Draw {
  readonly unit: () => number

  constructor(seed: string) {
    this.unit = seededRandom(seed)
  }

  chance(part: number): boolean {
    return this.unit() < part
  }

  /** A key, with the weight that stands beside it. The weights need not sum to one. */
  pick(weights: Shares): string {
    const keys = Object.keys(weights)
    let left = this.unit() * keys.reduce((sum, key) => sum + weights[key]!, 0)
    for (const key of keys) {
      left -= weights[key]!
      if (left < 0) return key
    }
    return keys[keys.length - 1]!
  }

  one<T>(items: readonly T[]): T {
    return items[Math.min(items.length - 1, Math.floor(this.unit() * items.length))]!
  }

  /** Place in a list of weights. */
  place(weights: readonly number[]): number {
    return Number(this.pick(Object.fromEntries(weights.map((weight, i) => [i, weight]))))
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.unit() * (to - from + 1))
  }

  /** Standard normal score (Box and Muller). */
  score(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()))
    return radius * Math.cos(2 * Math.PI * this.unit())
  }

  bell({ mean, sd, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Bell): number {
    return Math.min(max, Math.max(min, mean + sd * this.score()))
  }

  /** Whole days of a lognormal, at least one. */
  days({ median, sigma }: Spread): number {
    return Math.max(1, Math.round(median * Math.exp(sigma * this.score())))
  }
}
