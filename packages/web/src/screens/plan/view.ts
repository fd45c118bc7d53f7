import type { Explanation, Interaction, Option, PlanDocument, Standing } from '@secondwind/core'
import { createContext, useContext } from 'react'
import type { Named } from '../../planner/use-knowledge-words.ts'

/** How an option stands against the present plan, where the plan is a what-if. */
export interface Mark {
  readonly isNew?: true
  /** Its rank before, where its place among the others changed. */
  readonly movedFrom?: number
  readonly standingFrom?: Standing
  /** Something else of it changed: dose, instructions, what is missing. */
  readonly isOtherwise?: true
}

/** What the parts of a plan need to show themselves. */
export interface View {
  readonly document: PlanDocument
  readonly named: Named
  /** Id of the patient; absent for a what-if without one: then nothing can be opened in a chart. */
  readonly patient?: string
  /** Present where this is no plan but a what-if. */
  readonly marks?: ReadonlyMap<string, Mark>
  /** Shows why, in full: a claim with everything below it. */
  readonly explain: (title: string, because: Explanation, rules: readonly string[]) => void
  /** Tries a change of a fact (`ecog=3`). */
  readonly tryOut: (set: string) => void
}

const ViewContext = createContext<View | undefined>(undefined)
export const ViewProvider = ViewContext.Provider

export function useView(): View {
  const view = useContext(ViewContext)
  if (view === undefined) throw new Error('invariant: a part of a plan stands outside of it')
  return view
}

/** The rule of the knowledge base that offers an option: its id up to the drugs that were chosen. */
export const ruleOf = (option: Pick<Option, 'id'>): string => option.id.split(':')[0]!

/**
 * Which options stand side by side at first: the best treatments (of those that differ only in a drug, the one that fits first), living without anticancer
 * treatment, and a trial, where the plan has them. `room`: how many columns there are. In rank order.
 */
export function firstShown(options: readonly Option[], room: number): readonly string[] {
  const seen = new Set<string>()
  const treatments = options.filter((option) => {
    if (option.trial !== undefined || isComfort(option)) return false
    const key = option.variantOf ?? option.id
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
  const beside = [...options.filter(isComfort).slice(0, 1), ...options.filter((o) => o.trial !== undefined).slice(0, 1)]
  const chosen = [...treatments.slice(0, Math.max(2, room - beside.length)), ...beside]
  return chosen.sort((a, b) => a.rank - b.rank).map(({ id }) => id)
}

/** Options of the plan that stand before the last compared one and are not compared, so that a gap in the numbers is no riddle. In rank order. */
export function between(options: readonly Option[], compared: readonly string[]): readonly Option[] {
  const last = Math.max(0, ...options.filter(({ id }) => compared.includes(id)).map(({ rank }) => rank))
  return options.filter(({ id, rank }) => rank < last && !compared.includes(id))
}

const isComfort = ({ approaches, drugs }: Option): boolean => approaches.includes('supportive-care') && drugs.length === 0

export const ORDERS = ['rank', 'visits', 'contact-days', 'infusion-hours'] as const
export type Order = (typeof ORDERS)[number]

/** Options in the plan's order or by one burden, the least first; those of whom it is not known come last, never first. */
export function ordered(options: readonly Option[], by: Order): readonly Option[] {
  const of = ({ burden }: Option): number | undefined =>
    by === 'visits' ? burden?.visitsPerMonth : by === 'contact-days' ? burden?.contactDaysPerMonth : burden?.infusionHoursPerMonth
  if (by === 'rank') return options
  return [...options].sort((a, b) => (of(a) ?? Number.POSITIVE_INFINITY) - (of(b) ?? Number.POSITIVE_INFINITY) || a.rank - b.rank)
}

export const interactionsOf = (document: PlanDocument, option: Option): readonly Interaction[] =>
  document.interactions.filter(({ between }) => between.includes(option.id))

/** What each answer to the facts that a test settles would do, by fact; facts that no option waits for are left out. */
export function answersOf(document: PlanDocument, facts: readonly string[]) {
  return facts.flatMap((fact) => {
    const options = document.options.flatMap((option) =>
      option.needs.filter((need) => need.fact === fact).map((need) => ({ option: option.title, id: option.id, need })),
    )
    return options.length === 0 ? [] : [{ fact, options }]
  })
}

/** A source's year in the plan's own time: how many years old what it says is. */
export const ageInYears = (year: number, asOf: string): number => Number(asOf.slice(0, 4)) - year

/** Which services stand first: the six of the plan document, in its order; the others follow. */
export const SIX = ['counselling', 'nutrition', 'pain-management', 'palliative-care', 'rehabilitation', 'support-group'] as const
