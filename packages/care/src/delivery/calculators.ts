import {
  biologicallyEffectiveDose,
  bodyMassIndex,
  bodySurfaceArea,
  CREATININE_UMOL_PER_MG_DL,
  ckdEpi2021,
  cockcroftGault,
  type DosingPolicy,
  equivalentDoseIn2Gy,
  err,
  type Issue,
  ok,
  type Result,
} from '@secondwind/core'
import { amount } from './amounts.ts'
import { checkCalculatedMg } from './check/index.ts'
import { checkedDose } from './checked-dose.ts'

/** One input of a calculator. With `fact` it is read, converted and checked as that fact of the registry; without, it is a number in `unit` inside `range`. */
export interface CalculatorInput {
  readonly key: string
  readonly label: string
  readonly fact?: string
  readonly unit?: string
  readonly range?: readonly [number, number]
  /** A count: no fractions of it. */
  readonly whole?: true
  readonly values?: readonly string[]
  readonly optional?: true
  /** Handed over as typed: lists, and quantities whose meaning depends on another input. The calculator reads it. */
  readonly text?: true
  /** Shown for a text input that is missing. */
  readonly example?: string
}

/** What a calculator may ask of its surroundings. */
export interface CalculatorContext {
  /** A quantity read as a fact of the registry: its units, its limits. */
  readonly read: (fact: string, text: string) => Result<number, readonly Issue[]>
}

/** Values by input key, in canonical units, checked. */
export type CalculatorValues = { readonly [key: string]: number | string | undefined }

export interface Calculation {
  readonly result: number | string
  readonly unit: string
  readonly derivation: readonly string[]
  /** The parts of a result that is more than one number. */
  readonly details?: { readonly [key: string]: unknown }
}

export interface Calculator {
  readonly name: string
  readonly title: string
  /** Where the formula comes from. */
  readonly source: string
  readonly inputs: readonly CalculatorInput[]
  /** `policy` is the site's dosing policy. Every input that is not optional is there. */
  readonly compute: (
    values: CalculatorValues,
    policy: DosingPolicy | undefined,
    context: CalculatorContext,
  ) => Result<Calculation, readonly Issue[]>
}

const WEIGHT: CalculatorInput = { key: 'weight', label: 'weight', fact: 'weight', unit: 'kg' }
const HEIGHT: CalculatorInput = { key: 'height', label: 'height', fact: 'height', unit: 'cm' }
const AGE: CalculatorInput = { key: 'age', label: 'age', fact: 'age', unit: 'years' }
const SEX: CalculatorInput = { key: 'sex', label: 'sex', fact: 'sex', values: ['female', 'male'] }
const CREATININE: CalculatorInput = { key: 'creatinine', label: 'creatinine', fact: 'creatinine', unit: 'umol/L' }
const TOTAL: CalculatorInput = { key: 'total', label: 'total dose', unit: 'Gy', range: [0.1, 150] }
const FRACTIONS: CalculatorInput = { key: 'fractions', label: 'number of fractions', range: [1, 60], whole: true }
const ALPHA_BETA: CalculatorInput = {
  key: 'alpha-beta',
  label: 'alpha/beta (tumour 10, late 3, cord and brain 2)',
  unit: 'Gy',
  range: [0.5, 20],
}

/** Formulas of adults are not computed for a child. Without a policy nothing is known of the limit, and nothing is refused. */
function childIssues(values: CalculatorValues, policy: DosingPolicy | undefined): readonly Issue[] {
  const from = policy?.adultFromYears
  const age = values.age
  if (from === undefined || typeof age !== 'number' || age >= from) return []
  return [
    issue(
      'age-out-of-scope',
      'age',
      `${age} years: this formula is for adults from ${from} years on`,
      'use the formula of a paediatric team',
    ),
  ]
}

const number = (values: CalculatorValues, key: string): number => {
  const value = values[key]
  if (typeof value !== 'number') throw new Error(`invariant: calculator input ${key} was not checked`)
  return value
}
const optionalNumber = (values: CalculatorValues, key: string): number | undefined => {
  const value = values[key]
  return typeof value === 'number' ? value : undefined
}
const isFemale = (values: CalculatorValues): boolean => values.sex === 'female'
const creatinineLine = (umolPerL: number): string =>
  `creatinine ${amount(umolPerL)} µmol/L ÷ ${CREATININE_UMOL_PER_MG_DL} = ${amount(umolPerL / CREATININE_UMOL_PER_MG_DL, 3)} mg/dL`
const LINEAR_QUADRATIC_LIMIT = 'linear-quadratic estimate: less sure above 8 to 10 Gy a fraction, repopulation not counted'

const bsa: Calculator = {
  name: 'bsa',
  title: 'Body surface area (Mosteller)',
  source: 'Mosteller 1987, NEJM 317:1098',
  inputs: [WEIGHT, HEIGHT],
  compute: (values) => {
    const body = { weightKg: number(values, 'weight'), heightCm: number(values, 'height') }
    const area = bodySurfaceArea(body)
    return ok({
      result: Number(area.toFixed(4)),
      unit: 'm2',
      derivation: [
        `√(${amount(body.heightCm)} × ${amount(body.weightKg)} ÷ 3600) = ${amount(area, 4)} m², never capped`,
        `body mass index ${amount(bodyMassIndex(body), 1)} kg/m²`,
      ],
    })
  },
}

const creatinineClearance: Calculator = {
  name: 'creatinine-clearance',
  title: 'Creatinine clearance (Cockcroft-Gault, actual weight)',
  source: 'Cockcroft and Gault 1976, Nephron 16:31',
  inputs: [CREATININE, AGE, SEX, WEIGHT],
  compute: (values, policy) => {
    const child = childIssues(values, policy)
    if (child.length > 0) return err(child)
    const creatinineUmolPerL = number(values, 'creatinine')
    const ageYears = number(values, 'age')
    const weightKg = number(values, 'weight')
    const clearance = cockcroftGault({ creatinineUmolPerL, ageYears, weightKg, isFemale: isFemale(values) })
    return ok({
      result: Number(clearance.toFixed(2)),
      unit: 'mL/min',
      derivation: [
        creatinineLine(creatinineUmolPerL),
        `(140 − ${ageYears}) × ${amount(weightKg)} ÷ (72 × ${amount(creatinineUmolPerL / CREATININE_UMOL_PER_MG_DL, 3)})${isFemale(values) ? ' × 0.85' : ''} = ${amount(clearance)} mL/min`,
      ],
    })
  },
}

const egfr: Calculator = {
  name: 'egfr',
  title: 'Estimated GFR (CKD-EPI 2021, creatinine)',
  source: 'Inker 2021, NEJM 385:1737',
  inputs: [CREATININE, AGE, SEX, { ...WEIGHT, optional: true }, { ...HEIGHT, optional: true }],
  compute: (values, policy) => {
    const child = childIssues(values, policy)
    if (child.length > 0) return err(child)
    const creatinineUmolPerL = number(values, 'creatinine')
    const indexed = ckdEpi2021({ creatinineUmolPerL, ageYears: number(values, 'age'), isFemale: isFemale(values) })
    const weightKg = optionalNumber(values, 'weight')
    const heightCm = optionalNumber(values, 'height')
    const absolute =
      weightKg === undefined || heightCm === undefined
        ? 'with weight and height the absolute value follows; an indexed value never enters Calvert'
        : `absolute: × ${amount(bodySurfaceArea({ weightKg, heightCm }), 4)} m² ÷ 1.73 = ${amount((indexed * bodySurfaceArea({ weightKg, heightCm })) / 1.73)} mL/min`
    return ok({
      result: Number(indexed.toFixed(2)),
      unit: 'mL/min/1.73m2',
      derivation: [
        creatinineLine(creatinineUmolPerL),
        `142 × min(Scr/κ, 1)^α × max(Scr/κ, 1)^−1.2 × 0.9938^${number(values, 'age')}${isFemale(values) ? ' × 1.012' : ''} = ${amount(indexed)} mL/min per 1.73 m²`,
        absolute,
      ],
    })
  },
}

/** What the estimate of the clearance takes. */
const ESTIMATED = ['creatinine', 'age', 'sex', 'weight', 'height']

const carboplatin: Calculator = {
  name: 'carboplatin',
  title: 'Carboplatin dose (Calvert)',
  source: 'Calvert 1989, J Clin Oncol 7:1748; cut-offs by the dosing policy of the site',
  inputs: [
    { key: 'auc', label: 'target AUC', unit: 'mg/mL·min', range: [0.5, 10] },
    { key: 'gfr', label: 'measured GFR, not per 1.73 m² (in place of the rest)', fact: 'gfr-measured', unit: 'mL/min', optional: true },
    { ...CREATININE, optional: true },
    { ...AGE, optional: true },
    { ...SEX, optional: true },
    { ...WEIGHT, optional: true },
    { ...HEIGHT, optional: true },
  ],
  compute: (values, policy) => {
    if (!policy)
      return err([issue('missing-input', 'policy', 'the knowledge base has no dosing policy', 'add knowledge/policy/dosing.yaml')])
    const child = childIssues(values, policy)
    if (child.length > 0) return err(child)
    // two ways to the clearance in one line: nobody knows which was meant, and they may differ
    const beside = ESTIMATED.filter((key) => values[key] !== undefined)
    if (values.gfr !== undefined && beside.length > 0)
      return err([
        issue(
          'contradictory-result',
          'gfr',
          `a measured gfr is given together with ${beside.join(', ')}, from which another one follows`,
          'give the measured gfr alone, or leave it out to have it estimated',
        ),
      ])
    const input = (key: string) => {
      const value = optionalNumber(values, key)
      return value === undefined ? undefined : { value }
    }
    const entries = {
      weightKg: input('weight'),
      heightCm: input('height'),
      ageYears: input('age'),
      isFemale: values.sex === undefined ? undefined : isFemale(values),
      creatinineUmolPerL: input('creatinine'),
      measuredClearanceMlPerMin: input('gfr'),
    }
    const inputs = Object.fromEntries(Object.entries(entries).filter(([, v]) => v !== undefined))
    const component = { drug: carboplatin.name, dose: number(values, 'auc'), unit: 'AUC', route: 'iv', days: [1] } as const
    const result = checkedDose({ component, isBiologic: false, inputs, policy }, checkCalculatedMg)
    switch (result.kind) {
      case 'missing':
        return err(result.facts.map((fact) => issue('missing-input', fact, `${fact} is missing`, 'give it, or a measured gfr')))
      case 'dose':
        return ok({ result: Number(result.calculatedMg.toFixed(2)), unit: 'mg', derivation: result.derivation })
      default:
        return err([issue('contradictory-result', carboplatin.name, 'two calculations disagree: no dose', 'report this defect')])
    }
  },
}

const bed: Calculator = {
  name: 'bed',
  title: 'Biologically effective dose',
  source: 'Fowler 1989, Br J Radiol 62:679',
  inputs: [TOTAL, FRACTIONS, ALPHA_BETA],
  compute: (values) => {
    const { totalGy, fractions, alphaBetaGy } = schedule(values)
    const dose = biologicallyEffectiveDose({ totalGy, fractions, alphaBetaGy })
    return ok({
      result: Number(dose.toFixed(2)),
      unit: 'Gy',
      derivation: [
        `${amount(totalGy)} Gy ÷ ${fractions} = ${amount(totalGy / fractions)} Gy a fraction`,
        `${amount(totalGy)} × (1 + ${amount(totalGy / fractions)} ÷ ${alphaBetaGy}) = ${amount(dose)} Gy`,
        LINEAR_QUADRATIC_LIMIT,
      ],
    })
  },
}

const eqd2: Calculator = {
  name: 'eqd2',
  title: 'Equivalent dose in fractions of 2 Gy',
  source: 'Fowler 1989, Br J Radiol 62:679',
  inputs: [TOTAL, FRACTIONS, ALPHA_BETA],
  compute: (values) => {
    const { totalGy, fractions, alphaBetaGy } = schedule(values)
    const dose = equivalentDoseIn2Gy({ totalGy, fractions, alphaBetaGy })
    return ok({
      result: Number(dose.toFixed(2)),
      unit: 'Gy',
      derivation: [
        `${amount(totalGy)} Gy ÷ ${fractions} = ${amount(totalGy / fractions)} Gy a fraction`,
        `${amount(totalGy)} × (${amount(totalGy / fractions)} + ${alphaBetaGy}) ÷ (2 + ${alphaBetaGy}) = ${amount(dose)} Gy`,
        LINEAR_QUADRATIC_LIMIT,
      ],
    })
  },
}

const schedule = (values: CalculatorValues) => ({
  totalGy: number(values, 'total'),
  fractions: number(values, 'fractions'),
  alphaBetaGy: number(values, 'alpha-beta'),
})

const issue = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})

/** Calculators of doses. A new one is one more entry; those that rest on knowledge of scores are added in `score-calculators.ts`. */
export const CALCULATORS: readonly Calculator[] = [bsa, creatinineClearance, egfr, carboplatin, bed, eqd2]
