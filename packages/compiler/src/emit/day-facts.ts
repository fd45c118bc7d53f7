import { CREATININE_UMOL_PER_MG_DL, isoDay } from '@secondwind/core'
import { columnName } from './snapshot.ts'
import type { SqlContext } from './sql.ts'

/**
 * The facts that move with the calendar, in SQL: the same formulas as `core/facts/derive.ts`, on the day that is asked, over the days that the
 * snapshot holds. The differential suite takes a snapshot of one day to another and holds both together.
 */
interface DayFactSql {
  readonly value: string
  readonly freshUntil?: string
}

type Formula = (context: SqlContext) => DayFactSql

const stored = (context: SqlContext, name: string): string => `t.${context.dialect.quote(name)}`

/** What follows from other facts where nobody stated it; the stored value otherwise, and where nothing follows. */
function following(id: string, formula: string, context: SqlContext): string {
  const name = columnName(id)
  return `(case when ${stored(context, `${name}_follows`)} then coalesce(${formula}, ${stored(context, name)}) else ${stored(context, name)} end)`
}

function wholeYears(date: string, asOf: string): string {
  const monthDay = Number(asOf.slice(5, 7)) * 100 + Number(asOf.slice(8, 10))
  const before = `extract(month from ${date}) * 100 + extract(day from ${date}) > ${monthDay}`
  return `(${Number(asOf.slice(0, 4))} - extract(year from ${date}) - case when ${before} then 1 else 0 end)`
}

/** Known only where a partial birth date leaves one answer. */
function age(context: SqlContext): DayFactSql {
  const asOf = isoDay(context.asOf)
  const [oldest, youngest] = ['birth_date_first', 'birth_date_last'].map((name) => wholeYears(stored(context, name), asOf))
  const years = `(case when ${oldest} = ${youngest} then cast(${oldest} as ${context.dialect.types.number}) end)`
  return { value: following('age', years, context) }
}

function daysSince(name: string, until: string, context: SqlContext): string {
  const days = context.dialect.days(stored(context, `${name}_last`), until)
  return `greatest(cast(0 as ${context.dialect.types.number}), cast(${days} as ${context.dialect.types.number}))`
}

const infinity = (context: SqlContext): string => `cast('Infinity' as ${context.dialect.types.number})`

const today = (context: SqlContext): string => `date '${isoDay(context.asOf)}'`

/** A maximum over nothing but null stays null: `greatest` skips nulls. */
const ifKnown = (name: string, value: string, context: SqlContext): string =>
  `case when ${stored(context, `${name}_last`)} is not null then ${value} end`

function iciFreeDays(context: SqlContext): DayFactSql {
  const never = `when ${stored(context, 'last_ici_on_never')} then ${infinity(context)}`
  const since = ifKnown('last_ici_on', daysSince('last_ici_on', today(context), context), context)
  return { value: following('ici-free-days', `(case ${never} else (${since}) end)`, context) }
}

function platinumFreeDays(context: SqlContext): DayFactSql {
  const until = `coalesce(${stored(context, 'progression_on_first')}, ${today(context)})`
  const since = ifKnown('last_platinum_on', daysSince('last_platinum_on', until, context), context)
  return { value: following('platinum-free-days', `(${since})`, context) }
}

function pregnancyPossible(context: SqlContext): DayFactSql {
  const { dialect } = context
  const years = age(context).value
  const sex = stored(context, 'sex')
  const out = `${sex} = ${dialect.text('male')} or ${stored(context, 'sterilised_or_menopausal')}`
  const formula = `(case when ${out} then false when ${years} < 10 or ${years} > 55 then false when ${sex} = ${dialect.text('female')} and ${years} is not null then true end)`
  return { value: following('pregnancy-possible', formula, context) }
}

function pregnancy(context: SqlContext): DayFactSql {
  const formula = `(case when not ${pregnancyPossible(context).value} then false end)`
  const until = stored(context, 'pregnancy_fresh_until')
  const excluded = `${stored(context, 'pregnancy_follows')} and not ${pregnancyPossible(context).value}`
  return { value: following('pregnancy', formula, context), freshUntil: `(case when ${excluded} then date '9999-12-31' else ${until} end)` }
}

/** Measured, else Cockcroft and Gault, else a reported rate. */
function creatinineClearance(context: SqlContext): DayFactSql {
  const { dialect } = context
  const at = (name: string): string => stored(context, name)
  const years = age(context).value
  const female = dialect.text('female')
  const numerator = `((${dialect.number(140)} - ${years}) * ${at('weight')})`
  const denominator = `(${dialect.number(72)} * (${at('creatinine')} / ${dialect.number(CREATININE_UMOL_PER_MG_DL)}))`
  // an impossible creatinine of zero says nothing, and must not stop the query of a whole network
  const raw = `(case when ${at('creatinine')} <> 0 then ${numerator} / ${denominator} end)`
  const computable = `${at('creatinine')} is not null and ${at('weight')} is not null and ${years} is not null and ${at('sex')} in (${female}, ${dialect.text('male')})`
  const computed = `(case when ${at('sex')} = ${female} then ${raw} * ${dialect.number(0.85)} else ${raw} end)`
  const reported = at('creatinine_clearance_measured')
  const formula = `(case when ${at('gfr_measured')} is not null then ${at('gfr_measured')} when ${computable} then ${computed} else ${reported} end)`
  const until = (name: string): string => at(`${name}_fresh_until`)
  const lifetime = `(case when not ${at('creatinine_clearance_follows')} or (${formula}) is null then ${until('creatinine_clearance')} when ${at('gfr_measured')} is not null then ${lifetimeOf(['gfr_measured'], context)} when ${computable} then ${lifetimeOf(['creatinine', 'age', 'weight', 'sex'], context)} else ${lifetimeOf(['creatinine_clearance_measured'], context)} end)`
  return { value: following('creatinine-clearance', formula, context), freshUntil: lifetime }
}

/** The same by the lesser of the actual and the ideal weight (Devine); what was measured or stated counts as it is. */
function creatinineClearanceIdeal(context: SqlContext): DayFactSql {
  const { dialect } = context
  const at = (name: string): string => stored(context, name)
  const n = (value: number): string => dialect.number(value)
  const years = age(context).value
  const female = dialect.text('female')
  const ideal = `((case when ${at('sex')} = ${female} then ${n(45.5)} else ${n(50)} end) + ${n(2.3)} * (${at('height')} / ${n(2.54)} - ${n(60)}))`
  const weight = `(case when ${at('weight')} < ${ideal} then ${at('weight')} else ${ideal} end)`
  const numerator = `((${n(140)} - ${years}) * ${weight})`
  const infinite = `case when ${numerator} > 0 then ${infinity(context)} when ${numerator} < 0 then -${infinity(context)} end`
  const raw = `(case when ${at('creatinine')} = 0 then ${infinite} else ${numerator} / (${n(72)} * (${at('creatinine')} / ${n(CREATININE_UMOL_PER_MG_DL)})) end)`
  const computed = `(case when ${at('sex')} = ${female} then ${raw} * ${n(0.85)} else ${raw} end)`
  const isBodyKnown = `${at('weight')} is not null and ${at('height')} is not null and ${at('sex')} in (${female}, ${dialect.text('male')})`
  const stated = `not ${at('creatinine_clearance_follows')} and ${at('creatinine_clearance')} is not null`
  const noInputs = `${at('creatinine')} is null or ${years} is null`
  const formula = `(case when ${stated} then ${at('creatinine_clearance')} when ${at('gfr_measured')} is not null then ${at('gfr_measured')} when ${noInputs} then ${at('creatinine_clearance_measured')} when ${isBodyKnown} then ${computed} end)`
  const until = (name: string): string => at(`${name}_fresh_until`)
  const lifetime = `(case when not ${at('creatinine_clearance_ideal_follows')} or (${formula}) is null then ${until('creatinine_clearance_ideal')} when ${stated} then ${until('creatinine_clearance')} when ${at('gfr_measured')} is not null then ${lifetimeOf(['gfr_measured'], context)} when ${noInputs} then ${lifetimeOf(['creatinine_clearance_measured'], context)} else ${lifetimeOf(['creatinine', 'age', 'weight', 'height', 'sex'], context)} end)`
  return { value: following('creatinine-clearance-ideal', formula, context), freshUntil: lifetime }
}

/** The shortest life among inputs that can grow stale. */
function lifetimeOf(names: readonly string[], context: SqlContext): string {
  const mortal = [...context.columns.values()].filter((c) => names.includes(c.name) && c.fact.freshDays !== undefined)
  const days = mortal.map((c) => stored(context, `${c.name}_fresh_until`))
  return days.length === 0 ? `date '9999-12-31'` : days.length === 1 ? days[0]! : `least(${days.join(', ')})`
}

const FORMULAS: { readonly [id: string]: Formula } = {
  age,
  'ici-free-days': iciFreeDays,
  'platinum-free-days': platinumFreeDays,
  'pregnancy-possible': pregnancyPossible,
  pregnancy,
  'creatinine-clearance': creatinineClearance,
  'creatinine-clearance-ideal': creatinineClearanceIdeal,
}

/** Facts that are stored as what they follow from. */
export const DAY_FACTS: ReadonlySet<string> = new Set(Object.keys(FORMULAS))

/** The fact as it is on the day asked, over the stored snapshot `t`; undefined for a fact that does not move with the calendar. */
export const dayFactSql = (id: string, context: SqlContext): DayFactSql | undefined =>
  context.words.facts.some((f) => f.id === id && f.derivedFrom !== undefined) ? FORMULAS[id]?.(context) : undefined
