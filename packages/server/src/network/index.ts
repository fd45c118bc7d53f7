export { networkCounts } from './overview.ts'
export { networkRoutes } from './routes.ts'
