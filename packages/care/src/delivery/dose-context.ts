import {
  type CaseView,
  type Criterion,
  type Decide,
  type DoseAdjustment,
  type DosingPolicy,
  type Drug,
  type FactDefinition,
  isKnown,
  type KnownFact,
  type PatientCase,
  type PlannedComponent,
  type RegimenComponent,
} from '@secondwind/core'
import type { DoseInput, DoseInputs } from './contract.ts'

/** What the doses of one plan rest on. The planner makes it: the criteria are compiled there. */
export interface DoseContext {
  readonly patientCase: PatientCase
  /** `doseInputs` of the case. */
  readonly inputs: DoseInputs
  readonly view: CaseView
  /** Absent: the site has no dosing policy, and no dose is computed. */
  readonly policy?: DosingPolicy
  /** Rules of `knowledge/dosing/` by drug, in their order. */
  readonly adjustments: ReadonlyMap<string, readonly CompiledAdjustment[]>
  readonly drugs: ReadonlyMap<string, Drug>
  readonly definition: (fact: string) => FactDefinition | undefined
  /** Facts that could settle an open criterion. */
  readonly openFacts: (criterion: Criterion) => Iterable<string>
  /** Doses of this plan already worked out: regimens share most of their drugs. */
  readonly worked: Map<string, DoseOfComponent>
}

/** What the patient and the rules make of one component. */
export interface DoseOfComponent {
  /** Fields of the planned component that the dose decides. */
  readonly fields: Pick<PlannedComponent, 'doseMg' | 'derivation' | 'missing' | 'steps'>
  readonly adjustment?: DoseAdjustment
  /** What stands beside the number, or in its place. */
  readonly notes: readonly string[]
  readonly startLimits: readonly string[]
  /** Nothing about this patient entered it: the very same object for everyone of whom no rule says anything. */
  readonly isShared?: true
}

export interface CompiledAdjustment {
  readonly rule: DoseAdjustment
  readonly when: Decide
}

/** What the rules say about one component for this patient. */
export interface AdjustmentVerdict {
  readonly adjustment?: DoseAdjustment
  /** Facts that an open rule needs before a dose may be printed. */
  readonly missing: readonly string[]
  /** Said beside the number: unconfirmed rules, rules in words, and rules that hold as well but were not applied. */
  readonly said: readonly string[]
  readonly startLimits: readonly string[]
}

/** No rule says anything of this patient. */
export const SILENT: AdjustmentVerdict = { missing: [], said: [], startLimits: [] }

/** Whether a rule changes the number by itself. */
const isApplied = (rule: DoseAdjustment): boolean =>
  rule.review === 'confirmed' && (rule.factor !== undefined || rule.dose !== undefined || rule.omit !== undefined)

/** The first applied rule that is true; an open one before it withholds the dose. Rules that are only said never withhold it. */
export function adjustmentOf(component: RegimenComponent, context: DoseContext): AdjustmentVerdict {
  const rules = context.adjustments.get(component.drug)
  if (!rules) return SILENT
  let adjustment: DoseAdjustment | undefined
  const missing = new Set<string>()
  const said: string[] = []
  const startLimits: string[] = []
  for (const { rule, when } of rules) {
    if (rule.route !== undefined && rule.route !== component.route) continue
    const truth = when(context.view)
    if (rule.topic === 'start-of-cycle') {
      if (truth === 'true') startLimits.push(rule.say)
    } else if (!isApplied(rule)) {
      if (truth === 'true') said.push(rule.review === 'unconfirmed' ? `unconfirmed, not in the number: ${rule.say}` : rule.say)
    } else if (adjustment === undefined && missing.size === 0) {
      if (truth === 'true') adjustment = rule
      else if (truth === 'unknown' && rule.whenUnknown === 'say') said.push(`not in the number, since it is not known: ${rule.say}`)
      else if (truth === 'unknown')
        for (const fact of context.openFacts(rule.when)) for (const input of inputsOf(fact, context)) missing.add(input)
    } else if (truth === 'true' && !adjustment?.omit) said.push(`holds as well, not in the number: ${rule.say}`)
  }
  if (adjustment === undefined && missing.size === 0 && said.length === 0 && startLimits.length === 0) return SILENT
  return { ...(adjustment ? { adjustment } : {}), missing: [...missing], said, startLimits }
}

/** A computed fact is missing because its inputs are: those that are unknown or stale. */
function inputsOf(fact: string, context: DoseContext): readonly string[] {
  const inputs = (context.definition(fact)?.derivedFrom ?? []).filter((id) => fresh(context.patientCase, id) === undefined)
  return inputs.length > 0 ? inputs : [fact]
}

/** A fact that may enter a dose: known and not stale. */
function fresh(patientCase: PatientCase, id: string): KnownFact | undefined {
  const fact = patientCase.facts[id]
  return isKnown(fact) && !fact.stale ? fact : undefined
}

/**
 * The patient's values for doses. Reported clearances are left out: charts mix eGFR per 1.73 m² among them, which Calvert must never see.
 * Only a GFR recorded as measured (`gfr-measured`, absolute) takes the place of Cockcroft-Gault.
 */
export function doseInputs(patientCase: PatientCase): DoseInputs {
  const value = (id: string): DoseInput | undefined => {
    const fact = fresh(patientCase, id)
    if (typeof fact?.value !== 'number') return undefined
    return { value: fact.value, ...(fact.on === undefined ? {} : { on: fact.on }) }
  }
  const sex = fresh(patientCase, 'sex')?.value
  const weightKg = value('weight')
  const heightCm = value('height')
  const ageYears = value('age')
  const creatinineUmolPerL = value('creatinine')
  const measuredClearanceMlPerMin = value('gfr-measured')
  return {
    ...(weightKg ? { weightKg } : {}),
    ...(heightCm ? { heightCm } : {}),
    ...(ageYears ? { ageYears } : {}),
    ...(sex === 'female' || sex === 'male' ? { isFemale: sex === 'female' } : {}),
    ...(creatinineUmolPerL ? { creatinineUmolPerL } : {}),
    ...(measuredClearanceMlPerMin ? { measuredClearanceMlPerMin } : {}),
  }
}

/** A drug takes the rounding limit of biologics by its classes in the policy; a conjugate never does. */
export function isBiologic(drug: string, context: DoseContext, policy: DosingPolicy): boolean {
  const classes = context.drugs.get(drug)?.classes ?? []
  return classes.some((c) => policy.biologicClasses.includes(c)) && !classes.some((c) => policy.cytotoxicClasses.includes(c))
}
