export { mixedVersions, toxicityGrade, worstGrade } from './grade.ts'
export { type ImmuneNewLesion, type ImmuneNonTarget, type ImmuneVisit, irecist } from './irecist.ts'
export { readTargets, type Targets } from './measure.ts'
export {
  type NewLesion,
  type NonTarget,
  overallResponse,
  recist,
  type Visit,
} from './recist.ts'
