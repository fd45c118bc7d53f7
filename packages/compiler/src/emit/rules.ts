import type { Criterion, KnowledgeBase } from '@secondwind/core'

/** One criterion of the knowledge base, wherever it stands, under a name that is unique in the base. */
export interface RuleCriterion {
  /** `kind/entry` for the main condition of an entry, `kind/entry/part` for the others. */
  readonly id: string
  readonly kind: RuleKind
  readonly entry: string
  readonly part: string
  readonly when: Criterion
}

export type RuleKind =
  | 'criteria'
  | 'treatment'
  | 'safety'
  | 'tests'
  | 'alerts'
  | 'supportive'
  | 'interactions'
  | 'outlook'
  | 'dosing'
  | 'trials'
  | 'quality'

interface Conditional {
  readonly when?: Criterion
}

/** Every criterion of the base, in its order: what all backends must answer alike. */
export function everyCriterion(knowledge: KnowledgeBase): readonly RuleCriterion[] {
  const found: RuleCriterion[] = []
  const add = (kind: RuleKind, entry: string, part: string, when: Criterion | undefined): void => {
    if (when) found.push({ id: part === '' ? `${kind}/${entry}` : `${kind}/${entry}/${part}`, kind, entry, part, when })
  }
  const each = (kind: RuleKind, entry: string, part: string, list: readonly Conditional[]): void =>
    list.forEach((one, i) => {
      add(kind, entry, `${part} ${i + 1}`, one.when)
    })

  for (const c of knowledge.criteria) add('criteria', c.id, '', c.when)
  for (const o of knowledge.options) {
    add('treatment', o.id, '', o.when)
    each('treatment', o.id, 'standing', o.standing)
    each('treatment', o.id, 'against', o.against)
    each('treatment', o.id, 'caution', o.cautions)
    each('treatment', o.id, 'concurrent', o.concurrent)
  }
  for (const s of knowledge.safety) add('safety', s.id, '', s.when)
  for (const t of knowledge.testRules) add('tests', t.id, '', t.when)
  for (const a of knowledge.alerts) {
    add('alerts', a.id, '', a.when)
    add('alerts', a.id, 'suspect', a.suspect?.when)
    add('alerts', a.id, 'holds', a.holds?.when)
    add('alerts', a.id, 'suspect holds', a.suspect?.holds?.when)
  }
  for (const s of knowledge.support) {
    add('supportive', s.id, '', s.when)
    each('supportive', s.id, 'action', s.actions)
  }
  for (const i of knowledge.interactions) add('interactions', i.id, '', i.when)
  for (const o of knowledge.outlook) add('outlook', o.id, '', o.when)
  for (const d of knowledge.dosing) add('dosing', d.id, '', d.when)
  for (const t of knowledge.trials) {
    add('trials', t.id, '', t.when)
    for (const c of t.criteria) add('trials', t.id, `criterion ${c.id}`, c.when)
  }
  for (const m of knowledge.quality ?? []) {
    add('quality', m.id, 'patients', m.patients?.when)
    // what is asked of the items of a list speaks of their fields: no criterion of a case
    if (m.each !== undefined) continue
    add('quality', m.id, 'population', m.population.when)
    for (const e of m.exclusions) add('quality', m.id, `exclusion ${e.id}`, e.when)
    add('quality', m.id, 'numerator', m.numerator.when)
    for (const e of m.exceptions) add('quality', m.id, `exception ${e.id}`, e.when)
  }
  return found
}
