import { createHash } from 'node:crypto'
import { type Criterion, type FactDefinition, type KnowledgeBase, vocabulary } from '@secondwind/core'
import { ROWS, type SmtEmitter, smtEmitter, type TruthPair, type Variable } from '../emit/smt.ts'
import { and, implies, not, numeral, or, symbol, symbolsIn, type Term, TRUE } from '../emit/smt-terms.ts'
import { derivedConstraints } from './derived.ts'
import type { Constraint, ProofPolicy } from './policy.ts'

/** Everything that can be known of a patient: variables, and what holds between them. Made before the first question and not changed after. */
export interface Space {
  readonly emitter: SmtEmitter
  pair(criterion: Criterion): TruthPair
  /** Closes the space: what is declared until now is bounded by the registry and the constraints. */
  seal(): void
  /** Declarations, definitions and constraints, as SMT-LIB. */
  text(): string
  /** What an answer about these terms rests on, as a digest: their definitions and the constraints that reach them. */
  digest(terms: readonly Term[]): string
  /** The variables that an answer about these terms hangs on. */
  variablesOf(terms: readonly Term[]): readonly Variable[]
}

interface Bound {
  readonly term: Term
  readonly facts: readonly string[]
}

/** Days of a date before or after the plan's day: a life. */
const PAST_DAYS = 40_000
const FUTURE_DAYS = 400

export function spaceOf(knowledge: KnowledgeBase, constraints: readonly Constraint[], policy: ProofPolicy): Space {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const universe = new Map(policy.drugFacts.map((fact) => [fact, drugUniverse(knowledge)]))
  const emitter = smtEmitter(words, { codes: (fact) => universe.get(fact) })
  const bounds: Bound[] = []
  const definitions = new Map(knowledge.facts.map((f) => [f.id, f]))
  let groups: ReadonlyMap<string, string> = new Map()
  let groupDigests: ReadonlyMap<string, string> = new Map()

  /** Through named criteria a constraint reaches the facts behind the names. */
  const bind = (term: Term): void => {
    bounds.push({ term, facts: [...factsIn([term])] })
  }

  function seal(): void {
    const derived = (): readonly FactDefinition[] => {
      const used = new Set([...emitter.variables.values()].map((v) => v.fact))
      return knowledge.facts.filter((f) => f.derivedFrom !== undefined && used.has(f.id))
    }
    const links = (): readonly Term[] => [
      ...constraints.flatMap((constraint) => constraintTerms(constraint, emitter, knowledge)),
      ...derived().flatMap((definition) => derivedConstraints(definition, emitter, ROWS)),
    ]
    // a constraint may bring in facts and codes that another then has to speak of: until nothing new is looked at
    let terms = links()
    for (let seen = 0; seen < emitter.variables.size; ) {
      for (const definition of knowledge.facts) {
        const isUsed = emitter.variables.has(symbol(`${definition.id}?`))
        if (isUsed && definition.values !== undefined)
          for (const code of emitter.codes(definition.id)) emitter.variable(definition.id, 'code', code)
      }
      seen = emitter.variables.size
      terms = links()
    }
    for (const term of terms) bind(term)
    const byPlace = Map.groupBy(emitter.variables.values(), (v) => `${v.fact}#${v.row ?? ''}.${v.field ?? ''}`)
    for (const variables of byPlace.values()) {
      for (const term of rangeTerms(definitions.get(variables[0]!.fact)!, variables, emitter, policy)) bind(term)
    }
    groups = componentsOf(bounds)
    const byGroup = Map.groupBy(bounds, (bound) => groups.get(bound.facts[0] ?? '') ?? '')
    groupDigests = new Map(
      [...byGroup].map(([group, of]) => [
        group,
        sha256(of.map((bound) => bound.term + symbolsIn(bound.term).map(hashOf).join('')).join('\n')),
      ]),
    )
  }

  const hashes = new Map<Term, string>()
  /** A name with all that it stands for. */
  function hashOf(name: Term): string {
    const known = hashes.get(name)
    if (known !== undefined) return known
    const definition = emitter.definitions.get(name)
    const made = definition === undefined ? name : sha256([definition, ...symbolsIn(definition).map(hashOf)].join('\n'))
    hashes.set(name, made)
    return made
  }

  const factSets = new Map<Term, ReadonlySet<string>>()
  function factsOf(name: Term): ReadonlySet<string> {
    const known = factSets.get(name)
    if (known !== undefined) return known
    const variable = emitter.variables.get(name)
    const facts = new Set(variable ? [variable.fact] : [])
    if (!variable) for (const inner of symbolsIn(emitter.definitions.get(name) ?? '')) for (const fact of factsOf(inner)) facts.add(fact)
    factSets.set(name, facts)
    return facts
  }
  const factsIn = (terms: readonly Term[]): ReadonlySet<string> => new Set(terms.flatMap(symbolsIn).flatMap((name) => [...factsOf(name)]))

  return {
    emitter,
    pair: (criterion) => emitter.pair(criterion),
    seal,
    text: () =>
      [
        ...[...emitter.variables.values()].map(({ name, sort }) => `(declare-const ${name} ${sort})`),
        ...[...emitter.definitions].map(([name, term]) => `(define-fun ${name} () Bool ${term})`),
        ...bounds.map(({ term }) => `(assert ${term})`),
      ].join('\n'),
    digest: (terms) => {
      const touched = [...new Set([...factsIn(terms)].map((fact) => groups.get(fact) ?? fact))].sort()
      return sha256(
        [...terms, ...terms.flatMap(symbolsIn).map(hashOf), ...touched.map((group) => groupDigests.get(group) ?? group)].join('\n'),
      )
    },
    variablesOf: (terms) => {
      const facts = factsIn(terms)
      return [...emitter.variables.values()].filter((v) => facts.has(v.fact))
    },
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Every anticancer drug that something names; of the rest, one for each set of classes, since nothing tells them apart. */
export function drugUniverse(knowledge: KnowledgeBase): readonly string[] {
  const { terminology: _terms, drugs, sources: _sources, patient: _patient, ...rules } = knowledge
  const text = JSON.stringify(rules)
  const named = new Set(text.match(/"[a-z0-9-]+"/g)?.map((s) => s.slice(1, -1)))
  const kept = new Map<string, string>()
  for (const { id, classes, anticancer } of drugs) {
    if (!anticancer) continue
    const key = named.has(id) ? id : [...classes].sort().join('+')
    if (!kept.has(key)) kept.set(key, id)
  }
  return [...kept.values()]
}

/** Facts that hang together through constraints, by the name of their group. */
function componentsOf(bounds: readonly Bound[]): ReadonlyMap<string, string> {
  const parent = new Map<string, string>()
  const root = (fact: string): string => {
    const above = parent.get(fact) ?? fact
    return above === fact ? fact : root(above)
  }
  for (const { facts } of bounds) for (const fact of facts) parent.set(root(fact), root(facts[0]!))
  return new Map([...new Set(bounds.flatMap((b) => b.facts))].map((fact) => [fact, root(fact)]))
}

/** One constraint as terms that must hold. */
export function constraintTerms(c: Constraint, emitter: SmtEmitter, knowledge: KnowledgeBase): readonly Term[] {
  const when = c.when ? emitter.pair(c.when).t : 'true'
  const codes = (fact: string): readonly string[] => emitter.codes(fact)
  const code = (fact: string, value: string): Term => emitter.variable(fact, 'code', value)
  if (c.must) return [implies(when, not(emitter.pair(c.must).f))]
  if (c.empty)
    return c.empty.map((fact) => implies(and(when, emitter.variable(fact, 'known')), and(...codes(fact).map((v) => not(code(fact, v))))))
  if (c.filled)
    return c.filled.map((fact) => implies(when, and(emitter.variable(fact, 'known'), or(...codes(fact).map((v) => code(fact, v))))))
  if (c.atMost) {
    const [a, b] = c.atMost
    const both = and(when, emitter.variable(a, 'known'), emitter.variable(b, 'known'))
    return [implies(both, `(<= ${emitter.variable(a, 'number')} ${emitter.variable(b, 'number')})`)]
  }
  if (c.within) {
    const [a, b] = c.within
    const both = and(when, emitter.variable(a, 'known'), emitter.variable(b, 'known'))
    const shared = [...new Set([...codes(a), ...codes(b)])]
    // who knows a part knows of the whole
    const part = and(when, emitter.variable(a, 'known'), or(...codes(a).map((v) => code(a, v))))
    return [implies(part, emitter.variable(b, 'known')), ...shared.map((v) => implies(and(both, code(a, v)), code(b, v)))]
  }
  if (c.few) {
    const { of, beyond, atMost, per } = c.few
    const known = [of, ...(beyond ? [beyond] : []), ...(per ? [per] : [])].map((fact) => emitter.variable(fact, 'known'))
    const inClass = new Set(knowledge.drugs.filter((d) => c.few!.class === undefined || d.classes.includes(c.few!.class)).map((d) => d.id))
    const counted = codes(of)
      .filter((v) => inClass.has(v))
      .map((v) => and(code(of, v), beyond ? not(code(beyond, v)) : TRUE))
    const few = (limit: number): Term => (counted.length <= limit ? TRUE : `((_ at-most ${limit}) ${counted.join(' ')})`)
    if (per === undefined) return [implies(and(when, ...known), few(atMost))]
    // beyond a few lines the limit no longer binds
    return [0, 1, 2, 3, 4].map((n) => implies(and(when, ...known, `(<= ${emitter.variable(per, 'number')} ${n})`), few(atMost * n)))
  }
  const [drugsFact, classesFact] = c.classes!
  const known = emitter.variable(drugsFact, 'known')
  const drugs = new Map(knowledge.drugs.map((d) => [d.id, d.classes]))
  return [
    `(= ${known} ${emitter.variable(classesFact, 'known')})`,
    ...codes(classesFact).map((name) => {
      const of = codes(drugsFact).filter((d) => drugs.get(d)?.includes(name))
      return implies(known, `(= ${code(classesFact, name)} ${or(...of.map((d) => code(drugsFact, d)))})`)
    }),
  ]
}

/** What the registry says of the values of one fact (or of one field of one row). */
function rangeTerms(definition: FactDefinition, variables: readonly Variable[], emitter: SmtEmitter, policy: ProofPolicy): readonly Term[] {
  const first = variables[0]!
  const isRow = first.row !== undefined
  const terms: Term[] = []
  const codes: Term[] = []
  for (const { name, part } of variables) {
    switch (part) {
      case 'stale':
        if (definition.freshDays === undefined || isRow) terms.push(not(name))
        break
      case 'never':
        if (isRow || !(definition.absentValue === 'never' || (definition.type === 'date' && definition.absence === 'listed')))
          terms.push(not(name))
        break
      case 'number': {
        const sort = isRow || definition.type !== 'integer' ? 'Real' : 'Int'
        const [low, high] = isRow ? [0, undefined] : (definition.plausible ?? [0, undefined])
        terms.push(`(>= ${name} ${numeral(low, sort)})`)
        if (high !== undefined) terms.push(`(<= ${name} ${numeral(high, sort)})`)
        break
      }
      case 'first': {
        // a partial date that straddles a limit is unknown to it: the case in which the date is not known at all stands for it
        const last = name.replace('~first|', '~last|')
        const latest = policy.futureDates.includes(definition.id) ? FUTURE_DAYS : 0
        terms.push(`(= ${name} ${last})`, `(>= ${name} ${numeral(-PAST_DAYS, 'Int')})`, `(<= ${name} ${numeral(latest, 'Int')})`)
        break
      }
      case 'code':
        codes.push(name)
        break
      case 'row':
        // rows stand from the first slot on
        if (first.row! > 0) terms.push(implies(name, emitter.row(definition.id, first.row! - 1)))
        break
      default:
        break
    }
  }
  const isOne = isRow ? definition.fields?.[first.field ?? ''] === 'text' : definition.type === 'code' || definition.type === 'text'
  if (codes.length > 0 && isOne) {
    for (let i = 0; i < codes.length; i += 1) for (let j = 0; j < i; j += 1) terms.push(or(not(codes[i]!), not(codes[j]!)))
    // a code of the registry is one of its values; other texts may be none of those that a rule names
    if (!isRow && definition.values !== undefined) {
      const known = emitter.variable(definition.id, 'known')
      const all = emitter.codes(definition.id).map((value) => emitter.variable(definition.id, 'code', value))
      terms.push(implies(known, or(...all)))
    }
  }
  return terms
}
