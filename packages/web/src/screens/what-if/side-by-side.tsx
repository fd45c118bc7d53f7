import type { PlanDocument } from '@secondwind/core'
import { Standing, Urgency } from '../../shared/parts/badges.tsx'
import { useWords } from '../../shared/words.ts'
import { MarkOf } from '../plan/mark.tsx'
import classes from './what-if.module.css'

/** The plan as it stands and as it would be, in two columns: alerts, options in their order, what is not advised, tests. */
export function SideBySide({ present, changed }: { readonly present: PlanDocument; readonly changed: PlanDocument }) {
  const t = useWords('what-if')
  const stays = new Set(changed.options.map(({ id }) => id))
  return (
    <div className={classes.sides}>
      {(
        [
          ['present', present],
          ['tried', changed],
        ] as const
      ).map(([which, document]) => (
        <section key={which} data-side={which} aria-label={t(`what-if:side.${which}`)}>
          <h2>{t(`what-if:side.${which}`)}</h2>
          {document.status === 'refused' && <p className={classes.wrong}>{t('what-if:refused')}</p>}
          {document.alerts.length > 0 && (
            <ul className={classes.sideList} lang="en">
              {document.alerts.map(({ id, urgency, title }) => (
                <li key={id}>
                  <Urgency value={urgency} /> {title}
                </li>
              ))}
            </ul>
          )}
          <h3>{t('what-if:side.options')}</h3>
          <ol className={classes.sideList}>
            {document.options.map((option) => (
              <li key={option.id} data-gone={(which === 'present' && !stays.has(option.id)) || undefined}>
                <span className={classes.sideRank}>{option.rank}</span>
                <Standing value={option.standing} />
                {which === 'tried' && <MarkOf id={option.id} />}
                {which === 'present' && !stays.has(option.id) && <span className={classes.sign}>{t('what-if:gone')}</span>}
                <span lang="en">{option.title}</span>
              </li>
            ))}
          </ol>
          <h3>{t('what-if:side.not-advised')}</h3>
          <ul className={classes.sideList} lang="en">
            {document.notAdvised.map(({ rule, treatment }) => (
              <li key={rule}>{treatment}</li>
            ))}
          </ul>
          <h3>{t('what-if:side.tests')}</h3>
          <ul className={classes.sideList} lang="en">
            {document.tests.map(({ id, title }) => (
              <li key={id}>{title}</li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
