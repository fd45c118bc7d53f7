export { againstPlan } from './against-plan.ts'
export { planMaker } from './plan-maker.ts'
export { planRoutes } from './routes.ts'
export { streamRoutes } from './stream.ts'
