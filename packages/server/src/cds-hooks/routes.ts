import { type ApiRequest, contextOf, json, orThrow, type Route } from '../api/index.ts'
import { Refused, refusal } from '../issue.ts'
import { entryIndex } from '../knowledge-api/entries.ts'
import { queryOf } from '../plans/requests.ts'
import { answerHook, type CdsSurroundings } from './answer.ts'
import type { CardLog } from './card-log.ts'
import { readFeedback } from './feedback.ts'
import { GOVERNOR_POLICY, type GovernorPolicy, governed, isBelow } from './governor.ts'
import { readRequest } from './protocol.ts'
import { SERVICES } from './services.ts'

export interface CdsRoutesConfig {
  /** What an answer is made with; `ownChart` is added for each request, within what its sender may see. */
  readonly surroundings: () => Omit<CdsSurroundings, 'ownChart'>
  readonly ownChart: (request: ApiRequest, patientId: string) => ReturnType<NonNullable<CdsSurroundings['ownChart']>>
  readonly log: CardLog
  readonly now: () => Date
  readonly policy?: GovernorPolicy
}

/** CDS Hooks 2.0: discovery, the services, feedback; and the report of the governor. */
export function cdsRoutes({ surroundings, ownChart, log, now, policy = GOVERNOR_POLICY }: CdsRoutesConfig): readonly Route[] {
  const serviceOf = (request: ApiRequest) => {
    const service = SERVICES.find(({ id }) => id === request.params.service)
    if (service) return service
    const remedy = 'GET /cds-services lists what there is'
    throw new Refused([refusal('not-found', 'service', 'there is no such service', remedy)])
  }
  const discovery: Route = {
    id: 'cds.discovery',
    method: 'GET',
    path: '/cds-services',
    rule: { open: 'the specification wants discovery without a token; it tells nothing of a patient' },
    summary: 'CDS Hooks: the services there are',
    handle: (request) => {
      queryOf(request.query, [])
      return Promise.resolve(json({ services: SERVICES }))
    },
  }
  const call: Route = {
    id: 'cds.call',
    method: 'POST',
    path: '/cds-services/:service',
    rule: { interaction: 'operation', about: 'cds', idFrom: 'service' },
    summary: 'CDS Hooks: cards for one call of a hook',
    handle: async (request) => {
      const service = serviceOf(request)
      const hook = orThrow(readRequest(request.body, service.hook))
      const cards = orThrow(await answerHook(hook, { ...surroundings(), ownChart: (id) => ownChart(request, id) }))
      const shown = governed(cards, await log.records(cards.map(({ rule }) => rule)), policy)
      await log.record(shown, { service: service.id, site: contextOf(request).site, at: now().toISOString() })
      return json({ cards: shown.map(({ card }) => card) })
    },
  }
  const feedback: Route = {
    id: 'cds.feedback',
    method: 'POST',
    path: '/cds-services/:service/feedback',
    rule: { interaction: 'create', about: 'cds', idFrom: 'service' },
    summary: 'CDS Hooks: what the clinician did with cards',
    handle: async (request) => {
      const service = serviceOf(request)
      const items = orThrow(readFeedback(request.body))
      return json(orThrow(await log.feedback(service.id, items, contextOf(request).who, now().toISOString())))
    },
  }
  const report: Route = {
    id: 'cds.report',
    method: 'GET',
    path: '/cds-report',
    rule: { interaction: 'read', about: 'cds-report' },
    summary: 'The governor of alerts: precision and override reasons of each rule',
    schema: { query: { since: { type: 'string', format: 'date', description: 'default: a year back' } } },
    handle: async (request) => {
      const query = queryOf(request.query, ['since'])
      const since = query.get('since') ?? new Date(now().getTime() - 365 * 86_400_000).toISOString().slice(0, 10)
      if (!/^\d{4}-\d{2}-\d{2}$/.test(since))
        throw new Refused([refusal('invalid-parameter', 'since', 'is no day', 'give it as 2026-11-23')])
      const rules = await log.report(since)
      const titles = entryIndex(surroundings().knowledge)
      return json({
        since,
        policy,
        rules: rules.map((rule) => {
          const answered = rule.accepted + rule.overridden
          const title = titles.named(rule.rule)[0]?.title
          return {
            ...rule,
            ...(title === undefined ? {} : { title }),
            acceptedPercent: answered === 0 ? null : Math.round((1000 * rule.accepted) / answered) / 10,
            isBelowThreshold: isBelow(rule, policy),
          }
        }),
      })
    },
  }
  return [discovery, call, feedback, report]
}
