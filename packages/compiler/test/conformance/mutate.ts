import type { Comparator, Criterion } from '@secondwind/core'
import type { Random } from './random.ts'

/** Criteria that differ from one in a single place: another limit, another grouping, a freshness that is asked for or not. */
export function mutants(criterion: Criterion, r: Random): readonly Criterion[] {
  return [...own(criterion, r), ...inner(criterion, r), ...regrouped(criterion)]
}

const OTHER: { readonly [cmp in Comparator]: Comparator } = { '<': '<=', '<=': '>', '>': '>=', '>=': '=', '=': '<' }

function own(c: Criterion, r: Random): readonly Criterion[] {
  switch (c.op) {
    case 'is':
    case 'compare': {
      const { fresh, ...plain } = c
      const aged: Criterion = fresh ? plain : { ...c, fresh: true }
      if (c.op === 'is') return [aged]
      return [aged, { ...c, cmp: OTHER[c.cmp] }, { ...c, value: c.value + 1 }]
    }
    case 'within':
      return [
        { ...c, since: !c.since },
        { ...c, days: c.days + 1 },
      ]
    case 'all':
      return [{ op: 'any', of: c.of }]
    case 'any':
      return [{ op: 'all', of: c.of }]
    case 'atLeast':
      return [
        { ...c, min: c.min + 1 },
        { op: 'all', of: c.of },
      ]
    case 'count':
      return [
        { ...c, cmp: OTHER[c.cmp] },
        { ...c, value: c.value + 1 },
      ]
    case 'const':
      return (['true', 'false', 'unknown'] as const).filter((value) => value !== c.value).map((value) => ({ op: 'const', value }))
    case 'known':
      return [{ op: 'not', of: c }]
    case 'not':
      return [c.of]
    case 'some':
      return [{ op: 'count', fact: c.fact, where: c.where, cmp: '>=', value: 2 + r.below(2) }]
    case 'ref':
      return []
  }
}

/** The same change, one level down. */
function inner(c: Criterion, r: Random): readonly Criterion[] {
  switch (c.op) {
    case 'all':
    case 'any':
    case 'atLeast': {
      const at = r.below(c.of.length)
      return mutants(c.of[at]!, r).map((child) => ({ ...c, of: c.of.with(at, child) }))
    }
    case 'not':
      return mutants(c.of, r).map((of) => ({ op: 'not', of }))
    case 'some':
    case 'count':
      return mutants(c.where, r).map((where) => ({ ...c, where }))
    default:
      return []
  }
}

/** The last part taken into the one before it, and the other way round: where a sentence without brackets would read the same. */
function regrouped(c: Criterion): readonly Criterion[] {
  if (c.op !== 'all' && c.op !== 'any' && c.op !== 'atLeast') return []
  const last = c.of.at(-1)!
  const made: Criterion[] = []
  if ((last.op === 'all' || last.op === 'any' || last.op === 'atLeast') && last.of.length > 1) {
    const [head, ...tail] = last.of
    made.push({ op: last.op === 'atLeast' ? 'any' : last.op, of: [{ ...c, of: [...c.of.slice(0, -1), head!] }, ...tail] } as Criterion)
  }
  for (const [i, part] of c.of.entries()) {
    if (part.op === 'atLeast' && i < c.of.length - 1) {
      const rest = { op: c.op === 'any' ? 'any' : 'all', of: [part.of.at(-1)!, ...c.of.slice(i + 1)] } as Criterion
      made.push({ ...c, of: [...c.of.slice(0, i), { ...part, of: [...part.of.slice(0, -1), rest] }] })
    }
  }
  return made
}
