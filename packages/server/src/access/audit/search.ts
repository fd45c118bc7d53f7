import { JSON_TYPE, type Route } from '../../api/index.ts'
import type { AuditFound, AuditItem } from '../../contract/board.ts'
import { Refused, refusal } from '../../issue.ts'
import { countIn, instantIn, queryOf } from '../../plans/requests.ts'
import type { Database } from '../../store/index.ts'

interface Event {
  readonly agent?: readonly { readonly role?: readonly { readonly text?: string }[]; readonly location?: { readonly display?: string } }[]
  readonly purposeOfEvent?: readonly { readonly coding?: readonly { readonly code?: string }[] }[]
  readonly subtype?: readonly { readonly code?: string }[]
  readonly outcome?: string
  readonly entity?: readonly {
    readonly name?: string
    readonly what?: { readonly reference?: string }
    readonly detail?: readonly { readonly type: string; readonly valueString?: string }[]
  }[]
}

const NAMED = 20

/** The audit log by patient, by person and by time, the newest first: for privacy officers. Values of charts stand nowhere in it. */
export function auditSearchRoutes(db: Database): readonly Route[] {
  const search: Route = {
    id: 'audit.search',
    method: 'GET',
    path: '/audit/events',
    rule: { interaction: 'search', about: 'audit' },
    summary: 'Who did what, the newest first: of a patient, by a person, in a span of time',
    schema: {
      query: {
        patient: { type: 'string', description: 'id, without Patient/' },
        who: { type: 'string', description: 'a reference, such as Practitioner/ID' },
        from: { type: 'string', format: 'date-time' },
        to: { type: 'string', format: 'date-time' },
        refused: { type: 'string', enum: ['yes'] },
        count: { type: 'integer', minimum: 1, maximum: 200 },
        cursor: { type: 'integer', description: '`next` of the page before' },
      },
    },
    handle: async (request) => {
      const query = queryOf(request.query, ['patient', 'who', 'from', 'to', 'refused', 'count', 'cursor'])
      const values: unknown[] = []
      const place = (value: unknown): string => `$${values.push(value)}`
      const where = ['true']
      const [patient, who, cursor, refused] = ['patient', 'who', 'cursor', 'refused'].map((name) => query.get(name))
      const [from, to] = [instantIn(query, 'from'), instantIn(query, 'to')]
      const asked = patient?.replace(/^Patient\//, '')
      if (asked !== undefined) where.push(`(patient = ${place(asked)} or patients @> array[${place(asked)}::text])`)
      if (who !== undefined) where.push(`who = ${place(who)}`)
      if (from !== undefined) where.push(`recorded_at >= ${place(from)}`)
      if (to !== undefined) where.push(`recorded_at < ${place(to)}`)
      if (refused !== undefined) {
        if (refused !== 'yes') throw new Refused([refusal('invalid-parameter', 'refused', 'is not yes', 'leave it out, or say yes')])
        where.push(`body::json ->> 'outcome' = '4'`)
      }
      if (cursor !== undefined) {
        if (!/^\d{1,15}$/.test(cursor)) throw new Refused([refusal('invalid-parameter', 'cursor', 'is no place in the log', 'give `next`')])
        where.push(`seq < ${place(Number(cursor))}`)
      }
      const count = countIn(query, 50, 200)
      const rows = await db.query<Row>(
        `select seq, recorded_at, who, patient, patients, body from audit_event where ${where.join(' and ')} order by seq desc limit ${place(count + 1)}`,
        values,
      )
      const page = rows.slice(0, count)
      const found: AuditFound = { items: page.map((row) => itemOf(row, asked)), ...(rows.length > count ? { next: page.at(-1)!.seq } : {}) }
      // who looks at the log stands in it
      await request.seen({ interaction: 'search', type: 'audit', ...(asked === undefined ? {} : { patient: asked }) }, [])
      return { status: 200, body: JSON.stringify(found), contentType: JSON_TYPE }
    },
  }
  return [search]
}

interface Row {
  readonly seq: number
  readonly recorded_at: string
  readonly who: string
  readonly patient: string | null
  readonly patients: readonly string[] | null
  readonly body: string
}

/** `asked`: the patient whose events are looked for; what was seen of them stands first where several were seen together. */
function itemOf({ seq, recorded_at, who, patient: only, patients, body }: Row, asked: string | undefined): AuditItem {
  const event = JSON.parse(body) as Event
  const own = event.entity?.at(-1)
  const together = new Set((patients ?? (only === null ? [] : [only])).map((id) => `Patient/${id}`))
  const isOwn = (one: string): boolean => one.startsWith(`Patient/${asked}/`)
  const what = (event.entity ?? [])
    .flatMap(({ what }) => what?.reference ?? [])
    .filter((one) => !together.has(one))
    .sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)))
  const total = Number(own?.detail?.find(({ type }) => type === 'resources')?.valueString ?? what.length)
  const patient = asked ?? only
  const shown = what.slice(0, NAMED)
  const [agent] = event.agent ?? []
  const role = agent?.role?.[0]?.text
  const site = agent?.location?.display
  const purpose = event.purposeOfEvent?.[0]?.coding?.[0]?.code
  return {
    seq,
    at: recorded_at,
    who,
    interaction: event.subtype?.[0]?.code ?? 'operation',
    route: own?.name ?? '',
    what: shown,
    more: Math.max(0, total - shown.length),
    isRefused: event.outcome === '4',
    ...(patient === null ? {} : { patient }),
    ...(patients === null ? {} : { patients: patients.length }),
    ...(role === undefined ? {} : { role }),
    ...(site === undefined ? {} : { site }),
    ...(purpose === undefined ? {} : { purpose }),
  }
}
