/**
 * Distribution functions to about 1e-14 relative. Sources: incomplete gamma by series and continued fraction (Numerical Recipes, 3rd ed.,
 * section 6.2; Gautschi 1979, ACM TOMS 5:466); normal quantile by Acklam's rational approximation refined by one step of Halley's method.
 */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0 (Lanczos 1964, g = 7). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const z = x - 1
  let sum = LANCZOS[0]!
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i)
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** The upper tail Q(a, x) of the gamma distribution, a > 0, x >= 0. */
export function gammaUpper(a: number, x: number): number {
  if (!(a > 0) || !(x >= 0)) return Number.NaN
  if (x === 0) return 1
  if (x === Number.POSITIVE_INFINITY) return 0
  const front = Math.exp(-x + a * Math.log(x) - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < 10_000 && Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
      term *= x / (a + n)
      sum += term
    }
    return 1 - sum * front
  }
  // Lentz's method
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a)
    b += 2
    d = an * d + b
    d = 1 / (Math.abs(d) < 1e-300 ? 1e-300 : d)
    c = b + an / c
    if (Math.abs(c) < 1e-300) c = 1e-300
    const delta = c * d
    h *= delta
    if (Math.abs(delta - 1) < 1e-16) break
  }
  return front * h
}

/** The probability that a chi-squared variable with so many degrees of freedom exceeds x. NaN without degrees of freedom. */
export const chiSquaredUpper = (x: number, degrees: number): number =>
  degrees > 0 ? gammaUpper(degrees / 2, Math.max(0, x) / 2) : Number.NaN

/** The probability that a standard normal variable exceeds x. */
export function normalUpper(x: number): number {
  const tail = 0.5 * gammaUpper(0.5, (x * x) / 2)
  return x >= 0 ? tail : 1 - tail
}

/** Both tails beyond |z|: the p-value of a Wald test. */
export const twoSided = (z: number): number => gammaUpper(0.5, (z * z) / 2)

const A = [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239]
const B = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1]
const C = [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783]
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416]

const polynomial = (coefficients: readonly number[], x: number): number => coefficients.reduce((sum, c) => sum * x + c, 0)

/** The standard normal quantile of a probability between 0 and 1. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p === 0) return Number.NEGATIVE_INFINITY
  if (p === 1) return Number.POSITIVE_INFINITY
  if (p > 0.5) return -normalQuantile(1 - p)
  let x: number
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    x = polynomial(C, q) / (polynomial(D, q) * q + 1)
  } else {
    const q = p - 0.5
    const r = q * q
    x = (polynomial(A, r) * q) / (polynomial(B, r) * r + 1)
  }
  const error = normalUpper(-x) - p
  const u = error * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2)
  return x - u / (1 + (x * u) / 2)
}
