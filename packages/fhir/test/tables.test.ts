import { expect, test } from 'vitest'
import { comparable } from '../src/read/measurements.ts'
import { testKnowledge } from './knowledge.ts'

const knowledge = testKnowledge()

interface Row {
  readonly fact?: string
  readonly xuln?: string
  readonly loinc?: readonly string[]
  readonly names?: readonly string[]
}

const { measurements } = knowledge.terminology<{ readonly measurements: readonly Row[] }>('laboratory')
const { units } = knowledge.terminology<{ readonly units: Readonly<Record<string, Readonly<Record<string, unknown>>>> }>('units')

/** LOINC check digit (mod 10, doubled from the right). */
function hasCheckDigit(code: string): boolean {
  const [body = '', check] = code.split('-')
  const digits = [...body].reverse().map((digit, index) => (index % 2 === 0 ? Number(digit) * 2 : Number(digit)))
  const sum = digits.reduce((total, digit) => total + (digit > 9 ? digit - 9 : digit), 0)
  return (10 - (sum % 10)) % 10 === Number(check)
}

test('every measured fact is in the registry', () => {
  for (const row of measurements) {
    for (const fact of [row.fact, row.xuln]) if (fact !== undefined) expect(knowledge.facts.has(fact), fact).toBe(true)
  }
})

test('no code and no name means two measurements, and every LOINC code has its check digit', () => {
  const codes = measurements.flatMap((row) => row.loinc ?? [])
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes.filter((code) => !hasCheckDigit(code))).toEqual([])
  const owners = new Map<string, number>()
  measurements.forEach((row, index) => {
    for (const name of row.names ?? []) {
      const key = comparable(name)
      expect(owners.get(key) ?? index, name).toBe(index)
      owners.set(key, index)
    }
  })
})

test('the unit of the registry is accepted for every fact, with factor 1', () => {
  for (const [fact, factors] of Object.entries(units)) {
    const definition = knowledge.facts.get(fact)
    expect(definition, fact).toBeDefined()
    expect(factors[definition?.unit ?? ''], fact).toBe(1)
  }
})

test('a measured quantity with a dimension has its units listed', () => {
  for (const { fact } of measurements) {
    if (fact === undefined || knowledge.facts.get(fact)?.derivedFrom !== undefined) continue
    expect(units[fact], fact).toBeDefined()
  }
})
