import { createHash } from 'node:crypto'
import { type ApiRequest, type ApiResponse, encodingFor, JSON_TYPE, type Route } from '../api/index.ts'
import { plannerInputs } from '../compose.ts'
import type { KnowledgePartName, PlannerCase, PlannerKnowledge } from '../contract/planner.ts'
import { Refused, refusal } from '../issue.ts'
import { chartIn, type PlanMaker } from '../plans/plan-maker.ts'
import { dayIn, queryOf } from '../plans/requests.ts'
import { hiddenFrom, withheldWords } from '../plans/withhold.ts'
import type { Store } from '../store/index.ts'
import { compressed, type KnowledgePart, PART_NAMES, partsOf } from './parts.ts'

export interface PlannerRoutesConfig {
  readonly store: Store
  readonly maker: () => PlanMaker
  /** The clinical date, ISO day. */
  readonly today: () => string
}

/** Of no patient, and signed in for: a browser may keep it, nothing between may. */
const FOR_EVER = 'private, max-age=31536000, immutable'
const ASK_AGAIN = 'private, no-cache'

/** What a page needs to plan by itself: the knowledge in parts, and the case of one patient. Nothing is written. */
export function plannerRoutes({ store, maker, today }: PlannerRoutesConfig): readonly Route[] {
  const index: Route = {
    id: 'planner.knowledge',
    method: 'GET',
    path: '/planner/knowledge',
    rule: { interaction: 'read', about: 'knowledge' },
    summary: 'The release that plans are made with, and where a page finds its parts',
    handle: (request) => {
      queryOf(request.query, [])
      const { version, digest } = maker().knowledge
      const parts = Object.fromEntries(
        partsOf(maker().knowledge).map((part) => [part.name, { path: addressOf(part), bytes: Buffer.byteLength(part.text) }]),
      ) as PlannerKnowledge['parts']
      const answer: PlannerKnowledge = { version, digest, parts }
      return Promise.resolve(tagged(request, JSON.stringify(answer), ASK_AGAIN))
    },
  }

  const part: Route = {
    id: 'planner.knowledge-part',
    method: 'GET',
    path: '/planner/knowledge/:part/:digest',
    rule: { interaction: 'read', about: 'knowledge', idFrom: 'part' },
    summary: 'One part of the knowledge; its address holds its digest, so it never changes',
    handle: async (request) => {
      queryOf(request.query, [])
      const { part: name, digest } = request.params
      if (!PART_NAMES.includes(name as KnowledgePartName))
        throw new Refused([refusal('not-found', 'part', 'there is no such part of the knowledge', `there are ${PART_NAMES.join(', ')}`)])
      const found = partsOf(maker().knowledge).find((one) => one.name === name && one.digest === digest)
      if (found === undefined)
        throw new Refused([
          refusal(
            'not-found',
            'digest',
            'this part belongs to a release that is no longer in use',
            'GET /planner/knowledge names the parts in use',
          ),
        ])
      const encoding = encodingFor(request.headers['accept-encoding'])
      const headers = { etag: `"${found.digest}"`, 'cache-control': FOR_EVER, vary: 'accept-encoding' }
      if (request.headers['if-none-match'] === headers.etag) return { status: 304, headers }
      if (encoding === undefined) return { status: 200, headers, body: found.text, contentType: JSON_TYPE }
      const body = await compressed(found, encoding)
      return { status: 200, headers: { ...headers, 'content-encoding': encoding }, body, contentType: JSON_TYPE }
    },
  }

  const plannerCase: Route = {
    id: 'plan.case',
    method: 'GET',
    path: '/plans/:patient/case',
    rule: { interaction: 'read', about: 'plan', patientFrom: 'patient' },
    summary: 'The case of one patient as the planner takes it, so that a page can play what-if with the same planner',
    schema: { query: { asOf: { type: 'string', format: 'date', description: 'clinical day of the plan; default today' } } },
    handle: async (request) => {
      const query = queryOf(request.query, ['asOf'])
      const patient = request.params.patient!
      const content = await store.chart(patient)
      const chart = chartIn(content)
      if (!chart.ok) throw new Refused(chart.error)
      const { knowledge } = maker()
      const read = plannerInputs(chart.value, { knowledge, asOf: dayIn(query, 'asOf') ?? today(), overrides: [] })
      if (!read.ok) throw new Refused(read.error)
      await request.seen({ interaction: 'read', type: 'plan', patient }, content.resources)
      const { version, digest } = knowledge
      const hidden = hiddenFrom(await request.authorize({ interaction: 'read', type: 'plan', patient }), content.resources)
      const { patientCase, problems } = read.value
      const { spoken } = withheldWords({ facts: patientCase.facts, problems }, hidden, patientCase.patient)
      const shown = { ...read.value, patientCase: { ...patientCase, facts: spoken.facts }, problems: spoken.problems }
      const answer: PlannerCase = { ...shown, knowledge: { version, digest }, revision: content.revision }
      return tagged(request, JSON.stringify(answer), 'no-store')
    },
  }

  return [index, part, plannerCase]
}

const addressOf = ({ name, digest }: KnowledgePart): string => `/planner/knowledge/${name}/${digest}`

function tagged(request: ApiRequest, body: string, cacheControl: string): ApiResponse {
  const headers = { etag: `"${createHash('sha256').update(body).digest('hex')}"`, 'cache-control': cacheControl }
  if (request.headers['if-none-match'] === headers.etag) return { status: 304, headers }
  return { status: 200, headers, body, contentType: JSON_TYPE }
}
