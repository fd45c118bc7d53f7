import { raisedBy } from '@secondwind/care'
import type { PlanDocument } from '@secondwind/core'
import { useFacts } from '../../shared/facts.ts'
import { Urgency } from '../../shared/parts/badges.tsx'
import { Raised } from '../../shared/parts/raised.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './present.module.css'

/** What comes before every treatment: each alert with what set it off, its value and its day, and what to do first. */
export function PresentedAlerts({ plan: { alerts, asOf, case: patientCase } }: { readonly plan: PlanDocument }) {
  const t = useWords('board')
  const facts = useFacts()
  return alerts.map((alert) => (
    <div key={alert.id} className={classes.alert} data-alert={alert.id}>
      <Urgency value={alert.urgency} />{' '}
      <strong lang="en">
        {alert.title}
        {alert.suspected ? ` (${t('app:patient.suspected')})` : ''}
      </strong>
      {facts !== undefined && (
        <Raised
          facts={raisedBy(alert.because, patientCase.facts).map((id) => ({ id, fact: patientCase.facts[id] }))}
          about={(id) => facts.get(id)}
          asOf={asOf}
        />
      )}
      <div lang="en">{alert.actions[0]}</div>
    </div>
  ))
}
