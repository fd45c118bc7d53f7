import type { AffectedPage, AffectedPatient, Handled, Handling, HandlingAsked, ReleaseReviews } from '../contract/knowledge.ts'
import type { ShownChange } from '../plans/plan-state.ts'
import { type ChartScope, patientsIn, type Queries, type Transaction } from '../store/index.ts'
import { HANDLING_REASONS, MOST_SNOOZE_DAYS } from './handling.ts'
import type { NamedRelease } from './release-changes.ts'

interface Row {
  readonly patient: string
  readonly site: string
  readonly story: string | null
  readonly seq: number
  readonly at: string
  readonly priority: number
  readonly changes: readonly ShownChange[]
  readonly handled_at: string | null
  readonly handled_by: string | null
  readonly handled_as: string | null
  readonly handled_reason: string | null
  readonly handled_comment: string | null
  readonly snoozed_until: string | null
  readonly snoozed_at: string | null
  readonly snoozed_by: string | null
}

export interface AffectedRequest {
  readonly count: number
  /** `next` of the page before. */
  readonly cursor?: string
  /** Only those that nobody has handled. */
  readonly onlyOpen: boolean
  /** ISO day: a snooze that ends on it or before is over. */
  readonly today: string
  /** Only these charts. */
  readonly within?: ChartScope
}

const OPEN = `c.handled_at is null and (c.snoozed_until is null or c.snoozed_until <= $2::date)`

/** Whose plan a release changed, the most pressing first, with what became of it. */
export async function affectedPage(
  db: Queries,
  { version, digest }: NamedRelease,
  { count, cursor, onlyOpen, today, within }: AffectedRequest,
): Promise<AffectedPage> {
  const key = `c.priority::text || lpad(c.seq::text, 18, '0')`
  const values: unknown[] = [digest, today]
  const where = `c.cause = 'release' and c.knowledge_digest = $1 and ${patientsIn(within, 'c.patient', (value) => `$${values.push(value)}`)}`
  const next = values.length + 1
  const [[totals], rows] = [
    await db.query<{ total: number; open: number }>(
      `select count(*) as total, count(*) filter (where ${OPEN}) as open from plan_change c where ${where}`,
      values,
    ),
    await db.query<Row>(
      `select c.patient, c.site, s.story, c.seq, c.at, c.priority, c.changes, c.handled_at, c.handled_by, c.handled_as, c.handled_reason,
         c.handled_comment, c.snoozed_until, c.snoozed_at, c.snoozed_by
       from plan_change c left join plan_state s on s.patient = c.patient
       where ${where} and ($${next}::boolean = false or (${OPEN})) and ($${next + 1}::text is null or ${key} collate "C" > $${next + 1})
       order by ${key} collate "C" limit $${next + 2}`,
      [...values, onlyOpen, cursor ?? null, count + 1],
    ),
  ]
  const page = rows.slice(0, count)
  const last = page.at(-1)
  return {
    version,
    digest,
    total: totals?.total ?? 0,
    open: totals?.open ?? 0,
    items: page.map((row) => itemOf(row, today)),
    ...(rows.length > count && last !== undefined ? { next: `${last.priority}${String(last.seq).padStart(18, '0')}` } : {}),
  }
}

function itemOf(row: Row, today: string): AffectedPatient {
  const handled = handledOf(row, today)
  return {
    patient: `Patient/${row.patient}`,
    site: row.site,
    story: row.story ?? '',
    seq: row.seq,
    at: row.at,
    priority: row.priority,
    changes: row.changes,
    ...(handled === undefined ? {} : { handled }),
  }
}

function handledOf(row: Row, today: string): Handled | undefined {
  const coded = {
    ...(row.handled_reason === null ? {} : { reason: row.handled_reason }),
    ...(row.handled_comment === null ? {} : { comment: row.handled_comment }),
  }
  if (row.handled_at !== null) {
    // earlier answers wrote "approved: words"
    const [as = '', ...words] = (row.handled_as ?? '').split(': ')
    const comment = words.join(': ')
    return { as: as as Handling, by: row.handled_by ?? '', at: row.handled_at, ...(comment === '' ? {} : { comment }), ...coded }
  }
  if (row.snoozed_until === null || row.snoozed_until <= today) return undefined
  return { as: 'snoozed', by: row.snoozed_by ?? '', at: row.snoozed_at ?? '', until: row.snoozed_until, ...coded }
}

/** Handles one open change of a patient's plan. False: there is none with that number, or somebody was quicker. */
export async function handleCoded(
  tx: Transaction,
  patient: string,
  seq: number,
  { as, reason, comment, until }: HandlingAsked,
  by: string,
  at: string,
): Promise<boolean> {
  const rows =
    as === 'snoozed'
      ? await tx.query(
          `update plan_change set snoozed_until = $3, snoozed_at = $4, snoozed_by = $5, handled_reason = $6, handled_comment = $7
           where patient = $1 and seq = $2 and handled_at is null returning seq`,
          [patient, seq, until, at, by, reason, comment ?? null],
        )
      : await tx.query(
          `update plan_change set handled_at = $4, handled_by = $5, handled_as = $3, handled_reason = $6, handled_comment = $7, snoozed_until = null
           where patient = $1 and seq = $2 and handled_at is null returning seq`,
          [patient, seq, as, at, by, reason, comment ?? null],
        )
  return rows.length > 0
}

/** Writes what a site says of a release. */
export async function reviewRelease(
  tx: Transaction,
  digest: string,
  { as, reason, comment, until }: HandlingAsked,
  site: string,
  by: string,
  at: string,
): Promise<void> {
  await tx.query(
    'insert into release_review (knowledge_digest, site, at, by, handled_as, reason, comment, until) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [digest, site, at, by, as, reason, comment ?? null, until ?? null],
  )
}

const MOST_REVIEWS = 100

export async function releaseReviews(db: Queries, { version, digest }: NamedRelease): Promise<ReleaseReviews> {
  const rows = await db.query<{
    site: string
    at: string
    by: string
    handled_as: Handling
    reason: string
    comment: string | null
    until: string | null
  }>('select site, at, by, handled_as, reason, comment, until from release_review where knowledge_digest = $1 order by seq desc limit $2', [
    digest,
    MOST_REVIEWS,
  ])
  return {
    version,
    digest,
    reasons: HANDLING_REASONS,
    mostSnoozeDays: MOST_SNOOZE_DAYS,
    reviews: rows.map(({ handled_as, comment, until, ...rest }) => ({
      ...rest,
      as: handled_as,
      ...(comment === null ? {} : { comment }),
      ...(until === null ? {} : { until }),
    })),
  }
}
