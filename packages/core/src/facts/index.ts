export { absentFact, isSameSilence, silentValue } from './absence.ts'
export { type Dependencies, dependencies, deriveChanges, deriveFacts, earliestAfter } from './derive.ts'
export {
  type Absence,
  type Fact,
  type FactDefinition,
  type FactSource,
  type FactType,
  type FactValue,
  isKnown,
  type KnownFact,
  type ListItem,
  type PatientCase,
  type UnknownFact,
  type UnknownReason,
} from './fact.ts'
export {
  adjustedBodyWeight,
  biologicallyEffectiveDose,
  bodyMassIndex,
  bodySurfaceArea,
  CREATININE_UMOL_PER_MG_DL,
  calvert,
  ckdEpi2021,
  cockcroftGault,
  correctedCalcium,
  equivalentDoseIn2Gy,
  idealBodyWeight,
} from './formulas.ts'
