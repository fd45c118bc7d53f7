import { Standing, Urgency } from '../../shared/parts/badges.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import { useView } from './view.ts'

/** On a phone: what is pressing and what stands first, on the first screen; each leads to where it stands in full. */
export function Glance() {
  const t = useWords('plan')
  const { document } = useView()
  const pressing = document.alerts.filter(({ urgency }) => urgency !== 'soon')
  const [first] = document.options
  return (
    <nav data-glance className={`${classes.glance} no-print`} aria-label={t('plan:glance')}>
      <ul>
        {pressing.map(({ id, urgency, title, suspected }) => (
          <li key={id}>
            <Urgency value={urgency} />
            <a href="#alerts">
              <span lang="en">{title}</span>
              {suspected && ` (${t('plan:alert.suspected')})`}
            </a>
          </li>
        ))}
        {document.status === 'refused' ? (
          <li>
            <a href="#refused">{t('plan:refused')}</a>
          </li>
        ) : (
          first !== undefined && (
            <li>
              <Standing value={first.standing} />
              <a href="#options" lang="en">
                {first.title}
              </a>
            </li>
          )
        )}
      </ul>
    </nav>
  )
}
