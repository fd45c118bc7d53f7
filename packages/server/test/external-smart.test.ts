import { expect, test } from 'vitest'
import { externalSmartRoute, type ProviderMetadata } from '../src/access/identity/external-smart.ts'
import { buildServer } from '../src/api/index.ts'
import { OPEN } from './fhir-api/client.ts'

/** What an app that is not signed in reads, where a hospital's own provider says this of itself. */
async function documentOf(metadata: ProviderMetadata): Promise<{ readonly [key: string]: unknown }> {
  const server = buildServer({ routes: [externalSmartRoute(metadata)], access: OPEN, publicUrl: 'http://test' })
  try {
    const answer = await server.inject({ method: 'GET', url: '/fhir/.well-known/smart-configuration' })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    return JSON.parse(answer.body)
  } finally {
    await server.close()
  }
}

const OWN = ['permission-user', 'permission-patient', 'permission-v1', 'permission-v2']

test('the addresses are those of the provider, and no launch is claimed that it does not claim', async () => {
  const addresses = {
    issuer: 'https://login.hospital.example',
    jwks_uri: 'https://login.hospital.example/keys',
    authorization_endpoint: 'https://login.hospital.example/authorize',
    token_endpoint: 'https://login.hospital.example/token',
    grant_types_supported: ['authorization_code'],
  }
  expect(await documentOf({ ...addresses, code_challenge_methods_supported: ['plain', 'S256'] })).toEqual({
    ...addresses,
    code_challenge_methods_supported: ['S256'],
    capabilities: [...OWN, 'sso-openid-connect'],
  })
})

test('a provider that says nothing of itself is given no address and no challenge', async () => {
  expect(await documentOf({})).toEqual({ code_challenge_methods_supported: [], capabilities: OWN })
})

test('what a provider that knows SMART claims is repeated, once', async () => {
  const { capabilities } = await documentOf({ capabilities: ['launch-ehr', 'permission-v2'] })
  expect(capabilities).toEqual(['launch-ehr', 'permission-v2', 'permission-user', 'permission-patient', 'permission-v1'])
})
