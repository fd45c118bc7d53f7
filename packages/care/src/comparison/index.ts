export { type ChangeKind, type ChangeWeight, canonical, changeKey, type PlanChange } from './plan-change.ts'
export { comparePlans } from './plan-diff.ts'
