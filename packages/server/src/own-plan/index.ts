export { phonesIn, type SitePhones } from './phones.ts'
export { ownPlanRoutes, siteOf } from './routes.ts'
