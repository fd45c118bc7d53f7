import { comparePlans } from '@secondwind/care'
import { writePlan } from '@secondwind/fhir'
import { type ApiRequest, type ApiResponse, contextOf, FHIR_JSON, JSON_TYPE, json, orThrow, type Route } from '../api/index.ts'
import { patientText } from '../cli/patient-text.ts'
import { planText } from '../cli/text.ts'
import { Refused, refusal } from '../issue.ts'
import type { Store } from '../store/index.ts'
import { againstPlan, keptAgainst, refusedAsAgainst } from './against-plan.ts'
import type { MadePlan, PlanMaker } from './plan-maker.ts'
import { countIn, dayIn, decisionOf, instantIn, queryOf, whatIfOf } from './requests.ts'
import { hiddenFrom, hiddenOfThen, withheld } from './withhold.ts'
import { handleChange, isWorklist, WORKLISTS, worklistPage } from './worklists.ts'

export interface PlanRoutesConfig {
  readonly store: Store
  readonly maker: () => PlanMaker
  /** The clinical date, ISO day, and the instant. */
  readonly today: () => string
  readonly now: () => Date
}

const PLAIN = 'text/plain; charset=utf-8'

/** Plans over HTTP: the plan document, what-if, decisions, worklists. Planning reads; only decisions and "handled" are written. */
export function planRoutes({ store, maker, today, now }: PlanRoutesConfig): readonly Route[] {
  const planOf = async (request: ApiRequest, asOf: string, knownAt: string | undefined, set: readonly string[] = []) => {
    const patient = request.params.patient!
    const content = await store.chart(patient, knownAt)
    const made = orThrow(maker().make(content, asOf, set))
    // a what-if is a reading, too: what may not be seen of the chart is the same
    const sight = await request.authorize({ interaction: 'read', type: 'plan', patient })
    const hidden = knownAt === undefined ? hiddenFrom(sight, content.resources) : await hiddenOfThen(sight, content.resources, store)
    await request.seen({ interaction: set.length > 0 ? 'operation' : 'read', type: 'plan', patient }, content.resources)
    return { made, content, hidden, document: withheld(made.document, hidden) }
  }

  const plan: Route = {
    id: 'plan.read',
    method: 'GET',
    path: '/plans/:patient',
    rule: { interaction: 'read', about: 'plan', patientFrom: 'patient' },
    summary: 'The plan document of one patient: options, alerts, what is not advised, tests, support, outlook',
    schema: {
      query: {
        asOf: { type: 'string', format: 'date', description: 'clinical day of the plan; default today' },
        knownAt: { type: 'string', format: 'date-time', description: 'what was recorded by this instant' },
        format: { type: 'string', enum: ['json', 'fhir', 'text', 'patient'] },
      },
      answer: { $ref: 'plan-document.schema.json' },
    },
    handle: async (request) => {
      const query = queryOf(request.query, ['asOf', 'knownAt', 'format'])
      const format = query.get('format') ?? 'json'
      const knownAt = instantIn(query, 'knownAt')
      const { made, document } = await planOf(request, dayIn(query, 'asOf') ?? today(), knownAt)
      const headers = { etag: `"${made.digest}"` }
      if (request.headers['if-none-match'] === headers.etag && format === 'json') return { status: 304, headers }
      return shown({ ...made, document }, made.document === document, format, maker(), headers)
    },
  }

  const whatIf: Route = {
    id: 'plan.what-if',
    method: 'POST',
    path: '/plans/:patient/what-if',
    rule: { interaction: 'operation', about: 'plan', patientFrom: 'patient', operation: 'what-if' },
    summary: 'The plan as it would be with some facts changed; nothing is stored',
    schema: {
      query: { asOf: { type: 'string', format: 'date' } },
      body: {
        type: 'object',
        required: ['set'],
        properties: { set: { type: 'array', items: { type: 'string', example: 'ecog=3' } } },
      },
      answer: { type: 'object', properties: { document: { $ref: 'plan-document.schema.json' }, changes: { type: 'array' } } },
    },
    handle: async (request) => {
      const query = queryOf(request.query, ['asOf'])
      const set = orThrow(whatIfOf(request.body))
      const asOf = dayIn(query, 'asOf') ?? today()
      const { document, content, hidden } = await planOf(request, asOf, undefined, set)
      const before = orThrow(maker().make(content, asOf))
      return json({ document, changes: comparePlans(withheld(before.document, hidden), document, 'care') })
    },
  }

  const decide: Route = {
    id: 'decision.create',
    method: 'POST',
    path: '/plans/:patient/decisions',
    rule: { interaction: 'create', about: 'decision', patientFrom: 'patient' },
    summary: 'Record what was decided, on which plan, with the reason and any dissent',
    schema: {
      body: {
        type: 'object',
        required: ['planDigest', 'asOf', 'chosen', 'reason'],
        properties: {
          planDigest: { type: 'string', description: 'the ETag of the plan that was looked at' },
          asOf: { type: 'string', format: 'date' },
          chosen: { type: ['string', 'null'], description: 'id of the option; null: none of them' },
          reason: { type: 'string' },
          dissent: { type: 'array', items: { type: 'object', properties: { who: { type: 'string' }, reason: { type: 'string' } } } },
          againstPlan: {
            type: 'object',
            required: ['reason'],
            description:
              'where the decision names what the plan calls unsafe: why it is decided all the same; without it such a decision is refused',
            properties: { reason: { type: 'string' } },
          },
        },
      },
    },
    handle: async (request) => {
      queryOf(request.query, [])
      const asked = orThrow(decisionOf(request.body))
      const patient = request.params.patient!
      const { made, content } = await planOf(request, asked.asOf, undefined)
      if (made.digest !== asked.planDigest)
        throw new Refused([
          refusal(
            'version-conflict',
            'planDigest',
            'the plan has changed since it was looked at: new data, another day or another release of the knowledge',
            'read the plan again, look at what changed, and decide on it',
          ),
        ])
      const { chosen, reason, asOf } = asked
      const against = againstPlan(content, made.document, maker().knowledge, { asOf, chosen, words: reason })
      const unsafe = refusedAsAgainst(against, asked.againstPlan?.reason)
      if (unsafe.length > 0) throw new Refused(unsafe)
      const { who, site } = contextOf(request)
      const decision = orThrow(
        await store.decisions.append(
          patient,
          {
            optionsSeen: made.document.options.map((o) => o.id),
            chosen: asked.chosen,
            reason: asked.reason,
            dissent: asked.dissent,
            ...keptAgainst(against, asked.againstPlan?.reason),
            planDigest: made.digest,
            chartRevision: content.revision,
            knowledgeRelease: `${made.document.knowledge.version} ${made.document.knowledge.digest}`,
            asOf: asked.asOf,
          },
          { who, site },
        ),
      )
      return { ...json(decision), status: 201 }
    },
  }

  const decisions: Route = {
    id: 'decision.list',
    method: 'GET',
    path: '/plans/:patient/decisions',
    rule: { interaction: 'read', about: 'decision', patientFrom: 'patient' },
    summary: 'Every decision of one patient, oldest first, with what was on the table',
    handle: async (request) => {
      queryOf(request.query, [])
      return json(await store.decisions.list(request.params.patient!))
    },
  }

  const lists: Route = {
    id: 'worklist.names',
    method: 'GET',
    path: '/worklists',
    rule: { interaction: 'read', about: 'worklist' },
    summary: 'The worklists there are',
    handle: (request) => {
      queryOf(request.query, [])
      return Promise.resolve(json(Object.entries(WORKLISTS).map(([name, description]) => ({ name, description }))))
    },
  }

  const list: Route = {
    id: 'worklist.read',
    method: 'GET',
    path: '/worklists/:name',
    rule: { interaction: 'search', about: 'worklist', idFrom: 'name' },
    summary: 'One page of a worklist: who needs something, the most pressing first',
    schema: {
      query: {
        count: { type: 'integer', minimum: 1, maximum: 500 },
        cursor: { type: 'string', description: '`next` of the page before' },
        site: { type: 'string' },
      },
    },
    handle: async (request) => {
      const query = queryOf(request.query, ['count', 'cursor', 'site'])
      const name = request.params.name!
      if (!isWorklist(name))
        throw new Refused([refusal('not-found', name, 'there is no such worklist', `there are ${Object.keys(WORKLISTS).join(', ')}`)])
      const sight = await request.authorize({ interaction: 'search', type: 'worklist', id: name })
      const [cursor, site] = [query.get('cursor'), query.get('site')]
      const page = await worklistPage(store.database, name, {
        count: countIn(query, 50, 500),
        ...(cursor === undefined ? {} : { cursor }),
        ...(site === undefined ? {} : { site }),
        ...(sight.within ? { within: sight.within } : {}),
      })
      await request.seen(
        { interaction: 'search', type: 'worklist', id: name },
        await store.readMany(page.items.map(({ patient }) => ({ type: 'Patient', id: patient.slice('Patient/'.length) }))),
      )
      return json(page)
    },
  }

  const handled: Route = {
    id: 'worklist.handle',
    method: 'POST',
    path: '/plans/:patient/changes/:seq',
    rule: { interaction: 'update', about: 'worklist', patientFrom: 'patient', idFrom: 'seq' },
    summary: 'A changed plan was looked at: approve, snooze or dismiss, with a reason',
    schema: {
      body: {
        type: 'object',
        required: ['as', 'reason'],
        properties: { as: { type: 'string', enum: ['approved', 'dismissed', 'to-board'] }, reason: { type: 'string' } },
      },
    },
    handle: async (request) => {
      queryOf(request.query, [])
      const { as, reason } = (request.body ?? {}) as { as?: unknown; reason?: unknown }
      if (!['approved', 'dismissed', 'to-board'].includes(as as string) || typeof reason !== 'string' || reason.trim() === '')
        throw new Refused([refusal('invalid-request', 'as', 'needs one of approved, dismissed, to-board, and a reason', 'send both')])
      const seq = /^\d{1,15}$/.test(request.params.seq!) ? Number(request.params.seq) : 0
      const { who } = contextOf(request)
      const isDone = await handleChange(store.database, request.params.patient!, seq, who, `${as}: ${reason}`, now().toISOString())
      if (!isDone)
        throw new Refused([
          refusal('not-found', 'seq', 'there is no such open change', 'it may have been handled already: read the list again'),
        ])
      return { status: 204 }
    },
  }

  return [plan, whatIf, decide, decisions, lists, list, handled]
}

/** `isWhole`: nothing was withheld, so that the text which the digest is of can go out as it is. */
function shown(
  made: MadePlan,
  isWhole: boolean,
  format: string,
  maker: PlanMaker,
  headers: { readonly [name: string]: string },
): ApiResponse {
  switch (format) {
    case 'json':
      return { status: 200, headers, body: isWhole ? made.text : JSON.stringify(made.document), contentType: JSON_TYPE }
    case 'fhir':
      return { status: 200, headers, body: JSON.stringify(writePlan(made.document, maker.knowledge)), contentType: FHIR_JSON }
    case 'text':
      return { status: 200, headers, body: `${planText(made.document, maker.knowledge, 100)}\n`, contentType: PLAIN }
    case 'patient':
      return { status: 200, headers, body: `${patientText(made.document, maker.knowledge, 80)}\n`, contentType: PLAIN }
    default:
      throw new Refused([refusal('invalid-parameter', 'format', 'is none of json, fhir, text, patient', 'give one of them')])
  }
}
