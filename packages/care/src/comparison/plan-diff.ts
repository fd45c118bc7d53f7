import type { Alert, Fact, Interaction, NotAdvised, PlanDocument, PlannedTest, Support } from '@secondwind/core'
import { lineChanges } from './lines.ts'
import { optionChanges, treeText, WORDS } from './options.ts'
import { pairUp } from './pairing.ts'
import { type ChangeKind, type ChangeWeight, type PlanChange, same, without } from './plan-change.ts'

const WEIGHTS: readonly ChangeWeight[] = ['decision', 'care', 'reasons', 'wording']

/**
 * Every difference between two plans of one chart, those that matter most first; empty when the plans say the same.
 *
 * The release and the software that made them are not compared: that they differ is why one asks. Nothing else is left out: what no rule below
 * judges is reported as `reasons`. Plans of another patient, day or chart are a difference of their own (`other-input`).
 * Order of the result: weight, then place in the document, so that the same two plans always give the same list.
 * With `least: 'care'` reasons and wording are not looked for, which takes half the time.
 */
export function comparePlans(before: PlanDocument, after: PlanDocument, least: 'care' | 'wording' = 'wording'): readonly PlanChange[] {
  const isWhole = least === 'wording'
  const changes: PlanChange[] = [
    ...inputChanges(before, after),
    ...single('status', 'status', 'decision', 'status', before.status, after.status),
    ...alertChanges(before.alerts, after.alerts, isWhole),
    ...optionChanges(before.options, after.options, isWhole),
    ...notAdvisedChanges(before.notAdvised, after.notAdvised, isWhole),
    ...testChanges(before.tests, after.tests, isWhole),
    ...supportChanges(before.support, after.support, isWhole),
    ...interactionChanges(before, after, isWhole),
    ...outlookChanges(before, after),
    ...factChanges(before, after),
    ...problemChanges(before, after),
    ...single('case.story', 'wording', 'wording', 'story', before.case.story, after.case.story),
    ...single('intendedUse', 'wording', 'wording', 'intended use', before.intendedUse, after.intendedUse),
    ...single('schema', 'reasons', 'reasons', 'schema', before.schema, after.schema),
    ...single('site', 'site', 'care', 'site', JSON.stringify(before.site), JSON.stringify(after.site)),
  ]
  return (isWhole ? WEIGHTS : WEIGHTS.slice(0, 2)).flatMap((weight) => changes.filter((change) => change.weight === weight))
}

function single(
  at: string,
  kind: ChangeKind,
  weight: ChangeWeight,
  subject: string,
  before: string | undefined,
  after: string | undefined,
): PlanChange[] {
  if (before === after) return []
  return [{ kind, weight, at, subject, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }]
}

/** What makes two plans answers to different questions. */
function inputChanges(before: PlanDocument, after: PlanDocument): PlanChange[] {
  const input = ({ patient, asOf, inputs: { chartDigest, knownAt, overlayDigest } }: PlanDocument) => ({
    patient,
    asOf,
    chartDigest,
    knownAt,
    overlayDigest,
  })
  const [a, b] = [input(before), input(after)]
  return (Object.keys(a) as (keyof typeof a)[]).flatMap((key) => single(key, 'other-input', 'decision', key, a[key], b[key]))
}

/** Items that came and went, and for those that stayed what `compare` says; a difference it does not know counts as a reason. */
function itemChanges<T>(
  section: string,
  before: readonly T[],
  after: readonly T[],
  how: {
    readonly keys: readonly ((item: T) => string | undefined)[]
    readonly id: (item: T) => string
    readonly title: (item: T) => string
    readonly added: ChangeKind
    readonly removed: ChangeKind
    readonly weight: ChangeWeight
    readonly compare: (old: T, now: T, at: string) => PlanChange[]
    readonly orderWeight?: ChangeWeight
    /** Without it an item that differs only in what `compare` does not look at is no change. */
    readonly isWhole: boolean
  },
): PlanChange[] {
  if (before === after) return []
  const { pairs, gone, added } = pairUp(before, after, how.keys)
  const at = (item: T): string => `${section}[${how.id(item)}]`
  const changes: PlanChange[] = [
    ...gone.map((item): PlanChange => ({ kind: how.removed, weight: how.weight, at: at(item), subject: how.title(item), before: 'there' })),
    ...added.map((item): PlanChange => ({ kind: how.added, weight: how.weight, at: at(item), subject: how.title(item), after: 'there' })),
  ]
  for (const [old, now] of pairs) {
    if (how.isWhole && same(old, now)) continue
    const own = how.compare(old, now, at(now))
    changes.push(
      ...(own.length > 0 || !how.isWhole ? own : [{ kind: 'reasons', weight: 'reasons', at: at(now), subject: how.title(now) } as const]),
    )
  }
  const order = pairs.map(([, now]) => after.indexOf(now))
  if (order.some((place, i) => i > 0 && place < order[i - 1]!))
    changes.push({ kind: 'order', weight: how.orderWeight ?? 'wording', at: section, subject: `order of ${section}` })
  return changes
}

/** Reasons and citations of an item: its explanation and its evidence. */
function whyChanges(
  old: { readonly because: Alert['because']; readonly evidence?: Alert['evidence']; readonly review?: 'unconfirmed' },
  now: typeof old,
  at: string,
  subject: string,
  isWhole: boolean,
): PlanChange[] {
  if (!isWhole) return []
  const changes: PlanChange[] = []
  if (!same(old.because, now.because)) {
    const isMere = same(without(old.because, WORDS), without(now.because, WORDS))
    const kind = isMere ? 'wording' : 'reasons'
    changes.push({ kind, weight: kind, at: `${at}.because`, subject, before: treeText(old.because), after: treeText(now.because) })
  }
  const cited = (item: typeof old): unknown => (item.evidence ?? []).map((e) => [e.source, e.at, e.review])
  if (!same(cited(old), cited(now))) {
    const names = (item: typeof old): string => (item.evidence ?? []).map((e) => e.source).join(', ')
    changes.push({ kind: 'evidence', weight: 'reasons', at: `${at}.evidence`, subject, before: names(old), after: names(now) })
  } else if (!same(old.evidence, now.evidence)) changes.push({ kind: 'wording', weight: 'wording', at: `${at}.evidence`, subject })
  const state = (item: typeof old): string => item.review ?? 'confirmed'
  if (old.review !== now.review)
    changes.push({ kind: 'evidence', weight: 'reasons', at: `${at}.review`, subject, before: state(old), after: state(now) })
  return changes
}

function alertChanges(before: readonly Alert[], after: readonly Alert[], isWhole: boolean): PlanChange[] {
  const state = (a: Alert): string => `${a.urgency}${a.suspected ? ', suspected' : ''}`
  return itemChanges('alerts', before, after, {
    isWhole,
    keys: [(a) => a.id],
    id: (a) => a.id,
    title: (a) => a.title,
    added: 'alert-added',
    removed: 'alert-removed',
    weight: 'decision',
    orderWeight: 'care',
    compare: (old, now, at) => [
      ...single(at, 'alert-changed', 'decision', now.title, state(old), state(now)),
      ...lineChanges(
        old.actions.map((say) => ({ say })),
        now.actions.map((say) => ({ say })),
        `${at}.actions`,
        now.title,
        'instruction',
      ),
      ...single(`${at}.title`, 'wording', 'wording', now.id, old.title, now.title),
      ...whyChanges(old, now, at, now.title, isWhole),
    ],
  })
}

function notAdvisedChanges(before: readonly NotAdvised[], after: readonly NotAdvised[], isWhole: boolean): PlanChange[] {
  const target = ({ drugs, class: group, match, technique, site, procedure }: NotAdvised): string =>
    JSON.stringify({ drugs, class: group, match, technique, site, procedure })
  return itemChanges('notAdvised', before, after, {
    isWhole,
    keys: [(n) => n.rule, (n) => `${n.treatment} ${target(n)}`],
    id: (n) => n.rule,
    title: (n) => n.treatment,
    added: 'not-advised',
    removed: 'no-longer-not-advised',
    weight: 'decision',
    compare: (old, now, at) => [
      ...single(at, 'not-advised-changed', 'decision', now.treatment, target(old), target(now)),
      ...single(`${at}.reason`, 'not-advised-changed', 'care', now.treatment, old.reason, now.reason),
      ...single(`${at}.treatment`, 'wording', 'wording', now.rule, old.treatment, now.treatment),
      ...single(`${at}.rule`, 'reasons', 'reasons', now.treatment, old.rule, now.rule),
      ...whyChanges(old, now, at, now.treatment, isWhole),
    ],
  })
}

function testChanges(before: readonly PlannedTest[], after: readonly PlannedTest[], isWhole: boolean): PlanChange[] {
  const when = (t: PlannedTest): string => `${t.urgency}${t.before ? `, before ${t.before}` : ''}`
  return itemChanges('tests', before, after, {
    isWhole,
    keys: [(t) => t.id],
    id: (t) => t.id,
    title: (t) => t.title,
    added: 'test-added',
    removed: 'test-removed',
    weight: 'decision',
    compare: (old, now, at) => [
      ...single(at, 'test-changed', 'decision', now.title, when(old), when(now)),
      ...single(`${at}.title`, 'wording', 'wording', now.id, old.title, now.title),
      ...single(`${at}.settles`, 'reasons', 'reasons', `${now.title}: settles`, old.settles.join(', '), now.settles.join(', ')),
      ...single(`${at}.facts`, 'reasons', 'reasons', `${now.title}: facts`, old.facts.join(', '), now.facts.join(', ')),
      ...whyChanges(old, now, at, now.title, isWhole),
    ],
  })
}

function supportChanges(before: readonly Support[], after: readonly Support[], isWhole: boolean): PlanChange[] {
  return itemChanges('support', before, after, {
    isWhole,
    keys: [(s) => `${s.service} ${s.title}`, (s) => s.service],
    id: (s) => s.service,
    title: (s) => s.title,
    added: 'support-added',
    removed: 'support-removed',
    weight: 'care',
    compare: (old, now, at) => [
      ...single(`${at}.dueBy`, 'support-changed', 'care', `${now.title}: due`, old.dueBy, now.dueBy),
      ...lineChanges(
        old.actions.map((say) => ({ say })),
        now.actions.map((say) => ({ say })),
        `${at}.actions`,
        now.title,
        'support-changed',
      ),
      ...single(`${at}.title`, 'wording', 'wording', now.service, old.title, now.title),
      ...whyChanges(old, now, at, now.title, isWhole),
    ],
  })
}

function interactionChanges(before: PlanDocument, after: PlanDocument, isWhole: boolean): PlanChange[] {
  const [old, now] = [before, after].map(({ options }) => new Set(options.map((o) => o.id))) as [Set<string>, Set<string>]
  // that an option came or went is said there
  const between = (i: Interaction): string => i.between.filter((id) => old.has(id) === now.has(id)).join(', ')
  return itemChanges('interactions', before.interactions, after.interactions, {
    isWhole,
    keys: [(i) => i.id],
    id: (i) => i.id,
    title: (i) => i.title,
    added: 'interaction-added',
    removed: 'interaction-removed',
    weight: 'decision',
    compare: (old, now, at) => [
      ...single(`${at}.window`, 'interaction-changed', 'decision', now.title, old.window?.earliest, now.window?.earliest),
      ...lineChanges(
        old.window ? [{ say: old.window.text }] : [],
        now.window ? [{ say: now.window.text }] : [],
        `${at}.window`,
        now.title,
        'instruction',
      ),
      ...single(`${at}.between`, 'interaction-changed', 'care', now.title, between(old), between(now)),
      ...single(`${at}.title`, 'wording', 'wording', now.id, old.title, now.title),
      ...whyChanges(old, now, at, now.title, isWhole),
    ],
  })
}

function outlookChanges({ outlook: a }: PlanDocument, { outlook: b }: PlanDocument): PlanChange[] {
  if (same(a, b)) return []
  const figures = (o: PlanDocument['outlook']): string =>
    o === null ? 'none' : `${o.endpoint}: median ${o.median} months (${o.worst10} to ${o.best10 ?? 'more'})`
  const counted = (o: PlanDocument['outlook']): unknown =>
    o && [o.endpoint, o.median, o.worst10, o.typical, o.best10, o.alive, o.source, o.population]
  const shown = { at: 'outlook', subject: 'outlook' } as const
  if (same(counted(a), counted(b))) return [{ kind: 'wording', weight: 'wording', ...shown }]
  const populations = (o: PlanDocument['outlook']): string => (o === null ? figures(o) : `${figures(o)}, ${o.population} [${o.source}]`)
  return [{ kind: 'outlook', weight: 'care', ...shown, before: populations(a), after: populations(b) }]
}

/** What was understood of the chart: values, then freshness, then where they were seen. */
function factChanges(before: PlanDocument, after: PlanDocument): PlanChange[] {
  const [a, b] = [before.case.facts, after.case.facts]
  if (a === b) return []
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((id): PlanChange[] => {
    // a fact that no base of knowledge names is as unknown as one that no chart names
    const old = a[id] ?? UNKNOWN
    const now = b[id] ?? UNKNOWN
    if (same(old, now)) return []
    const shown = { at: `case.facts.${id}`, subject: id }
    const values = { before: valueText(old), after: valueText(now) }
    // a fact that only one of the bases has, and that no chart mentions: what it decides is told where it decides
    const isOfRegistry = id in a !== id in b && !isSeen(old) && !isSeen(now)
    if (values.before !== values.after) return [{ kind: 'fact', weight: isOfRegistry ? 'reasons' : 'care', ...shown, ...values }]
    return [{ kind: 'reasons', weight: 'reasons', ...shown }]
  })
}

const isSeen = (fact: Fact): boolean => 'value' in fact && (fact.sources.length > 0 || fact.enteredByHand === true)

const UNKNOWN: Fact = { unknown: 'not-recorded' }

const valueText = (fact: Fact): string =>
  'unknown' in fact
    ? `unknown (${fact.unknown})`
    : `${JSON.stringify(fact.value)}${fact.unit ? ` ${fact.unit}` : ''}${fact.stale ? ', old' : ''}`

function problemChanges(before: PlanDocument, after: PlanDocument): PlanChange[] {
  return itemChanges('problems', before.problems, after.problems, {
    isWhole: true,
    keys: [(p) => `${p.code} ${p.path} ${p.message}`, (p) => `${p.code} ${p.path}`],
    id: (p) => `${p.code} ${p.path}`,
    title: (p) => p.message,
    added: 'problem',
    removed: 'problem',
    weight: 'care',
    compare: (old, now, at) => [
      ...single(`${at}.severity`, 'problem', 'care', now.message, old.severity, now.severity),
      ...single(at, 'wording', 'wording', now.code, old.message, now.message),
      ...single(`${at}.remedy`, 'wording', 'wording', now.code, old.remedy, now.remedy),
    ],
  })
}
