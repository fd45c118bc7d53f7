import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { smartRoutes } from '../src/access/identity/index.ts'
import { providerState } from '../src/access/identity/state.ts'
import { type Identify, isRole } from '../src/access/index.ts'
import { openKnowledge } from '../src/compose.ts'
import type { Serving } from '../src/compose-server.ts'
import { type Described, type Example, OPERATIONS } from '../src/openapi/index.ts'
import { planSchema } from '../src/plans/schema.ts'
import { startService } from '../src/service.ts'

/** What is for the pages of this server alone, and changes with them. */
const PAGES =
  /^\/(workspace|charts|my-plan|people|network|planner|app)(\/|$)|^\/knowledge\/(facts|rules|search|affected)|^\/knowledge\/releases\/:version\/(changes|affected|reviews)|^\/plans\/:patient\/case$|^\/audit\/events$/

/** The role stands in place of a token: how tokens are believed has tests of its own. */
const identify: Identify = ({ headers, requestId }) => {
  const role = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (role === undefined || !isRole(role)) return Promise.resolve(undefined)
  const program = { who: 'Device/example', scopes: ['system/*.cruds'] }
  const who = role === 'integration' ? program : { who: `Practitioner/${role}` }
  return Promise.resolve({ requestId, role, site: 'north', purpose: 'TREAT', ...who })
}

let serving: Serving
let base: string
/** What each example answered. */
const answers = new Map<string, { readonly headers: Headers; readonly body: unknown }>()

beforeAll(async () => {
  let state: ReturnType<typeof providerState> | undefined
  serving = await startService({
    database: { memory: true },
    knowledge: openKnowledge().knowledge,
    sign: { identify },
    signInRoutes: smartRoutes('http://127.0.0.1:1', () => state!),
  })
  state = providerState(serving.store.database)
  base = await serving.server.listen({ host: '127.0.0.1', port: 0 })
}, 120_000)
afterAll(() => serving.close(), 60_000)

/** `{{operation path}}` by what the example of that operation answered; undefined: it has not answered that yet. */
function filled(value: string): string | undefined {
  let isMissing = false
  const text = value.replace(/\{\{(\S+) (\S+?)\}\}/g, (_whole, operation: string, path: string) => {
    const answer = answers.get(operation)
    if (answer === undefined) throw new Error(`${operation} comes after what names it`)
    const found =
      path === 'etag'
        ? answer.headers.get('etag')?.replaceAll('"', '')
        : path === 'location'
          ? answer.headers.get('content-location')?.split('/').at(-1)
          : path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], answer.body)
    if (found === undefined) isMissing = true
    return String(found)
  })
  return isMissing ? undefined : text
}

async function send(
  id: string,
  { example, bodyType, answerType }: Described,
): Promise<{ readonly status: number; readonly body: unknown; readonly media: string } | undefined> {
  const route = serving.routes.find((one) => one.id === id)!
  const inPath = Object.entries(example.params ?? {}).map(([name, value]) => [name, filled(value)] as const)
  const text =
    example.body === undefined ? undefined : filled(typeof example.body === 'string' ? example.body : JSON.stringify(example.body))
  if (inPath.some(([, value]) => value === undefined) || (example.body !== undefined && text === undefined)) return undefined
  const path = route.path
    .replace(/\(\^[^)]*\)/g, '')
    .replace(/:([A-Za-z]+)/g, (_all, name: string) => encodeURIComponent(new Map(inPath).get(name)!))
  const query = new URLSearchParams(example.query as Record<string, string> | undefined).toString()
  const gone = new AbortController()
  const answer = await fetch(`${base}${path}${query === '' ? '' : `?${query}`}`, {
    method: route.method,
    signal: gone.signal,
    headers: {
      ...(example.as === 'nobody' ? {} : { authorization: `Bearer ${example.as}` }),
      ...(text === undefined ? {} : { 'content-type': bodyType ?? 'application/json' }),
      ...example.headers,
    },
    ...(text === undefined ? {} : { body: text }),
  })
  const media = (answer.headers.get('content-type') ?? '').split(';')[0]!
  let body: unknown
  if (answerType === 'text/event-stream') {
    const { value } = await answer.body!.getReader().read()
    body = new TextDecoder().decode(value)
    gone.abort()
  } else {
    const all = await answer.text()
    body = media.endsWith('json') && !media.endsWith('ndjson') && all !== '' ? JSON.parse(all) : all
  }
  answers.set(id, { headers: answer.headers, body })
  return { status: answer.status, body, media }
}

/** Plans come in the background, exports too: asked again until they are there. */
async function sent(id: string): Promise<NonNullable<Awaited<ReturnType<typeof send>>>> {
  const described = OPERATIONS[id]!
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await send(id, described)
    if (answer !== undefined && !(answer.status === 202 && described.status !== 202)) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
    if (answer === undefined) for (const named of namedIn(described.example)) await send(named, OPERATIONS[named]!)
  }
  throw new Error(`${id}: what its example names never came`)
}
const namedIn = (example: Example): readonly string[] =>
  [...JSON.stringify(example).matchAll(/\{\{(\S+) /g)].map(([, operation]) => operation!)

test('every operation that is open to programs has an example; what is for the pages is marked so', async () => {
  const open = serving.routes.filter(({ path }) => !PAGES.test(path)).map(({ id }) => id)
  expect(open.filter((id) => OPERATIONS[id] === undefined)).toEqual([])
  expect(Object.keys(OPERATIONS).filter((id) => !open.includes(id))).toEqual([])
  const document = (await (await fetch(`${base}/openapi.json`)).json()) as {
    paths: Record<
      string,
      Record<string, { operationId: string; tags: string[]; summary?: string; parameters: { in: string; name: string }[] }>
    >
  }
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.values(methods).map((one) => ({ path, ...one })))
  expect(operations.map((one) => one.operationId).sort()).toEqual(serving.routes.map(({ id }) => id).sort())
  for (const { path, operationId, tags, summary, parameters } of operations) {
    expect(tags.includes('pages'), operationId).toBe(OPERATIONS[operationId] === undefined)
    if (!tags.includes('pages')) expect(summary, operationId).toBeTruthy()
    const inPath = [...path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name!)
    expect(
      parameters.filter((p) => p.in === 'path').map((p) => p.name),
      path,
    ).toEqual(inPath)
    expect(path.replace(/\{[A-Za-z]+\}/g, ''), operationId).toMatch(/^[\w$./-]*$/)
  }
})

// in their order: each stands on what those before it have made
test.each(Object.keys(OPERATIONS))('%s: its example, sent as it stands, is answered as it is described', async (id) => {
  const { status, answer, answerType = 'application/json' } = OPERATIONS[id]!
  const got = await sent(id)
  expect({ status: got.status, said: got.status === status ? '' : got.body }).toEqual({ status, said: '' })
  if (answer === undefined) expect(got.body).toBe('')
  else {
    expect(got.media).toBe(answerType)
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: false, validateFormats: false })
    ajv.addSchema({ ...planSchema(), $id: 'plan-document.schema.json' })
    const fits = ajv.compile(answer)
    fits(got.body)
    expect((fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)).toEqual([])
  }
})
