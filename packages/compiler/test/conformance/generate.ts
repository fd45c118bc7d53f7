import {
  type Comparator,
  type Criterion,
  type Fact,
  type FactDefinition,
  type FactValue,
  isoDay,
  type ListItem,
  latestDay,
  type PatientCase,
} from '@secondwind/core'
import type { Random } from './random.ts'

/**
 * Criteria and cases over any fact registry, the real one included. Numbers, codes and days are drawn from what the criteria ask about and from
 * just beside it, since that is where engines differ: a value on a limit, a month that straddles a cut-off, a list that is known and empty.
 */
export interface Domain {
  readonly facts: readonly FactDefinition[]
  readonly asOf: string
  /** Limits that numbers are compared with, by fact. */
  readonly limits: ReadonlyMap<string, readonly number[]>
  /** Words that codes and texts are compared with, by fact; `fact.field` for a field of a list. */
  readonly words: ReadonlyMap<string, readonly string[]>
  /** Days back from the plan's date that dates are compared with. */
  readonly days: readonly number[]
  /** Words for texts that nothing asks about. */
  readonly spare?: readonly string[]
}

/** What the criteria ask about, gathered so that generated cases answer it. */
export function domainOf(facts: readonly FactDefinition[], criteria: readonly Criterion[], asOf: string): Domain {
  const limits = new Map<string, Set<number>>()
  const words = new Map<string, Set<string>>()
  const days = new Set<number>()
  const put = <T>(into: Map<string, Set<T>>, key: string, values: readonly T[]): void => {
    const set = into.get(key) ?? new Set<T>()
    for (const value of values) set.add(value)
    into.set(key, set)
  }
  const walk = (c: Criterion, prefix: string): void => {
    switch (c.op) {
      case 'is':
        put(words, `${prefix}${c.fact}`, c.values)
        return
      case 'compare':
        put(limits, `${prefix}${c.fact}`, [c.value])
        return
      case 'within':
        days.add(c.days)
        return
      case 'all':
      case 'any':
      case 'atLeast':
        for (const child of c.of) walk(child, prefix)
        return
      case 'not':
        walk(c.of, prefix)
        return
      case 'some':
      case 'count':
        walk(c.where, `${c.fact}.`)
        return
      case 'const':
      case 'ref':
      case 'known':
        return
    }
  }
  for (const criterion of criteria) walk(criterion, '')
  const flat = <T>(map: Map<string, Set<T>>): Map<string, readonly T[]> => new Map([...map].map(([key, set]) => [key, [...set]]))
  return { facts, asOf, limits: flat(limits), words: flat(words), days: [...days, 1, 30] }
}

const COMPARATORS: readonly Comparator[] = ['<', '<=', '>', '>=', '=']
type Kind = 'truth' | 'number' | 'text' | 'texts' | 'date'
const KINDS = { truth: 'truth', integer: 'number', quantity: 'number', code: 'text', text: 'text', codes: 'texts', date: 'date' } as const

/** A criterion of any shape, list operators and `known` included. */
export function criterion(domain: Domain, r: Random, depth = 3): Criterion {
  if (depth === 0 || r.chance(0.25)) return leaf(domain, r)
  const children = (): Criterion[] => Array.from({ length: 1 + r.below(3) }, () => criterion(domain, r, depth - 1))
  switch (r.below(4)) {
    case 0:
      return { op: 'all', of: children() }
    case 1:
      return { op: 'any', of: children() }
    case 2:
      return { op: 'not', of: criterion(domain, r, depth - 1) }
    default: {
      const of = children()
      return { op: 'atLeast', min: r.below(of.length + 2), of }
    }
  }
}

function leaf(domain: Domain, r: Random): Criterion {
  if (r.chance(0.04)) return { op: 'const', value: r.pick(['true', 'false', 'unknown'] as const) }
  const fact = r.pick(domain.facts)
  if (r.chance(0.06)) return { op: 'known', fact: fact.id }
  if (fact.type === 'list') {
    const where = item(fact, domain, r, 2)
    if (r.chance(0.5)) return { op: 'some', fact: fact.id, where }
    return { op: 'count', fact: fact.id, where, cmp: r.pick(COMPARATORS), value: r.below(4) }
  }
  const made = comparison(fact.id, fact.id, KINDS[fact.type], domain, r, Object.keys(fact.values ?? {}))
  return (made.op === 'is' || made.op === 'compare') && r.chance(fact.freshDays === undefined ? 0.1 : 0.5) ? { ...made, fresh: true } : made
}

/** A criterion on the fields of a list's item. */
function item(list: FactDefinition, domain: Domain, r: Random, depth: number): Criterion {
  const inner = (): Criterion => item(list, domain, r, depth - 1)
  if (depth > 0 && r.chance(0.5)) {
    const of = Array.from({ length: 1 + r.below(3) }, inner)
    return r.pick<Criterion>([
      { op: 'all', of },
      { op: 'any', of },
      { op: 'not', of: of[0]! },
      { op: 'atLeast', min: r.below(of.length + 2), of },
    ])
  }
  if (r.chance(0.05)) return { op: 'const', value: r.pick(['true', 'false', 'unknown'] as const) }
  const [field, type] = r.pick(Object.entries(list.fields ?? {}))
  if (r.chance(0.1)) return { op: 'known', fact: field }
  return comparison(field, `${list.id}.${field}`, type, domain, r, [])
}

function comparison(name: string, key: string, kind: Kind, domain: Domain, r: Random, values: readonly string[]): Criterion {
  switch (kind) {
    case 'truth':
      return { op: 'is', fact: name, values: r.chance(0.05) ? ['true', 'false'] : [String(r.chance(0.5))] }
    case 'number':
      return { op: 'compare', fact: name, cmp: r.pick(COMPARATORS), value: r.pick(limitsOf(domain, key)) }
    case 'text':
    case 'texts': {
      const words = wordsOf(domain, key, values)
      const chosen = r.some(words, 0.4)
      return { op: 'is', fact: name, values: chosen.length > 0 ? chosen : [r.pick(words)] }
    }
    case 'date':
      return { op: 'within', fact: name, days: r.pick(domain.days), since: r.chance(0.5) }
  }
}

const limitsOf = (domain: Domain, key: string): readonly number[] => domain.limits.get(key) ?? [0, 1, 2, 45.5]
const wordsOf = (domain: Domain, key: string, values: readonly string[]): readonly string[] => {
  const asked = domain.words.get(key) ?? []
  const all = [...new Set([...asked, ...values.slice(0, 8)])]
  return all.length > 0 ? all : (domain.spare ?? ['one', "quo'ted", 'two words'])
}

/** Values of which some are unknown, some stale, some absent by silence. `unknown` is the share of facts that nobody recorded. */
export function patientCase(domain: Domain, r: Random, name: string, unknown = 0.2): PatientCase {
  const facts: Record<string, Fact> = {}
  for (const fact of domain.facts) {
    if (r.chance(unknown)) {
      if (r.chance(0.5)) facts[fact.id] = { unknown: r.pick(['not-tested', 'pending', 'conflicting', 'not-informative'] as const) }
      continue
    }
    facts[fact.id] = knownFact(fact, domain, r)
  }
  return { patient: name, asOf: domain.asOf, facts }
}

export function knownFact(fact: FactDefinition, domain: Domain, r: Random): Fact {
  const value = factValue(fact, domain, r)
  const on = r.chance(0.8) ? { on: dayText(domain, r) } : {}
  const stale = fact.freshDays !== undefined && r.chance(0.3) ? { stale: true as const } : {}
  return { value, ...on, ...stale, sources: r.chance(0.8) ? [{ reference: 'Observation/1' }] : [] }
}

function factValue(fact: FactDefinition, domain: Domain, r: Random): FactValue {
  if (fact.type === 'list') return Array.from({ length: r.below(4) }, () => listItem(fact, domain, r))
  if (fact.absentValue === 'never' && r.chance(0.2)) return 'never'
  const value = plainValue(KINDS[fact.type], fact.id, domain, r, Object.keys(fact.values ?? {}))
  return fact.type === 'integer' ? Math.round(value as number) : value
}

function listItem(fact: FactDefinition, domain: Domain, r: Random): ListItem {
  const fields: Record<string, ListItem[string]> = {}
  for (const [field, type] of Object.entries(fact.fields ?? {})) {
    if (r.chance(0.25)) {
      if (r.chance(0.3)) fields[field] = null
      continue
    }
    const value = plainValue(type, `${fact.id}.${field}`, domain, r, [])
    // what is counted is whole, and so are the facts that are sums of it
    fields[field] = (field === 'count' ? Math.round(value as number) : value) as ListItem[string]
  }
  return fields
}

function plainValue(kind: Kind, key: string, domain: Domain, r: Random, values: readonly string[]): boolean | number | string | string[] {
  switch (kind) {
    case 'truth':
      return r.chance(0.5)
    case 'number': {
      const limit = r.pick(limitsOf(domain, key))
      return r.pick([limit, limit, limit + 1, limit - 1, limit + 1e-6, limit / 3])
    }
    case 'text':
      return r.pick([...wordsOf(domain, key, values), 'something-else'])
    case 'texts':
      return r.some([...wordsOf(domain, key, values), 'something-else'], 0.3).sort()
    case 'date':
      return r.chance(0.1) ? 'never' : dayText(domain, r)
  }
}

/** A day around a cut-off, whole or partial. */
function dayText(domain: Domain, r: Random): string {
  const today = latestDay(domain.asOf)!
  const iso = isoDay(today - r.pick(domain.days) + r.pick([-40, -1, 0, 1, 12]))
  return iso.slice(0, r.pick([10, 10, 10, 7, 4]))
}

/** Sets the facts of a rule so that most of its leaves hold: random cases alone hardly ever meet a rule of ten conditions. */
export function steered(
  base: PatientCase,
  rules: readonly Criterion[],
  named: ReadonlyMap<string, { readonly when: Criterion }>,
  domain: Domain,
  r: Random,
): PatientCase {
  const facts: Record<string, Fact> = { ...base.facts }
  const definitions = new Map(domain.facts.map((f) => [f.id, f]))
  const set = (id: string, value: FactValue): void => {
    if (r.chance(0.1)) {
      delete facts[id]
      return
    }
    facts[id] = { value, on: domain.asOf, sources: [{ reference: 'Observation/1' }] }
  }
  const steer = (c: Criterion, wanted: boolean): void => {
    if (r.chance(0.06)) return
    switch (c.op) {
      case 'ref':
        steer(named.get(c.id)!.when, wanted)
        return
      case 'not':
        steer(c.of, !wanted)
        return
      case 'all':
      case 'any': {
        const each = (c.op === 'all') === wanted
        for (const child of each ? c.of : [r.pick(c.of)]) steer(child, wanted)
        return
      }
      case 'atLeast':
        for (const child of c.of) steer(child, wanted)
        return
      case 'is': {
        const type = definitions.get(c.fact)!.type
        const value = r.pick(c.values)
        if (type === 'truth') {
          set(c.fact, (value === 'true') === wanted)
          return
        }
        if (type === 'codes') {
          set(c.fact, wanted ? [value] : [])
          return
        }
        set(c.fact, wanted ? value : 'something-else')
        return
      }
      case 'compare': {
        const up = c.cmp === '>' || c.cmp === '>='
        const step = definitions.get(c.fact)!.type === 'integer' ? 1 : 0.5
        const inside = c.cmp === '<' || c.cmp === '>' ? step : 0
        set(c.fact, wanted ? c.value + (up ? inside : -inside) : c.value + (up ? -1 : 1))
        return
      }
      case 'within':
        set(c.fact, isoDay(latestDay(domain.asOf)! - c.days + (c.since === wanted ? 0 : -1)))
        return
      case 'some':
      case 'count':
        set(c.fact, wanted ? [listItem(definitions.get(c.fact)!, domain, r)] : [])
        return
      case 'const':
      case 'known':
        return
    }
  }
  for (const rule of rules) steer(rule, true)
  return { ...base, facts }
}
