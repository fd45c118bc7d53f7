import type { PlannedComponent } from './plan-document.ts'

/** A stretch of a component's schedule with one dose. `doseMg` is the patient's own, mg of one administration. */
export interface DosePhase {
  /** "cycle 1 day 8", "from cycle 2, day 1, 15", "daily, day 1 to 7", "daily, from day 8". */
  readonly when: string
  readonly dose: string
  readonly doseMg?: number
}

const daysText = (days: PlannedComponent['days']): string => (typeof days === 'string' ? days : `day ${days.join(', ')}`)

/**
 * The doses of a component in the order in which they are given, where the first differ from the lasting one; nothing where all doses are the same.
 * A dose of the start without a number of its own says so: the lasting dose never stands in for it.
 */
export function dosePhases(component: PlannedComponent): readonly DosePhase[] {
  const { steps = [], days, unit } = component
  if (steps.length === 0) return []
  const amount = (doseMg: number | undefined, protocolDose: number | null): string => {
    if (doseMg !== undefined) return `${doseMg} mg`
    return protocolDose === null ? 'dose not told' : `${protocolDose} ${unit}`
  }
  const phase = (when: string, { doseMg, protocolDose }: Pick<PlannedComponent, 'doseMg' | 'protocolDose'>): DosePhase => ({
    when,
    dose: amount(doseMg, protocolDose),
    ...(doseMg === undefined ? {} : { doseMg }),
  })
  if (typeof days === 'string')
    return steps.map((step, i) => {
      const next = steps[i + 1]
      const until = next ? `day ${step.day} to ${next.day - 1}` : `from day ${step.day}`
      return phase(`${step.days ?? days}, ${until}`, step)
    })
  const last = Math.max(...steps.map((s) => s.cycle ?? 1))
  return [
    ...steps.map((step) => phase(`cycle ${step.cycle ?? 1} day ${step.day}`, step)),
    phase(`from cycle ${last + 1}, ${daysText(days)}`, component),
  ]
}
