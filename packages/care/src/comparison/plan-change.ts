/**
 * How much a difference between two plans matters.
 * `decision`: what is offered, barred, asked for or comes first. `care`: what goes with it. `reasons`: why, and on which evidence, while what to do stays.
 * `wording`: the same said in other words.
 */
export type ChangeWeight = 'decision' | 'care' | 'reasons' | 'wording'

export type ChangeKind =
  | 'other-input'
  | 'status'
  | 'first-choice'
  | 'new-option'
  | 'option-withdrawn'
  | 'standing'
  | 're-ranked'
  | 'treatment'
  | 'dose'
  | 'not-advised'
  | 'no-longer-not-advised'
  | 'not-advised-changed'
  | 'alert-added'
  | 'alert-removed'
  | 'alert-changed'
  | 'test-added'
  | 'test-removed'
  | 'test-changed'
  | 'support-added'
  | 'support-removed'
  | 'support-changed'
  | 'interaction-added'
  | 'interaction-removed'
  | 'interaction-changed'
  | 'needs'
  | 'instruction'
  | 'availability'
  | 'trial'
  | 'burden'
  | 'outlook'
  | 'fact'
  | 'problem'
  | 'site'
  | 'evidence'
  | 'reasons'
  | 'order'
  | 'wording'

/** One difference between two plans of the same chart. */
export interface PlanChange {
  readonly kind: ChangeKind
  readonly weight: ChangeWeight
  /** Place in the document, by ids: `options[egfr-common-1l-osimertinib].standing`. */
  readonly at: string
  /** What it is about, in words. */
  readonly subject: string
  readonly before?: string
  readonly after?: string
}

/** Two changes with one key are the same change. Ranks shift with their neighbours, so the new rank is no part of it. */
export const changeKey = ({ kind, at, before, after }: PlanChange): string =>
  kind === 're-ranked' || kind === 'order' ? `${kind} ${at}` : JSON.stringify([kind, at, before, after])

/** Whether two JSON values say the same: the order of fields does not matter, and what is undefined counts as absent. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  }
  const [x, y] = [a as { readonly [key: string]: unknown }, b as { readonly [key: string]: unknown }]
  for (const key in x) if (!same(x[key], y[key])) return false
  for (const key in y) if (y[key] !== undefined && x[key] === undefined) return false
  return true
}

/** JSON with its keys sorted; what is undefined counts as absent. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`
}

/** The value without the fields that are only words, at any depth. */
export function without(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((part) => without(part, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !names.has(key))
      .map(([key, part]) => [key, without(part, names)]),
  )
}
