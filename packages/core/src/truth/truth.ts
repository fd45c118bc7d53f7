/**
 * Kleene's three truth values, as strings so that they survive JSON and read in a log.
 * Never branch on a Truth as if it were a boolean: 'false' is a non-empty string. See `policy.ts`.
 */
export type Truth = 'true' | 'false' | 'unknown'

export const not = (a: Truth): Truth => (a === 'true' ? 'false' : a === 'false' ? 'true' : 'unknown')

export const and = (a: Truth, b: Truth): Truth =>
  a === 'false' || b === 'false' ? 'false' : a === 'true' && b === 'true' ? 'true' : 'unknown'

export const or = (a: Truth, b: Truth): Truth =>
  a === 'true' || b === 'true' ? 'true' : a === 'false' && b === 'false' ? 'false' : 'unknown'

export const truthOf = (value: boolean): Truth => (value ? 'true' : 'false')
