/**
 * A fraction of whole numbers. Sums, products and quotients are exact, so a limit that is met exactly is met:
 * 64 kg at 160 cm is a body mass index of 25, where binary floating point says 24.999999999999996.
 * The denominator is above zero.
 */
export interface Exact {
  readonly over: bigint
  readonly under: bigint
}

/** Digits kept where a result is no fraction (square root) or leaves as a number; a double holds 17. */
const DIGITS = 30

/** Numbers already written as fractions: a plan asks for the same weight, cap and constants again and again. Never more than some hundred. */
const written = new Map<number, Exact>()
const MOST_WRITTEN = 500

/** The number as its shortest decimal says it (0.1 is a tenth). Undefined unless finite. */
export function exact(value: number): Exact | undefined {
  if (!Number.isFinite(value)) return undefined
  const known = written.get(value)
  if (known !== undefined) return known
  if (written.size >= MOST_WRITTEN) written.clear()
  const fraction = asFraction(value)
  written.set(value, fraction)
  return fraction
}

function asFraction(value: number): Exact {
  const [digits = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = digits.split('.')
  const shift = Number(exponent) - fraction.length
  const all = BigInt(whole + fraction)
  return shift < 0 ? { over: all, under: 10n ** BigInt(-shift) } : { over: all * 10n ** BigInt(shift), under: 1n }
}

/** The number as its shortest decimal says it; undefined unless it is finite and above zero. */
export function positive(value: number | undefined): Exact | undefined {
  return value !== undefined && value > 0 ? exact(value) : undefined
}

/** A constant of a formula, written as decimal. Throws on a slip of the programmer, never on the patient's data. */
export function constant(value: number): Exact {
  const known = exact(value)
  if (known === undefined) throw new Error(`${value} is no constant`)
  return known
}

export const plus = (a: Exact, b: Exact): Exact => ({ over: a.over * b.under + b.over * a.under, under: a.under * b.under })
export const minus = (a: Exact, b: Exact): Exact => ({ over: a.over * b.under - b.over * a.under, under: a.under * b.under })
export const times = (a: Exact, b: Exact): Exact => ({ over: a.over * b.over, under: a.under * b.under })
export const isAbove = (a: Exact, b: Exact): boolean => a.over * b.under > b.over * a.under
export const isPositive = (a: Exact): boolean => a.over > 0n
export const least = (a: Exact, b: Exact): Exact => (isAbove(a, b) ? b : a)
export const greatest = (a: Exact, b: Exact): Exact => (isAbove(a, b) ? a : b)

/** Quotient by a divisor above zero. */
export const by = (a: Exact, divisor: Exact): Exact => ({ over: a.over * divisor.under, under: a.under * divisor.over })

/** Whole part of a value that is not negative. */
export const wholePart = (a: Exact): Exact => ({ over: a.over / a.under, under: 1n })

/** Square root of a value above zero: exact where it is a fraction, else to 30 digits. */
export function squareRoot(a: Exact): Exact {
  const scale = 10n ** BigInt(DIGITS)
  return { over: wholeRoot(a.over * a.under * scale * scale), under: a.under * scale }
}

/** The nearest double. Undefined where it would be zero, negative or not finite: none of these is a dose. */
export function toPositiveNumber(a: Exact): number | undefined {
  if (!isPositive(a)) return undefined
  const places = Math.max(0, DIGITS + String(a.under).length - String(a.over).length)
  const value = Number(`${(a.over * 10n ** BigInt(places)) / a.under}e-${places}`)
  return value > 0 && Number.isFinite(value) ? value : undefined
}

/** Largest whole number whose square is not above a value above zero (Newton from above). */
function wholeRoot(value: bigint): bigint {
  let guess = 10n ** BigInt(Math.ceil(String(value).length / 2))
  for (;;) {
    const next = (guess + value / guess) / 2n
    if (next >= guess) return guess
    guess = next
  }
}
