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
  let isNamed = false
  if (target.drugs || target.classes) {
    const isDrug = target.drugs?.some((d) => treatment.drugs.includes(d)) ?? false
    if (!isDrug && !target.classes?.some((c) => treatment.classes.has(c))) return false
    isNamed = true
  }
  if (target.set) {
    if (!target.set.every((d) => treatment.drugs.includes(d)) || (target.exact && target.set.length !== treatment.drugs.length))
      return false
    isNamed = true
  }
  if (target.together) {
    if (!target.together.every((c) => treatment.classes.has(c) || treatment.drugs.includes(c))) return false
    isNamed = true
  }
  if (target.approaches) {
    if (!target.approaches.some((a) => treatment.approaches.includes(a))) return false
    isNamed = true
  }
  if (target.procedures) {
    if (treatment.procedure === undefined || !target.procedures.includes(treatment.procedure)) return false
    isNamed = true
  }
  if (target.techniques) {
    if (treatment.technique === undefined || !target.techniques.includes(treatment.technique)) return false
    isNamed = true
  }
  if (target.sites) {
    if (treatment.site === undefined || !target.sites.includes(treatment.site)) return false
    isNamed = true
  }
  if (target.options) {
    if (!target.options.includes(treatment.option)) return false
    isNamed = true
  }
  return isNamed
}
