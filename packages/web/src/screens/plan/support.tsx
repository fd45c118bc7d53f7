import type { Support } from '@secondwind/core'
import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { Cited } from './cited.tsx'
import classes from './plan.module.css'
import rows from './rows.module.css'
import { SIX, useView } from './view.ts'
import { WhyButton } from './why-button.tsx'

/** The six services, said even where the plan asks nothing of one, then the others. */
export function SupportPanel() {
  const t = useWords('plan')
  const { document } = useView()
  const of = (service: string): readonly Support[] => document.support.filter((one) => one.service === service)
  const others = [...new Set(document.support.map(({ service }) => service))].filter((one) => !(SIX as readonly string[]).includes(one))
  return (
    <Panel title={t('plan:support')} id="support">
      <div className={rows.services}>
        {[...SIX, ...others].map((service) => {
          const name = t(`plan:service.${service}`, { defaultValue: service.replace(/-/g, ' ') })
          return (
            <section key={service} className={rows.service}>
              <h3>{name}</h3>
              {of(service).length === 0 && <p className="quiet">{t('plan:support.nothing')}</p>}
              {of(service).map((one) => (
                <One key={one.title} of={one} under={name} />
              ))}
            </section>
          )
        })}
      </div>
    </Panel>
  )
}

/** `under`: the heading it stands under; a title that only says it again is left out. */
function One({ of, under }: { readonly of: Support; readonly under: string }) {
  const t = useWords('plan')
  const { document } = useView()
  const isSame = of.title.toLowerCase() === under.toLowerCase()
  return (
    <div>
      {(!isSame || of.review === 'unconfirmed') && (
        <p lang="en">
          {!isSame && <strong>{of.title}</strong>} {of.review === 'unconfirmed' && <Unconfirmed />}
        </p>
      )}
      {of.dueBy !== undefined && (
        <p className={rows.due}>
          {t('plan:support.due')} <When day={of.dueBy} asOf={document.asOf} />
        </p>
      )}
      <ul lang="en">
        {of.actions.map((action) => (
          <li key={action}>{action}</li>
        ))}
      </ul>
      <div className={classes.foot}>
        <WhyButton title={of.title} because={of.because} />
        {of.evidence.length > 0 && (
          <details className={classes.fold}>
            <summary>{t('plan:evidence.count', { count: of.evidence.length })}</summary>
            <Cited of={of.evidence} />
          </details>
        )}
      </div>
    </div>
  )
}
