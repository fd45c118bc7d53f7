import type { PlanDocument } from '@secondwind/core'
import type { ProofFinding } from './question.ts'

/**
 * Whether the plan that the planner makes of a witness shows what the finding says; undefined when it does, else what it shows instead.
 * A witness that the planner does not confirm is a fault of the model in `planner.ts`, and must be seen.
 */
export function unconfirmed(finding: ProofFinding, plan: PlanDocument): string | undefined {
  const { expects } = finding
  if (finding.witness === undefined || expects === undefined) return undefined
  const shown = plan.options.map((o) => `${o.id} (${o.standing})`).join(', ') || 'no option'
  if (plan.status !== 'proposed') return `the planner refuses this patient: ${plan.problems.map((p) => p.message).join('; ')}`
  if (expects.onlyOptions) {
    const others = plan.options.filter((o) => !expects.onlyOptions!.includes(o.variantOf ?? o.id) && o.trial === undefined)
    if (others.length > 0) return `the planner offers ${others.map((o) => o.id).join(', ')}`
  }
  for (const { rule, drugs, standings } of expects.options ?? []) {
    const isIt = (o: PlanDocument['options'][number]): boolean =>
      (o.variantOf ?? o.id) === rule || (drugs !== undefined && drugs.length > 0 && o.drugs.join('+') === drugs.join('+'))
    if (!plan.options.some((o) => isIt(o) && standings.includes(o.standing)))
      return `the planner does not list ${rule} as ${standings.join(' or ')}: ${shown}`
  }
  if (expects.notAdvised !== undefined && !plan.notAdvised.some((n) => [n.rule, ...(n.alsoRules ?? [])].includes(expects.notAdvised!)))
    return `the planner does not list ${expects.notAdvised} under notAdvised`
  return undefined
}
