import { IconBan } from '@tabler/icons-react'
import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import { Cited } from './cited.tsx'
import classes from './plan.module.css'
import rows from './rows.module.css'
import { useView } from './view.ts'
import { WhyButton } from './why-button.tsx'

/** What must not be given to this patient now, and why. What is unsafe comes before what is only useless. */
export function NotAdvisedPanel() {
  const t = useWords('plan')
  const { document } = useView()
  if (document.notAdvised.length === 0) return null
  const first = document.notAdvised.filter(({ reason }) => reason === 'unsafe')
  const rest = document.notAdvised.filter(({ reason }) => reason !== 'unsafe')
  return (
    <Panel title={t('plan:not-advised')} id="not-advised">
      <ul className={rows.rows}>
        {[...first, ...rest].map((one) => (
          <li key={one.rule}>
            <div className={rows.rowHead}>
              <span className={rows.reason} data-reason={one.reason}>
                <IconBan size={14} aria-hidden /> {t(`plan:reason.${one.reason}`)}
              </span>
              <h3 lang="en">{one.treatment}</h3>
              {one.review === 'unconfirmed' && <Unconfirmed />}
            </div>
            <p lang="en">{one.because.claim}</p>
            <div className={classes.foot}>
              <WhyButton title={one.treatment} because={one.because} rules={[one.rule, ...(one.alsoRules ?? [])]} />
              {one.evidence.length > 0 && (
                <details className={classes.fold}>
                  <summary>{t('plan:evidence.count', { count: one.evidence.length })}</summary>
                  <Cited of={one.evidence} />
                </details>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
