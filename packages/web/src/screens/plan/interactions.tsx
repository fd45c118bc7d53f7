import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { Cited } from './cited.tsx'
import classes from './plan.module.css'
import rows from './rows.module.css'
import { useView } from './view.ts'
import { WhyButton } from './why-button.tsx'

/** What clashes across the approaches and with the patient's own medicines, with the earliest safe day. */
export function Interactions() {
  const t = useWords('plan')
  const { document, named } = useView()
  if (document.interactions.length === 0) return null
  const options = new Map(document.options.map(({ id, title }) => [id, title]))
  return (
    <Panel title={t('plan:interactions')} id="interactions">
      <ul className={rows.rows}>
        {document.interactions.map((one) => {
          const concerned = one.between.flatMap((id) => options.get(id) ?? [])
          return (
            <li key={one.id}>
              <div className={rows.rowHead}>
                <h3 lang="en">{one.title}</h3>
                {one.review === 'unconfirmed' && <Unconfirmed />}
              </div>
              <p lang="en">{one.because.claim}</p>
              {one.window !== undefined && (
                <p>
                  <span lang="en">{one.window.text}</span>
                  {one.window.earliest !== undefined && (
                    <strong>
                      {' '}
                      {t('plan:earliest')} <When day={one.window.earliest} asOf={document.asOf} />
                    </strong>
                  )}
                </p>
              )}
              <p className="quiet" lang="en">
                {one.between
                  .filter((id) => !options.has(id))
                  .map((id) => named.drug(id))
                  .join(' · ')}
              </p>
              <div className={classes.foot}>
                <WhyButton title={one.title} because={one.because} rules={[one.id]} />
                {concerned.length > 0 && (
                  <details className={classes.fold}>
                    <summary>{t('plan:interactions.options', { count: concerned.length })}</summary>
                    <ul lang="en">
                      {concerned.map((title) => (
                        <li key={title}>{title}</li>
                      ))}
                    </ul>
                  </details>
                )}
                {one.evidence.length > 0 && (
                  <details className={classes.fold}>
                    <summary>{t('plan:evidence.count', { count: one.evidence.length })}</summary>
                    <Cited of={one.evidence} />
                  </details>
                )}
              </div>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
