import { type ApiRequest, contextOf, json, type Route } from '../api/index.ts'
import { Refused, refusal } from '../issue.ts'
import { queryOf } from '../plans/requests.ts'
import { answered, type BoardConfig, written } from './answers.ts'
import { Fields } from './fields.ts'
import { closeFollowUp, followUpOf, handOver, NOT_DONE, reopenFollowUp, type TaskRow, taskRow, tasks } from './follow-up.ts'
import { identitiesOf } from './patients.ts'

/** What was decided and whether it happened. */
export function followUpRoutes(config: BoardConfig): readonly Route[] {
  const { store, today, now } = config
  const db = store.database

  const shown = async (request: ApiRequest, rows: readonly TaskRow[]) => {
    const identities = await identitiesOf(
      store,
      request,
      rows.map(({ patient }) => patient),
    )
    await request.seen(
      { interaction: 'search', type: 'decision' },
      [...identities.values()].map(({ version }) => version),
    )
    return rows.map((row) => followUpOf(row, today(), identities.get(row.patient)?.name))
  }
  /** The owner, and whoever may decide on this patient. */
  const reached = async (request: ApiRequest): Promise<TaskRow> => {
    const row = await taskRow(db, request.params.id!)
    if (row === undefined) throw new Refused([refusal('not-found', 'id', 'there is no such decision to follow', 'read the list again')])
    if (row.owner !== contextOf(request).who) await request.authorize({ interaction: 'create', type: 'decision', patient: row.patient })
    return row
  }
  const one = (request: ApiRequest) => async () => (await shown(request, [(await taskRow(db, request.params.id!))!]))[0]

  const list: Route = {
    id: 'board.follow-through',
    method: 'GET',
    path: '/board/follow-through',
    rule: { interaction: 'search', about: 'board' },
    summary: 'What was decided and must happen: one’s own list, or (`of=all`) that of all charts in reach; the longest overdue first',
    schema: { query: { of: { type: 'string', enum: ['me', 'all'] }, state: { type: 'string', enum: ['open', 'closed'] } } },
    handle: async (request) => {
      const query = queryOf(request.query, ['of', 'state'])
      const [of, state] = [query.get('of') ?? 'me', query.get('state') ?? 'open']
      if (!['me', 'all'].includes(of) || !['open', 'closed'].includes(state))
        throw new Refused([refusal('invalid-parameter', 'of', 'is none of me, all; or state none of open, closed', 'give one of them')])
      const isOpen = state === 'open'
      if (of === 'me') return json({ items: await shown(request, await tasks(db, { owner: contextOf(request).who, isOpen })) })
      const { within } = await request.authorize({ interaction: 'search', type: 'decision' })
      return json({ items: await shown(request, await tasks(db, { isOpen, ...(within === undefined ? {} : { within }) })) })
    },
  }
  const close: Route = {
    id: 'board.follow-up-close',
    method: 'POST',
    path: '/board/follow-through/:id/closing',
    rule: { interaction: 'update', about: 'board', idFrom: 'id' },
    summary: 'It was done, or it was not, and why',
    handle: async (request) => {
      queryOf(request.query, [])
      const row = await reached(request)
      const fields = new Fields(request.body)
      const version = fields.whole('version', 1, 1e9)
      const outcome = fields.oneOf('outcome', ['done', 'not-done'] as const)
      const reason = outcome === 'not-done' ? fields.oneOf('reason', NOT_DONE) : undefined
      const note = reason === 'other' ? fields.text('note', 2000) : fields.optionalText('note', 2000)
      fields.done()
      const closing = { outcome, ...(reason === undefined ? {} : { reason }), ...(note === undefined ? {} : { note }) }
      const result = await written(config, request, (tx) => closeFollowUp(tx.sql, tx.author, now(), row.id, version, closing))
      return answered(result, request, one(request), one(request))
    },
  }
  const reopen: Route = {
    id: 'board.follow-up-reopen',
    method: 'POST',
    path: '/board/follow-through/:id/reopening',
    rule: { interaction: 'update', about: 'board', idFrom: 'id' },
    summary: 'Takes a closing back',
    handle: async (request) => {
      queryOf(request.query, [])
      const row = await reached(request)
      const fields = new Fields(request.body)
      const version = fields.whole('version', 1, 1e9)
      fields.done()
      const result = await written(config, request, (tx) => reopenFollowUp(tx.sql, tx.author, now(), row.id, version))
      return answered(result, request, one(request), one(request))
    },
  }
  const hand: Route = {
    id: 'board.follow-up-owner',
    method: 'POST',
    path: '/board/follow-through/:id/owner',
    rule: { interaction: 'update', about: 'board', idFrom: 'id' },
    summary: 'Hands it to somebody else, or sets another day',
    handle: async (request) => {
      queryOf(request.query, [])
      const row = await reached(request)
      const fields = new Fields(request.body)
      const version = fields.whole('version', 1, 1e9)
      const to = { owner: fields.reference('owner'), ownerName: fields.text('ownerName', 200), dueOn: fields.day('dueOn') }
      fields.done()
      const result = await written(config, request, (tx) => handOver(tx.sql, tx.author, now(), row.id, version, to))
      return answered(result, request, one(request), one(request))
    },
  }
  return [list, close, reopen, hand]
}
