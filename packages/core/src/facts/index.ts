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
