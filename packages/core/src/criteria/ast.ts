import type { Truth } from '../truth/index.ts'

/**
 * The closed language of clinical criteria. Every backend is a table keyed by `op`;
 * adding an operator must fail to compile until each backend answers it.
 *
 * Inside `some` and `count` the fact of a leaf names a field of the list item.
 * `fresh: true` makes a stale value count as unknown (doses, start-of-cycle limits, organ-function safety).
 */
export type Criterion =
  | { readonly op: 'const'; readonly value: Truth }
  | { readonly op: 'ref'; readonly id: string }
  /** code: equals one of; codes: contains one of; truth: equals (values are 'true' or 'false'). */
  | { readonly op: 'is'; readonly fact: string; readonly values: readonly string[]; readonly fresh?: true }
  | { readonly op: 'compare'; readonly fact: string; readonly cmp: Comparator; readonly value: number; readonly fresh?: true }
  /** A date fact no further than `days` before the plan's date (`since: true`), or further (`since: false`). */
  | { readonly op: 'within'; readonly fact: string; readonly days: number; readonly since: boolean }
  | { readonly op: 'all'; readonly of: readonly Criterion[] }
  | { readonly op: 'any'; readonly of: readonly Criterion[] }
  | { readonly op: 'not'; readonly of: Criterion }
  | { readonly op: 'atLeast'; readonly min: number; readonly of: readonly Criterion[] }
  | { readonly op: 'some'; readonly fact: string; readonly where: Criterion }
  | { readonly op: 'count'; readonly fact: string; readonly where: Criterion; readonly cmp: Comparator; readonly value: number }
  /** Not monotone: learning more can flip it. Refused in treatment/ and safety/. */
  | { readonly op: 'known'; readonly fact: string }

export type Comparator = '<' | '<=' | '>' | '>=' | '='
export type Op = Criterion['op']
export type NodeOf<K extends Op> = Extract<Criterion, { op: K }>
