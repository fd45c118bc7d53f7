import { JSON_TYPE, type Route } from './route.ts'

type Json = { readonly [key: string]: unknown }

export interface OpenApiInfo {
  readonly version: string
  /** JSON Schemas of the project by file name: what `$ref` in the schema of a route names. */
  readonly schemas: { readonly [file: string]: Json }
}

/** An OpenAPI 3.1 document of the routes themselves: what is not in the table is not in it, and nothing is described that is not there. */
export function openApi(routes: readonly Route[], { version, schemas }: OpenApiInfo): Json {
  const paths: { [path: string]: { [method: string]: Json } } = {}
  for (const route of routes) {
    const at = route.path.replace(/:([A-Za-z]+)/g, '{$1}')
    paths[at] = { ...paths[at], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Second Wind',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Plans for people with stage IV lung cancer. Decision support for clinicians: a clinician decides and signs.',
    },
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([file, schema]) => [nameOf(file), standalone(schema)])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'an access token of OpenID Connect or SMART App Launch' } },
    },
  }
}

function operation({ id, path, rule, summary, schema = {} }: Route): Json {
  const names = [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name!)
  const query = Object.entries((schema.query ?? {}) as { readonly [name: string]: Json })
  const isOpen = 'open' in rule
  const content = (value: unknown): Json => ({ [JSON_TYPE.split(';')[0]!]: { schema: linked(value) } })
  return {
    operationId: id,
    ...(summary ? { summary } : {}),
    ...(isOpen ? { security: [], description: `Open: ${rule.open}` } : { security: [{ bearer: [] }] }),
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...query.map(([name, { description, ...rest }]) => ({
        name,
        in: 'query',
        ...(description ? { description } : {}),
        schema: linked(rest),
      })),
    ],
    ...(schema.body ? { requestBody: { required: true, content: content(schema.body) } } : {}),
    responses: {
      ...(schema.answer
        ? { 200: { description: 'the answer', content: content(schema.answer) } }
        : { '2XX': { description: 'the answer' } }),
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
