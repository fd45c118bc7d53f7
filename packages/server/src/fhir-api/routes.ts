import { type ApiRequest, FHIR_JSON, type Interaction, type Route } from '../api/index.ts'
import { refusal, refuse } from '../issue.ts'
import type { Store } from '../store/index.ts'
import { searchTable } from '../store/search/definitions.ts'
import { bulkRoutes } from './bulk-routes.ts'
import { bundle } from './bundle.ts'
import { capabilityStatement } from './capability.ts'
import { conditionalCreate, conditionalDelete, conditionalPatch, conditionalUpdate } from './conditional.ts'
import { byParameters, docref } from './docref.ts'
import { callOf, type FhirHandler, patch, read, remove, sessionOf, update, vread } from './handlers.ts'
import { everything, mcodeEverything, validate } from './operations.ts'
import { asksForContent, contentOf } from './raw-binary.ts'
import { Repository } from './repository.ts'
import { FHIR_BASE } from './respond.ts'
import { history, search, searchByPost, searchCompartment, searchSystem } from './search-handlers.ts'

export interface FhirConfig {
  readonly store: Store
  readonly software: string
  /** When this process started: the date of its CapabilityStatement. */
  readonly startedAt: string
  /** Pages of other origins may call it. */
  readonly isOpenToOrigins?: boolean
  /** People and programs sign in with SMART on FHIR. */
  readonly isSmart?: boolean
}

type Row = readonly [id: string, method: Route['method'], path: string, interaction: Interaction, handler: FhirHandler, operation?: string]

/** Every address of the FHIR API, with who may come by it. */
const TABLE: readonly Row[] = [
  ['fhir-bundle', 'POST', '', 'transaction', bundle],
  ['fhir-search-system', 'GET', '', 'search', searchSystem],
  ['fhir-search-system-post', 'POST', '/_search', 'search', searchByPost],
  ['fhir-history-system', 'GET', '/_history', 'history', history],
  ['fhir-search', 'GET', '/:type', 'search', search],
  ['fhir-search-post', 'POST', '/:type/_search', 'search', searchByPost],
  ['fhir-create', 'POST', '/:type', 'create', conditionalCreate],
  ['fhir-conditional-update', 'PUT', '/:type', 'update', conditionalUpdate],
  ['fhir-conditional-patch', 'PATCH', '/:type', 'patch', conditionalPatch],
  ['fhir-conditional-delete', 'DELETE', '/:type', 'delete', conditionalDelete],
  ['fhir-history-type', 'GET', '/:type/_history', 'history', history],
  ['fhir-validate', 'POST', '/:type/$validate', 'operation', validate, 'validate'],
  ['fhir-read', 'GET', '/:type/:id', 'read', read],
  ['fhir-update', 'PUT', '/:type/:id', 'update', update],
  ['fhir-patch', 'PATCH', '/:type/:id', 'patch', patch],
  ['fhir-delete', 'DELETE', '/:type/:id', 'delete', remove],
  ['fhir-history', 'GET', '/:type/:id/_history', 'history', history],
  ['fhir-vread', 'GET', '/:type/:id/_history/:vid', 'vread', vread],
  ['fhir-validate-stored', 'GET', '/:type/:id/$validate', 'operation', validate, 'validate'],
  ['fhir-validate-instance', 'POST', '/:type/:id/$validate', 'operation', validate, 'validate'],
  ['fhir-everything', 'GET', '/Patient/:id/$everything', 'operation', everything, 'everything'],
  ['fhir-mcode-everything', 'GET', '/Patient/:id/$mcode-everything', 'operation', mcodeEverything, 'mcode-everything'],
  ['fhir-everything-post', 'POST', '/Patient/:id/$everything', 'operation', byParameters(everything), 'everything'],
  ['fhir-mcode-everything-post', 'POST', '/Patient/:id/$mcode-everything', 'operation', byParameters(mcodeEverything), 'mcode-everything'],
  ['fhir-docref', 'GET', '/DocumentReference/$docref', 'operation', docref, 'docref'],
  ['fhir-docref-post', 'POST', '/DocumentReference/$docref', 'operation', byParameters(docref), 'docref'],
  ['fhir-compartment', 'GET', '/Patient/:id/:compartmentType(^[A-Z][A-Za-z]+$)', 'search', searchCompartment],
]

export function fhirRoutes({ store, software, startedAt, isOpenToOrigins = false, isSmart = false }: FhirConfig): readonly Route[] {
  const routes: Route[] = TABLE.map(([id, method, path, interaction, handler, operation]) => {
    const ofPatient = path.startsWith('/Patient/')
    const ofDocuments = path.startsWith('/DocumentReference/')
    return {
      id,
      method,
      path: `${FHIR_BASE}${path.replaceAll('/$', '/$')}`,
      rule: {
        interaction,
        // what begins with a patient is about that patient, for those who reach one and not all
        about: ofPatient ? 'Patient' : ofDocuments ? 'DocumentReference' : 'fhir',
        ...(path.includes(':type') ? { typeFrom: 'type' } : {}),
        ...(path.includes(':id') ? { idFrom: 'id' } : {}),
        ...(ofPatient ? { patientFrom: 'id' } : {}),
        ...(operation === undefined ? {} : { operation }),
      },
      ...(path.includes(':type')
        ? {
            unknown: ({ type = '' }) =>
              searchTable().types.has(type)
                ? undefined
                : refusal(
                    'not-found',
                    'address',
                    `FHIR R4 has no resource type ${type.slice(0, 60)}`,
                    'GET /fhir/metadata lists the types',
                  ),
          }
        : {}),
      handle: async (request) => {
        if (asksForContent(request)) return contentOf(await handler(callOf(request), new Repository(sessionOf(store, request))))
        acceptable(request)
        return handler(callOf(request), new Repository(sessionOf(store, request)))
      },
    }
  })
  const all = [...routes, ...bulkRoutes(store)]
  return [
    ...all,
    {
      id: 'fhir-metadata',
      method: 'GET',
      path: `${FHIR_BASE}/metadata`,
      rule: { open: 'says what this server can do, and nothing of any patient' },
      handle: async (request) => ({
        status: 200,
        body: capabilityStatement(all, `${request.base}${FHIR_BASE}`, software, startedAt, { isOpenToOrigins, isSmart }),
        contentType: FHIR_JSON,
      }),
    },
  ]
}

/** JSON only: who insists on XML is told so instead of being sent what they cannot read. */
function acceptable({ headers, query }: ApiRequest): void {
  const asked = query.filter(([name]) => name === '_format').at(-1)?.[1] ?? headers.accept ?? ''
  const version = /fhirVersion\s*=\s*"?([\w.]+)/.exec(asked)?.[1]
  if (version !== undefined && !/^4\.0(\.1)?$/.test(version))
    refuse('not-acceptable', 'Accept', `FHIR ${version} is not offered`, 'ask for fhirVersion=4.0')
  const isFine = asked === '' || /json|\*\/\*|application\/\*|text\/html/.test(asked)
  if (!isFine) refuse('not-acceptable', '_format', `${asked.slice(0, 60)} is not offered`, 'ask for application/fhir+json')
}
