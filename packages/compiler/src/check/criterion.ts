import type { Comparator, Criterion, FactDefinition } from '@secondwind/core'
import { meant } from './suggest.ts'
import { unitProblem } from './units.ts'
import { nameProblem, type Vocabularies } from './vocabulary.ts'

/** What the criteria of an entry may refer to. */
export interface CriterionScope {
  readonly facts: ReadonlyMap<string, FactDefinition>
  readonly named: ReadonlySet<string>
  /** `known` is not monotone, so treatment and safety refuse it. */
  readonly allowKnown: boolean
  /** Facts that are written and could not be read: reported where they stand, and not again where they are used. */
  readonly broken?: ReadonlySet<string>
  /** The names that facts of drugs, classes and organs may hold. */
  readonly vocabularies?: Vocabularies
  /** Set inside `some` and `count`: leaves name fields of this list fact. */
  readonly row?: FactDefinition
}

export interface CriterionProblem {
  /** Absent: `criterion`. */
  readonly code?: 'unit'
  readonly at: readonly (string | number)[]
  readonly message: string
  readonly remedy: string
}

const COMPARISONS: { readonly [key: string]: Comparator } = { atLeast: '>=', atMost: '<=', above: '>', below: '<', equals: '=' }
const LEAF_KEYS = ['is', 'in', 'has', 'hasAny', ...Object.keys(COMPARISONS), 'from', 'to', 'withinDays', 'olderThanDays']

/** Turns the YAML form of a criterion into its AST. Every problem is reported with its place; the result is then not to be used. */
export function readCriterion(
  raw: unknown,
  scope: CriterionScope,
  at: readonly (string | number)[],
  problems: CriterionProblem[],
): Criterion {
  const fail: Fail = (message, remedy, code) => {
    problems.push({ at, message, remedy, ...(code ? { code } : {}) })
    return { op: 'const', value: 'unknown' }
  }
  if (raw === 'always' || raw === true) return { op: 'const', value: 'true' }
  if (raw === 'never' || raw === false) return { op: 'const', value: 'false' }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return fail(`a criterion cannot be ${JSON.stringify(raw)}`, 'write a mapping such as { fact: ecog, atMost: 1 }')
  }
  const node = raw as Record<string, unknown>
  const list = (key: string): readonly Criterion[] => {
    const children = node[key]
    if (!Array.isArray(children) || children.length === 0) {
      problems.push({
        at: [...at, key],
        message: `${key} is not a list of criteria`,
        remedy: `write ${key}: [ … ] with at least one criterion`,
      })
      return []
    }
    return children.map((child, i) => readCriterion(child, scope, [...at, key, i], problems))
  }
  /** Whether nothing else stands here; what does is reported. */
  const only = (...allowed: readonly string[]): boolean => {
    const strange = Object.keys(node).filter((key) => !allowed.includes(key))
    for (const key of strange) {
      const remedy = meant(key, allowed, `use only ${allowed.join(', ')}`)
      problems.push({ at: [...at, key], message: `${key} does not belong here`, remedy })
    }
    return strange.length === 0
  }

  if ('all' in node) {
    only('all')
    return { op: 'all', of: list('all') }
  }
  if ('any' in node) {
    only('any')
    return { op: 'any', of: list('any') }
  }
  if ('not' in node) {
    only('not')
    return { op: 'not', of: readCriterion(node.not, scope, [...at, 'not'], problems) }
  }
  if ('of' in node) {
    only('atLeast', 'of')
    return typeof node.atLeast === 'number'
      ? { op: 'atLeast', min: node.atLeast, of: list('of') }
      : fail('of without atLeast', 'write { atLeast: 2, of: [ … ] }')
  }
  if ('ref' in node) {
    only('ref')
    const id = String(node.ref)
    if (scope.row) return fail('ref inside a list criterion', 'spell the criterion out on the fields of the list')
    if (!scope.named.has(id))
      return fail(`no criterion is named ${id}`, meant(id, scope.named, 'define it in knowledge/criteria or correct the name'))
    return { op: 'ref', id }
  }
  if ('known' in node) {
    only('known')
    if (!scope.allowKnown) return fail('known is not allowed here', 'it is not monotone: say what must be true of the patient instead')
    return scope.facts.has(String(node.known))
      ? { op: 'known', fact: String(node.known) }
      : fail(`no fact is called ${node.known}`, meant(String(node.known), scope.facts.keys(), 'see knowledge/facts'))
  }
  if ('some' in node || 'count' in node) {
    const kind = 'some' in node ? 'some' : 'count'
    only(kind, 'where', ...Object.keys(COMPARISONS))
    if (scope.row) return fail(`${kind} inside a list criterion`, 'lists do not nest')
    const fact = scope.facts.get(String(node[kind]))
    if (fact?.type !== 'list') return fail(`${node[kind]} is not a list fact`, 'see knowledge/facts for facts of type list')
    const where = readCriterion(node.where ?? 'always', { ...scope, row: fact }, [...at, 'where'], problems)
    if (kind === 'some') return { op: 'some', fact: fact.id, where }
    const cmp = Object.keys(COMPARISONS).find((key) => typeof node[key] === 'number')
    return cmp
      ? { op: 'count', fact: fact.id, where, cmp: COMPARISONS[cmp]!, value: node[cmp] as number }
      : fail('count without a comparison', 'add atLeast, atMost or equals')
  }
  if ('fact' in node) {
    // without its comparison the leaf would only be reported again
    return only('fact', 'fresh', ...LEAF_KEYS) ? readLeaf(node, scope, fail) : { op: 'const', value: 'unknown' }
  }
  return fail(`no operator in { ${Object.keys(node).join(', ')} }`, 'use fact, all, any, not, atLeast/of, some, count, ref')
}

type Fail = (message: string, remedy: string, code?: CriterionProblem['code']) => Criterion

function readLeaf(node: Record<string, unknown>, scope: CriterionScope, fail: Fail): Criterion {
  const id = String(node.fact)
  const type = scope.row ? rowType(scope.row, id) : scope.facts.get(id)?.type
  if (type === undefined) {
    if (!scope.row && scope.broken?.has(id)) return { op: 'const', value: 'unknown' }
    return scope.row
      ? fail(`${scope.row.id} has no field ${id}`, `its fields are ${Object.keys(scope.row.fields ?? {}).join(', ')}`)
      : fail(`no fact is called ${id}`, meant(id, scope.facts.keys(), 'see knowledge/facts, or add the fact there first'))
  }
  const allowed = scope.row ? undefined : scope.facts.get(id)?.values
  const fresh = node.fresh === true ? ({ fresh: true } as const) : {}
  const keys = LEAF_KEYS.filter((key) => key in node)
  const isRange = keys.length === 2 && keys.includes('from') && keys.includes('to')
  if (keys.length !== 1 && !isRange)
    return fail(`fact ${id} needs exactly one comparison, has ${keys.join(', ') || 'none'}`, `use one of ${LEAF_KEYS.join(', ')}`)

  const key = keys[0]!
  if (key === 'is' || key === 'in' || key === 'has' || key === 'hasAny') {
    const raw = node[key]
    const values = (Array.isArray(raw) ? raw : [raw]).map(String)
    if ((key === 'has' || key === 'hasAny') !== (type === 'codes')) {
      return fail(`${key} does not fit fact ${id} of type ${type}`, type === 'codes' ? 'use has or hasAny' : 'use is or in')
    }
    if (type === 'truth' && [raw].flat().some((v) => typeof v === 'string'))
      return fail(`${id} is yes or no, and ${JSON.stringify(raw)} is a text`, 'write true or false without quotes')
    if (type === 'truth' && values.some((v) => v !== 'true' && v !== 'false'))
      return fail(`${id} is yes or no`, 'compare it with true or false')
    if (type === 'quantity' || type === 'integer' || type === 'date' || type === 'list')
      return fail(`${key} does not fit fact ${id} of type ${type}`, 'compare numbers with atLeast, atMost, above, below, equals')
    const strange = allowed ? values.filter((v) => !(v in allowed)) : []
    if (strange.length > 0)
      return fail(
        `${id} has no value ${strange.join(', ')}`,
        meant(strange[0]!, Object.keys(allowed ?? {}), `its values are ${Object.keys(allowed ?? {}).join(', ')}`),
      )
    const name = nameProblem(values, scope.row ?? scope.facts.get(id), scope.row ? id : undefined, scope.vocabularies)
    if (name) return fail(name.message, name.remedy)
    return { op: 'is', fact: id, values, ...fresh }
  }
  if (key === 'withinDays' || key === 'olderThanDays') {
    if (type !== 'date') return fail(`${key} does not fit fact ${id} of type ${type}`, 'use it on a date fact')
    return typeof node[key] === 'number'
      ? { op: 'within', fact: id, days: node[key], since: key === 'withinDays' }
      : fail(`${key} is not a number of days`, 'write a number')
  }
  if (type !== 'quantity' && type !== 'integer')
    return fail(`${key} does not fit fact ${id} of type ${type}`, 'compare codes and truths with is or in')
  if (isRange) {
    if (typeof node.from !== 'number' || typeof node.to !== 'number')
      return fail('from and to are numbers', 'write { fact: F, from: 1, to: 3 }')
    if (node.from > node.to) return fail(`from ${node.from} is above to ${node.to}: nobody lies between`, 'write the smaller number first')
    const fact = scope.row ? undefined : scope.facts.get(id)
    const strange = unitProblem(node.from, fact, scope.facts) ?? unitProblem(node.to, fact, scope.facts)
    if (strange) return fail(strange.message, strange.remedy, 'unit')
    return {
      op: 'all',
      of: [
        { op: 'compare', fact: id, cmp: '>=', value: node.from, ...fresh },
        { op: 'compare', fact: id, cmp: '<=', value: node.to, ...fresh },
      ],
    }
  }
  const number = node[key]
  if (typeof number !== 'number') {
    const unit = scope.row ? undefined : scope.facts.get(id)?.unit
    return fail(`${key}: ${JSON.stringify(number)} is not a number`, `write a number${unit ? `, in ${unit}, without the unit` : ''}`)
  }
  const strange = scope.row ? undefined : unitProblem(number, scope.facts.get(id), scope.facts)
  return strange
    ? fail(strange.message, strange.remedy, 'unit')
    : { op: 'compare', fact: id, cmp: COMPARISONS[key]!, value: number, ...fresh }
}

function rowType(list: FactDefinition, field: string): FactDefinition['type'] | undefined {
  const type = list.fields?.[field]
  return type === undefined
    ? undefined
    : ({ text: 'code', number: 'quantity', truth: 'truth', date: 'date', texts: 'codes' } as const)[type]
}
