import type { RulePage } from '@secondwind/server/contract'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { useApi } from '../../shared/api.ts'
import { Standing, Unconfirmed, Urgency } from '../../shared/parts/badges.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Truth } from '../../shared/parts/truth.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './knowledge.module.css'
import { RuleLink, SourceLine } from './parts.tsx'

/** One entry of the knowledge: whom it concerns in plain words, what it does, what it rests on, how it was tried, how many plans show it. */
export function RuleScreen() {
  const t = useWords('knowledge')
  const { id } = useParams({ strict: false }) as { readonly id: string }
  const { kind } = useSearch({ strict: false }) as { readonly kind?: string }
  const path = `/knowledge/rules/${encodeURIComponent(id)}${kind === undefined ? '' : `?kind=${encodeURIComponent(kind)}`}`
  const { data, error, refetch } = useApi<RulePage>(path)
  return (
    <Page
      key={path}
      title={data === undefined ? t('knowledge:rule') : <span lang="en">{data.title}</span>}
      windowTitle={data?.title ?? t('knowledge:rule')}
      lead={
        <>
          <Link to={'/knowledge' as '/about'}>{t('knowledge:title')}</Link>
          {data === undefined ? null : ` › ${t(`knowledge:kind.${data.kind}`)}`}
        </>
      }
    >
      {error !== null && <Fault error={error} again={() => void refetch()} />}
      {data === undefined ? error === null && <Waiting lines={8} /> : <Rule page={data} />}
    </Page>
  )
}

function Rule({ page }: { readonly page: RulePage }) {
  const t = useWords('knowledge')
  const { says, when, parts, cites, examples, source, affected, also } = page
  return (
    <>
      <Facts page={page} />
      {says.length > 0 && (
        <Panel title={t('knowledge:says')}>
          {says.map((text) => (
            <p key={text} lang="en" className={classes.prose}>
              {text}
            </p>
          ))}
        </Panel>
      )}
      {when !== undefined && (
        <Panel title={t('knowledge:when')}>
          <p lang="en" className={classes.prose}>
            {when}
          </p>
        </Panel>
      )}
      {affected !== null && (
        <Panel title={t('knowledge:affected')}>
          <p>
            <strong className={classes.number}>{t('knowledge:affected-plans', { count: affected.plans })}</strong>{' '}
            <span className="quiet">{t('knowledge:affected-of', { count: affected.of })}</span>
          </p>
        </Panel>
      )}
      {parts.map(({ name, lines }) => (
        <Panel key={name} title={t(`knowledge:part.${name}`)}>
          <ul className={classes.lines}>
            {lines.map((line, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines as they were written, in their order
              <li key={`${line.text}${i}`}>
                {name === 'standing' && line.as !== undefined && <Standing value={line.as as 'recommended'} />}{' '}
                {name === 'trial-criteria' && line.as !== undefined && <b>{t(`knowledge:criterion.${line.as}`)}: </b>}
                {line.of === undefined ? <span lang="en">{line.text}</span> : <RuleLink of={line.of} />}
                {line.when !== undefined && (
                  <div className={classes.line}>
                    {t('knowledge:if')} <span lang="en">{line.when}</span>
                  </div>
                )}
              </li>
            ))}
          </ul>
        </Panel>
      ))}
      {source !== undefined && (
        <Panel title={t('knowledge:source')}>
          <p>
            <SourceLine of={source} />
          </p>
          <p className="quiet">
            {t('knowledge:accessed')} <When day={source.accessed} />
          </p>
        </Panel>
      )}
      {cites.length > 0 && (
        <Panel title={t('knowledge:cites')}>
          <ul className={classes.lines}>
            {cites.map(({ source: cited, at, says: claim, review }) => (
              <li key={`${cited.id}${at}${claim}`}>
                <SourceLine of={cited} /> {review === 'unconfirmed' && <Unconfirmed />}
                <div className={classes.line}>
                  <span className="quiet">{t('knowledge:at')}</span> <span lang="en">{at}</span>
                </div>
                <blockquote lang="en" className={classes.claim}>
                  {claim}
                </blockquote>
                <div className="quiet">
                  {t('knowledge:accessed')} <When day={cited.accessed} />
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {examples.length > 0 && (
        <Panel title={t('knowledge:examples')} aside={<span className="quiet">{t('knowledge:examples-why')}</span>}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard */}
          <section className={classes.scroll} tabIndex={0} aria-label={t('knowledge:examples')}>
            <table className={classes.table}>
              <thead>
                <tr>
                  <th scope="col">{t('knowledge:example')}</th>
                  <th scope="col">{t('knowledge:given')}</th>
                  <th scope="col">{t('knowledge:expect')}</th>
                </tr>
              </thead>
              <tbody>
                {examples.map((example) => (
                  <tr key={example.name}>
                    <th scope="row" lang="en">
                      {example.name}
                    </th>
                    <td lang="en">{example.given.join('; ')}</td>
                    <td>
                      <Truth value={example.expect} />
                      {example.missing.length > 0 && (
                        <div className="quiet">
                          {t('knowledge:missing')} <span lang="en">{example.missing.join(', ')}</span>
                        </div>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </Panel>
      )}
      {also.length > 0 && (
        <Panel title={t('knowledge:also')}>
          <ul className={classes.lines}>
            {also.map((one) => (
              <li key={`${one.kind}/${one.id}`}>
                <RuleLink of={one} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

function Facts({ page }: { readonly page: RulePage }) {
  const t = useWords('knowledge')
  const { id, from, review, strength, evidenceKind, urgency, effect, effective, reviewBy, isOverdue } = page
  return (
    <dl className={classes.facts}>
      <div>
        <dt>{t('knowledge:review')}</dt>
        <dd>{review === 'unconfirmed' ? <Unconfirmed /> : t('knowledge:confirmed')}</dd>
      </div>
      {strength !== undefined && (
        <div>
          <dt>{t('knowledge:strength')}</dt>
          <dd>
            {t(`knowledge:strength.${strength}`)}
            {evidenceKind === undefined ? '' : ` · ${t(`knowledge:evidence.${evidenceKind}`)}`}
          </dd>
        </div>
      )}
      {urgency !== undefined && (
        <div>
          <dt>{t('knowledge:urgency')}</dt>
          <dd>
            <Urgency value={urgency} />
          </dd>
        </div>
      )}
      {effect !== undefined && (
        <div>
          <dt>{t('knowledge:effect')}</dt>
          <dd>{t(`knowledge:effect.${effect}`)}</dd>
        </div>
      )}
      {effective !== undefined && (
        <div>
          <dt>{t('knowledge:effective')}</dt>
          <dd>
            <When day={effective} />
          </dd>
        </div>
      )}
      {reviewBy !== undefined && (
        <div>
          <dt>{t('knowledge:review-by')}</dt>
          <dd>
            <When day={reviewBy} /> {isOverdue && <strong>{t('knowledge:overdue')}</strong>}
          </dd>
        </div>
      )}
      <div>
        <dt>{t('knowledge:place')}</dt>
        <dd>
          <code>{id}</code>
          {from === undefined ? null : <span className="quiet"> {from}</span>}
        </dd>
      </div>
    </dl>
  )
}
