/**
 * The order that sorts numbers from low to high, equal ones as they stand (stable). Radix sort on the bits of the doubles:
 * a million survival times in well under a tenth of a second, whatever their distribution. NaN is refused.
 */
export function orderOf(values: ArrayLike<number>): Uint32Array {
  const n = values.length
  const bits = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) throw new RangeError(`value ${i} is not a number`)
    bits[i] = value + 0 // -0 and 0 are one time
  }
  const halves = new Uint32Array(bits.buffer)
  // doubles order like their bits once negative ones are turned over
  for (let i = 0; i < n; i++) {
    const high = halves[2 * i + 1]!
    if (high >>> 31) {
      halves[2 * i] = ~halves[2 * i]!
      halves[2 * i + 1] = ~high
    } else halves[2 * i + 1] = high ^ 0x80000000
  }
  let order = new Uint32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  let spare = new Uint32Array(n)
  const counts = new Uint32Array(DIGITS)
  for (const half of [0, 1]) {
    for (let shift = 0; shift < 32; shift += BITS) {
      counts.fill(0)
      for (let i = 0; i < n; i++) counts[(halves[2 * i + half]! >>> shift) & MASK]!++
      // most times are whole days or short decimals: many digits are the same in all
      if (counts[((halves[half] ?? 0) >>> shift) & MASK] === n) continue
      let total = 0
      for (let digit = 0; digit < DIGITS; digit++) {
        const count = counts[digit]!
        counts[digit] = total
        total += count
      }
      for (let k = 0; k < n; k++) {
        const i = order[k]!
        const digit = (halves[2 * i + half]! >>> shift) & MASK
        spare[counts[digit]!++] = i
      }
      const swap = order
      order = spare
      spare = swap
    }
  }
  return order
}

const BITS = 11
const DIGITS = 1 << BITS
const MASK = DIGITS - 1
