export { absentFact } from './absence.ts'
export { deriveFacts, earliestAfter } from './derive.ts'
export { bodyMassIndex, bodySurfaceArea, cockcroftGault, correctedCalcium, CREATININE_UMOL_PER_MG_DL } from './formulas.ts'
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
