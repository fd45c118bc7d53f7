import { type CaseView, type CriteriaCompiler, type Criterion, TRUE, type Verdict } from '@secondwind/core'

/** Things that each hang on one criterion, in order, with the places of their verdicts (`CaseView.verdicts`) side by side. */
export interface Listed<T> {
  readonly items: readonly T[]
  readonly slots: Int32Array
}

export const ALWAYS: Criterion = { op: 'const', value: 'true' }
export const NEVER: Criterion = { op: 'const', value: 'false' }

/** What has no criterion always holds. */
export const listed = <T>(items: readonly T[], whenOf: (item: T) => Criterion | undefined, compiler: CriteriaCompiler): Listed<T> => ({
  items,
  slots: Int32Array.from(items, (item) => compiler.slotFor(whenOf(item) ?? ALWAYS)),
})

/** As `listed`, of things that carry their criterion. */
export const listedByWhen = <T extends { readonly when?: Criterion }>(items: readonly T[], compiler: CriteriaCompiler): Listed<T> =>
  listed(items, ({ when }) => when, compiler)

/** Those of a list that are picked, whoever the patient is. */
export function picked<T>({ items, slots }: Listed<T>, isPicked: (item: T) => boolean): Listed<T> {
  const at = [...items.keys()].filter((i) => isPicked(items[i]!))
  return { items: at.map((i) => items[i]!), slots: Int32Array.from(at, (i) => slots[i]!) }
}

/** Those of a list whose verdict is at least this one (`TRUE`: it holds; `UNKNOWN`: it is not ruled out), in order. */
export function atLeast<T>({ items, slots }: Listed<T>, verdict: Verdict, { verdicts }: CaseView): readonly T[] {
  const found: T[] = []
  for (let i = 0; i < slots.length; i++) if (verdicts[slots[i]!]! >= verdict) found.push(items[i]!)
  return found
}

/** Whether what stands in this slot holds. */
export const isTrue = (slot: number, { verdicts }: CaseView): boolean => verdicts[slot] === TRUE
