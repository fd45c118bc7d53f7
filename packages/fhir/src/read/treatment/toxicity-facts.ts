import type { ReadContext } from '../context.ts'
import type { Toxicity } from './toxicity.ts'
import type { Doubt } from './toxicity-text.ts'

/** A suspected pneumonitis under a drug that can cause it: nothing says that it is there, and nothing may say that it is not. */
export function settleDoubts(context: ReadContext, doubts: readonly Doubt[], shown: readonly Toxicity[]): void {
  if (doubts.length === 0 || shown.some((one) => one.isActive === true)) return
  const doubt = {
    unknown: 'not-informative' as const,
    words: doubts.map((one) => one.text).join(' | '),
    sources: doubts.map((one) => context.source(one.resource, one.path)),
  }
  for (const fact of ['pneumonitis-active', 'pneumonitis-grade', 'pneumonitis-suspects']) context.settle(fact, doubt)
}

/** The immune-related events and what rests on their grades: an event without a grade leaves it unknown, never mild. */
export function settleImmune(context: ReadContext, events: readonly Toxicity[]): void {
  if (events.length === 0) return
  const sources = events.map((one) => one.source)
  const organs = (of: readonly Toxicity[]): readonly string[] => [...new Set(of.map((one) => one.term!.organ!))].sort()
  context.settle('immune-events', {
    value: events.map((one) => ({
      organ: one.term!.organ!,
      grade: one.grade ?? null,
      on: one.on ?? null,
      resolved: one.isActive === undefined ? null : !one.isActive,
      drug: one.drugs.join(', ') || null,
    })),
    sources,
  })
  const marks = events.map((one) => one.term!.mark).filter((mark) => mark !== undefined)
  context.settle('immune-event-organs', { value: [...new Set([...organs(events), ...marks])].sort(), sources })
  settleWorst(context, 'worst-immune-event-grade', events)
  const severe = events.filter((one) => (one.grade ?? 0) >= 3)
  const ungraded = events.filter((one) => one.grade === undefined)
  if (severe.length > 0) context.settle('severe-immune-event-organs', { value: organs(severe), sources: severe.map((one) => one.source) })
  else if (ungraded.length > 0)
    context.settle('severe-immune-event-organs', { unknown: 'not-recorded', words: ungraded.map((one) => one.words).join(' | '), sources })
  for (const one of ungraded) {
    context.issue({
      code: 'missing-input',
      severity: 'warning',
      path: one.source.reference,
      message: `the grade of the immune-related event "${one.words.slice(0, 120)}" is not recorded`,
      remedy: 'record the CTCAE grade: it decides whether a checkpoint inhibitor may be given again',
    })
  }
  const active = events.filter((one) => one.isActive === true)
  const open = events.filter((one) => one.isActive === undefined)
  if (active.length > 0) {
    context.settle('active-immune-event-organ', { value: organs(active), sources: active.map((one) => one.source) })
    settleWorst(context, 'active-immune-event-grade', active)
  } else if (open.length > 0) {
    const of = open.map((one) => one.source)
    context.settle('active-immune-event-organ', { unknown: 'not-recorded', sources: of })
    context.settle('active-immune-event-grade', { unknown: 'not-recorded', sources: of })
  } else {
    context.settle('active-immune-event-organ', { value: [], sources })
    context.settle('active-immune-event-grade', { value: 0, sources })
  }
}

/** Pneumonitis that a drug can have caused: whether it is there now, its grade and the suspects. */
export function settlePneumonitis(context: ReadContext, events: readonly Toxicity[]): void {
  if (events.length === 0) return
  const sources = events.map((one) => one.source)
  settleWorst(context, 'prior-pneumonitis-grade', events)
  const suspects = [...new Set(events.flatMap((one) => one.drugs))].sort()
  context.settle('pneumonitis-suspects', suspects.length > 0 ? { value: suspects, sources } : { unknown: 'not-recorded', sources })
  const active = events.filter((one) => one.isActive === true)
  const isOpen = events.some((one) => one.isActive === undefined)
  if (active.length > 0) context.settle('pneumonitis-active', { value: true, on: context.asOf, sources: active.map((one) => one.source) })
  else context.settle('pneumonitis-active', isOpen ? { unknown: 'not-recorded', sources } : { value: false, sources })
  if (active.length > 0) settleWorst(context, 'pneumonitis-grade', active)
  else if (events.some((one) => one.isActive === undefined)) context.settle('pneumonitis-grade', { unknown: 'not-recorded', sources })
  else context.settle('pneumonitis-grade', { value: 0, sources })
}

/** The worst grade; unknown while an event has none, unless a known one is severe enough that it hardly matters. */
function settleWorst(context: ReadContext, fact: string, events: readonly Toxicity[]): void {
  const sources = events.map((one) => one.source)
  const grades = events.map((one) => one.grade).filter((grade) => grade !== undefined)
  const worst = Math.max(0, ...grades)
  if (grades.length < events.length && worst < 3)
    context.settle(fact, {
      unknown: 'not-recorded',
      words: events
        .map((one) => one.words)
        .join(' | ')
        .slice(0, 300),
      sources,
    })
  else {
    const on = events
      .filter((one) => one.grade === worst)
      .map((one) => one.on)
      .find((day) => day !== undefined)
    context.settle(fact, { value: worst, ...(on === undefined ? {} : { on }), sources })
  }
}
