export { type ChangeKind, type ChangeWeight, canonical, changeKey, comparePlans, type PlanChange } from './comparison/index.ts'
export type {
  Calculation,
  Calculator,
  CalculatorContext,
  CalculatorInput,
  CalculatorValues,
} from './delivery/index.ts'
export { irecist, overallResponse, recist, toxicityGrade, worstGrade } from './monitoring/index.ts'
export * from './planning/index.ts'
export { calculatorsOf, notComputed } from './score-calculators.ts'
export {
  type ClinicPhones,
  equivalentDose,
  type PatientLine,
  type PatientPage,
  type PatientSection,
  patientPage,
  pointsScore,
  readPhones,
  withPhones,
} from './supportive/index.ts'
