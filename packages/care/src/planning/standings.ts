import type { KnowledgeBase, PatientCase, Standing } from '@secondwind/core'
import { activeAlerts } from './alerts.ts'
import { engineOf } from './engine.ts'
import { explainer } from './explain-rule.ts'
import { openOptions } from './options.ts'

/** How every option of the base that is open to one patient stands, before ranking. `populationPlanes` gives the same for many at once. */
export function standingsOf(
  patientCase: PatientCase,
  knowledge: KnowledgeBase,
): readonly { readonly option: string; readonly standing: Standing }[] {
  const engine = engineOf(knowledge)
  const view = engine.view(patientCase.facts, patientCase.asOf)
  const alerts = activeAlerts(engine, view, explainer(view, engine))
  return openOptions(engine, view, patientCase, alerts).open.map(({ candidate, standing }) => ({ option: candidate.id, standing }))
}
