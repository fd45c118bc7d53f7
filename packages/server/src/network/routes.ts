import { JSON_TYPE, type Route } from '../api/index.ts'
import { queryOf } from '../plans/requests.ts'
import type { NetworkCounts } from './overview.ts'

/** The network in numbers: sites, what is overdue, waits and quality measures. Nothing of one patient is in it. */
export function networkRoutes(counts: NetworkCounts): readonly Route[] {
  const overview: Route = {
    id: 'network.overview',
    method: 'GET',
    path: '/network/overview',
    rule: { interaction: 'read', about: 'network' },
    summary: 'Sites with what they can do, patients, what is overdue, waits per step and quality measures; no names, small numbers hidden',
    handle: async (request) => {
      queryOf(request.query, [])
      const body = await counts.overview()
      await request.seen({ interaction: 'read', type: 'network' }, [])
      return { status: 200, body: JSON.stringify(body), contentType: JSON_TYPE }
    },
  }
  return [overview]
}
