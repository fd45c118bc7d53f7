import { Urgency } from '../../shared/parts/badges.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import { TryChip } from './try-chip.tsx'
import { answersOf, useView } from './view.ts'
import { WhyButton } from './why-button.tsx'

/** What is worth finding out, and what each answer would do. */
export function Tests() {
  const t = useWords('plan')
  const { document, named } = useView()
  if (document.tests.length === 0) return null
  return (
    <Panel title={t('plan:tests')} id="tests">
      <ul className={classes.rows}>
        {document.tests.map((test) => {
          const answers = answersOf(document, test.facts)
          return (
            <li key={test.id}>
              <div className={classes.rowHead}>
                <Urgency value={test.urgency} />
                <h3 lang="en">{test.title}</h3>
                {test.before !== undefined && (
                  <span className="quiet">
                    {t('plan:tests.before')} <span lang="en">{test.before}</span>
                  </span>
                )}
              </div>
              <p lang="en">{test.because.claim}</p>
              {answers.map(({ fact, options }) => (
                <div key={fact} className={classes.answer}>
                  <p>
                    <strong lang="en">{named.fact(fact)?.label ?? fact}</strong>{' '}
                    {named.fact(fact)?.type === 'truth' && (
                      <span className={classes.chips}>
                        <TryChip set={`${fact}=yes`} />
                        <TryChip set={`${fact}=no`} />
                      </span>
                    )}
                  </p>
                  <table className={classes.small}>
                    <thead>
                      <tr>
                        <th scope="col">{t('plan:tests.option')}</th>
                        <th scope="col">{t('app:yes')}</th>
                        <th scope="col">{t('app:no')}</th>
                      </tr>
                    </thead>
                    <tbody lang="en">
                      {options.map(({ id, option, need }) => (
                        <tr key={id}>
                          <th scope="row">
                            {option}
                            {need.asks !== undefined && <span className="quiet"> ({need.asks})</span>}
                          </th>
                          <td>{need.ifTrue}</td>
                          <td>{need.ifFalse}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              ))}
              <WhyButton title={test.title} because={test.because} />
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
