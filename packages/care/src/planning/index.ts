export { changedView, type Engine, engineOf } from './engine.ts'
export { readOverlay, type SiteOverlay, withOverlay, withSiteFacts } from './overlay.ts'
export { INTENDED_USE, type PlanInputs, plan } from './plan.ts'
