import type { Burden, PatientCase, PlannedComponent, PlannedRegimen, Regimen, RegimenComponent } from '@secondwind/core'

/** The protocol of a regimen as the plan shows it. Doses are the protocol's; a weight band is chosen when the weight is known and fresh. */
export function plannedRegimen(regimen: Regimen, patientCase: PatientCase): PlannedRegimen {
  const component = (c: RegimenComponent): PlannedComponent => plannedComponent(c, patientCase)
  return {
    id: regimen.id,
    title: regimen.title,
    ...(regimen.cycleDays === undefined ? {} : { cycleDays: regimen.cycleDays }),
    ...(regimen.cycles === undefined ? {} : { cycles: regimen.cycles }),
    components: regimen.components.map(component),
    ...(regimen.maintenance ? { maintenance: { ...regimen.maintenance, components: regimen.maintenance.components.map(component) } } : {}),
    ...(regimen.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
  }
}

function plannedComponent(c: RegimenComponent, patientCase: PatientCase): PlannedComponent {
  const base = {
    drug: c.drug,
    unit: c.unit,
    route: c.route,
    days: c.days,
    ...(c.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
  }
  const note = [
    c.note,
    c.steps &&
      `step-up: ${c.steps.map((s) => `${s.dose} ${c.unit} on day ${s.day}${s.cycle === undefined ? '' : ` of cycle ${s.cycle}`}`).join(', ')}`,
  ]
    .filter(Boolean)
    .join('; ')
  const withNote = note ? { note } : {}
  if (!c.bands) return { ...base, protocolDose: c.dose ?? c.steps?.at(-1)?.dose ?? null, ...withNote }
  const weight = patientCase.facts.weight
  const bands = c.bands.map((b) => `${b.dose} ${c.unit}${b.belowKg === undefined ? '' : ` below ${b.belowKg} kg`}`).join(', ')
  if (weight === undefined || !('value' in weight) || weight.stale || typeof weight.value !== 'number') {
    return { ...base, protocolDose: null, missing: ['weight'], note: [`by weight: ${bands}`, note].filter(Boolean).join('; ') }
  }
  const kg = weight.value
  const band = c.bands.find((b) => b.belowKg === undefined || kg < b.belowKg)
  return { ...base, protocolDose: band?.dose ?? null, note: [`by weight (${kg} kg): ${bands}`, note].filter(Boolean).join('; ') }
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
