import {
  type Calculation,
  type Calculator,
  type CalculatorInput,
  type CalculatorValues,
  calculatorsOf,
  notComputed,
} from '@secondwind/care'
import { err, type Issue, isKnown, type KnowledgeBase, ok, type Result } from '@secondwind/core'
import { applyOverrides } from '@secondwind/fhir'
import { readerFor, today } from '../compose.ts'
import { print, printIssues } from './input.ts'

export interface CalcOptions {
  readonly list?: boolean
  readonly format: string
}

/** `secondwind calc`: one formula with its arithmetic. Exit status 2 when an input is missing or cannot be. */
export function calcCommand(name: string | undefined, entries: readonly string[], options: CalcOptions, knowledge: KnowledgeBase): number {
  const isJson = options.format === 'json'
  if (options.list === true) {
    print(isJson ? `${JSON.stringify(listed(knowledge))}\n` : listText(knowledge))
    return 0
  }
  const outcome = calculated(name, entries, knowledge)
  if (!outcome.ok) {
    if (isJson) print(`${JSON.stringify({ calculator: name ?? null, issues: outcome.error })}\n`)
    else printIssues(outcome.error)
    return 2
  }
  print(isJson ? `${JSON.stringify(calculationJson(outcome.value))}\n` : calculationText(outcome.value))
  return 0
}

/** A result with what computed it and from which values, in the units of its inputs. */
type Calculated = Calculation & { readonly by: Calculator; readonly values: CalculatorValues }

/** The result of a named calculator on inputs as typed; every fault of the line is an issue. */
export function calculated(
  name: string | undefined,
  entries: readonly string[],
  knowledge: KnowledgeBase,
): Result<Calculated, readonly Issue[]> {
  const calculators = calculatorsOf(knowledge)
  const by = calculators.find((c) => c.name === name)
  if (!by) {
    const left = notComputed(knowledge).find((n) => n.name === name)
    const why = name === undefined ? 'no calculator was named' : left ? `is not computed: ${left.because}` : 'there is no such calculator'
    return err([fault('unknown-fact', name ?? 'calc', why, `one of ${calculators.map((c) => c.name).join(', ')}`)])
  }
  const values = readInputs(by, entries, knowledge)
  if (!values.ok) return values
  const read = (fact: string, text: string): Result<number, readonly Issue[]> => {
    const value = factValue(fact, { key: fact, label: fact }, text, knowledge)
    if (!value.ok) return value
    return typeof value.value === 'number'
      ? ok(value.value)
      : err([fault('invalid-element', fact, `"${text}" is no number`, 'give a number')])
  }
  const calculation = by.compute(values.value, knowledge.dosingPolicy, { read })
  return calculation.ok ? ok({ ...calculation.value, by, values: values.value }) : calculation
}

/** `key=value` with units into canonical numbers. All faults are collected. */
function readInputs(
  calculator: Calculator,
  entries: readonly string[],
  knowledge: KnowledgeBase,
): Result<CalculatorValues, readonly Issue[]> {
  const values: Record<string, number | string> = {}
  const issues: Issue[] = []
  const keys = calculator.inputs.map((i) => i.key).join(', ')
  for (const entry of entries) {
    const equals = entry.indexOf('=')
    const key = equals < 0 ? entry : entry.slice(0, equals).trim()
    const input = calculator.inputs.find((i) => i.key === key)
    if (equals < 1 || !input) {
      issues.push(
        fault(
          'invalid-element',
          entry,
          equals < 1 ? 'is not KEY=VALUE' : `${calculator.name} has no input ${key}`,
          `its inputs are ${keys}; write for example ${exampleOf(calculator)}`,
        ),
      )
      continue
    }
    if (key in values) {
      issues.push(fault('contradictory-result', key, 'is given twice', 'give it once'))
      continue
    }
    const text = entry.slice(equals + 1).trim()
    const value = readValue(input, text, knowledge)
    if (value.ok) values[key] = value.value
    else issues.push(...value.error)
  }
  const faulty = new Set(issues.map((i) => i.path))
  for (const input of calculator.inputs) {
    if (input.optional || input.key in values || faulty.has(input.key)) continue
    issues.push(fault('missing-input', input.key, `${input.label} is missing`, `add ${input.key}=${sample(input)}`))
  }
  return issues.length > 0 ? err(issues) : ok(values)
}

function readValue(input: CalculatorInput, text: string, knowledge: KnowledgeBase): Result<number | string, readonly Issue[]> {
  if (input.text)
    return text === '' ? err([fault('invalid-element', input.key, 'is empty', `write ${input.key}=${sample(input)}`)]) : ok(text)
  if (input.fact !== undefined) return factValue(input.fact, input, text, knowledge)
  if (input.values === undefined) return plainNumber(input, text)
  const word = input.values.find((v) => v === text.toLowerCase())
  if (word !== undefined) return ok(word)
  return err([fault('invalid-element', input.key, `"${text}" cannot be used`, `one of ${input.values.join(', ')}`)])
}

/** A value read as the fact it is: same units, same limits as a chart. */
function factValue(
  fact: string,
  input: CalculatorInput,
  text: string,
  knowledge: KnowledgeBase,
): Result<number | string, readonly Issue[]> {
  const read = applyOverrides({ patient: 'calc', asOf: today(), facts: {} }, [`${fact}=${text}`], readerFor(knowledge))
  // the reader speaks of the fact, the user of the input
  const own = (text: string): string => text.replaceAll(`${fact}=`, `${input.key}=`)
  if (!read.ok) return err(read.error.map((i) => ({ ...i, path: input.key, message: own(i.message), remedy: own(i.remedy ?? '') })))
  const known = read.value.patientCase.facts[fact]
  const value = isKnown(known) ? known.value : undefined
  if (typeof value === 'number') return ok(value)
  if (typeof value === 'string' && (input.values === undefined || input.values.includes(value))) return ok(value)
  return err([fault('invalid-element', input.key, `"${text}" cannot be used`, `write ${input.key}=${sample(input)}`)])
}

/** A number with or without its own unit behind it; no other unit is taken. */
function plainNumber(input: CalculatorInput, text: string): Result<number, readonly Issue[]> {
  const unit = input.unit ?? ''
  const digits = unit !== '' && text.toLowerCase().endsWith(unit.toLowerCase()) ? text.slice(0, -unit.length).trim() : text
  const value = digits === '' ? Number.NaN : Number(digits)
  if (!Number.isFinite(value))
    return err([
      fault(
        'invalid-element',
        input.key,
        `"${text}" is not a number${unit === '' ? '' : ` in ${unit}`}`,
        `write ${input.key}=${sample(input)}`,
      ),
    ])
  if (input.whole && !Number.isInteger(value))
    return err([fault('invalid-element', input.key, `${value} is not a whole number`, `write ${input.key}=…`)])
  const [low, high] = input.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  if (value < low || value > high)
    return err([
      fault(
        'out-of-range',
        input.key,
        `${value} is outside ${low} to ${high}${unit === '' ? '' : ` ${unit}`}`,
        'check the value and its unit',
      ),
    ])
  return ok(value)
}

const sample = (input: CalculatorInput): string => input.example ?? input.values?.[0] ?? `…${input.unit ?? ''}`
const exampleOf = (calculator: Calculator): string =>
  calculator.inputs
    .filter((i) => !i.optional)
    .map((i) => `${i.key}=${sample(i)}`)
    .join(' ')

function listText(knowledge: KnowledgeBase): string {
  const lines = calculatorsOf(knowledge).flatMap((c) => [
    `${c.name.padEnd(22)} ${c.title}`,
    ...c.inputs.map(
      (i) =>
        `    ${i.key.padEnd(14)} ${i.label}${i.unit ? `, ${i.unit}` : ''}${i.values ? `: ${i.values.join(' or ')}` : ''}${i.optional ? ' (optional)' : ''}`,
    ),
    ...(c.inputs.some((i) => i.text) ? [`    for example: secondwind calc ${c.name} ${exampleOf(c)}`] : []),
  ])
  const left = notComputed(knowledge).map((n) => `    ${n.name.padEnd(24)} ${n.title}: ${n.because}`)
  return `${[...lines, ...(left.length > 0 ? ['not computed:', ...left] : [])].join('\n')}\n`
}

const listed = (knowledge: KnowledgeBase) => [
  ...calculatorsOf(knowledge).map(described),
  ...notComputed(knowledge).map(({ name, title, because }) => ({ name, title, notComputed: because })),
]

const described = ({ name, title, source, inputs }: Calculator) => ({ name, title, source, inputs })

/** What `--format json` prints of a result. */
export const calculationJson = ({ by, values, ...calculation }: Calculated) => ({
  calculator: by.name,
  title: by.title,
  ...calculation,
  inputs: by.inputs.flatMap(({ key, unit }) => (values[key] === undefined ? [] : [{ key, value: values[key], ...(unit ? { unit } : {}) }])),
  source: by.source,
})

const calculationText = ({ by, result, unit, derivation }: Calculated): string =>
  `${[`${by.title}: ${result} ${unit}`.trimEnd(), ...derivation.map((line) => `  ${line}`), `  source: ${by.source}`].join('\n')}\n`

const fault = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})
