import { bodySurfaceArea, type Citation, calvert } from '@secondwind/core'
import { amount, measured, usableInput } from './amounts.ts'
import { clearanceForCalvert } from './clearance.ts'
import type { DoseAdjustment, DoseRequest, DoseResult } from './contract.ts'
import { roundDose } from './rounding.ts'

/** A dose in mg before cap and factor. `ceilingMg` is what rounding must not pass; `isFlat` means that no patient value entered. */
interface Calculated {
  readonly kind: 'calculated'
  readonly mg: number
  readonly ceilingMg: number
  readonly isFlat: boolean
  readonly derivation: readonly string[]
}

type Missing = Extract<DoseResult, { kind: 'missing' }>

/**
 * The dose of one administration with every step of its arithmetic; the order of the steps is the contract's.
 *
 * Units: mg out; inputs as `DoseInputs` says. Missing or unusable inputs are named as fact ids, nothing is assumed for them.
 * Gives no dose where the protocol itself has none, and where the adjustment omits it.
 */
export function computeDose(request: DoseRequest): DoseResult {
  const { adjustment, component } = request
  if (adjustment?.omit) return { kind: 'omitted', say: adjustment.say }
  const target = targetDose(request)
  if (target === undefined) return { kind: 'omitted', say: 'the protocol states no dose' }
  if (target.kind === 'missing') return target
  const calculated = toMg(request, target.dose)
  if (calculated.kind === 'missing') return calculated

  const lines = [...target.derivation, ...calculated.derivation]
  let { mg, ceilingMg } = calculated
  if (component.capMg !== undefined) {
    ceilingMg = Math.min(ceilingMg, component.capMg)
    if (mg > component.capMg) {
      mg = component.capMg
      lines.push(`cut off at the drug's highest dose: ${amount(mg)} mg`)
    } else lines.push(`within the drug's highest dose of ${component.capMg} mg`)
  }
  if (adjustment?.factor !== undefined) {
    lines.push(`${amount(mg)} × ${adjustment.factor} = ${amount(mg * adjustment.factor)} mg: ${adjusted(adjustment)}`)
    mg *= adjustment.factor
    ceilingMg *= adjustment.factor
  }
  if (calculated.isFlat && adjustment?.factor === undefined) return { kind: 'dose', calculatedMg: mg, roundedMg: mg, derivation: lines }

  const { policy } = request
  const stepMg = policy.roundingStepMg[component.drug] ?? policy.roundingStepMg.other
  const limit = request.isBiologic ? policy.roundingLimitPercent.biologic : policy.roundingLimitPercent.cytotoxic
  if (stepMg === undefined)
    return { kind: 'dose', calculatedMg: mg, roundedMg: mg, derivation: [...lines, 'not rounded: the policy names no step'] }
  const { roundedMg, differencePercent, isRounded } = roundDose(mg, stepMg, limit, ceilingMg)
  lines.push(
    isRounded
      ? `rounded to ${amount(roundedMg, 3)} mg (steps of ${stepMg} mg): ${signed(differencePercent)}%, limit ${limit}%`
      : `not rounded: a step of ${stepMg} mg would differ by more than the limit of ${limit}%`,
  )
  lines.push(`weights, cut-offs and rounding by the site's policy [${sourcesText(policy.cites)}]`)
  return { kind: 'dose', calculatedMg: mg, roundedMg, derivation: lines }
}

const signed = (percent: number): string => (percent > 0 ? `+${amount(percent)}` : percent < 0 ? `−${amount(-percent)}` : '0')

/** An adjustment in words with its id and sources. */
const adjusted = (rule: DoseAdjustment): string => `${rule.say} [${rule.id}: ${sourcesText(rule.cites)}]`

const sourcesText = (cites: readonly Citation[]): string =>
  cites.map((c) => `${c.source}${c.review === 'unconfirmed' ? ' (unconfirmed)' : ''}`).join(', ')

type Target = { readonly kind: 'target'; readonly dose: number; readonly derivation: readonly string[] }

/** The dose in the protocol's unit: another one by adjustment, a band of weight, or as written. */
function targetDose({ adjustment, component, inputs }: DoseRequest): Target | Missing | undefined {
  const { unit } = component
  const target = (dose: number, ...derivation: readonly string[]): Target => ({ kind: 'target', dose, derivation })
  if (adjustment?.dose !== undefined) {
    const steps = adjustment.stepDoses ? `, in steps of ${adjustment.stepDoses.join(', ')} ${unit}` : ''
    return target(adjustment.dose, `${adjustment.dose} ${unit} in place of the protocol's dose${steps}: ${adjusted(adjustment)}`)
  }
  if (component.bands) {
    const weight = usableInput(inputs.weightKg)
    if (!weight) return { kind: 'missing', facts: ['weight'] }
    const band = component.bands.find((b) => b.belowKg === undefined || weight.value < b.belowKg) ?? component.bands.at(-1)
    if (!band) return undefined
    const at = component.bands.indexOf(band)
    const from = component.bands[at - 1]?.belowKg
    const range =
      band.belowKg === undefined ? `${from ?? 0} kg or more` : `below ${band.belowKg} kg${from === undefined ? '' : `, from ${from} kg`}`
    return target(band.dose, `${measured('weight', weight, 'kg')}: band ${range}, ${band.dose} ${unit}`)
  }
  if (component.steps && component.steps.length > 0) {
    const lasting = component.dose ?? component.steps.at(-1)!.dose
    if (lasting === undefined) return undefined
    const steps = component.steps.map((s) => `${s.dose} ${unit} on day ${s.day}${s.cycle === undefined ? '' : ` of cycle ${s.cycle}`}`)
    return target(lasting, `steps: ${steps.join(', ')}; then ${lasting} ${unit}`)
  }
  return component.dose === undefined ? undefined : target(component.dose)
}

function toMg(request: DoseRequest, dose: number): Calculated | Missing {
  const { component, inputs } = request
  const calculated = (mg: number, derivation: readonly string[], ceilingMg = Number.POSITIVE_INFINITY): Calculated => ({
    kind: 'calculated',
    mg,
    ceilingMg,
    isFlat: false,
    derivation,
  })
  switch (component.unit) {
    case 'mg':
      return { ...calculated(dose, [`${dose} mg, flat`]), isFlat: true }
    case 'ug':
      return { ...calculated(dose / 1000, [`${dose} µg, flat`]), isFlat: true }
    case 'mg/m2': {
      const weight = usableInput(inputs.weightKg)
      const height = usableInput(inputs.heightCm)
      if (!weight || !height) return { kind: 'missing', facts: [...(weight ? [] : ['weight']), ...(height ? [] : ['height'])] }
      const bsa = bodySurfaceArea({ weightKg: weight.value, heightCm: height.value })
      return calculated(dose * bsa, [
        `${measured('weight', weight, 'kg')}, ${measured('height', height, 'cm')}`,
        `body surface (Mosteller): √(${amount(height.value)} × ${amount(weight.value)} ÷ 3600) = ${amount(bsa, 4)} m²`,
        `${dose} mg/m² × ${amount(bsa, 4)} m² = ${amount(dose * bsa)} mg`,
      ])
    }
    case 'mg/kg': {
      const weight = usableInput(inputs.weightKg)
      if (!weight) return { kind: 'missing', facts: ['weight'] }
      return calculated(dose * weight.value, [
        measured('weight', weight, 'kg'),
        `${dose} mg/kg × ${amount(weight.value)} kg = ${amount(dose * weight.value)} mg`,
      ])
    }
    case 'AUC':
      return byCalvert(request, dose, calculated)
  }
}

function byCalvert(
  { inputs, policy }: DoseRequest,
  auc: number,
  calculated: (mg: number, derivation: readonly string[], ceilingMg: number) => Calculated,
): Calculated | Missing {
  const clearance = clearanceForCalvert(inputs, policy)
  if (clearance.kind === 'missing') return clearance
  const cap = policy.calvertGfrCapMlPerMin
  const gfrMlPerMin = Math.min(clearance.mlPerMin, cap)
  const mg = calvert({ auc, gfrMlPerMin })
  const limit =
    clearance.mlPerMin > cap ? `GFR cut off at ${cap} mL/min` : `GFR ${amount(gfrMlPerMin)} mL/min, within the cut-off of ${cap}`
  const above = policy.measuredClearanceAboveAuc
  const isEstimated = usableInput(inputs.measuredClearanceMlPerMin) === undefined
  const measure =
    above !== undefined && auc > above && isEstimated
      ? [`CAUTION: above AUC ${above} the clearance is measured; this one is estimated [${sourcesText(policy.cites.slice(0, 1))}]`]
      : []
  return calculated(
    mg,
    [...measure, ...clearance.derivation, limit, `Calvert: ${auc} × (${amount(gfrMlPerMin)} + 25) = ${amount(mg)} mg`],
    calvert({ auc, gfrMlPerMin: cap }),
  )
}
