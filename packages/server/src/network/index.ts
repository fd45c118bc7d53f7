export { networkCounts } from './overview.ts'
export { networkRoutes } from './routes.ts'
export { siteNames } from './sites.ts'
