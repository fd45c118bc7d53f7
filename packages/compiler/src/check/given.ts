import { absentFact, deriveFacts, type Fact, type FactDefinition, type FactValue } from '@secondwind/core'

/** Facts of an example that the registry cannot take. */
export interface GivenProblem {
  readonly fact: string
  readonly message: string
  readonly remedy: string
}

/**
 * The facts of a rule's example: those given, the rest as in an empty chart. `null` makes a fact explicitly unknown.
 * `preset: name` (or a list of names) is merged below the others.
 */
export function factsFromGiven(
  given: { readonly [key: string]: unknown },
  registry: ReadonlyMap<string, FactDefinition>,
  presets: ReadonlyMap<string, { readonly [key: string]: unknown }>,
  asOf: string,
): { readonly facts: { readonly [id: string]: Fact }; readonly problems: readonly GivenProblem[] } {
  const problems: GivenProblem[] = []
  const merged: Record<string, unknown> = {}
  const merge = (values: { readonly [key: string]: unknown }): void => {
    const names = values.preset === undefined ? [] : [values.preset].flat().map(String)
    for (const name of names) {
      const preset = presets.get(name)
      if (preset) merge(preset)
      else problems.push({ fact: 'preset', message: `no preset is called ${name}`, remedy: 'see knowledge/policy/presets.yaml' })
    }
    for (const [key, value] of Object.entries(values)) if (key !== 'preset') merged[key] = value
  }
  merge(given)

  const { absent, definitions } = emptyChart(registry)
  const facts: Record<string, Fact> = { ...absent }
  const explicit = new Set<string>()
  for (const [id, value] of Object.entries(merged)) {
    const definition = registry.get(id)
    if (!definition) {
      problems.push({ fact: id, message: `no fact is called ${id}`, remedy: 'see knowledge/facts' })
      continue
    }
    explicit.add(id)
    if (value === null) {
      facts[id] = { unknown: definition.absence === 'witnessed' ? 'not-tested' : 'not-recorded' }
      continue
    }
    const problem = valueProblem(value, definition)
    if (problem) problems.push({ fact: id, ...problem })
    else facts[id] = { value: value as FactValue, sources: [], enteredByHand: true }
  }
  return { facts: deriveFacts(facts, asOf, definitions, explicit), problems }
}

interface EmptyChart {
  readonly absent: { readonly [id: string]: Fact }
  /** One list for a registry: the order of derivation is worked out once for it. */
  readonly definitions: readonly FactDefinition[]
}

const empty = new WeakMap<ReadonlyMap<string, FactDefinition>, EmptyChart>()

/** What an empty chart says of every fact, worked out once for a registry: thousands of examples begin with it. */
function emptyChart(registry: ReadonlyMap<string, FactDefinition>): EmptyChart {
  let chart = empty.get(registry)
  if (chart === undefined) {
    const definitions = [...registry.values()]
    chart = { definitions, absent: Object.fromEntries(definitions.map((d) => [d.id, absentFact(d)])) }
    empty.set(registry, chart)
  }
  return chart
}

/** Why a value does not fit the type of a fact; undefined when it does. */
export function valueProblem(
  value: unknown,
  definition: FactDefinition,
): { readonly message: string; readonly remedy: string } | undefined {
  const wrong = (expected: string): { readonly message: string; readonly remedy: string } => ({
    message: `${definition.id} cannot be ${JSON.stringify(value)}`,
    remedy: `write ${expected}`,
  })
  const allowed = definition.values ? Object.keys(definition.values) : undefined
  switch (definition.type) {
    case 'truth':
      return typeof value === 'boolean' ? undefined : wrong('true, false or null (unknown)')
    case 'integer':
    case 'quantity':
      return typeof value === 'number' || value === 'never'
        ? undefined
        : wrong(`a number${definition.unit ? ` in ${definition.unit}` : ''}`)
    case 'date':
      return typeof value === 'string' && /^(\d{4}(-\d{2}(-\d{2})?)?|never)$/.test(value)
        ? undefined
        : wrong("a quoted ISO date such as '2026-03-01'")
    case 'code':
      return typeof value === 'string' && (!allowed || allowed.includes(value) || value === 'none')
        ? undefined
        : wrong(`one of ${allowed?.join(', ') ?? 'a text'}`)
    case 'codes':
      return Array.isArray(value) && value.every((v) => typeof v === 'string' && (!allowed || allowed.includes(v)))
        ? undefined
        : wrong(`a list of ${allowed?.join(', ') ?? 'texts'}`)
    case 'text':
      return typeof value === 'string' ? undefined : wrong('a text')
    case 'list':
      return Array.isArray(value) && value.every((v) => typeof v === 'object' && v !== null && !Array.isArray(v))
        ? undefined
        : wrong('a list of rows')
  }
}
