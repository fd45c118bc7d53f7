import type { Burden, PlannedComponent, PlannedRegimen, Regimen, RegimenComponent } from '@secondwind/core'
import { checkCalculatedMg } from './check/index.ts'
import type { DoseAdjustment, DoseInputs } from './contract.ts'
import { type DoseContext, doseInputs } from './dose-context.ts'
import { doseOfComponent } from './planned-dose.ts'

/** A regimen as the plan shows it: the protocol, and for each drug the patient's own dose with its arithmetic, or what it still needs. */
export function plannedRegimen(regimen: Regimen, context: DoseContext): PlannedRegimen {
  const inputs = doseInputs(context.patientCase)
  const startLimits = new Set<string>()
  const component = (c: RegimenComponent): PlannedComponent => plannedComponent(c, inputs, context, startLimits)
  const components = regimen.components.map(component)
  const maintenance = regimen.maintenance && { ...regimen.maintenance, components: regimen.maintenance.components.map(component) }
  return {
    id: regimen.id,
    title: regimen.title,
    ...(regimen.cycleDays === undefined ? {} : { cycleDays: regimen.cycleDays }),
    ...(regimen.cycles === undefined ? {} : { cycles: regimen.cycles }),
    components,
    ...(maintenance ? { maintenance } : {}),
    ...(startLimits.size > 0 ? { startLimits: [...startLimits] } : {}),
    ...(regimen.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
  }
}

function plannedComponent(c: RegimenComponent, inputs: DoseInputs, context: DoseContext, limits: Set<string>): PlannedComponent {
  const { fields, adjustment, notes, startLimits } = doseOfComponent(c, inputs, context, checkCalculatedMg)
  for (const limit of startLimits) limits.add(limit)
  const note = [...notes, ...protocolNotes(c, adjustment)].join('; ')
  return {
    drug: c.drug,
    protocolDose: protocolDose(c, inputs),
    unit: c.unit,
    route: c.route,
    days: adjustment?.days ?? c.days,
    ...fields,
    ...(note === '' ? {} : { note }),
    ...(c.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
  }
}

/** The dose as the protocol writes it, before anything about the patient but the weight band. */
function protocolDose(c: RegimenComponent, inputs: DoseInputs): number | null {
  if (!c.bands) return c.dose ?? c.steps?.at(-1)?.dose ?? null
  const kg = inputs.weightKg?.value
  return kg === undefined ? null : (c.bands.find((b) => b.belowKg === undefined || kg < b.belowKg)?.dose ?? null)
}

function protocolNotes(c: RegimenComponent, adjustment: DoseAdjustment | undefined): readonly string[] {
  const bands = c.bands?.map((b) => `${b.dose} ${c.unit}${b.belowKg === undefined ? '' : ` below ${b.belowKg} kg`}`)
  const steps = c.steps?.map(
    (s, i) => `${adjustment?.stepDoses?.[i] ?? s.dose} ${c.unit} on day ${s.day}${s.cycle === undefined ? '' : ` of cycle ${s.cycle}`}`,
  )
  return [
    ...(bands ? [`by weight: ${bands.join(', ')}`] : []),
    ...(c.note ? [c.note] : []),
    ...(steps ? [`step-up: ${steps.join(', ')}`] : []),
  ]
}

/** Days a month holds, on average. */
const MONTH = 30.4

/** What a regimen asks of the patient: infusion visits, days and hours a month, from its cycle. Monitoring visits are not counted here. */
export function burdenOf(regimen: Regimen): Burden {
  const cycle = regimen.cycleDays ?? 28
  const infusions = regimen.components.filter((c) => c.route !== 'oral' && Array.isArray(c.days))
  const days = new Set(infusions.flatMap((c) => c.days as readonly number[]))
  const hours = infusions.reduce((sum, c) => sum + ((c.infusionMinutes ?? 0) / 60) * (c.days as readonly number[]).length, 0)
  const perMonth = (n: number): number => Math.round(((n * MONTH) / cycle) * 10) / 10
  return {
    routes: [...new Set(regimen.components.map((c) => c.route))].sort(),
    visitsPerMonth: days.size > 0 ? perMonth(days.size) : 1,
    contactDaysPerMonth: days.size > 0 ? perMonth(days.size) : 1,
    infusionHoursPerMonth: perMonth(hours),
  }
}
