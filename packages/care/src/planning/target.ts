import type { Approach, Drug, Target } from '@secondwind/core'

/** What a rule may be aimed at: an option, or what a patient is on now. */
export interface Treatment {
  readonly option: string
  readonly drugs: readonly string[]
  readonly classes: ReadonlySet<string>
  readonly approaches: readonly Approach[]
  readonly technique?: string
  readonly site?: string
  readonly procedure?: string
}

export function classesOf(drugIds: readonly string[], drugs: ReadonlyMap<string, Drug>): ReadonlySet<string> {
  return new Set(drugIds.flatMap((id) => drugs.get(id)?.classes ?? []))
}

/**
 * Whether a rule's target is this treatment. Within a target every field that is given must match, except that
 * `drugs` and `classes` are two ways to name medicines: either suffices. An empty target matches nothing.
 */
export function matches(target: Target, treatment: Treatment): boolean {
  if (target.exceptOptions?.includes(treatment.option)) return false
  if (target.exceptDrugs?.some((d) => treatment.drugs.includes(d))) return false
  const tests: boolean[] = []
  if (target.drugs || target.classes) {
    tests.push(
      (target.drugs?.some((d) => treatment.drugs.includes(d)) ?? false) || (target.classes?.some((c) => treatment.classes.has(c)) ?? false),
    )
  }
  if (target.set) {
    tests.push(target.set.every((d) => treatment.drugs.includes(d)) && (!target.exact || target.set.length === treatment.drugs.length))
  }
  if (target.together) tests.push(target.together.every((c) => treatment.classes.has(c) || treatment.drugs.includes(c)))
  if (target.approaches) tests.push(target.approaches.some((a) => treatment.approaches.includes(a)))
  if (target.procedures) tests.push(treatment.procedure !== undefined && target.procedures.includes(treatment.procedure))
  if (target.techniques) tests.push(treatment.technique !== undefined && target.techniques.includes(treatment.technique))
  if (target.sites) tests.push(treatment.site !== undefined && target.sites.includes(treatment.site))
  if (target.options) tests.push(target.options.includes(treatment.option))
  return tests.length > 0 && tests.every(Boolean)
}
