/** What two lists have in common. Each item stands in exactly one of the three. */
export interface Pairing<T> {
  readonly pairs: readonly (readonly [T, T])[]
  readonly gone: readonly T[]
  readonly added: readonly T[]
}

/**
 * Pairs the items of two lists by the first key that fits, in the order of the keys; items with equal keys pair in their order.
 * A key may be undefined: then the item does not pair by it.
 */
export function pairUp<T>(before: readonly T[], after: readonly T[], keys: readonly ((item: T) => string | undefined)[]): Pairing<T> {
  const partner = new Map<T, T>()
  const taken = new Set<T>()
  for (const key of keys) {
    const waiting = new Map<string, T[]>()
    for (const item of after) {
      const k = taken.has(item) ? undefined : key(item)
      if (k !== undefined) waiting.set(k, [...(waiting.get(k) ?? []), item])
    }
    for (const item of before) {
      const k = partner.has(item) ? undefined : key(item)
      const match = k === undefined ? undefined : waiting.get(k)?.shift()
      if (match === undefined) continue
      partner.set(item, match)
      taken.add(match)
    }
  }
  return {
    pairs: before.flatMap((item) => {
      const match = partner.get(item)
      return match === undefined ? [] : [[item, match] as const]
    }),
    gone: before.filter((item) => !partner.has(item)),
    added: after.filter((item) => !taken.has(item)),
  }
}

/**
 * The fewest items that must have moved for one order to become the other: those outside a longest run that kept its order.
 * `positions` are the new places of the items, listed in their old order. An item that is put in or taken out moves none of the others.
 */
export function moved(positions: readonly number[]): ReadonlySet<number> {
  // longest increasing subsequence, patience sorting: tails[n] is the index whose run of n + 1 ends lowest
  const tails: number[] = []
  const previous: (number | undefined)[] = []
  positions.forEach((position, i) => {
    let at = tails.findIndex((t) => positions[t]! >= position)
    if (at === -1) at = tails.length
    previous[i] = at > 0 ? tails[at - 1] : undefined
    tails[at] = i
  })
  const stayed = new Set<number>()
  for (let i = tails.at(-1); i !== undefined; i = previous[i]) stayed.add(i)
  return new Set(positions.map((_, i) => i).filter((i) => !stayed.has(i)))
}
