import { type ApiRequest, JSON_TYPE, type Route } from '../api/index.ts'
import { Refused, type ServerIssue } from '../issue.ts'
import { chartIn, type PlanMaker } from '../plans/plan-maker.ts'
import { dayIn, queryOf } from '../plans/requests.ts'
import type { Store } from '../store/index.ts'
import { timelineOf } from './timeline.ts'

export interface TimelineRoutesConfig {
  readonly store: Store
  readonly maker: () => PlanMaker
  /** The clinical date, ISO day. */
  readonly today: () => string
}

const orThrow = <T>(result: { ok: true; value: T } | { ok: false; error: readonly ServerIssue[] }): T => {
  if (result.ok) return result.value
  throw new Refused(result.error)
}

/** The course of one patient in lanes: treatment, tests, response, measurements, harm, stays, decisions, what is planned and what clashes. */
export function timelineRoutes({ store, maker, today }: TimelineRoutesConfig): readonly Route[] {
  const timeline: Route = {
    id: 'timeline.read',
    method: 'GET',
    path: '/charts/:patient/timeline',
    rule: { interaction: 'read', about: 'plan', patientFrom: 'patient' },
    summary: 'The timeline of one patient, in lanes, each item with its source',
    schema: { query: { asOf: { type: 'string', format: 'date', description: 'clinical day; default today' } } },
    handle: async (request) => {
      const asOf = dayIn(queryOf(request.query, ['asOf']), 'asOf') ?? today()
      const patient = request.params.patient!
      const action = { interaction: 'read', type: 'plan', patient } as const
      const { maySee = () => true } = await request.authorize(action)
      const content = await store.chart(patient)
      const { document } = orThrow(maker().make(content, asOf))
      // the plan rests on the whole chart; a single resource that is set apart is not shown to those who may not read it
      const resources = content.resources.filter((version) => version.type === 'Patient' || maySee(version))
      const timeline = timelineOf({
        chart: orThrow(chartIn({ ...content, resources })),
        knowledge: maker().knowledge,
        document,
        revision: content.revision,
        decisions: await decisionsFor(request, patient),
        isPartial: resources.length < content.resources.length,
      })
      await request.seen(action, resources)
      return { status: 200, body: JSON.stringify(timeline), contentType: JSON_TYPE }
    },
  }
  const decisionsFor = async (request: ApiRequest, patient: string) => {
    const { allowed } = await request.decide({ interaction: 'read', type: 'decision', patient })
    return allowed ? store.decisions.list(patient) : undefined
  }
  return [timeline]
}
