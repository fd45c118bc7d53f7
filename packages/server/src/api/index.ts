export {
  type Access,
  type AccessDecision,
  type Action,
  type Credentials,
  DENY,
  forbidden,
  type Interaction,
  loginRequired,
  type RequestContext,
  type Sight,
} from './access.ts'
export { buildServer, type LogEntry } from './build-server.ts'
export { type Encoding, encodingFor } from './compress.ts'
export { idempotencyOf } from './idempotency.ts'
export { json, orThrow } from './json.ts'
export { outcomeOf } from './outcome.ts'
export { type ApiRequest, type ApiResponse, contextOf, FHIR_JSON, JSON_TYPE, type Route } from './route.ts'
