import { type ApiRequest, json, orThrow, type Route } from '../api/index.ts'
import type { BoardCase, DecisionAsked } from '../contract/board.ts'
import { Refused, refusal } from '../issue.ts'
import { againstPlan } from '../plans/against-plan.ts'
import { queryOf } from '../plans/requests.ts'
import type { StoreTransaction } from '../store/index.ts'
import { type Answer, answered, asked, type BoardConfig, versionIn, written } from './answers.ts'
import { askForBoard, type CaseRow, caseRow, changeCase, prepareCase, waitingCases, withdrawCase } from './cases.ts'
import { decide, newestDecision } from './decide.ts'
import { eventsOfCase } from './events.ts'
import { Fields } from './fields.ts'
import { shownCases } from './view.ts'

const URGENCIES = ['urgent', 'soon', 'routine'] as const
const MOST_TEXT = 10_000
/** Minutes a case may take where nobody says otherwise. Our own choice. */
const MINUTES = 10

const askedCase = (fields: Fields) => ({
  question: fields.text('question', 4000),
  urgency: fields.oneOf('urgency', URGENCIES),
  minutes: fields.has('minutes') ? fields.whole('minutes', 1, 120) : MINUTES,
})

/** Cases for the board: asked for, made ready, decided. */
export function caseRoutes(config: BoardConfig): readonly Route[] {
  const { store, maker, now } = config

  /** The case of the address, once it is sure that the caller may do this with it. */
  const reached = async (request: ApiRequest, interaction: 'read' | 'update'): Promise<CaseRow> => {
    const row = await caseRow(store.database, request.params.case!)
    if (row === undefined) throw new Refused([refusal('not-found', 'case', 'there is no such case', 'read the list again')])
    await request.authorize({ interaction, type: 'board-case', patient: row.patient })
    return row
  }
  const shownCase = async (request: ApiRequest, id: string): Promise<BoardCase> => {
    const row = await caseRow(store.database, id)
    if (row === undefined) throw new Error(`case ${id} is gone: cases are never deleted`)
    return (await shownCases(store, maker(), request, [row]))[0]!
  }
  const shown = (request: ApiRequest) => () => shownCase(request, request.params.case!)

  const queue: Route = {
    id: 'board.queue',
    method: 'GET',
    path: '/board/queue',
    rule: { interaction: 'search', about: 'board' },
    summary: 'Cases that wait for an agenda, the most urgent first, each with what is still missing',
    handle: async (request) => {
      queryOf(request.query, [])
      const sight = await request.authorize({ interaction: 'search', type: 'board-case' })
      const rows = await waitingCases(store.database, sight.within)
      return json({ items: await shownCases(store, maker(), request, rows) })
    },
  }
  const ask: Route = {
    id: 'board.case-create',
    method: 'POST',
    path: '/board/patients/:patient/cases',
    rule: { interaction: 'create', about: 'board-case', patientFrom: 'patient' },
    summary: 'Ask for the board: the question, how urgent it is, and how many minutes it needs',
    handle: async (request) => {
      const wanted = asked(request, askedCase)
      const id = orThrow(await written(config, request, (tx) => askForBoard(tx.sql, tx.author, now(), request.params.patient!, wanted)))
      return json(await shownCase(request, id), 201)
    },
  }
  const standing: Route = {
    id: 'board.case-of-patient',
    method: 'GET',
    path: '/board/patients/:patient/cases',
    rule: { interaction: 'read', about: 'board-case', patientFrom: 'patient' },
    summary: 'The cases of one patient, the newest first',
    handle: async (request) => {
      queryOf(request.query, [])
      const rows = await store.database.query<CaseRow>('select * from board_case where patient = $1 order by asked_at desc, id limit 50', [
        request.params.patient!,
      ])
      return json({ items: await shownCases(store, maker(), request, rows) })
    },
  }
  const read: Route = {
    id: 'board.case',
    method: 'GET',
    path: '/board/cases/:case',
    rule: { interaction: 'read', about: 'board', idFrom: 'case' },
    summary: 'One case with everything that happened to it, oldest first',
    handle: async (request) => {
      queryOf(request.query, [])
      const row = await reached(request, 'read')
      const one = await shownCase(request, row.id)
      return json({ ...one, events: one.question === null ? [] : await eventsOfCase(store.database, row.id) })
    },
  }
  /** A change of one case at the version that was looked at. */
  const changing =
    <T>(
      read: (fields: Fields, request: ApiRequest) => T,
      work: (tx: StoreTransaction, id: string, version: number, wanted: T) => Promise<Answer<unknown>>,
    ): Route['handle'] =>
    async (request) => {
      const row = await reached(request, 'update')
      const { version, wanted } = asked(request, (fields) => ({ version: versionIn(fields), wanted: read(fields, request) }))
      const result = await written(config, request, (tx) => work(tx, row.id, version, wanted))
      return answered(result, request, shown(request), shown(request))
    }
  const change: Route = {
    id: 'board.case-change',
    method: 'POST',
    path: '/board/cases/:case',
    rule: { interaction: 'update', about: 'board', idFrom: 'case' },
    summary: 'Another question, urgency or length',
    handle: changing(askedCase, (tx, id, version, wanted) => changeCase(tx.sql, tx.author, now(), id, version, wanted)),
  }
  const withdraw: Route = {
    id: 'board.case-withdraw',
    method: 'POST',
    path: '/board/cases/:case/withdrawal',
    rule: { interaction: 'update', about: 'board', idFrom: 'case' },
    summary: 'Takes a case off the queue and the agenda; `back: true` puts it back on the queue',
    handle: changing(
      (fields, { body }) => fields.has('back') && (body as { back?: unknown }).back === true,
      (tx, id, version, isBack) => withdrawCase(tx.sql, tx.author, now(), id, version, isBack),
    ),
  }
  const prepare: Route = {
    id: 'board.case-prepare',
    method: 'POST',
    path: '/board/cases/:case/preparation',
    rule: { interaction: 'update', about: 'board', idFrom: 'case' },
    summary: 'Who sees to one missing thing, by when; without `owner`: nobody yet',
    handle: changing(
      (fields) => ({
        item: fields.text('item', 300),
        who: fields.has('owner')
          ? { owner: fields.reference('owner'), ownerName: fields.text('ownerName', 200), dueOn: fields.day('dueOn') }
          : null,
      }),
      (tx, id, version, { item, who }) => prepareCase(tx.sql, tx.author, now(), id, version, item, who),
    ),
  }

  const planOf = async (request: ApiRequest, patient: string, { asOf, chosen, other = '' }: DecisionAsked) => {
    const content = await store.chart(patient)
    const plan = orThrow(maker().make(content, asOf))
    await request.seen({ interaction: 'read', type: 'plan', patient }, content.resources)
    const against = againstPlan(content, plan.document, maker().knowledge, { asOf, chosen, words: other })
    return { plan, revision: content.revision, against }
  }
  const decided: Route = {
    id: 'board.decide',
    method: 'POST',
    path: '/board/patients/:patient/decisions',
    rule: { interaction: 'create', about: 'decision', patientFrom: 'patient' },
    summary: 'What was decided, on which plan, why, who thought otherwise, what the patient wants, who sees to it and by when',
    handle: async (request) => {
      queryOf(request.query, [])
      const decision = askedDecision(request.body)
      const patient = request.params.patient!
      const looked = await planOf(request, patient, decision)
      const result = await written(config, request, (tx) => decide(tx, now(), patient, decision, looked))
      return answered(
        result,
        request,
        (made) => made,
        () => newestDecision(store, patient).then((one) => one ?? null),
      )
    },
  }
  const newest: Route = {
    id: 'board.newest-decision',
    method: 'GET',
    path: '/board/patients/:patient/decisions/newest',
    rule: { interaction: 'read', about: 'decision', patientFrom: 'patient' },
    summary: 'The newest decision of one patient; null: none was taken',
    handle: async (request) => {
      queryOf(request.query, [])
      return json({ decision: (await newestDecision(store, request.params.patient!)) ?? null })
    },
  }
  return [queue, ask, standing, read, change, withdraw, prepare, decided, newest]
}

function askedDecision(body: unknown): DecisionAsked {
  const fields = new Fields(body)
  const dissent: { who: string; reason: string }[] = []
  const chosen = fields.textOrNull('chosen', 200)
  const other = fields.optionalText('other', 500)
  const preference = fields.optionalText('preference', MOST_TEXT)
  const boardCase = fields.optionalText('case', 64)
  const against: { reason: string }[] = []
  fields.one('againstPlan', (one) => {
    against.push({ reason: one.text('reason', MOST_TEXT) })
  })
  fields.list('dissent', 20, (one) => {
    dissent.push({ who: one.text('who', 200), reason: one.text('reason', MOST_TEXT) })
  })
  const asked: DecisionAsked = {
    planDigest: fields.digest('planDigest'),
    asOf: fields.day('asOf'),
    chosen,
    reason: fields.text('reason', MOST_TEXT),
    dissent,
    owner: fields.reference('owner'),
    ownerName: fields.text('ownerName', 200),
    dueOn: fields.day('dueOn'),
    after: fields.whole('after', 0, 1e6),
    ...(other === undefined ? {} : { other }),
    ...(preference === undefined ? {} : { preference }),
    ...(boardCase === undefined ? {} : { case: boardCase }),
    ...(against[0] === undefined ? {} : { againstPlan: against[0] }),
  }
  fields.done()
  if ((chosen === null) !== (other !== undefined))
    throw new Refused([
      refusal(
        'invalid-request',
        'other',
        'belongs to a decision for none of the options, and only to that',
        'send chosen, or chosen: null and other',
      ),
    ])
  return asked
}
