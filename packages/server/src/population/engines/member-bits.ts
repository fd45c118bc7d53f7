import { columnName, type SqlDialect } from '@secondwind/compiler'
import type { Leaf } from './formula.ts'

/** Values that one number can hold as bits, without its sign. */
const BITS = 62
/** Fewer questions about a set are asked of the set itself. */
const FEWEST = 4

/** A column that holds some members of a set as bits. */
export interface BitColumn {
  readonly name: string
  /** Its formula over the snapshot `d`. */
  readonly sql: string
}

/**
 * Sets are asked for hundreds of members (every drug, and whether it was given before), and searching the set each time costs more than everything
 * else: so each set is turned into numbers once, a bit a member, and each question is one `and` of two numbers.
 */
export function memberBits(leaves: readonly Leaf[], setFacts: ReadonlySet<string>, dialect: SqlDialect) {
  const columns: BitColumn[] = []
  /** By the set's column in the snapshot `s`: where each member stands. */
  const places = new Map<string, ReadonlyMap<string, { readonly column: string; readonly bit: bigint }>>()
  const asked = Map.groupBy(
    leaves.filter((leaf) => leaf.op === 'is' && setFacts.has(leaf.fact)),
    ({ fact }) => fact,
  )
  for (const [fact, of] of asked) {
    if (of.length < FEWEST) continue
    const name = columnName(fact)
    const members = [...new Set(of.flatMap((leaf) => (leaf.op === 'is' ? leaf.values : [])))].sort()
    const place = new Map<string, { readonly column: string; readonly bit: bigint }>()
    for (let from = 0; from < members.length; from += BITS) {
      const some = members.slice(from, from + BITS)
      const column = `${name}_bits_${from / BITS + 1}`
      columns.push({ name: column, sql: dialect.memberBits(`d.${dialect.quote(name)}`, some) })
      some.forEach((member, i) => {
        place.set(member, { column, bit: 2n ** BigInt(i) })
      })
    }
    places.set(`s.${dialect.quote(name)}`, place)
  }
  const asking: SqlDialect = {
    ...dialect,
    overlaps: (column, values) => {
      const place = places.get(column)
      if (place === undefined || values.length === 0) return dialect.overlaps(column, values)
      const masks = new Map<string, bigint>()
      for (const value of values) {
        const { column: of, bit } = place.get(value)!
        masks.set(of, (masks.get(of) ?? 0n) | bit)
      }
      return [...masks].map(([of, mask]) => `(s.${of} & ${mask}) <> 0`).join(' or ')
    },
  }
  return { columns, asking }
}
