export { changedView, type Engine, engineOf } from './engine.ts'
export { INTENDED_USE, plan, type PlanInputs } from './plan.ts'
