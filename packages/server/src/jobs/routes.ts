import { json, type Route } from '../api/index.ts'
import { queryOf } from '../plans/requests.ts'
import type { Jobs } from './jobs.ts'

/** What waits, what runs, and what failed in all its tries. */
export function jobRoutes(jobs: () => Jobs): readonly Route[] {
  const states: Route = {
    id: 'job.states',
    method: 'GET',
    path: '/jobs',
    rule: { interaction: 'read', about: 'job' },
    summary: 'Queues with what waits, runs and is dead',
    handle: async (request) => {
      queryOf(request.query, [])
      return json({ queues: await jobs().states(), dead: await jobs().dead() })
    },
  }
  const revive: Route = {
    id: 'job.revive',
    method: 'POST',
    path: '/jobs/dead/revival',
    rule: { interaction: 'create', about: 'job' },
    summary: 'Put the dead jobs back into their queues',
    handle: async (request) => {
      queryOf(request.query, [])
      return json({ revived: await jobs().revive() })
    },
  }
  return [states, revive]
}
