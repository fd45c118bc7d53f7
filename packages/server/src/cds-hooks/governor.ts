import type { CdsCard } from './protocol.ts'

/** A card with the rule that made it. */
export interface RuledCard {
  readonly card: CdsCard
  /** Id of the rule of the base; `plan`, `tests` or `chart` for what no rule says alone. */
  readonly rule: string
  /** An emergency, or missing data: shown as it is, whatever was done with earlier ones. */
  readonly isKept?: true
}

/** What became of the cards of one rule. */
export interface RuleRecord {
  readonly rule: string
  readonly shown: number
  readonly accepted: number
  readonly overridden: number
  /** By reason as the clinicians gave it, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
}

export interface GovernorPolicy {
  /** A rule is judged from this many answered cards on. */
  readonly fromAnswers: number
  /** Below this share of accepted cards it no longer interrupts. */
  readonly acceptedPercent: number
}

/** Our own choice, not from a source: one in ten followed, seen over at least twenty answers. A site sets its own. */
export const GOVERNOR_POLICY: GovernorPolicy = { fromAnswers: 20, acceptedPercent: 10 }

export const isBelow = ({ accepted, overridden }: RuleRecord, policy: GovernorPolicy): boolean =>
  accepted + overridden >= policy.fromAnswers && (100 * accepted) / (accepted + overridden) < policy.acceptedPercent

/**
 * Alerts that clinicians override again and again teach them to override all: a rule below its threshold is shown as information, and says so.
 * Emergencies are never quietened here; the report names them for a person to decide.
 */
export function governed(
  cards: readonly RuledCard[],
  records: ReadonlyMap<string, RuleRecord>,
  policy: GovernorPolicy,
): readonly RuledCard[] {
  return cards.map((one) => {
    const record = records.get(one.rule)
    if (one.isKept || one.card.indicator === 'info' || !record || !isBelow(record, policy)) return one
    const answered = record.accepted + record.overridden
    const note = `Shown as information: ${record.accepted} of the last ${answered} cards of this rule were followed.`
    return { ...one, card: { ...one.card, indicator: 'info', detail: `${one.card.detail}\n\n${note}` } }
  })
}
