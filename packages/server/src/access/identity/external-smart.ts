import { JSON_TYPE, type Route } from '../../api/index.ts'

/** What a provider says of itself (OpenID Connect Discovery 1.0, RFC 8414), as far as SMART repeats it. */
export interface ProviderMetadata {
  readonly issuer?: string
  readonly jwks_uri?: string
  readonly authorization_endpoint?: string
  readonly token_endpoint?: string
  readonly introspection_endpoint?: string
  readonly revocation_endpoint?: string
  readonly registration_endpoint?: string
  readonly grant_types_supported?: readonly string[]
  readonly response_types_supported?: readonly string[]
  readonly scopes_supported?: readonly string[]
  readonly code_challenge_methods_supported?: readonly string[]
  readonly token_endpoint_auth_methods_supported?: readonly string[]
  readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[]
  /** Of a provider that knows SMART itself. */
  readonly capabilities?: readonly string[]
}

const REPEATED = [
  'jwks_uri',
  'authorization_endpoint',
  'token_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'registration_endpoint',
  'grant_types_supported',
  'response_types_supported',
  'scopes_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
] as const

/** What holds here whatever the provider: scopes of both versions are enforced. Launches are the provider's: it alone may claim them. */
const OWN = ['permission-user', 'permission-patient', 'permission-v1', 'permission-v2']

/**
 * SMART's discovery document where a hospital's own provider signs people in: its addresses, as it gave them when this server started. The challenge methods are
 * those of it that SMART allows: `plain` protects nothing.
 */
export function externalSmartRoute(metadata: ProviderMetadata): Route {
  const { issuer, capabilities = [], code_challenge_methods_supported: methods = [] } = metadata
  const knowsPeople = issuer !== undefined && metadata.jwks_uri !== undefined
  const document = {
    ...(issuer === undefined ? {} : { issuer }),
    ...Object.fromEntries(REPEATED.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]]]))),
    code_challenge_methods_supported: methods.filter((method) => method !== 'plain'),
    capabilities: [...new Set([...capabilities, ...OWN, ...(knowsPeople ? ['sso-openid-connect'] : [])])],
  }
  return {
    id: 'smart.configuration',
    method: 'GET',
    path: '/fhir/.well-known/smart-configuration',
    rule: { open: 'an app reads it before it has a token; it tells where to sign in' },
    summary: 'SMART App Launch: where to sign in and what is supported',
    handle: () => Promise.resolve({ status: 200, contentType: JSON_TYPE, body: JSON.stringify(document) }),
  }
}
