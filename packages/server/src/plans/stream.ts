import { Readable } from 'node:stream'
import { type ApiRequest, contextOf, type Route } from '../api/index.ts'
import { Refused, refusal } from '../issue.ts'
import type { Database } from '../store/index.ts'
import { queryOf } from './requests.ts'

interface Row {
  readonly seq: number
  readonly patient: string
  readonly at: string
  readonly cause: string
  readonly priority: number
  readonly revision: number
}

/** Milliseconds between two looks, and between two signs of life. */
const LOOK = 1000
const ALIVE = 15_000

/**
 * Changed plans as server-sent events, from `Last-Event-ID` (or `after`) on. An event names the patient and how pressing it is, never what changed:
 * that is read with the worklist, under its own rule. Patients whom the caller may not see are passed over.
 */
export function streamRoutes(db: Database): readonly Route[] {
  const changes: Route = {
    id: 'plan.changes',
    method: 'GET',
    path: '/changes',
    isEndless: true,
    rule: { interaction: 'search', about: 'worklist' },
    summary: 'Server-sent events: patients whose plan came out differently',
    schema: { query: { after: { type: 'integer', description: 'the id of the last event seen' } } },
    handle: async (request) => {
      const query = queryOf(request.query, ['after'])
      const given = request.headers['last-event-id'] ?? query.get('after')
      if (given !== undefined && !/^\d{1,15}$/.test(String(given)))
        throw new Refused([refusal('invalid-parameter', 'after', 'is no id of an event', 'give the id of the last event seen')])
      const start = given === undefined ? await newest(db) : Number(given)
      return {
        status: 200,
        headers: { 'x-accel-buffering': 'no' },
        contentType: 'text/event-stream; charset=utf-8',
        body: Readable.from(events(db, request, start), { objectMode: false }),
      }
    },
  }
  return [changes]
}

async function* events(db: Database, request: ApiRequest, start: number): AsyncGenerator<string> {
  let last = start
  let saidAt = Date.now()
  yield `retry: 3000\n: changes after ${last}\n\n`
  // whoever listens longer than the token holds signs in again: rights that were taken away meanwhile are gone then
  const { endsAt = Number.POSITIVE_INFINITY } = contextOf(request)
  while (!request.signal.aborted && Date.now() < endsAt) {
    const rows = await db.query<Row>(
      'select seq, patient, at, cause, priority, revision from plan_change where seq > $1 order by seq limit 200',
      [last],
    )
    for (const { seq, patient, ...rest } of rows) {
      last = seq
      const decision = await request.decide({ interaction: 'read', type: 'plan', patient })
      if (!decision.allowed) continue
      saidAt = Date.now()
      yield `id: ${seq}\nevent: plan-changed\ndata: ${JSON.stringify({ patient: `Patient/${patient}`, ...rest })}\n\n`
    }
    if (rows.length > 0) continue
    if (Date.now() - saidAt > ALIVE) {
      saidAt = Date.now()
      yield ': alive\n\n'
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK)
      request.signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          resolve()
        },
        { once: true },
      )
    })
  }
}

const newest = async (db: Database): Promise<number> =>
  (await db.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from plan_change'))[0]?.seq ?? 0
