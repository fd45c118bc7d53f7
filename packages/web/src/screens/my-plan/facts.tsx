import type { OwnPlan, OwnSection } from '@secondwind/server/contract'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './my-plan.module.css'
import { Lines } from './section.tsx'

/** What a clinician has signed, with the day and the name; where nobody has, that is said, and no treatment stands on the page. */
export function Decided({ of: { decided, asOf } }: { readonly of: OwnPlan }) {
  const t = useWords('my-plan')
  return (
    <section className={classes.decided} data-decided={decided !== undefined && !decided.hasChanged}>
      <h2>{t('my-plan:decided')}</h2>
      {decided === undefined ? (
        <p>{t('my-plan:decided.not-yet')}</p>
      ) : (
        <>
          {decided.title !== undefined && (
            <p className={classes.way} lang="en">
              {decided.title}
            </p>
          )}
          {decided.title === undefined && !decided.hasChanged && <p>{t('my-plan:decided.ask')}</p>}
          {decided.hasChanged && <p>{t('my-plan:decided.changed')}</p>}
          <p className="quiet">
            {decided.by === undefined ? t('my-plan:decided.by-team') : t('my-plan:decided.by', { name: decided.by })}{' '}
            <When day={decided.on.slice(0, 10)} asOf={asOf} />
          </p>
        </>
      )}
    </section>
  )
}

/** Days to keep, and results that are on their way. */
export function Coming({ of: { appointments, waiting, asOf } }: { readonly of: OwnPlan }) {
  const t = useWords('my-plan')
  return (
    <>
      <section className={classes.section}>
        <h2>{t('my-plan:appointments')}</h2>
        {appointments.length === 0 ? (
          <p>{t('my-plan:appointments.none')}</p>
        ) : (
          <ul className={classes.days}>
            {appointments.map(({ id, at, what, where }) => (
              <li key={id}>
                <When day={at} asOf={asOf} />
                <span lang="en">{[what, where].filter(Boolean).join(', ')}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className={classes.section}>
        <h2>{t('my-plan:waiting')}</h2>
        {waiting.length === 0 ? (
          <p>{t('my-plan:waiting.none')}</p>
        ) : (
          <ul className={classes.days}>
            {waiting.map(({ id, title, orderedOn, dueOn }) => (
              <li key={id}>
                <span lang="en">{title}</span>
                <span className="quiet">
                  {dueOn !== undefined ? (
                    <>
                      {t('my-plan:waiting.due')} <When day={dueOn} asOf={asOf} />
                    </>
                  ) : orderedOn !== undefined ? (
                    <>
                      {t('my-plan:waiting.since')} <When day={orderedOn} asOf={asOf} />
                    </>
                  ) : (
                    t('my-plan:waiting.no-day')
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
        {waiting.length > 0 && <p className="quiet">{t('my-plan:waiting.told')}</p>}
      </section>
    </>
  )
}

/** Who looks after this person: by name where the chart has it, then what the team is there for, with room for numbers. */
export function Team({ of: { team }, page }: { readonly of: OwnPlan; readonly page: OwnSection | undefined }) {
  const t = useWords('my-plan')
  return (
    <section className={classes.section} data-section="team">
      <h2>{t('my-plan:section.team')}</h2>
      {team.length > 0 && (
        <ul className={classes.days}>
          {team.map(({ name, role, phone }) => (
            <li key={`${name}${role}`}>
              <span>
                <strong>{name}</strong>
                {role !== undefined && <span lang="en">, {role}</span>}
              </span>
              {phone !== undefined && <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>}
            </li>
          ))}
        </ul>
      )}
      {page !== undefined && <Lines of={page.lines} />}
    </section>
  )
}
