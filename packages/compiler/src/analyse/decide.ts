import { type Criterion, earliestDay, type Fact, isKnown, type ListItem, latestDay, type Truth, type Vocabulary } from '@secondwind/core'
import { smtEmitter, type Variable } from '../emit/smt.ts'
import { not, numeral, type Term } from '../emit/smt-terms.ts'
import { openSolver, type Solver } from './solver.ts'

/** Decides criteria on concrete cases through Z3: the SMT backend as the differential suite sees it. */
export interface SmtDecider {
  /** The truth of each criterion for one case. Facts that are absent from the map are unknown. */
  decide(criteria: readonly Criterion[], facts: { readonly [id: string]: Fact }, asOf: string): Promise<readonly Truth[]>
  close(): void
}

export async function smtDecider(words: Vocabulary): Promise<SmtDecider> {
  const solver = await openSolver()
  return { decide: (criteria, facts, asOf) => decideAll(solver, words, criteria, facts, asOf), close: () => solver.close() }
}

async function decideAll(
  solver: Solver,
  words: Vocabulary,
  criteria: readonly Criterion[],
  facts: { readonly [id: string]: Fact },
  asOf: string,
): Promise<readonly Truth[]> {
  const rows = Math.max(1, ...Object.values(facts).map((fact) => (isKnown(fact) && Array.isArray(fact.value) ? fact.value.length : 0)))
  const emitter = smtEmitter(words, { rows })
  const pairs = criteria.map((criterion) => emitter.pair(criterion))
  const day = latestDay(asOf) ?? 0
  const declared = [...emitter.variables.values()].map(({ name, sort }) => `(declare-const ${name} ${sort})`)
  const defined = [...emitter.definitions].map(([name, term]) => `(define-fun ${name} () Bool ${term})`)
  const asserted = [...emitter.variables.values()].map((variable) => binding(variable, facts, day))
  const named = pairs.flatMap(({ t, f }, i) => [`(define-fun |verdict ${i} t| () Bool ${t})`, `(define-fun |verdict ${i} f| () Bool ${f})`])
  await solver.tell('(push)')
  try {
    await solver.tell([...declared, ...defined, ...named].join('\n'))
    const read = pairs.flatMap((_, i) => [`|verdict ${i} t|`, `|verdict ${i} f|`])
    const answer = await solver.check(asserted, read)
    if (!answer.sat) throw new Error('invariant: the case contradicts itself in the SMT backend')
    return pairs.map((_, i) => {
      const isTrue = answer.values.get(`|verdict ${i} t|`)
      const isFalse = answer.values.get(`|verdict ${i} f|`)
      if (isTrue && isFalse) throw new Error('invariant: a criterion is true and false at once in the SMT backend')
      return isTrue ? 'true' : isFalse ? 'false' : 'unknown'
    })
  } finally {
    await solver.tell('(pop)')
  }
}

/** What a case says about one variable. A value that the case does not hold is given some value: the flag `known` keeps it from mattering. */
export function binding(variable: Variable, facts: { readonly [id: string]: Fact }, asOf: number): Term {
  const { name, part, sort } = variable
  const fact = facts[variable.fact]
  const known = isKnown(fact)
  let value: unknown = known ? fact.value : undefined
  let isThere = known
  if (variable.row !== undefined) {
    const row = rowAt(value, variable.row)
    if (part === 'row') return row === undefined ? not(name) : name
    value = row?.[variable.field!] ?? undefined
    isThere = value !== undefined
  }
  const flag = (holds: boolean): Term => (holds ? name : not(name))
  switch (part) {
    case 'known':
      return flag(isThere)
    case 'stale':
      return flag(known && fact.stale === true)
    case 'never':
      return flag(value === 'never')
    case 'truth':
      return flag(value === true)
    case 'code':
      return flag(Array.isArray(value) ? value.map(String).includes(variable.code!) : isThere && String(value) === variable.code)
    case 'number':
      return typeof value === 'number' ? `(= ${name} ${numeral(value, sort === 'Int' ? 'Int' : 'Real')})` : `(= ${name} 0)`
    case 'first':
    case 'last': {
      const at = typeof value === 'string' ? (part === 'first' ? earliestDay(value) : latestDay(value)) : undefined
      return `(= ${name} ${numeral(at === undefined ? 0 : at - asOf, 'Int')})`
    }
    case 'row':
      return flag(false)
  }
}

const rowAt = (value: unknown, at: number): ListItem | undefined => {
  const rows = Array.isArray(value) ? value.filter((row) => typeof row === 'object' && row !== null) : []
  return rows[at] as ListItem | undefined
}
