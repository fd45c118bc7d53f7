import type { CancerKind } from '../builders/codes.ts'
import type { Shares } from '../draw.ts'
import type { Model, SurvivalModel, TreatmentModel } from '../model-types.ts'
import type { Person } from './person.ts'
import type { Tumour } from './tumour.ts'

/** What the treating team knew when the first line was chosen. */
export interface Situation {
  readonly driver: string
  readonly kind: CancerKind
  readonly ecog: number
  /** Tumour proportion score, when it was known. */
  readonly tps: number | undefined
}

/** Whether a driver has lines of its own; others are treated like a tumour without one. */
export const hasOwnLines = ({ lines }: TreatmentModel, driver: string): boolean => Object.hasOwn(lines, driver)

/** The group of patients without a driver, by histology, fitness and PD-L1: a name in `lines` of treatment.yaml. */
function groupOf({ frailFrom, highFrom }: TreatmentModel, { kind, ecog, tps }: Situation): string {
  if (kind === 'smallCell' || kind === 'neuroendocrine') return kind
  if (kind === 'squamous') return ecog >= frailFrom ? 'frail-squamous' : 'squamous'
  if (ecog >= frailFrom) return 'frail'
  return tps !== undefined && tps >= highFrom ? 'nonsquamous-high' : 'nonsquamous'
}

/** The survival curve of those who are treated. */
export function curveOf({ treatment, survival }: Model, situation: Situation): string {
  const { driver } = situation
  if (hasOwnLines(treatment, driver)) return Object.hasOwn(survival.curves, driver) ? driver : 'other-driver'
  const group = groupOf(treatment, situation)
  return group.startsWith('frail') ? 'frail' : group
}

/** Regimens and their weights for a line (0 is the first). Later lines than the list has are drawn from its last entry; `<driver>-later` begins after the first. */
export function linesOf(treatment: TreatmentModel, situation: Situation, number: number): Shares {
  const { lines } = treatment
  const group = lines[groupOf(treatment, situation)]!
  const later = lines[`${situation.driver}-later`]
  const list = lines[situation.driver] ?? (later === undefined ? group : [group[0]!, ...later])
  return list[Math.min(number, list.length - 1)]!
}

/** How much faster this patient dies than those of the curve; see `hazards` in survival.yaml. The untreated curve is taken as it is. */
export function hazardRatio({ survival, treatment }: Model, curve: string, person: Person, tumour: Tumour): number {
  const { hazards, outsideTrials } = survival
  if (curve === 'untreated') return 1
  const factor = (
    name: keyof SurvivalModel['hazards'],
    has: number,
    reference = hazards[name].reference,
    ratio = hazards[name].ratio,
  ): number => ratio ** (has - reference)
  const flag = (is: boolean): number => (is ? 1 : 0)
  const isFrail = curve === 'frail'
  const isOnDriver = hasOwnLines(treatment, curve) && hasOwnLines(treatment, tumour.driver)
  const hasDriver = hasOwnLines(treatment, tumour.driver)
  const carries = (name: 'withDriver' | 'withoutDriver'): number => factor(name, flag(tumour.genes.has(hazards[name].gene ?? '')))
  const grave = person.illnesses.filter(({ of }) => hazards.illness.of?.includes(of.id)).length
  return (
    outsideTrials *
    factor('ecog', person.ecog, isFrail ? hazards.ecog.frailReference : undefined, isOnDriver ? hazards.ecog.driverRatio : undefined) *
    factor('male', flag(person.sex === 'male')) *
    factor('liver', flag(tumour.metastases.some(({ site }) => site === 'liver'))) *
    factor('brain', flag(tumour.metastases.some(({ site }) => site === 'brain'))) *
    factor('illness', isFrail ? hazards.illness.reference : grave) *
    (hasDriver ? carries('withDriver') : person.kind === 'smallCell' ? 1 : carries('withoutDriver'))
  )
}
