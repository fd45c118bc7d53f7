export { chartIn, type MadePlan, type PlanMaker, planMaker } from './plan-maker.ts'
export { type PlanRoutesConfig, planRoutes } from './routes.ts'
export { streamRoutes } from './stream.ts'
