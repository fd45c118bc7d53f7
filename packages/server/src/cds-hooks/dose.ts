import type { KnowledgeBase, Option } from '@secondwind/core'
import type { DraftOrder } from './drafts.ts'

export interface DoseFinding {
  readonly drug: string
  readonly summary: string
  readonly lines: readonly string[]
}

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const TO_MG: { readonly [unit: string]: number } = { mg: 1, g: 1000, ug: 0.001 }

/**
 * Ordered doses (mg for one administration) beside the patient's own of the plan. Told where they differ by more than the rounding limit of the dosing policy
 * (`knowledge/policy/dosing.yaml`). An order without a dose in mg, or a plan that could not work one out, says nothing here: the plan names what is missing.
 */
export function doseFindings(orders: readonly DraftOrder[], option: Option, knowledge: KnowledgeBase): readonly DoseFinding[] {
  const policy = knowledge.dosingPolicy
  if (!policy) return []
  const labelled = knowledge.regimens.find((r) => r.id === option.regimen?.id)?.cites.map((c) => c.says) ?? []
  return (option.regimen?.components ?? []).flatMap((component) => {
    const order = orders.find((o) => o.drugs.includes(component.drug))
    const ordered = order && orderedMg(order.resource)
    const own = [component.doseMg, ...(component.steps ?? []).map((s) => s.doseMg)].filter((mg) => mg !== undefined)
    if (ordered === undefined || own.length === 0) return []
    // another schedule that the label of the drug names
    const isNamed = new RegExp(`(^|[^\\d.])${ordered} mg`)
    if ([component.note ?? '', ...labelled].some((words) => isNamed.test(words))) return []
    const classes = knowledge.drugs.find((d) => d.id === component.drug)?.classes ?? []
    const has = (of: readonly string[]): boolean => of.some((c) => classes.includes(c))
    const isBiologic = has(policy.biologicClasses) && !has(policy.cytotoxicClasses)
    const limit = isBiologic ? policy.roundingLimitPercent.biologic : policy.roundingLimitPercent.cytotoxic
    const apart = Math.min(...own.map((mg) => (100 * Math.abs(ordered - mg)) / mg))
    if (apart <= limit) return []
    const nearest = own.toSorted((a, b) => Math.abs(ordered - a) - Math.abs(ordered - b))[0]!
    return [
      {
        drug: component.drug,
        summary: `${component.drug}: ${ordered} mg ordered, ${nearest} mg worked out for this patient (${Math.round(apart)}% apart)`,
        lines: [...(component.derivation ?? []), `More than ${limit}% apart: check the dose, or the facts it rests on`],
      },
    ]
  })
}

/** Milligrams of one dose, where the order says one in mass. */
function orderedMg(order: Json): number | undefined {
  const instructions = Array.isArray(order.dosageInstruction) ? (order.dosageInstruction as readonly unknown[]) : []
  const doses = instructions.flatMap((one) =>
    isObject(one) && Array.isArray(one.doseAndRate) ? (one.doseAndRate as readonly unknown[]) : [],
  )
  const quantities = doses.flatMap((one) => (isObject(one) && isObject(one.doseQuantity) ? [one.doseQuantity] : []))
  // several doses in one order: which is meant, a person must say
  if (quantities.length !== 1) return undefined
  const { value, code, unit } = quantities[0]!
  const factor = TO_MG[String(code ?? unit)]
  return typeof value === 'number' && factor !== undefined ? value * factor : undefined
}
