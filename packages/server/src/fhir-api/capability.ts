import { kindOf } from '../access/policy.ts'
import type { Route } from '../api/index.ts'
import { searchTable } from '../store/search/definitions.ts'
import { profilesOf } from './profile-checks.ts'
import { FHIR_BASE } from './respond.ts'

/**
 * The CapabilityStatement, made from the table of routes and the table of search parameters: what is not there is not in it.
 * `since` is when this process started.
 */
export function capabilityStatement(
  routes: readonly Route[],
  base: string,
  software: string,
  since: string,
  { isOpenToOrigins, isSmart }: { readonly isOpenToOrigins: boolean; readonly isSmart: boolean },
): unknown {
  const interactions = new Set(
    routes.flatMap(({ rule, path }) =>
      'open' in rule || !path.startsWith(FHIR_BASE) || rule.about !== 'fhir' || rule.operation !== undefined
        ? []
        : [`${rule.typeFrom === undefined ? 'system' : rule.idFrom === undefined ? 'type' : 'instance'} ${rule.interaction}`],
    ),
  )
  const operations = routes.flatMap(({ rule, path }) =>
    'open' in rule || !path.startsWith(FHIR_BASE) || rule.operation === undefined ? [] : [{ name: rule.operation, path }],
  )
  const has = (level: string, interaction: string): boolean => interactions.has(`${level} ${interaction}`)
  const typeInteractions = [
    ['instance', 'read', 'read'],
    ['instance', 'vread', 'vread'],
    ['instance', 'update', 'update'],
    ['instance', 'patch', 'patch'],
    ['instance', 'delete', 'delete'],
    ['instance', 'history', 'history-instance'],
    ['type', 'history', 'history-type'],
    ['type', 'create', 'create'],
    ['type', 'search', 'search-type'],
  ].filter(([level, interaction]) => has(level!, interaction!))
  const [software_, version] = [software.split(' ')[0]!, software.split(' ')[1] ?? '']
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: since,
    kind: 'instance',
    software: { name: software_, version },
    implementation: { description: 'Second Wind', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation: SEARCHING,
        security: {
          cors: isOpenToOrigins,
          ...(isSmart
            ? {
                service: [
                  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }] },
                ],
              }
            : {}),
          description: `${isSmart ? SMART : ONE_PERSON} ${isOpenToOrigins ? 'Pages of the origins that the operator has named may call this server.' : 'No page of another origin may call this server.'}`,
        },
        // a type that nobody may touch is not offered
        resource: [...searchTable().types]
          .filter((type) => kindOf(type) !== undefined)
          .sort()
          .map((type) => ({
            type,
            ...supported(type),
            interaction: typeInteractions.map(([, , code]) => ({ code })),
            versioning: 'versioned-update',
            readHistory: true,
            updateCreate: true,
            conditionalCreate: true,
            conditionalRead: 'full-support',
            conditionalUpdate: true,
            conditionalDelete: 'single',
            referencePolicy: ['literal', 'logical'],
            ...includes(type),
            searchParam: [
              { name: '_id', definition: 'http://hl7.org/fhir/SearchParameter/Resource-id', type: 'token' },
              { name: '_lastUpdated', definition: 'http://hl7.org/fhir/SearchParameter/Resource-lastUpdated', type: 'date' },
              ...[...searchTable().of(type).values()].map(({ name, kind, url }) => ({ name, definition: url, type: kind })),
            ],
            ...operationsOf(operations, type),
          })),
        interaction: [
          // one address takes both kinds of bundle
          ...(has('system', 'transaction') ? [{ code: 'batch' }, { code: 'transaction' }] : []),
          ...(has('system', 'search') ? [{ code: 'search-system' }] : []),
          ...(has('system', 'history') ? [{ code: 'history-system' }] : []),
        ],
        ...namedOperations(operations.filter(({ path }) => /^\/fhir\/\$/.test(path))),
      },
    ],
  }
}

const SMART = 'OpenID Connect; SMART on FHIR scopes (v1 and v2, narrowed by codes such as ?category=): see .well-known/smart-configuration.'
const ONE_PERSON = 'One person with one token that is told to the terminal at the start.'

const supported = (type: string): object => {
  const profiles = profilesOf(type)
  return profiles.length === 0 ? {} : { supportedProfile: profiles }
}

const SEARCHING = [
  'Searches refuse unknown parameters unless "Prefer: handling=lenient".',
  'Modifiers: :missing on every parameter; :not, :in and :not-in on tokens (value sets that are stored here and list their codes); :exact and :contains on strings; :below on URIs; :identifier and the name of a type (:Type) on references.',
  'Chained parameters and _has, four links deep, within what the reader may see. _include, _revinclude, :iterate, _sort, _count, _total, _summary, _elements.',
  'Transactions: references by urn:uuid, by fullUrl, by the whole address of this server, and by a search (Patient?identifier=…), which must find one. An entry that is created takes the uuid of its fullUrl as its id: sent twice, the second is refused.',
  '$docref finds stored documents of any type; none is generated, so on-demand=true finds none.',
  'Bulk Data by GET, or by POST with Parameters (there also patient): _type, _since, _elements, and _typeFilter as far as it compares codes (Observation?category=laboratory). What is not offered is refused, or with "Prefer: handling=lenient" told in the manifest. Files come packed (gzip) on request.',
  'Binary: read by programs, and by people through a document of a chart that they may read, written by whoever wrote the Binary. A resource whose patient is named by an identifier alone is kept in the chart of the one patient here who has it, and refused where that is not exactly one.',
  'supportedProfile: what claims one of these (mCODE 4.0.0, US Core 6.1.0) is checked against its required elements, types of values and fixed codes; slices, extensions and bindings are not. What contradicts it is refused, what is missing is told by $validate.',
  '_summary=true leaves out the narrative only: what a clinician may need stays. Pages hold still while others write.',
  'Not supported: XML, GraphQL, :text, :above, :of-type, _filter, _text, _content, _contained, _query, _list, search by sound or place, composite parameters.',
].join(' ')

function includes(type: string): object {
  const own = [...searchTable().of(type).values()].filter(({ kind }) => kind === 'reference').map(({ name }) => `${type}:${name}`)
  const others = referring().get(type) ?? []
  return { ...(own.length === 0 ? {} : { searchInclude: own }), ...(others.length === 0 ? {} : { searchRevInclude: others }) }
}

let referringTo: ReadonlyMap<string, readonly string[]> | undefined

/** By type: the parameters of all types that may point at it. */
function referring(): ReadonlyMap<string, readonly string[]> {
  if (referringTo !== undefined) return referringTo
  const { types, of } = searchTable()
  const found = new Map<string, string[]>([...types].map((type) => [type, []]))
  for (const source of types)
    for (const { kind, name, targets } of of(source).values())
      if (kind === 'reference')
        for (const target of targets.length === 0 || targets.includes('Resource') ? types : targets)
          found.get(target)?.push(`${source}:${name}`)
  referringTo = found
  return found
}

type Named = { readonly name: string; readonly path: string }

const operationsOf = (operations: readonly Named[], type: string): object =>
  namedOperations(operations.filter(({ path }) => path.startsWith(`/fhir/${type}/`) || path.startsWith('/fhir/:type/')))

const DEFINITIONS: { readonly [name: string]: string } = {
  everything: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  docref: 'http://hl7.org/fhir/us/core/OperationDefinition/docref',
  'mcode-everything': 'http://hl7.org/fhir/us/mcode/OperationDefinition/mcode-patient-everything',
  validate: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
  export: 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export',
  'patient-export': 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export',
  'group-export': 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export',
}

function namedOperations(operations: readonly Named[]): object {
  const found = new Map<string, string>()
  for (const { name, path } of operations) {
    const level = /^\/fhir\/(Patient|Group)\//.exec(path)?.[1]?.toLowerCase()
    const definition = (level === undefined ? undefined : DEFINITIONS[`${level}-${name}`]) ?? DEFINITIONS[name]
    // what has no definition that others could look up is in the guide, not here
    if (definition !== undefined) found.set(name, definition)
  }
  return found.size === 0 ? {} : { operation: [...found].map(([name, definition]) => ({ name, definition })) }
}
