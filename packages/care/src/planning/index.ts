export { changedView, type Engine, engineOf } from './engine.ts'
export { INTENDED_USE, type PlanInputs, plan } from './plan.ts'
