import { err, ok, type Result } from '@secondwind/core'
import { refusal, type ServerIssue } from '../issue.ts'
import type { Database } from '../store/index.ts'
import type { CardFeedback } from './feedback.ts'
import type { RuledCard, RuleRecord } from './governor.ts'

/** What was shown and what came of it. The governor judges each rule by its newest answers. */
export interface CardLog {
  record(cards: readonly RuledCard[], of: { readonly service: string; readonly site: string; readonly at: string }): Promise<void>
  /** Keeps what clinicians did with cards; all or nothing. A card that nobody was shown refuses the call; a card counts once, with what was said of it last. */
  feedback(
    service: string,
    items: readonly CardFeedback[],
    from: string,
    at: string,
  ): Promise<Result<{ readonly kept: number }, readonly ServerIssue[]>>
  /** Each rule with its cards since that day, and its answers. */
  report(since: string): Promise<readonly RuleRecord[]>
  /** The newest answers of these rules, for the governor. */
  records(rules: readonly string[]): Promise<ReadonlyMap<string, RuleRecord>>
}

/** How many answers back the governor looks. */
const WINDOW = 100
/** Each card counts once, with the newest that was said of it: one person who says the same of one card again and again must not quieten its rule. */
const NEWEST = 'not exists (select from cds_feedback g where g.card = f.card and g.seq > f.seq)'

interface Counted {
  readonly rule: string
  readonly shown: number
  readonly accepted: number
  readonly overridden: number
  readonly reasons: readonly { readonly reason: string; readonly count: number }[] | null
}

export function cardLog(db: Database): CardLog {
  return {
    record: async (cards, { service, site, at }) => {
      if (cards.length === 0) return
      // the same call answered twice gives the same cards: they count once
      await db.query(
        `insert into cds_card (uuid, shown_at, service, rule, indicator, site, suggestions)
         select u, $2, $3, r, i, $4, s::json from unnest($1::text[], $5::text[], $6::text[], $7::text[]) as x(u, r, i, s)
         on conflict (uuid) do nothing`,
        [
          cards.map(({ card }) => card.uuid),
          at,
          service,
          site,
          cards.map(({ rule }) => rule),
          cards.map(({ card }) => card.indicator),
          cards.map(({ card }) => JSON.stringify(card.suggestions?.map((s) => s.uuid) ?? [])),
        ],
      )
    },
    feedback: (service, items, from, at) =>
      db.transaction(async (tx) => {
        const shown = await tx.query<{ uuid: string; rule: string; suggestions: readonly string[] }>(
          'select uuid, rule, suggestions from cds_card where uuid = any($1::text[]) and service = $2',
          [items.map(({ card }) => card), service],
        )
        const byId = new Map(shown.map((card) => [card.uuid, card]))
        const issues = items.flatMap(({ card, acceptedSuggestions }, i) => {
          const found = byId.get(card)
          if (found === undefined)
            return [
              refusal(
                'not-found',
                `feedback[${i}].card`,
                'no such card was shown by this service',
                'send the uuid of the card as it was received',
              ),
            ]
          return acceptedSuggestions
            .filter((id) => !found.suggestions.includes(id))
            .map(() =>
              refusal(
                'not-found',
                `feedback[${i}].acceptedSuggestions`,
                'is no suggestion of this card',
                'send the uuid of the suggestion as it was received',
              ),
            )
        })
        if (issues.length > 0) return err(issues)
        let kept = 0
        for (const { card, outcome, acceptedSuggestions, reasonCode, comment, at: outcomeAt } of items) {
          const rows = await tx.query(
            `insert into cds_feedback (card, rule, outcome, accepted, reason_code, comment, outcome_at, received_at, received_from)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (card, outcome, outcome_at) do nothing returning seq`,
            [
              card,
              byId.get(card)!.rule,
              outcome,
              JSON.stringify(acceptedSuggestions),
              reasonCode ?? null,
              comment ?? null,
              outcomeAt,
              at,
              from,
            ],
          )
          kept += rows.length
        }
        return ok({ kept })
      }),
    report: async (since) =>
      (
        await db.query<Counted>(
          `select c.rule, count(distinct c.uuid) as shown,
             count(f.seq) filter (where f.outcome = 'accepted') as accepted, count(f.seq) filter (where f.outcome = 'overridden') as overridden,
             (select json_agg(json_build_object('reason', coalesce(x.reason_code, 'comment only'), 'count', x.n) order by x.n desc, x.reason_code) from (
               select f.reason_code, count(*) as n from cds_feedback f
               where f.rule = c.rule and f.outcome = 'overridden' and f.received_at >= $1 and ${NEWEST} group by f.reason_code) x) as reasons
           from cds_card c left join cds_feedback f on f.card = c.uuid and f.received_at >= $1 and ${NEWEST}
           where c.shown_at >= $1 group by c.rule order by count(distinct c.uuid) desc, c.rule`,
          [since],
        )
      ).map(asRecord),
    records: async (rules) => {
      if (rules.length === 0) return new Map()
      const rows = await db.query<Counted>(
        `select r.rule, 0 as shown, count(*) filter (where f.outcome = 'accepted') as accepted,
           count(*) filter (where f.outcome = 'overridden') as overridden, null as reasons
         from unnest($1::text[]) as r(rule)
         cross join lateral (select f.outcome from cds_feedback f where f.rule = r.rule and ${NEWEST} order by f.seq desc limit ${WINDOW}) f
         group by r.rule`,
        [[...new Set(rules)]],
      )
      return new Map(rows.map((row) => [row.rule, asRecord(row)]))
    },
  }
}

const asRecord = ({ reasons, ...rest }: Counted): RuleRecord => ({ ...rest, reasons: reasons ?? [] })
