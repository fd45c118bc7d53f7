import type { Described } from '../openapi/index.ts'
import { JSON_TYPE, type Route } from './route.ts'

type Json = { readonly [key: string]: unknown }

export interface OpenApiInfo {
  readonly version: string
  /** JSON Schemas of the project by file name: what `$ref` in the schema of a route names. */
  readonly schemas: { readonly [file: string]: Json }
  /** Answers and examples of the operations that are open to programs; what is not in it is for the pages of this server. */
  readonly operations?: { readonly [operation: string]: Described }
}

/** An OpenAPI 3.1 document of the routes themselves: what is not in the table is not in it, and nothing is described that is not there. */
export function openApi(routes: readonly Route[], { version, schemas, operations = {} }: OpenApiInfo): Json {
  const paths: { [path: string]: { [method: string]: Json } } = {}
  for (const route of routes) {
    const at = route.path.replace(/\(\^[^)]*\)/g, '').replace(/:([A-Za-z]+)/g, '{$1}')
    paths[at] = { ...paths[at], [route.method.toLowerCase()]: operation(route, operations[route.id]) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Second Wind',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: [
        'Plans for people with stage IV lung cancer. Decision support for clinicians: a clinician decides and signs.',
        'Every operation but those of the pages has an example, which a test sends as it stands; `{{operation path}}` in one is what the example of that operation answered.',
      ].join('\n\n'),
    },
    tags: [
      { name: 'fhir', description: 'FHIR R4: see also the CapabilityStatement at /fhir/metadata' },
      { name: 'programs', description: 'Plans, decisions, worklists, CDS Hooks, knowledge, access and the state of the server' },
      { name: 'pages', description: 'For the pages of this server: they may change with any release' },
    ],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([file, schema]) => [nameOf(file), standalone(schema)])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'an access token of OpenID Connect or SMART App Launch' } },
    },
  }
}

const JSON_MEDIA = JSON_TYPE.split(';')[0]!

function operation({ id, path, rule, summary, schema = {} }: Route, described: Described | undefined): Json {
  const names = [...path.replace(/\(\^[^)]*\)/g, '').matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name!)
  const { params = {}, query: asked = {}, headers = {}, body, as } = described?.example ?? { as: '' }
  const known = (schema.query ?? {}) as { readonly [name: string]: Json }
  // parameters that only the example names: those of a search stand in the CapabilityStatement
  const query = Object.entries({ ...Object.fromEntries(Object.keys(asked).map((name) => [name, { type: 'string' }])), ...known })
  const isOpen = 'open' in rule
  const words = [isOpen ? `Open: ${rule.open}` : '', as === '' || as === 'nobody' ? '' : `The example is sent as: ${as}`].filter(
    (one) => one !== '',
  )
  const content = (media: string, value: unknown, example?: unknown): Json => ({
    [media]: { schema: linked(value), ...(example === undefined ? {} : { examples: { example: { value: example } } }) },
  })
  const request = described?.body ?? schema.body
  const answer = described?.answer ?? schema.answer
  const said = described?.summary ?? summary
  const example = (of: { readonly [name: string]: string }, name: string): Json => (of[name] === undefined ? {} : { example: of[name] })
  return {
    operationId: id,
    tags: [described === undefined ? 'pages' : path.startsWith('/fhir') ? 'fhir' : 'programs'],
    ...(said ? { summary: said } : {}),
    ...(words.length > 0 ? { description: words.join('. ') } : {}),
    security: isOpen ? [] : [{ bearer: [] }],
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' }, ...example(params, name) })),
      ...query.map(([name, { description, ...rest }]: [string, Json]) => ({
        name,
        in: 'query',
        ...(description ? { description } : {}),
        schema: linked(rest),
        ...example(asked, name),
      })),
      // OpenAPI knows Accept and Content-Type by the media types
      ...Object.entries(headers)
        .filter(([name]) => name !== 'accept')
        .map(([name, value]) => ({ name, in: 'header', schema: { type: 'string' }, example: value })),
    ],
    ...(request ? { requestBody: { required: true, content: content(described?.bodyType ?? JSON_MEDIA, request, body) } } : {}),
    responses: {
      [described?.status ?? (answer ? 200 : '2XX')]: {
        description: 'the answer',
        ...(answer ? { content: content(described?.answerType ?? JSON_MEDIA, answer) } : {}),
      },
      default: {
        description: 'what was wrong, where, and how to put it right',
        content: { 'application/fhir+json': { schema: { type: 'object', properties: { resourceType: { const: 'OperationOutcome' } } } } },
      },
    },
  }
}

const nameOf = (file: string): string => file.replace(/\.schema\.json$/, '').replace(/[^A-Za-z0-9]+/g, '-')

/** `$ref` to a file of the project becomes one into the document. */
function linked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(linked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === '$ref' && typeof inner === 'string' && inner.endsWith('.schema.json')
        ? [key, `#/components/schemas/${nameOf(inner)}`]
        : [key, linked(inner)],
    ),
  )
}

/** `$id` stays: references inside a schema count from its own root. */
const standalone = ({ $schema: _schema, ...schema }: Json): Json => schema
