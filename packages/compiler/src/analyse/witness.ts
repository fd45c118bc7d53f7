import { absentFact, type Fact, type FactDefinition, type FactValue, isoDay, type ListItem, latestDay } from '@secondwind/core'
import type { Variable } from '../emit/smt.ts'
import { and, not, type Term, TRUE } from '../emit/smt-terms.ts'
import type { Answer, Solver } from './solver.ts'
import type { Space } from './space.ts'

/** Witnesses are patients of this day. */
export const WITNESS_DAY = '2026-11-23'

/** A concrete patient: what is known of every fact, and the facts worth printing (those that an empty chart would not give). */
export interface Witness {
  readonly facts: { readonly [id: string]: Fact }
  readonly given: { readonly [id: string]: FactValue | null }
  /** Facts whose value is too old to use. */
  readonly stale: readonly string[]
}

/**
 * The plainest patient for whom the terms hold: as many facts as possible are what an empty chart says. Undefined when there is none.
 * Halves the list of facts to make plain until every one has been tried.
 */
export async function findWitness(
  solver: Solver,
  space: Space,
  terms: readonly Term[],
  definitions: readonly FactDefinition[],
): Promise<Witness | undefined> {
  const first = await solver.check(terms)
  if (!first.sat) return undefined
  const variables = space.variablesOf(terms)
  const byFact = Map.groupBy(variables, (v) => v.fact)
  const used = definitions.filter((d) => byFact.has(d.id))
  const plain: Term[] = []
  /** Tries to make things plain, many at once; what the patient found on the way happens to have already is taken along. */
  const settle = async (wishes: readonly Term[]): Promise<void> => {
    let open = wishes.filter((w) => w !== TRUE)
    const take = async (some: readonly Term[]): Promise<void> => {
      const still = some.filter((w) => open.includes(w))
      if (still.length === 0) return
      const rest = open.filter((w) => !still.includes(w))
      const tried = await solver.check([...terms, ...plain, ...still], rest)
      if (tried.sat) {
        plain.push(...still, ...rest.filter((w) => tried.values.get(w) === true))
        open = rest.filter((w) => tried.values.get(w) !== true)
      } else if (still.length === 1) open = rest
      else {
        await take(still.slice(0, still.length / 2))
        await take(still.slice(still.length / 2))
      }
    }
    await take(open)
  }
  // the registry stands in the order of importance: what is least telling is made plain first
  const facts = [...used].reverse().map((d) => plainTerm(d, byFact.get(d.id)!))
  await settle(facts)
  const parts = used.flatMap((d) => byFact.get(d.id)!.filter((v) => (v.part === 'code' && d.type === 'codes') || v.part === 'stale'))
  await settle(parts.map((v) => not(v.name)))
  const answer = await solver.check(
    [...terms, ...plain],
    variables.map((v) => v.name),
  )
  return answer.sat ? readWitness(answer, byFact, definitions) : undefined
}

/** What an empty chart says of a fact: unknown, or absent where silence counts as no. */
function plainTerm(definition: FactDefinition, variables: readonly Variable[]): Term {
  const known = variables.find((v) => v.part === 'known' && v.row === undefined)
  if (definition.absence !== 'listed') return known ? not(known.name) : TRUE
  const value = variables
    .filter((v) => v.part !== 'known' || v.row === undefined)
    .map((v): Term => {
      switch (v.part) {
        case 'known':
          return v.name
        case 'never':
          return definition.type === 'date' || definition.absentValue === 'never' ? v.name : not(v.name)
        case 'number':
          return v.row === undefined && definition.absentValue === undefined ? `(= ${v.name} 0)` : TRUE
        case 'code':
          return v.row !== undefined ? TRUE : v.code === 'none' && definition.type === 'code' ? v.name : not(v.name)
        case 'truth':
          return v.row === undefined ? not(v.name) : TRUE
        case 'row':
        case 'stale':
          return not(v.name)
        default:
          return TRUE
      }
    })
  return and(...value)
}

function readWitness(answer: Answer, byFact: ReadonlyMap<string, readonly Variable[]>, definitions: readonly FactDefinition[]): Witness {
  const values = answer.sat ? answer.values : new Map<Term, boolean | number>()
  const facts: Record<string, Fact> = {}
  const given: Record<string, FactValue | null> = {}
  const stale: string[] = []
  for (const definition of definitions) {
    const variables = byFact.get(definition.id)
    const plain = absentFact(definition)
    if (variables === undefined) {
      facts[definition.id] = plain
      continue
    }
    const value = factValue(definition, variables, values)
    const isOld = value !== undefined && variables.some((v) => v.part === 'stale' && values.get(v.name) === true)
    if (isOld) stale.push(definition.id)
    const unit = definition.unit === undefined ? {} : { unit: definition.unit }
    facts[definition.id] =
      value === undefined
        ? { unknown: definition.absence === 'witnessed' ? 'not-tested' : 'not-recorded' }
        : { value, ...unit, ...(isOld ? { stale: true as const } : {}), enteredByHand: true, sources: [] }
    const plainValue = 'value' in plain ? plain.value : null
    if (JSON.stringify(value ?? null) !== JSON.stringify(plainValue)) given[definition.id] = value ?? null
  }
  return { facts, given, stale }
}

function factValue(
  definition: FactDefinition,
  variables: readonly Variable[],
  values: ReadonlyMap<Term, boolean | number>,
): FactValue | undefined {
  const own = variables.filter((v) => v.row === undefined)
  if (!holds(own, 'known', values)) return undefined
  if (definition.type !== 'list') return placeValue(definition.type, own, values)
  const rows: ListItem[] = []
  for (const slot of new Set(variables.map((v) => v.row).filter((row) => row !== undefined))) {
    const here = variables.filter((v) => v.row === slot)
    if (!holds(here, 'row', values)) continue
    const row: Record<string, string | number | boolean | readonly string[]> = {}
    for (const [field, of] of Map.groupBy(here, (v) => v.field)) {
      if (field === undefined || !holds(of, 'known', values)) continue
      const type = definition.fields?.[field] ?? 'text'
      const value = placeValue(ROW_TYPES[type], of, values)
      if (value !== undefined) row[field] = value as string | number | boolean | readonly string[]
    }
    rows.push(row)
  }
  return rows
}

const ROW_TYPES = { text: 'text', number: 'quantity', truth: 'truth', date: 'date', texts: 'codes' } as const

function placeValue(
  type: FactDefinition['type'],
  of: readonly Variable[],
  values: ReadonlyMap<Term, boolean | number>,
): FactValue | undefined {
  const codes = of.filter((v) => v.part === 'code' && values.get(v.name) === true).map((v) => v.code!)
  const number = of.find((v) => v.part === 'number' || v.part === 'last')
  switch (type) {
    case 'truth':
      return holds(of, 'truth', values)
    case 'integer':
    case 'quantity':
      return holds(of, 'never', values) ? 'never' : round(Number(number ? (values.get(number.name) ?? 0) : 0))
    case 'date':
      return holds(of, 'never', values) ? 'never' : isoDay(latestDay(WITNESS_DAY)! + Number(number ? (values.get(number.name) ?? 0) : 0))
    case 'codes':
      return codes.sort()
    case 'code':
    case 'text':
      // a text that no rule names
      return codes[0] ?? 'something-else'
    case 'list':
      return []
  }
}

/** The solver's rationals are exact; nine digits behind the point are more than any rule looks at. */
const round = (value: number): number => Number(value.toFixed(9))

const holds = (of: readonly Variable[], part: Variable['part'], values: ReadonlyMap<Term, boolean | number>): boolean =>
  of.some((v) => v.part === part && values.get(v.name) === true)

/** The patient as `given` of an example, and as the `--set` of a plan. */
export function witnessText({ given, stale }: Witness): string {
  const entries = Object.entries(given).map(([id, value]) => `${id}: ${value === null ? 'null' : JSON.stringify(value)}`)
  return `{ ${entries.join(', ')} }${stale.length > 0 ? ` (too old to use: ${stale.join(', ')})` : ''}`
}
