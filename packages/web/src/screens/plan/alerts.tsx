import { raisedBy } from '@secondwind/care'
import type { Alert } from '@secondwind/core'
import { Urgency } from '../../shared/parts/badges.tsx'
import { Evidence } from '../../shared/parts/evidence.tsx'
import { Raised } from '../../shared/parts/raised.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import { useView } from './view.ts'
import { WhyButton } from './why-button.tsx'

/** What comes before or beside every treatment, most urgent first; `added`: alerts that the present plan does not have. */
export function Alerts({ added }: { readonly added?: ReadonlySet<string> }) {
  const t = useWords('plan')
  const { document } = useView()
  if (document.alerts.length === 0) return null
  return (
    <section id="alerts" aria-label={t('plan:alerts')} className={classes.alerts}>
      {document.alerts.map((alert) => (
        <One key={alert.id} alert={alert} isAdded={added?.has(alert.id) === true} />
      ))}
    </section>
  )
}

function One({ alert, isAdded }: { readonly alert: Alert; readonly isAdded: boolean }) {
  const t = useWords('plan')
  const { document, named } = useView()
  const [first, ...others] = alert.actions
  return (
    <article className={classes.alert} data-urgency={alert.urgency} role={alert.urgency === 'emergency' ? 'alert' : undefined}>
      <div className={classes.alertHead}>
        <Urgency value={alert.urgency} />
        {isAdded && <strong className={classes.markNew}>{t('plan:mark.new')}</strong>}
        {alert.suspected && <span className={classes.suspected}>{t('plan:alert.suspected')}</span>}
      </div>
      <h2 className={classes.alertTitle} lang="en">
        {alert.title}
      </h2>
      <Raised
        facts={raisedBy(alert.because, document.case.facts).map((id) => ({ id, fact: document.case.facts[id] }))}
        about={(id) => named.fact(id)}
        asOf={document.asOf}
      />
      {first !== undefined && (
        <p className={classes.firstAction} lang="en">
          {first}
        </p>
      )}
      {others.length > 0 && (
        <ul className={classes.actions} lang="en">
          {others.map((action) => (
            <li key={action}>{action}</li>
          ))}
        </ul>
      )}
      <div className={classes.foot}>
        <WhyButton title={alert.title} because={alert.because} />
        {alert.evidence.length > 0 && (
          <details className={classes.fold}>
            <summary>{t('plan:evidence.count', { count: alert.evidence.length })}</summary>
            <ul className={classes.plain}>
              {alert.evidence.map((one) => (
                <li key={`${one.source}${one.at}`}>
                  <Evidence {...one} />
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </article>
  )
}
