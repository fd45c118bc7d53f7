import type { Issue } from '@secondwind/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import { useView } from './view.ts'

/** What is wrong or doubtful in what the plan rests on. Errors and warnings stand open, what is only worth knowing is folded. */
export function Problems() {
  const t = useWords('plan')
  const { document } = useView()
  const open = document.problems.filter(
    // why there is no plan is said above
    ({ severity }) => severity === 'warning' || (severity === 'error' && document.status === 'proposed'),
  )
  const folded = document.problems.filter(({ severity }) => severity === 'information')
  if (document.problems.length === 0) return null
  return (
    <section className={classes.problems} aria-label={t('plan:problems')}>
      {open.length > 0 && (
        <>
          <h2 className={classes.problemsTitle}>
            <IconAlertTriangle size={18} aria-hidden /> {t('plan:problems')}
          </h2>
          <List of={open} />
        </>
      )}
      {folded.length > 0 && (
        <details className={classes.fold}>
          <summary>{t('plan:problems.more', { count: folded.length })}</summary>
          <List of={folded} />
        </details>
      )}
    </section>
  )
}

const List = ({ of }: { readonly of: readonly Issue[] }) => (
  <ul className={classes.plain} lang="en">
    {of.map(({ code, severity, path, message, remedy }) => (
      <li key={`${code}${path}${message}`} data-severity={severity}>
        {message}
        {remedy !== undefined && <span className="quiet">. {remedy}</span>} <span className={classes.place}>{path}</span>
      </li>
    ))}
  </ul>
)

/** No plan can be made: why, and what to do. Nothing may look like a proposal here. */
export function RefusedPlan() {
  const t = useWords('plan')
  const { document } = useView()
  const reasons = document.problems.filter(({ severity }) => severity === 'error')
  return (
    <section id="refused" className={classes.refused}>
      <h2>{t('plan:refused')}</h2>
      <p>{t('plan:refused.why')}</p>
      <ol lang="en">
        {reasons.map(({ code, path, message, remedy }) => (
          <li key={`${code}${path}${message}`}>
            <strong>{message}</strong>
            {remedy !== undefined && (
              <>
                <br />
                <span>
                  <span className="visually-hidden">{t('plan:refused.do')}: </span>→ {remedy}
                </span>
              </>
            )}
          </li>
        ))}
      </ol>
      <p className="quiet">{t('plan:refused.rest')}</p>
    </section>
  )
}
