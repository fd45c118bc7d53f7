import type { PlanChange } from '@secondwind/care'
import type { PlanDocument } from '@secondwind/core'
import type { Mark } from '../plan/view.ts'

const OF_OPTION = /^options\[([^\]]+)\]/

/** What became of each option that is still there, from the differences between the present plan and the what-if. */
export function marksOf(changes: readonly PlanChange[], present: PlanDocument, now: PlanDocument): ReadonlyMap<string, Mark> {
  const before = new Map(present.options.map((option) => [option.id, option]))
  const marks = new Map<string, Mark>()
  const add = (id: string, mark: Mark): void => void marks.set(id, { ...marks.get(id), ...mark })
  for (const { kind, at } of changes) {
    const id = OF_OPTION.exec(at)?.[1]
    if (id === undefined) continue
    const old = before.get(id)
    if (kind === 'new-option') add(id, { isNew: true })
    else if (kind === 're-ranked' && old !== undefined) add(id, { movedFrom: old.rank })
    else if (kind === 'standing' && old !== undefined) add(id, { standingFrom: old.standing })
    else if (kind !== 'option-withdrawn') add(id, { isOtherwise: true })
  }
  const stays = new Set(now.options.map(({ id }) => id))
  for (const id of marks.keys()) if (!stays.has(id)) marks.delete(id)
  return marks
}

/** Groups in which differences are told, what decides first. What is not named here is told as `rest`. */
export const GROUPS = ['alerts', 'first', 'appeared', 'gone', 'standing', 'moved', 'dose', 'not-advised', 'tests', 'rest'] as const
export type Group = (typeof GROUPS)[number]

const GROUP_OF: { readonly [kind in PlanChange['kind']]?: Group } = {
  status: 'first',
  'alert-added': 'alerts',
  'alert-changed': 'alerts',
  'alert-removed': 'alerts',
  'first-choice': 'first',
  'new-option': 'appeared',
  'option-withdrawn': 'gone',
  standing: 'standing',
  're-ranked': 'moved',
  treatment: 'dose',
  dose: 'dose',
  'not-advised': 'not-advised',
  'no-longer-not-advised': 'not-advised',
  'not-advised-changed': 'not-advised',
  'test-added': 'tests',
  'test-removed': 'tests',
  'test-changed': 'tests',
}

/** Differences by what they mean, without the facts themselves (they are what was changed). */
export function grouped(changes: readonly PlanChange[]): readonly { readonly group: Group; readonly changes: readonly PlanChange[] }[] {
  return GROUPS.map((group) => ({
    group,
    changes: changes.filter(
      ({ kind }) => kind !== 'fact' && kind !== 'problem' && kind !== 'order' && (GROUP_OF[kind] ?? 'rest') === group,
    ),
  })).filter((one) => one.changes.length > 0)
}

/** The same difference in several subjects. */
export interface Told {
  readonly change: PlanChange
  /** What it concerns, one or more. */
  readonly subjects: readonly string[]
  /** What of them is different, where their names say it: "caution". */
  readonly what?: string
}

/** Differences in the same words are told once, with all that they concern; in the order in which the first of them is told. */
export function toldOnce(changes: readonly PlanChange[]): readonly Told[] {
  const together = Map.groupBy(changes, ({ kind, at, before, after }) => {
    const field = at.replace(/\[[^\]]*\]/, '')
    return before === undefined && after === undefined ? `${kind} ${at}` : JSON.stringify([kind, field, before, after])
  })
  return [...together.values()].map((same): Told => {
    const [change] = same as [PlanChange]
    if (same.length === 1) return { change, subjects: [change.subject] }
    const what = change.kind === 'instruction' ? /: ([^:]+)$/.exec(change.subject)?.[1] : undefined
    if (what === undefined || !same.every(({ subject }) => subject.endsWith(`: ${what}`)))
      return { change, subjects: same.map(({ subject }) => subject) }
    return { change, what, subjects: same.map(({ subject }) => subject.slice(0, -what.length - 2)) }
  })
}

export const addedAlerts = (changes: readonly PlanChange[]): ReadonlySet<string> =>
  new Set(changes.flatMap(({ kind, at }) => (kind === 'alert-added' ? (/^alerts\[([^\]]+)\]/.exec(at)?.[1] ?? []) : [])))

/** Changes of facts that the present plan itself names as telling, most options first: what it waits for, what would turn it, what its tests settle. */
export function tellingChanges(document: PlanDocument, isTruth: (fact: string) => boolean): readonly string[] {
  const counts = new Map<string, number>()
  const add = (set: string, weight: number): void => void counts.set(set, (counts.get(set) ?? 0) + weight)
  for (const option of document.options) {
    for (const { fact } of option.needs) if (isTruth(fact)) add(`${fact}=yes`, 2)
    for (const { set = [] } of option.wouldChange) if (set.length === 1) add(set[0]!, 1)
  }
  for (const { facts } of document.tests) for (const fact of facts) if (isTruth(fact)) add(`${fact}=yes`, 1)
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([set]) => set.replace(/=true$/, '=yes').replace(/=false$/, '=no'))
}
