import { useApi } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { session } from '../../shared/session.ts'
import { useWords } from '../../shared/words.ts'
import classes from './about.module.css'

interface Applied {
  readonly version: string
  readonly digest: string
  readonly counts: { readonly [kind: string]: number }
}

/** What this is, what it may not be used for, and which knowledge stands behind it. */
export function AboutScreen() {
  const t = useWords('about')
  const { may } = useMe()
  const maySee = may('read', 'knowledge')
  const { data, error, refetch } = useApi<Applied>(maySee ? '/knowledge' : undefined)
  return (
    <Page title={t('about:title')} windowTitle={t('about:title')} lead={t('app:about.one-line')}>
      <Panel title={t('about:use.title')}>
        <p>{t('about:use.who')}</p>
        <p>{t('about:use.not')}</p>
        <p>{t('about:use.signs')}</p>
      </Panel>
      {maySee && (
        <Panel title={t('about:knowledge.title')}>
          {error ? <Fault error={error} again={() => void refetch()} /> : null}
          {data === undefined ? (
            !error && <Waiting />
          ) : (
            <dl className={classes.figures}>
              <dt>{t('about:knowledge.release')}</dt>
              <dd>
                {data.version} <span className="quiet">{data.digest.slice(0, 12)}</span>
              </dd>
              <dt>{t('about:knowledge.counts')}</dt>
              <dd>{t('about:knowledge.counts-words', data.counts)}</dd>
            </dl>
          )}
        </Panel>
      )}
      <Panel title={t('about:words.title')}>
        <p>{t('about:words.english')}</p>
      </Panel>
      <p className="quiet">
        {t('about:version', { version: session.config.version })} · {t('about:licence')}
      </p>
    </Page>
  )
}
