/** Check digits of code systems: a typing error is caught without asking a server. */

/**
 * LOINC: the digit after the hyphen is the mod 10 check digit of the digits before it, worked as in the LOINC users' guide
 * (digits counted from the right: the odd ones are read as one number and doubled, the even ones stand before it; the sum of the digits is filled up to ten).
 */
export function isLoinc(code: string): boolean {
  const parts = /^(\d{1,7})-(\d)$/.exec(code)
  if (!parts) return false
  const digits = [...parts[1]!].map(Number).reverse()
  const sum = digits.reduce((total, digit, i) => total + (i % 2 === 0 ? crossSum(digit * 2) : digit), 0)
  return (10 - (sum % 10)) % 10 === Number(parts[2])
}

const crossSum = (n: number): number => (n > 9 ? n - 9 : n)

/** Verhoeff's dihedral tables, as in the SNOMED CT release file specification (appendix on check digits). */
const TIMES = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
  [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
  [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
  [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
  [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
  [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
  [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
  [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
  [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
const TURN = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/** SNOMED CT concept id: 6 to 18 digits, a partition of concepts (00 or 10), and Verhoeff's check digit at the end. */
export function isSnomed(code: string): boolean {
  if (!/^[1-9]\d{5,17}$/.test(code) || !/[01]0\d$/.test(code)) return false
  let check = 0
  for (const [i, digit] of [...code].map(Number).reverse().entries()) {
    let turned = digit
    for (let n = 0; n < i % 8; n++) turned = TURN[turned]!
    check = TIMES[check]![turned]!
  }
  return check === 0
}
