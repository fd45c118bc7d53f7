import type { AntiemeticRow, Burden, DosingPolicy, PlannedComponent, PlannedRegimen, Regimen, RegimenComponent } from '@secondwind/core'
import { checkCalculatedMg } from './check/index.ts'
import type { DoseInputs } from './contract.ts'
import type { DoseContext, DoseOfComponent } from './dose-context.ts'
import { doseOfComponent, protocolDoseOf } from './planned-dose.ts'

/** A regimen as the plan shows it: the protocol, and for each drug the patient's own dose with its arithmetic, or what it still needs. */
export function plannedRegimen(regimen: Regimen, context: DoseContext): PlannedRegimen {
  const all = regimen.maintenance ? [...regimen.components, ...regimen.maintenance.components] : regimen.components
  const doses = all.map((c) => doseOfComponent(c, context, checkCalculatedMg))
  // where no drug of it is dosed by the patient, it is the same for everyone
  if (!doses.every(({ isShared }) => isShared)) return planned(regimen, all, doses, context)
  const known = sharedRegimens.get(regimen)
  if (known?.doses.every((dose, i) => dose === doses[i])) return known.planned
  const shared = { doses, planned: planned(regimen, all, doses, context) }
  sharedRegimens.set(regimen, shared)
  return shared.planned
}

const sharedRegimens = new WeakMap<Regimen, { readonly doses: readonly DoseOfComponent[]; readonly planned: PlannedRegimen }>()

function planned(
  regimen: Regimen,
  all: readonly RegimenComponent[],
  doses: readonly DoseOfComponent[],
  { inputs }: DoseContext,
): PlannedRegimen {
  const components = all.map((c, i) => plannedComponent(c, doses[i]!, inputs))
  const startLimits = [...new Set(doses.flatMap((dose) => dose.startLimits))]
  const first = regimen.components.length
  return {
    id: regimen.id,
    title: regimen.title,
    ...(regimen.cycleDays === undefined ? {} : { cycleDays: regimen.cycleDays }),
    ...(regimen.cycles === undefined ? {} : { cycles: regimen.cycles }),
    components: components.slice(0, first),
    ...(regimen.maintenance ? { maintenance: { ...regimen.maintenance, components: components.slice(first) } } : {}),
    ...(startLimits.length > 0 ? { startLimits } : {}),
    ...(regimen.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
  }
}

const sharedComponents = new WeakMap<RegimenComponent, { readonly dose: DoseOfComponent; readonly planned: PlannedComponent }>()

/** With a dose that is the same for all, the component is, too. */
function plannedComponent(c: RegimenComponent, dose: DoseOfComponent, inputs: DoseInputs): PlannedComponent {
  if (!dose.isShared) return componentOf(c, dose, inputs)
  const known = sharedComponents.get(c)
  if (known?.dose === dose) return known.planned
  const shared = { dose, planned: componentOf(c, dose, inputs) }
  sharedComponents.set(c, shared)
  return shared.planned
}

function componentOf(c: RegimenComponent, { fields, adjustment, notes }: DoseOfComponent, inputs: DoseInputs): PlannedComponent {
  const note = [...notes, ...protocolNotes(c, fields.doseMg !== undefined)].join('; ')
  return {
    drug: c.drug,
    protocolDose: protocolDoseOf(c, inputs),
    unit: c.unit,
    route: c.route,
    days: adjustment?.days ?? c.days,
    ...fields,
    ...(note === '' ? {} : { note }),
    ...(c.review === 'unconfirmed' ? { review: 'unconfirmed' as const } : {}),
  }
}

/** What the protocol says in words; the weight bands only until the patient's own is told. */
function protocolNotes(c: RegimenComponent, hasNumber: boolean): readonly string[] {
  const bands = hasNumber ? undefined : c.bands?.map((b) => `${b.dose} ${c.unit}${b.belowKg === undefined ? '' : ` below ${b.belowKg} kg`}`)
  return [...(bands ? [`by weight: ${bands.join(', ')}`] : []), ...(c.note ? [c.note] : [])]
}

/** What goes with the regimen from its first dose: against vomiting by the policy's rows, then what the regimen itself names. */
export function concurrentOf(regimen: Regimen, policy: DosingPolicy | undefined): Regimen['concurrent'] {
  const row = policy?.antiemetics?.find((one) => isFor(one, regimen))
  return row ? [{ say: row.say, because: row.because }, ...regimen.concurrent] : regimen.concurrent
}

function isFor(row: AntiemeticRow, { emeticRisk, components }: Regimen): boolean {
  const isGiven = (c: RegimenComponent): boolean =>
    c.drug === row.drug && (row.unit === undefined || c.unit === row.unit) && (row.atLeast === undefined || (c.dose ?? 0) >= row.atLeast)
  return (
    (row.risk === undefined || row.risk === emeticRisk) &&
    (row.drug === undefined || components.some(isGiven)) &&
    (row.route === undefined || components.some((c) => c.route === row.route))
  )
}

/** Days a month holds, on average. */
const MONTH = 30.4

const burdens = new WeakMap<Regimen, Burden>()

/**
 * What a regimen asks of the patient: infusion visits, days and hours a month, from its lasting cycle. Monitoring visits are not counted here.
 * Split and step-up doses are the start's alone; an infusion of unknown length makes the hours unknown.
 */
export function burdenOf(regimen: Regimen): Burden {
  let burden = burdens.get(regimen)
  if (burden === undefined) {
    burden = workOutBurden(regimen)
    burdens.set(regimen, burden)
  }
  return burden
}

function workOutBurden(regimen: Regimen): Burden {
  const cycle = regimen.cycleDays ?? 28
  const infusions = regimen.components.filter((c) => c.route !== 'oral' && Array.isArray(c.days))
  const lasting = (c: RegimenComponent): readonly number[] => c.days as readonly number[]
  const first = (c: RegimenComponent): readonly number[] => c.steps?.flatMap((s) => ((s.cycle ?? 1) === 1 ? [s.day] : [])) ?? lasting(c)
  const days = new Set(infusions.flatMap(lasting))
  const firstVisits = new Set(infusions.flatMap(first)).size
  const isTimed = infusions.every((c) => c.infusionMinutes !== undefined)
  const hours = infusions.reduce((sum, c) => sum + ((c.infusionMinutes ?? 0) / 60) * lasting(c).length, 0)
  const perMonth = (n: number): number => Math.round(((n * MONTH) / cycle) * 10) / 10
  return {
    routes: [...new Set(regimen.components.map((c) => c.route))].sort(),
    visitsPerMonth: days.size > 0 ? perMonth(days.size) : 1,
    contactDaysPerMonth: days.size > 0 ? perMonth(days.size) : 1,
    ...(isTimed ? { infusionHoursPerMonth: perMonth(hours) } : {}),
    ...(firstVisits > days.size ? { start: { days: cycle, visits: firstVisits } } : {}),
  }
}
