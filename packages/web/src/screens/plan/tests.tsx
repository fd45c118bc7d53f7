import { Urgency } from '../../shared/parts/badges.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import rows from './rows.module.css'
import { TryChip } from './try-chip.tsx'
import { answersOf, useView } from './view.ts'
import { WhyButton } from './why-button.tsx'

/** What is worth finding out, and what each answer would do. */
export function Tests() {
  const t = useWords('plan')
  const { document } = useView()
  if (document.tests.length === 0) return null
  return (
    <Panel title={t('plan:tests')} id="tests">
      <ul className={rows.rows}>
        {document.tests.map((test, i) => {
          const answers = answersOf(document, test.facts)
          return (
            <li key={test.id}>
              <div className={rows.rowHead}>
                <Urgency value={test.urgency} />
                <h3 lang="en">{test.title}</h3>
                {test.before !== undefined && (
                  <span className="quiet">
                    {t('plan:tests.before')} <span lang="en">{test.before}</span>
                  </span>
                )}
              </div>
              <p lang="en">{test.because.claim}</p>
              {answers.length > 0 && (
                <details className={classes.fold} open={i === 0}>
                  <summary>{t('plan:tests.answers')}</summary>
                  <Answers of={answers} />
                </details>
              )}
              <WhyButton title={test.title} because={test.because} />
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

/** By fact: what yes and what no would do to each option that waits for it. */
function Answers({ of }: { readonly of: ReturnType<typeof answersOf> }) {
  const t = useWords('plan')
  const { named } = useView()
  return (
    <table className={rows.small}>
      <thead>
        <tr>
          <th scope="col">{t('plan:tests.option')}</th>
          <th scope="col">{t('app:yes')}</th>
          <th scope="col">{t('app:no')}</th>
        </tr>
      </thead>
      {of.map(({ fact, options }) =>
        [...new Set(options.map(({ need }) => need.asks))].map((asks) => (
          <tbody key={`${fact}${asks}`}>
            <tr>
              <th scope="rowgroup" colSpan={3} className={rows.question}>
                <span lang={asks === undefined ? named.fact(fact)?.lang : 'en'}>{asks ?? named.fact(fact)?.label ?? fact}</span>{' '}
                {named.fact(fact)?.type === 'truth' && (
                  <span className={classes.chips}>
                    <TryChip set={`${fact}=yes`} />
                    <TryChip set={`${fact}=no`} />
                  </span>
                )}
              </th>
            </tr>
            {options
              .filter(({ need }) => need.asks === asks)
              .map(({ id, option, need }) => (
                <tr key={id} lang="en">
                  <th scope="row">{option}</th>
                  <td data-answer={t('app:yes')}>{need.ifTrue}</td>
                  <td data-answer={t('app:no')}>{need.ifFalse}</td>
                </tr>
              ))}
          </tbody>
        )),
      )}
    </table>
  )
}
