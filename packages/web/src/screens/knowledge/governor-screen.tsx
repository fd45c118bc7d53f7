import type { GovernedRule, GovernorReport } from '@secondwind/server/contract'
import { Link } from '@tanstack/react-router'
import { useApi } from '../../shared/api.ts'
import { Empty } from '../../shared/parts/empty.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './knowledge.module.css'

/** What became of the cards of each rule: how many were followed, why not, and which rules no longer interrupt. */
export function GovernorScreen() {
  const t = useWords('knowledge')
  const { data, error, refetch } = useApi<GovernorReport>('/cds-report')
  return (
    <Page
      isWide
      title={t('knowledge:governor')}
      windowTitle={t('knowledge:governor')}
      lead={
        <>
          <Link to={'/knowledge' as '/about'}>{t('knowledge:title')}</Link> › {t('knowledge:governor-why')}
        </>
      }
    >
      {error !== null && <Fault error={error} again={() => void refetch()} />}
      {data === undefined ? error === null && <Waiting lines={8} /> : <Report of={data} />}
    </Page>
  )
}

function Report({ of }: { readonly of: GovernorReport }) {
  const t = useWords('knowledge')
  const { since, policy, rules } = of
  const demoted = rules.filter(({ isBelowThreshold }) => isBelowThreshold)
  const shown = rules.reduce((sum, rule) => sum + rule.shown, 0)
  const accepted = rules.reduce((sum, rule) => sum + rule.accepted, 0)
  const answered = rules.reduce((sum, rule) => sum + rule.accepted + rule.overridden, 0)
  return (
    <>
      <dl className={classes.counts}>
        <div>
          <dt>{t('knowledge:gov-shown')}</dt>
          <dd>{shown}</dd>
        </div>
        <div>
          <dt>{t('knowledge:gov-answered')}</dt>
          <dd>{answered}</dd>
        </div>
        <div>
          <dt>{t('knowledge:gov-precision')}</dt>
          <dd>{answered === 0 ? t('knowledge:gov-none') : <Percent value={(100 * accepted) / answered} />}</dd>
        </div>
        <div>
          <dt>{t('knowledge:gov-demoted')}</dt>
          <dd>{demoted.length}</dd>
        </div>
      </dl>
      <p>
        {t('knowledge:gov-threshold', { from: policy.fromAnswers, percent: policy.acceptedPercent })}{' '}
        <span className="quiet">
          {t('knowledge:gov-since')} <When day={since} />
        </span>
      </p>
      {rules.length === 0 ? (
        <Empty title={t('knowledge:gov-empty')}>
          <p>{t('knowledge:gov-empty-why')}</p>
        </Empty>
      ) : (
        <Panel title={t('knowledge:gov-rules')}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard */}
          <section className={classes.scroll} tabIndex={0} aria-label={t('knowledge:gov-rules')}>
            <table className={classes.table}>
              <thead>
                <tr>
                  <th scope="col">{t('knowledge:rule')}</th>
                  <th scope="col" className="numeric">
                    {t('knowledge:gov-shown')}
                  </th>
                  <th scope="col" className="numeric">
                    {t('knowledge:gov-accepted')}
                  </th>
                  <th scope="col" className="numeric">
                    {t('knowledge:gov-overridden')}
                  </th>
                  <th scope="col">{t('knowledge:gov-precision')}</th>
                  <th scope="col">{t('knowledge:gov-why')}</th>
                </tr>
              </thead>
              <tbody>
                {[...rules]
                  .sort((a, b) => Number(b.isBelowThreshold) - Number(a.isBelowThreshold) || b.shown - a.shown)
                  .map((rule) => (
                    <RuleRow key={rule.rule} of={rule} threshold={policy.acceptedPercent} />
                  ))}
              </tbody>
            </table>
          </section>
        </Panel>
      )}
    </>
  )
}

function RuleRow({ of, threshold }: { readonly of: GovernedRule; readonly threshold: number }) {
  const t = useWords('knowledge')
  return (
    <tr>
      <th scope="row">
        {of.title === undefined ? (
          <code>{of.rule}</code>
        ) : (
          <Link to={'/knowledge/rules/$id' as '/about'} params={{ id: of.rule } as never} lang="en">
            {of.title}
          </Link>
        )}
        {of.isBelowThreshold && <div className={classes.demoted}>{t('knowledge:gov-is-demoted')}</div>}
      </th>
      <td className="numeric">{of.shown}</td>
      <td className="numeric">{of.accepted}</td>
      <td className="numeric">{of.overridden}</td>
      <td>
        {of.acceptedPercent === null ? (
          <span className="quiet">{t('knowledge:gov-none')}</span>
        ) : (
          <span className={classes.share}>
            <Percent value={of.acceptedPercent} />
            <svg width="90" height="10" aria-hidden="true">
              <rect width="90" height="10" className={classes.whole} />
              <rect width={(of.acceptedPercent / 100) * 90} height="10" className={classes.part} />
              <path d={`M${(threshold / 100) * 90} 0V10`} className={classes.bound} />
            </svg>
          </span>
        )}
      </td>
      <td>
        {of.reasons.length === 0 ? (
          <span className="quiet">–</span>
        ) : (
          of.reasons.map(({ reason, count }) => (
            <div key={reason}>
              {KNOWN.has(reason) ? t(`knowledge:reason.${reason}`) : reason === 'comment only' ? t('knowledge:reason-comment') : reason} ·{' '}
              {count}
            </div>
          ))
        )}
      </td>
    </tr>
  )
}

/** Reasons that our own cards offer; other systems may send others, which stand as they came. */
const KNOWN: ReadonlySet<string> = new Set([
  'benefit-outweighs',
  'already-handled',
  'facts-wrong',
  'not-applicable',
  'patient-choice',
  'board-decision',
  'wrong-moment',
  'wrong-person',
])

function Percent({ value }: { readonly value: number }) {
  const language = useLanguage()
  return <>{new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value / 100)}</>
}
