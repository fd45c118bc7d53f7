import { dosePhases, type PlannedComponent, type PlannedRegimen } from '@secondwind/core'
import type { Elements } from './resource.ts'

const UCUM = 'http://unitsofmeasure.org'

/**
 * One FHIR Dosage for each way a drug is given in a regimen.
 *
 * A quantity stands there only where the plan computed this patient's dose, or the protocol's dose is flat and its source confirmed; a dose per m², kg
 * or AUC stays words, so that nobody takes 500 mg/m² for 500 mg.
 */
export function dosagesOf(drug: string, regimen: PlannedRegimen | undefined, factLabel: (fact: string) => string): readonly Elements[] {
  const parts = regimen?.components.filter((c) => c.drug === drug) ?? []
  return parts.flatMap((part) => dosesOf(part, regimen, factLabel)).map((dose, i) => ({ sequence: i + 1, ...dose }))
}

/** A start in steps is a Dosage for each of them, in order, and one for the lasting dose: nobody shall give the lasting dose first. */
function dosesOf(part: PlannedComponent, regimen: PlannedRegimen | undefined, factLabel: (fact: string) => string): readonly Elements[] {
  const marks = [
    part.review ? 'DOSE UNCONFIRMED' : '',
    part.missing && part.missing.length > 0 ? `the dose needs ${part.missing.map(factLabel).join(', ')}` : '',
    part.note ?? '',
  ]
  const route = { text: part.route }
  const written = (text: readonly string[], timing: Elements | undefined, quantity: readonly Elements[]): Elements => ({
    text: text.filter(Boolean).join('; '),
    timing,
    route,
    doseAndRate: quantity.map((doseQuantity) => ({ doseQuantity })),
  })
  const phases = dosePhases(part)
  const every = regimen?.cycleDays && Array.isArray(part.days) ? `cycles of ${regimen.cycleDays} days` : ''
  if (phases.length > 0)
    return phases.map((phase, i) =>
      written(
        [phase.dose, part.route, phase.when, every, ...marks, ...(i === phases.length - 1 ? (part.derivation ?? []) : [])],
        { code: { text: phase.when } },
        phase.doseMg === undefined || !isCertain(part) ? [] : [milligrams(phase.doseMg)],
      ),
    )
  return [
    written(
      [
        part.protocolDose === null ? (part.note ? '' : 'dose not fixed by the protocol') : `${part.protocolDose} ${part.unit}`,
        part.route,
        daysOf(part, regimen),
        regimen?.maintenance ? `then ${regimen.maintenance.title}` : '',
        ...marks,
        ...(part.derivation ?? []),
      ],
      timingOf(part, regimen?.cycleDays),
      quantityOf(part),
    ),
  ]
}

const isCertain = (part: PlannedComponent): boolean => !part.review && !part.note && (part.missing ?? []).length === 0
const milligrams = (value: number): Elements => ({ value, unit: 'mg', system: UCUM, code: 'mg' })

/** Cycles are said only of what is given by the cycle: a tablet taken daily does not stop with the infusions. */
function daysOf({ days }: PlannedComponent, regimen: PlannedRegimen | undefined): string {
  if (!Array.isArray(days)) return String(days)
  const every = regimen?.cycleDays ? ` of every ${regimen.cycleDays} days` : ''
  return `day ${days.join(', ')}${every}${regimen?.cycles ? `, ${regimen.cycles} cycles` : ''}`
}

function quantityOf(part: PlannedComponent): readonly Elements[] {
  if (!isCertain(part)) return []
  if (part.doseMg !== undefined && part.doseMg > 0) return [milligrams(part.doseMg)]
  const isFlat = part.doseMg === undefined && (part.unit === 'mg' || part.unit === 'ug')
  return isFlat && part.protocolDose !== null && part.protocolDose > 0
    ? [{ value: part.protocolDose, unit: part.unit, system: UCUM, code: part.unit }]
    : []
}

/** Only what a Timing can say without loss; the words carry the rest. */
function timingOf({ days }: PlannedComponent, cycleDays: number | undefined): Elements | undefined {
  if (days === 'daily') return { repeat: { frequency: 1, period: 1, periodUnit: 'd' } }
  if (days === 'twice-daily') return { repeat: { frequency: 2, period: 1, periodUnit: 'd' } }
  if (Array.isArray(days) && days.length === 1 && cycleDays) return { repeat: { frequency: 1, period: cycleDays, periodUnit: 'd' } }
  return undefined
}
