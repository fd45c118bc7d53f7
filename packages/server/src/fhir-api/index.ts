export { fhirRoutes } from './routes.ts'
export { checkResource, loadDefinitions } from './validate.ts'
