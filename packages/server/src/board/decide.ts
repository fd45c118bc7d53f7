import { randomUUID } from 'node:crypto'
import { err, ok, type Result } from '@secondwind/core'
import type { AgainstLine, BoardDecision, DecisionAsked, DecisionMade } from '../contract/board.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import { keptAgainst, refusedAsAgainst } from '../plans/against-plan.ts'
import type { MadePlan } from '../plans/plan-maker.ts'
import { type Author, appendDecision, type Queries, type RecordedDecision, type Store, type StoreTransaction } from '../store/index.ts'
import { type CaseRow, caseRow } from './cases.ts'
import { tellEvent } from './events.ts'
import { closeTask, type TaskRow } from './follow-up.ts'

/** The plan that was looked at, as it comes out now, and the revision of the chart it was made from. */
export interface Looked {
  readonly plan: MadePlan
  readonly revision: number
  /** What the plan says against what is decided. */
  readonly against: readonly AgainstLine[]
}

const refused = (...of: Parameters<typeof refusal>): Result<never, readonly ServerIssue[]> => err([refusal(...of)])

/**
 * Records what was decided: in the decision journal, with somebody who sees to it by a day, and on the agenda where the case stands on one. All of it or nothing.
 * Refuses what the plan calls unsafe unless a reason is given that is kept with it, a plan that has changed since it was looked at, a decision that somebody else took meanwhile, and one by somebody who declared an interest in the case.
 * An earlier decision of the same case that is still open is closed: this one stands in its place.
 */
export async function decide(
  tx: StoreTransaction,
  at: Date,
  patient: string,
  asked: DecisionAsked,
  { plan, revision, against }: Looked,
): Promise<Result<DecisionMade, readonly ServerIssue[]>> {
  const { author, sql } = tx
  if (plan.digest !== asked.planDigest) return planChanged()
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [`decision ${patient}`])
  // the plan was made before this transaction began: a chart that grew in between is another plan
  const [head] = await sql.query<{ revision: number }>('select revision from chart_head where chart = $1 for share', [`Patient/${patient}`])
  if (head?.revision !== revision) return planChanged()
  const [last] = await sql.query<{ number: number }>('select coalesce(max(number), 0) as number from decision_journal where patient = $1', [
    patient,
  ])
  if (last!.number !== asked.after)
    return refused(
      'version-conflict',
      'after',
      'somebody else has decided on this patient meanwhile',
      'read what was decided beside what you wrote, and choose which stands',
    )
  const row = asked.case === undefined ? undefined : await caseRow(sql, asked.case)
  const problem = asked.case === undefined ? undefined : await whyNot(sql, author, patient, row)
  if (problem !== undefined) return err([problem])
  const unsafe = refusedAsAgainst(against, asked.againstPlan?.reason)
  if (unsafe.length > 0) return err(unsafe)
  const options = plan.document.options
  const title = asked.chosen === null ? asked.other! : (options.find(({ id }) => id === asked.chosen)?.title ?? asked.chosen)
  const recorded = await appendDecision(
    sql,
    patient,
    {
      optionsSeen: options.map(({ id }) => id),
      chosen: asked.chosen,
      reason: asked.reason,
      dissent: asked.dissent ?? [],
      planDigest: plan.digest,
      chartRevision: revision,
      knowledgeRelease: `${plan.document.knowledge.version} ${plan.document.knowledge.digest}`,
      asOf: asked.asOf,
      ...(asked.other === undefined ? {} : { other: asked.other }),
      ...(asked.preference === undefined ? {} : { preference: asked.preference }),
      ...keptAgainst(against, asked.againstPlan?.reason),
      owner: asked.owner,
      dueOn: asked.dueOn,
      ...(row === undefined ? {} : { board: { case: row.id, ...(row.meeting === null ? {} : { meeting: row.meeting }) } }),
    },
    author,
    at,
  )
  if (row !== undefined) {
    for (const task of await sql.query<TaskRow>('select * from board_task where board_case = $1 and closed_at is null for update', [
      row.id,
    ]))
      await closeTask(sql, author, at, task, { outcome: 'superseded' })
    await sql.query(`update board_case set state = 'decided', version = version + 1 where id = $1`, [row.id])
  }
  const followUp = randomUUID()
  await sql.query(
    `insert into board_task (id, patient, site, decision, board_case, meeting, title, owner, owner_name, due_on, decided_by, decided_at, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`,
    [
      followUp,
      patient,
      author.site,
      recorded.number,
      row?.id ?? null,
      row?.meeting ?? null,
      title.slice(0, 500),
      asked.owner,
      asked.ownerName,
      asked.dueOn,
      author.who,
      recorded.recordedAt,
    ],
  )
  await tellEvent(sql, author, at, {
    kind: 'decided',
    meeting: row?.meeting ?? null,
    ...(row === undefined ? {} : { boardCase: row.id }),
    patient,
    body: { decision: recorded.number, followUp },
  })
  return ok({ decision: shownDecision(recorded, title), followUp })
}

const planChanged = () =>
  refused(
    'version-conflict',
    'planDigest',
    'the plan has changed since it was looked at: new data, another day or another release of the knowledge',
    'read the plan again, look at what changed, and decide on it',
  )

async function whyNot(db: Queries, author: Author, patient: string, row: CaseRow | undefined): Promise<ServerIssue | undefined> {
  if (row === undefined || row.patient !== patient)
    return refusal('invalid-request', 'case', 'is no case of this patient', 'name the case as the agenda does, or leave it out')
  if (row.state === 'withdrawn')
    return refusal('invalid-request', 'case', 'was withdrawn from the board', 'put it back on the queue first, or leave it out')
  const [own] = await db.query('select 1 from board_interest where board_case = $1 and who = $2 limit 1', [row.id, author.who])
  return own === undefined
    ? undefined
    : refusal('forbidden', 'case', 'you have declared an interest in this case', 'let another member of the board record what was decided')
}

export function shownDecision(recorded: RecordedDecision, title: string): BoardDecision {
  const { number, chosen, other, reason, preference, againstPlan, dissent, owner, dueOn, recordedAt, recordedBy, planDigest, asOf } =
    recorded
  return {
    number,
    chosen,
    title,
    reason,
    dissent,
    recordedAt,
    recordedBy,
    planDigest,
    asOf,
    ...(other === undefined ? {} : { other }),
    ...(preference === undefined ? {} : { preference }),
    ...(againstPlan === undefined ? {} : { againstPlan }),
    ...(owner === undefined ? {} : { owner }),
    ...(dueOn === undefined ? {} : { dueOn }),
  }
}

/** The newest decision of a patient, by the title under which it was taken; undefined: none was. */
export async function newestDecision(store: Store, patient: string): Promise<BoardDecision | undefined> {
  const recorded = (await store.decisions.list(patient)).at(-1)
  if (recorded === undefined) return undefined
  const [task] = await store.database.query<{ title: string }>('select title from board_task where patient = $1 and decision = $2', [
    patient,
    recorded.number,
  ])
  return shownDecision(recorded, task?.title ?? recorded.other ?? recorded.chosen ?? '')
}
