import {
  type Burden,
  dosePhases,
  type Explanation,
  type Option,
  type PlannedComponent,
  type PlannedFractionation,
  type PlannedRegimen,
} from '@secondwind/core'
import { lineChanges } from './lines.ts'
import { moved, pairUp } from './pairing.ts'
import { type ChangeKind, type ChangeWeight, type PlanChange, same, without } from './plan-change.ts'

/** Fields that are only words; the rest of a field is its substance. */
export const WORDS: ReadonlySet<string> = new Set(['claim', 'say', 'says', 'because', 'title', 'note', 'derivation', 'url'])
/** Marks of how well a number is known, which change no number. */
const MARKS: ReadonlySet<string> = new Set([...WORDS, 'review'])

interface FieldRule<T> {
  readonly kind: ChangeKind
  readonly weight: ChangeWeight
  /** The part that is compared here; the rest is compared elsewhere. Without it the whole. */
  readonly part?: (value: T) => unknown
  /** What of the value counts for this kind; the rest is wording. Without it all of it counts. */
  readonly essence?: (value: T) => unknown
  /** The value in words; `other` is what it is compared with, where only the part that differs is worth showing. */
  readonly show: (value: T, other: T) => string
}

type Compared = Omit<Option, 'id' | 'rank' | 'concurrent' | 'cautions' | 'needs' | 'review'>

const words = (value: unknown): string => (value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value))
const list = (value: readonly string[] | undefined): string => (value === undefined || value.length === 0 ? 'none' : value.join(', '))

/** Every field of an option and what a difference in it means. A new field does not compile until it is judged here. */
const FIELDS: { readonly [K in keyof Required<Compared>]: FieldRule<Compared[K]> } = {
  standing: { kind: 'standing', weight: 'decision', show: words },
  drugs: { kind: 'treatment', weight: 'decision', show: list },
  technique: { kind: 'treatment', weight: 'decision', show: words },
  site: { kind: 'treatment', weight: 'decision', show: words },
  procedure: { kind: 'treatment', weight: 'decision', show: words },
  also: { kind: 'treatment', weight: 'decision', show: words },
  approaches: { kind: 'treatment', weight: 'decision', show: list },
  regimen: {
    kind: 'dose',
    weight: 'decision',
    part: (r) => r && withoutLimits(r),
    essence: (r) => r && without(withoutLimits(r), MARKS),
    show: (r, other) => (r ? doseText(r, other) : 'none'),
  },
  fractionations: {
    kind: 'dose',
    weight: 'decision',
    essence: (f) => without(f, MARKS),
    show: (f) => (f ? f.map(fractionationText).join('; ') : 'none'),
  },
  availability: { kind: 'availability', weight: 'care', essence: (a) => without(a, MARKS), show: words },
  trial: { kind: 'trial', weight: 'care', essence: (t) => without(t, WORDS), show: (t) => (t ? `${t.nct}, ${t.status}` : 'none') },
  burden: {
    kind: 'burden',
    weight: 'care',
    show: (b) => (b ? burdenText(b) : 'none'),
  },
  evidence: {
    kind: 'evidence',
    weight: 'reasons',
    essence: (e) => e.map(({ source, at, review }) => [source, at, review]),
    show: (e) => list([...new Set(e.map(({ source, review }) => (review ? `${source} (unconfirmed)` : source)))]),
  },
  because: { kind: 'reasons', weight: 'reasons', essence: (tree) => without(tree, WORDS), show: treeText },
  against: { kind: 'reasons', weight: 'reasons', show: words },
  standingBecause: { kind: 'reasons', weight: 'reasons', show: words },
  rankedBy: { kind: 'reasons', weight: 'reasons', show: words },
  wouldChange: {
    kind: 'reasons',
    weight: 'reasons',
    show: (w) => list(w.map(({ facts, to }) => `${JSON.stringify(facts)} makes it ${to}`)),
  },
  variantOf: { kind: 'reasons', weight: 'reasons', show: words },
  title: { kind: 'wording', weight: 'wording', show: words },
}

/** What happened to the options: new, withdrawn, moved, and every field of those that stay. */
export function optionChanges(before: readonly Option[], after: readonly Option[], isWhole: boolean): PlanChange[] {
  const changes: PlanChange[] = []
  const { pairs, gone, added } = pairUp(before, after, [(o) => o.id, treatmentKey])
  const first = [before[0], after[0]] as const
  if (first[0] && first[1] && !pairs.some(([old, now]) => old === first[0] && now === first[1])) {
    changes.push({
      kind: 'first-choice',
      weight: 'decision',
      at: 'options[0]',
      subject: 'first option',
      before: first[0].title,
      after: first[1].title,
    })
  }
  for (const o of gone)
    changes.push({ kind: 'option-withdrawn', weight: 'decision', at: `options[${o.id}]`, subject: o.title, before: placeText(o) })
  for (const o of added)
    changes.push({ kind: 'new-option', weight: 'decision', at: `options[${o.id}]`, subject: o.title, after: placeText(o) })
  const newPlaces = pairs.map(([, now]) => after.indexOf(now))
  const shifted = moved(newPlaces)
  pairs.forEach(([old, now], i) => {
    const at = `options[${now.id}]`
    const own = fieldChanges(old, now, at, isWhole)
    if (old.id !== now.id)
      own.push({ kind: 'reasons', weight: 'reasons', at, subject: `${now.title}: rule that offers it`, before: old.id, after: now.id })
    if (shifted.has(i))
      own.push({ kind: 're-ranked', weight: 'decision', at, subject: now.title, before: `rank ${old.rank}`, after: `rank ${now.rank}` })
    // a rank that only shifted because of others is no change of its own
    if (isWhole && own.length === 0 && !same({ ...old, rank: 0 }, { ...now, rank: 0 }))
      own.push({ kind: 'reasons', weight: 'reasons', at, subject: now.title })
    changes.push(...own)
  })
  return changes
}

/** A treatment with the same drugs, technique and procedure is the same option, whichever rule offers it. */
const treatmentKey = (o: Option): string | undefined =>
  o.trial !== undefined || (o.drugs.length === 0 && o.technique === undefined && o.procedure === undefined)
    ? undefined
    : JSON.stringify([o.drugs, o.technique, o.site, o.procedure, o.also])

const placeText = (o: Option): string => `rank ${o.rank}, ${o.standing}`

function fieldChanges(old: Option, now: Option, at: string, isWhole: boolean): PlanChange[] {
  const changes: PlanChange[] = []
  for (const field of Object.keys(FIELDS) as (keyof Compared)[]) {
    const rule = FIELDS[field] as FieldRule<unknown>
    if (!isWhole && (rule.weight === 'reasons' || rule.weight === 'wording')) continue
    const [a, b] = [old[field], now[field]]
    if (same(rule.part ? rule.part(a) : a, rule.part ? rule.part(b) : b)) continue
    const place = { at: `${at}.${field}`, subject: field === 'standing' ? now.title : `${now.title}: ${field}` }
    const isMere = rule.essence !== undefined && same(rule.essence(a), rule.essence(b))
    const shown = { before: rule.show(a, b), after: rule.show(b, a) }
    changes.push(
      isMere
        ? { kind: 'wording', weight: 'wording', ...place, ...(shown.before === shown.after ? {} : shown) }
        : { kind: rule.kind, weight: rule.weight, ...place, ...shown },
    )
  }
  const line = (l: Option['concurrent'][number]): { say: string; rest: unknown } => ({ say: l.say, rest: l.because })
  changes.push(
    ...lineChanges(old.concurrent.map(line), now.concurrent.map(line), `${at}.concurrent`, `${now.title}: goes with it`, 'instruction'),
  )
  changes.push(...lineChanges(cautionLines(old), cautionLines(now), `${at}.cautions`, `${now.title}: caution`, 'instruction'))
  changes.push(
    ...lineChanges(limitLines(old), limitLines(now), `${at}.regimen.startLimits`, `${now.title}: before each cycle`, 'instruction'),
  )
  changes.push(...needChanges(old, now, at))
  const unconfirmed = (o: Option): string => (o.review === undefined ? 'confirmed' : 'unconfirmed')
  if (old.review !== now.review)
    changes.push({
      kind: 'evidence',
      weight: 'reasons',
      at: `${at}.review`,
      subject: now.title,
      before: unconfirmed(old),
      after: unconfirmed(now),
    })
  return changes
}

const cautionLines = (o: Option) =>
  o.cautions.map(({ say, rule, facts, before }) => ({
    say: before === undefined ? say : `before ${before}: ${say}`,
    ...(rule === undefined ? {} : { rule }),
    rest: facts,
  }))
const limitLines = (o: Option) => (o.regimen?.startLimits ?? []).map((say) => ({ say }))

/** Facts that the option asks for now and did not before, or no longer. */
function needChanges(old: Option, now: Option, at: string): PlanChange[] {
  const { pairs, gone, added } = pairUp(old.needs, now.needs, [(need) => need.fact])
  const subject = now.title
  const changes: PlanChange[] = [
    ...gone.map((n): PlanChange => ({ kind: 'needs', weight: 'care', at: `${at}.needs[${n.fact}]`, subject, before: n.fact })),
    ...added.map((n): PlanChange => ({ kind: 'needs', weight: 'care', at: `${at}.needs[${n.fact}]`, subject, after: n.fact })),
  ]
  for (const [a, b] of pairs)
    if (!same(a, b)) changes.push({ kind: 'reasons', weight: 'reasons', at: `${at}.needs[${b.fact}]`, subject: `${subject}: ${b.fact}` })
  if (changes.length === 0 && !same(old.needs, now.needs))
    changes.push({ kind: 'order', weight: 'wording', at: `${at}.needs`, subject: `${now.title}: missing facts` })
  return changes
}

type Schedule = Pick<PlannedRegimen, 'cycleDays' | 'cycles'> & { readonly components: readonly PlannedComponent[] }

/** What is given, how much of it and when. The limits before a cycle are compared as instructions. */
function withoutLimits({ startLimits: _limits, ...rest }: PlannedRegimen): unknown {
  return rest
}

/** Where the other regimen has the same drugs and cycles, only the components that differ. */
function doseText(regimen: PlannedRegimen, other: PlannedRegimen | undefined): string {
  const one = (schedule: Schedule, against: Schedule | undefined): string => {
    const isLike = same(
      [schedule.cycleDays, schedule.cycles, drugsOf(schedule)],
      against && [against.cycleDays, against.cycles, drugsOf(against)],
    )
    const differing = schedule.components.filter((c, i) => !same(without(c, MARKS), without(against?.components[i], MARKS)))
    if (isLike) return differing.map(componentText).join(' + ')
    const { components, cycleDays, cycles } = schedule
    return `${components.map(componentText).join(' + ')}${cycleDays ? `, every ${cycleDays} days` : ''}${cycles ? `, ${cycles} cycles` : ''}`
  }
  const first = one(regimen, other)
  const then = regimen.maintenance ? one(regimen.maintenance, other?.maintenance) : ''
  return [...(first === '' ? [] : [first]), ...(then === '' ? [] : [`then ${then}`])].join('; ') || 'the same doses'
}

const drugsOf = ({ components }: Schedule): readonly string[] => components.map((c) => c.drug)

function burdenText({ visitsPerMonth, infusionHoursPerMonth, routes, start }: Burden): string {
  const hours = infusionHoursPerMonth === undefined ? 'infusion hours not known' : `${infusionHoursPerMonth} infusion hours`
  return `${visitsPerMonth} visits and ${hours} a month (${routes.join(', ')})${start ? `, ${start.visits} visits in the first ${start.days} days` : ''}`
}

function componentText(component: PlannedComponent): string {
  const { drug, protocolDose, unit, route, days, doseMg, missing } = component
  const phases = dosePhases(component)
  if (phases.length > 0) return `${drug} ${route} ${phases.map((p) => `${p.when}: ${p.dose}`).join(', then ')}`
  const on = typeof days === 'string' ? days : `day ${days.join(', ')}`
  const own = doseMg === undefined ? (missing ? ` (no number: ${missing.join(', ')} missing)` : '') : ` = ${doseMg} mg`
  return `${drug} ${protocolDose === null ? 'no dose' : `${protocolDose} ${unit}`}${own} ${route} ${on}`
}

const fractionationText = ({ totalGy, fractions }: PlannedFractionation): string => `${totalGy} Gy in ${fractions}`

/** The conditions of an explanation that decided, as far as one line holds them. */
export function treeText(tree: Explanation | undefined): string {
  if (tree === undefined) return 'none'
  const claims = (tree.children ?? []).map((child) => `${child.claim} (${child.truth})`)
  return `${tree.claim} (${tree.truth})${claims.length > 0 ? `: ${claims.join('; ')}` : ''}`
}
