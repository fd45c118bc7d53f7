import { err, type Result } from '@secondwind/core'
import { type ApiRequest, contextOf, json, orThrow, type Route } from '../api/index.ts'
import { fhirFetch } from '../cds-hooks/fetch-fhir.ts'
import type { ChartSources, FactEntry, PullRequest } from '../contract/charts.ts'
import { sessionOf } from '../fhir-api/handlers.ts'
import { Repository, versionOfTag } from '../fhir-api/repository.ts'
import { Refused, refusal, type ServerIssue } from '../issue.ts'
import type { PlanMaker } from '../plans/plan-maker.ts'
import { dayIn, queryOf } from '../plans/requests.ts'
import { hiddenFrom, hiddenOfThen, withheld } from '../plans/withhold.ts'
import type { Store } from '../store/index.ts'
import { bring, chosen } from './bring.ts'
import { caseView } from './case-view.ts'
import { chartFrom } from './chart-reading.ts'
import { enterFact } from './enter-fact.ts'
import { chartsIn } from './intake.ts'
import { resourcesOf } from './opened-chart.ts'
import { pullChart } from './pull.ts'
import { readingOf } from './reading.ts'
import { heldSignIns } from './smart/held.ts'
import { heldToken, smartPullRoutes } from './smart/routes.ts'
import type { SmartServer } from './smart/servers.ts'
import { undoEntry } from './undo-entry.ts'

export interface ChartRoutesConfig {
  readonly store: Store
  readonly maker: () => PlanMaker
  readonly today: () => string
  readonly now: () => Date
  /** FHIR servers from which charts may be pulled with a token, and those at which one can sign in; no other is ever called. */
  readonly servers?: readonly string[]
  readonly smartServers?: readonly SmartServer[]
}

const MEGABYTE = 1024 * 1024
/** A chart of one patient with every laboratory value of a decade has some ten megabytes. */
const MOST_BYTES = 64 * MEGABYTE
/** One page of another server's answer. Its whole `$everything` may be one page. */
const PULL_LIMITS = { milliseconds: 30_000, bytes: MOST_BYTES }

/** Charts for people: the one-pager, bringing a chart in, entering one fact by hand. */
export function chartRoutes({ store, maker, today, now, servers = [], smartServers = [] }: ChartRoutesConfig): readonly Route[] {
  const allowed = [...new Set([...smartServers.map(({ server }) => server), ...servers.map((one) => one.replace(/\/+$/, ''))])]
  const fetch = fhirFetch(allowed, PULL_LIMITS)
  const held = heldSignIns(now)
  const row = (route: Omit<Route, 'handle'>, handle: Route['handle']): Route => ({ ...route, handle })
  const repositoryOf = (request: ApiRequest): Repository => new Repository(sessionOf(store, request))
  // `transaction` is what those may ask who may write charts at all; each patient and each resource is asked again as it is reached
  const writers = { interaction: 'transaction', about: 'fhir' } as const

  return [
    row(
      {
        id: 'chart.case',
        method: 'GET',
        path: '/charts/:patient/case',
        rule: { interaction: 'read', about: 'plan', patientFrom: 'patient' },
        summary:
          'The case of one patient on one page: facts with their sources, lines of treatment, what is pending, contradictory, not known, and what changed since the last decision',
        schema: { query: { asOf: { type: 'string', format: 'date' } } },
      },
      async (request) => {
        const query = queryOf(request.query, ['asOf'])
        const asOf = dayIn(query, 'asOf') ?? today()
        const patient = request.params.patient!
        const content = await store.chart(patient)
        const made = orThrow(maker().make(content, asOf))
        const action = { interaction: 'read', type: 'plan', patient } as const
        const sight = await request.authorize(action)
        await request.seen(action, content.resources)
        // the plan rests on the whole chart; what is set apart from the reader is neither shown nor quoted
        const hidden = hiddenFrom(sight, content.resources)
        const seen = content.resources.filter((version) => version.type === 'Patient' || !hidden.includes(version))
        const chart = orThrow(chartFrom(resourcesOf({ ...content, resources: seen }), patient))
        const may = await request.decide({ interaction: 'read', type: 'decision', patient })
        const decision = may.allowed ? (await store.decisions.list(patient)).at(-1) : undefined
        const earlier = decision === undefined ? undefined : await store.chart(patient, decision.recordedAt)
        const then = decision === undefined ? undefined : maker().make(earlier!, decision.asOf)
        const before = then?.ok ? { before: withheld(then.value.document, await hiddenOfThen(sight, earlier!.resources, store)) } : {}
        const decided = decision === undefined ? {} : { decided: { decision, ...before } }
        const shown = { ...made, document: withheld(made.document, hidden) }
        const view = caseView({ patient, chart, revision: content.revision, made: shown, knowledge: maker().knowledge, ...decided })
        return json(view, 200, { etag: `W/"${content.revision}"` })
      },
    ),
    row(
      {
        id: 'chart.enter-fact',
        method: 'POST',
        path: '/charts/:patient/facts',
        rule: { interaction: 'operation', about: 'plan', patientFrom: 'patient', operation: 'enter-fact' },
        summary:
          'Enter or correct one fact by hand: written as FHIR with who, when and why; kept only where the plan then knows that very value',
        schema: {
          body: {
            type: 'object',
            required: ['fact', 'value', 'because'],
            properties: {
              fact: { type: 'string', example: 'ecog' },
              value: { type: 'string', example: '1' },
              on: { type: 'string', format: 'date' },
              because: { type: 'string', enum: ['newer', 'wrong'] },
              why: { type: 'string' },
            },
          },
        },
      },
      async (request) => {
        queryOf(request.query, [])
        const revision = revisionIn(request)
        const entry = orThrow(entryIn(request.body))
        const patient = request.params.patient!
        const sight = await request.authorize({ interaction: 'operation', type: 'plan', patient })
        const answer = await enterFact({
          repo: repositoryOf(request),
          sight,
          patient,
          revision,
          entry,
          knowledge: maker().knowledge,
          today: today(),
          now: now(),
        })
        return json(answer, 201, { etag: `W/"${answer.revision}"` })
      },
    ),
    row(
      {
        id: 'chart.undo-entry',
        method: 'POST',
        path: '/charts/:patient/facts/:entry/undo',
        rule: { interaction: 'operation', about: 'plan', patientFrom: 'patient', idFrom: 'entry', operation: 'undo-entry' },
        summary: 'Take one entry by hand back: what it added is marked as entered in error, what it changed gets its former content',
      },
      async (request) => {
        queryOf(request.query, [])
        const { patient, entry } = request.params as { readonly patient: string; readonly entry: string }
        const answer = await undoEntry(repositoryOf(request), patient, revisionIn(request), entry, now())
        return json(answer, 200, { etag: `W/"${answer.revision}"` })
      },
    ),
    row(
      {
        id: 'chart.reading',
        method: 'POST',
        path: '/charts/reading',
        rule: writers,
        bodyLimit: MOST_BYTES,
        summary:
          'What a Bundle or NDJSON says, before anything is stored: understood, not understood, contradictory, here already, and the plan it would give',
      },
      async (request) => {
        queryOf(request.query, [])
        const charts = orThrow(chartsIn(request.body))
        return json(await readingOf(store, request, charts, maker().knowledge, today()))
      },
    ),
    row(
      {
        id: 'chart.bring',
        method: 'POST',
        path: '/charts',
        rule: writers,
        bodyLimit: MOST_BYTES,
        summary: 'Keep the charts of a Bundle or NDJSON, all or nothing; the same again changes nothing',
        schema: { query: { only: { type: 'string', description: 'places in the reading report, 0,2' } } },
      },
      async (request) => {
        const query = queryOf(request.query, ['only'])
        const charts = chosen(orThrow(chartsIn(request.body)), query.get('only'))
        return json(await bring(store, request, repositoryOf(request), charts), 201)
      },
    ),
    row(
      {
        id: 'chart.sources',
        method: 'GET',
        path: '/charts/sources',
        rule: writers,
        summary: 'FHIR servers from which charts may be pulled',
      },
      (request) => {
        queryOf(request.query, [])
        const signIn = smartServers.map(({ server, name }) => ({ server, ...(name === undefined ? {} : { name }) }))
        const answer: ChartSources = { servers: allowed, signIn }
        return Promise.resolve(json(answer))
      },
    ),
    row(
      {
        id: 'chart.pull',
        method: 'POST',
        path: '/charts/pull',
        rule: writers,
        summary: 'The chart of one patient from another FHIR server, as NDJSON; the token is used once and kept nowhere',
        schema: {
          body: {
            type: 'object',
            required: ['server', 'patient'],
            properties: {
              server: { type: 'string' },
              patient: { type: 'string' },
              token: { type: 'string' },
              held: { type: 'string', description: 'instead of a token: a sign-in that waits for its patient' },
            },
          },
        },
      },
      async (request) => {
        queryOf(request.query, [])
        const { who } = contextOf(request)
        const asked = orThrow(pullIn(request.body))
        const token = asked.held === undefined ? asked.token : heldToken(held, asked.held, who, asked.server)
        const { server, patient } = asked
        const body = await pullChart({ server, patient, ...(token === undefined ? {} : { token }) }, allowed, fetch)
        if (asked.held !== undefined) held.forget(asked.held)
        return { status: 200, contentType: 'application/fhir+ndjson; charset=utf-8', body }
      },
    ),
    ...(fetch === undefined || smartServers.length === 0
      ? []
      : smartPullRoutes({ servers: smartServers, database: store.database, fetch, held, now, rule: writers })),
  ]
}

/** The revision that was looked at. Without it an entry could be made on a chart that nobody has seen. */
function revisionIn({ headers }: ApiRequest): number {
  const given = headers['if-match']
  const revision = versionOfTag(typeof given === 'string' ? given : undefined)
  if (revision === undefined)
    throw new Refused([
      refusal(
        'precondition-required',
        'If-Match',
        'the revision of the chart that was looked at is missing',
        'send If-Match: W/"<revision>" as the case gave it',
      ),
    ])
  return revision
}

type Json = { readonly [key: string]: unknown }
const objectIn = (body: unknown): Json => (typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Json) : {})
const MOST_TEXT = 2000

function entryIn(body: unknown): Result<FactEntry, readonly ServerIssue[]> {
  const { fact, value, on, because, why } = objectIn(body)
  const isText = (one: unknown): one is string => typeof one === 'string' && one.trim() !== '' && one.length <= MOST_TEXT
  const wrong = !isText(fact)
    ? ['fact', 'names no fact', 'send the id of the fact']
    : !isText(value)
      ? ['value', 'is no text, or too long', 'send the value as text, with its unit']
      : because !== 'newer' && because !== 'wrong'
        ? ['because', 'is neither newer nor wrong', 'say whether it has changed, or was never so']
        : on !== undefined && !(typeof on === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(on) && !Number.isNaN(Date.parse(on)))
          ? ['on', 'is no day', 'send it as 2026-11-23']
          : why !== undefined && !isText(why)
            ? ['why', 'is no text, or too long', 'leave it out, or say it in a sentence']
            : undefined
  if (wrong !== undefined) return err([refusal('invalid-request', wrong[0]!, wrong[1]!, wrong[2]!)])
  return {
    ok: true,
    value: {
      fact: fact as string,
      value: value as string,
      because: because as FactEntry['because'],
      ...(on === undefined ? {} : { on: on as string }),
      ...(why === undefined ? {} : { why: why as string }),
    },
  }
}

function pullIn(body: unknown): Result<PullRequest, readonly ServerIssue[]> {
  const { server, patient, token, held } = objectIn(body)
  const isText = (one: unknown): one is string => typeof one === 'string'
  if (!isText(server) || !isText(patient) || (token !== undefined && !isText(token)) || (held !== undefined && !isText(held)))
    return err([refusal('invalid-request', 'body', 'server and patient are missing', 'send { "server": "https://…", "patient": "id" }')])
  return {
    ok: true,
    value: {
      server,
      patient: patient.replace(/^Patient\//, ''),
      ...(token === undefined || token === '' ? {} : { token }),
      ...(held === undefined || held === '' ? {} : { held }),
    },
  }
}
