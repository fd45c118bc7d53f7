import fc from 'fast-check'
import type { Comparator, Criterion, Fact, FactDefinition } from '../src/index.ts'

/** A small vocabulary that has every type of fact. */
export const FACTS: readonly FactDefinition[] = [
  { id: 'fever', label: 'Fever', type: 'truth', group: 'g', absence: 'asked' },
  { id: 'ild', label: 'Interstitial lung disease', type: 'truth', group: 'g', absence: 'listed' },
  { id: 'ecog', label: 'ECOG', type: 'integer', group: 'g', absence: 'asked' },
  { id: 'clearance', label: 'Clearance', type: 'quantity', unit: 'mL/min', group: 'g', absence: 'asked', freshDays: 30 },
  {
    id: 'histology',
    label: 'Histology',
    type: 'code',
    group: 'g',
    absence: 'witnessed',
    values: { a: 'adenocarcinoma', b: 'squamous', c: 'small cell' },
  },
  { id: 'sites', label: 'Sites', type: 'codes', group: 'g', absence: 'witnessed', values: { brain: 'brain', bone: 'bone' } },
  { id: 'last-ici-on', label: 'Last ICI', type: 'date', group: 'g', absence: 'listed' },
  {
    id: 'lines',
    label: 'Lines',
    type: 'list',
    group: 'g',
    absence: 'listed',
    fields: { number: 'number', drugs: 'texts', current: 'truth' },
  },
]

export const AS_OF = '2026-11-23'

const fresh = fc.constantFrom({}, { fresh: true as const })
const cmp = fc.constantFrom<Comparator>('<', '<=', '>', '>=', '=')

const leaf: fc.Arbitrary<Criterion> = fc.oneof(
  fc.record({ op: fc.constant('const' as const), value: fc.constantFrom('true', 'false', 'unknown') }),
  fc
    .tuple(fc.constantFrom('fever', 'ild'), fc.boolean(), fresh)
    .map(([fact, is, f]) => ({ op: 'is' as const, fact, values: [String(is)], ...f })),
  fc.subarray(['a', 'b', 'c'], { minLength: 1 }).map((values) => ({ op: 'is' as const, fact: 'histology', values })),
  fc.subarray(['brain', 'bone'], { minLength: 1 }).map((values) => ({ op: 'is' as const, fact: 'sites', values })),
  fc.tuple(cmp, fc.integer({ min: 0, max: 4 })).map(([c, value]) => ({ op: 'compare' as const, fact: 'ecog', cmp: c, value })),
  fc
    .tuple(cmp, fc.integer({ min: 20, max: 100 }), fresh)
    .map(([c, value, f]) => ({ op: 'compare' as const, fact: 'clearance', cmp: c, value, ...f })),
  fc
    .tuple(fc.integer({ min: 1, max: 400 }), fc.boolean())
    .map(([days, since]) => ({ op: 'within' as const, fact: 'last-ici-on', days, since })),
  fc.tuple(cmp, fc.integer({ min: 0, max: 3 }), fc.constantFrom('osimertinib', 'cisplatin')).map(([c, value, drug]) => ({
    op: 'count' as const,
    fact: 'lines',
    where: { op: 'is' as const, fact: 'drugs', values: [drug] },
    cmp: c,
    value,
  })),
  fc
    .boolean()
    .map((current) => ({ op: 'some' as const, fact: 'lines', where: { op: 'is' as const, fact: 'current', values: [String(current)] } })),
)

/** Criteria without `known`, which alone is not monotone. */
export const monotoneCriterion: fc.Arbitrary<Criterion> = fc.letrec<{ node: Criterion }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((of) => ({ op: 'all' as const, of })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((of) => ({ op: 'any' as const, of })),
    tie('node').map((of) => ({ op: 'not' as const, of })),
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.array(tie('node'), { minLength: 1, maxLength: 4 }))
      .map(([min, of]) => ({ op: 'atLeast' as const, min, of })),
  ),
})).node

export const criterion: fc.Arbitrary<Criterion> = fc.oneof(
  { weight: 6, arbitrary: monotoneCriterion },
  { weight: 1, arbitrary: fc.constantFrom(...FACTS.map((f) => ({ op: 'known' as const, fact: f.id }))) },
)

const known = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact> =>
  fc.tuple(value, fc.boolean()).map(([v, stale]) => ({ value: v as never, sources: [], ...(stale ? { stale: true as const } : {}) }))

const VALUES: { readonly [id: string]: fc.Arbitrary<Fact> } = {
  fever: known(fc.boolean()),
  ild: known(fc.boolean()),
  ecog: known(fc.integer({ min: 0, max: 4 })),
  clearance: known(fc.double({ min: 10, max: 140, noNaN: true })),
  histology: known(fc.constantFrom('a', 'b', 'c')),
  sites: known(fc.subarray(['brain', 'bone'])),
  'last-ici-on': known(fc.constantFrom('2026-11-01', '2026-03', '2025', '2026-11', 'never')),
  lines: known(
    fc.array(
      fc.record(
        { number: fc.integer({ min: 1, max: 4 }), drugs: fc.subarray(['osimertinib', 'cisplatin']), current: fc.boolean() },
        { requiredKeys: ['number'] },
      ),
      { maxLength: 3 },
    ),
  ),
}

/** A case in which every fact is known. */
export const completeCase: fc.Arbitrary<{ readonly [id: string]: Fact }> = fc.record(VALUES)

/** A case, and which of its facts are hidden. */
export const partialCase: fc.Arbitrary<{
  readonly facts: { readonly [id: string]: Fact }
  readonly complete: { readonly [id: string]: Fact }
}> = fc
  .tuple(completeCase, fc.subarray(FACTS.map((f) => f.id)))
  .map(([complete, hidden]) => ({ complete, facts: Object.fromEntries(Object.entries(complete).filter(([id]) => !hidden.includes(id))) }))
