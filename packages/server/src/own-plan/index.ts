export { ownPlanRoutes } from './routes.ts'
