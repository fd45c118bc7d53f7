import type { BoardEvent } from '../contract/board.ts'
import type { Author, Queries } from '../store/index.ts'

export interface Happened {
  readonly kind: string
  readonly meeting?: string | null
  readonly boardCase?: string
  readonly patient?: string
  /** What stands now and, where something was changed, what stood before. */
  readonly body: { readonly [key: string]: unknown }
}

/** Keeps what happened, in the transaction in which it happened. */
export async function tellEvent(
  db: Queries,
  author: Author,
  at: Date,
  { kind, meeting, boardCase, patient, body }: Happened,
): Promise<void> {
  await db.query(
    'insert into board_event (at, who, site, kind, meeting, board_case, patient, body) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [at.toISOString(), author.who, author.site, kind, meeting ?? null, boardCase ?? null, patient ?? null, JSON.stringify(body)],
  )
}

/** The newest change of a meeting or of a case on its agenda. */
export async function newestEvent(db: Queries, meeting: string): Promise<number> {
  const [row] = await db.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from board_event where meeting = $1', [meeting])
  return row?.seq ?? 0
}

/** What happened to one case, oldest first. */
export async function eventsOfCase(db: Queries, boardCase: string): Promise<readonly BoardEvent[]> {
  const rows = await db.query<{ seq: number; at: string; who: string; kind: string; board_case: string | null; body: BoardEvent['body'] }>(
    'select seq, at, who, kind, board_case, body from board_event where board_case = $1 order by seq limit 500',
    [boardCase],
  )
  return rows.map(({ board_case, ...rest }) => ({ ...rest, ...(board_case === null ? {} : { case: board_case }) }))
}
