export { externalSmartRoute, type ProviderMetadata } from './external-smart.ts'
export { mountProvider, smartRoutes } from './mount.ts'
export type { EmbeddedProvider, RegisteredClient } from './provider.ts'
export { type Issuer, tokenIdentity } from './tokens.ts'
