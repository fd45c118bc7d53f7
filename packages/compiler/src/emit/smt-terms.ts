/** A term of SMT-LIB 2, as text. Every symbol of ours is quoted (`|ecog|`), so that the names in a term can be read back from it. */
export type Term = string

export const TRUE: Term = 'true'
export const FALSE: Term = 'false'

/** Conjunction, with constants folded. */
export function and(...terms: readonly Term[]): Term {
  const kept = [...new Set(terms.filter((t) => t !== TRUE))]
  if (kept.includes(FALSE)) return FALSE
  return kept.length === 0 ? TRUE : kept.length === 1 ? kept[0]! : `(and ${kept.join(' ')})`
}

/** Disjunction, with constants folded. */
export function or(...terms: readonly Term[]): Term {
  const kept = [...new Set(terms.filter((t) => t !== FALSE))]
  if (kept.includes(TRUE)) return TRUE
  return kept.length === 0 ? FALSE : kept.length === 1 ? kept[0]! : `(or ${kept.join(' ')})`
}

export const not = (term: Term): Term => (term === TRUE ? FALSE : term === FALSE ? TRUE : `(not ${term})`)
export const implies = (a: Term, b: Term): Term => or(not(a), b)
export const constant = (value: boolean): Term => (value ? TRUE : FALSE)

/** How many of the terms hold, as a number. */
export function countOf(terms: readonly Term[]): Term {
  const parts = terms.filter((t) => t !== FALSE).map((t) => (t === TRUE ? '1' : `(ite ${t} 1 0)`))
  return parts.length === 0 ? '0' : parts.length === 1 ? parts[0]! : `(+ ${parts.join(' ')})`
}

/** A symbol; a name with a bar or a backslash cannot be one. */
export function symbol(name: string): Term {
  if (/[|\\]/.test(name)) throw new Error(`invariant: ${name} cannot be a symbol of SMT-LIB`)
  return `|${name}|`
}

/** The symbols of ours in a term. */
export const symbolsIn = (term: Term): readonly string[] => [...new Set(term.match(/\|[^|]*\|/g) ?? [])]

/** A number exactly as JavaScript prints it; `Real` needs the point that tells it from an integer. */
export function numeral(value: number, sort: 'Int' | 'Real'): Term {
  if (!Number.isFinite(value)) throw new Error(`invariant: ${value} is no number for SMT-LIB`)
  const text = plain(Math.abs(value))
  const written = sort === 'Real' && !text.includes('.') ? `${text}.0` : text
  return value < 0 ? `(- ${written})` : written
}

/** Without an exponent: `1e-7` is `0.0000001`. */
function plain(value: number): string {
  const text = String(value)
  const [mantissa, exponent] = text.split('e')
  if (exponent === undefined) return text
  const [whole = '', part = ''] = mantissa!.split('.')
  const shift = Number(exponent)
  const digits = whole + part
  const point = whole.length + shift
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  return point >= digits.length ? digits.padEnd(point, '0') : `${digits.slice(0, point)}.${digits.slice(point)}`
}
