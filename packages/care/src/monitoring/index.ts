export { type Grade, type GradeInput, mixedVersions, toxicityGrade, worstGrade } from './grade.ts'
export { type ImmuneNewLesion, type ImmuneNonTarget, type ImmuneResponse, type ImmuneVisit, irecist } from './irecist.ts'
export { readTargets, type Targets } from './measure.ts'
export {
  type NewLesion,
  type NonTarget,
  type OverallResponse,
  overallResponse,
  recist,
  type Series,
  type TargetResponse,
  targetResponse,
  type Visit,
} from './recist.ts'
