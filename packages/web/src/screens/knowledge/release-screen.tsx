import { Button, SegmentedControl } from '@mantine/core'
import type { AffectedPage, HandlingAsked, ReleaseChanges, ReleaseReviews, RuleChangeWeight } from '@secondwind/server/contract'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, useSend } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Empty } from '../../shared/parts/empty.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import { Affected } from './affected.tsx'
import { HandledWords } from './handled-words.tsx'
import { HandlingForm } from './handling-form.tsx'
import classes from './knowledge.module.css'

/** One release: for whom it changed a plan, what it changed, and what each site says of it. */
export function ReleaseScreen() {
  const t = useWords('knowledge')
  const { may } = useMe()
  const { version } = useParams({ strict: false }) as { readonly version: string }
  const path = `/knowledge/releases/${encodeURIComponent(version)}`
  const reviews = useApi<ReleaseReviews>(`${path}/reviews`)
  const send = useSend<ReleaseReviews, HandlingAsked>([path])
  const [isOpen, setOpen] = useState(false)
  const name = version === 'working' ? t('knowledge:working') : version
  const canReview = may('create', 'release-review') && reviews.data !== undefined
  return (
    <Page
      title={t('knowledge:release-title', { version: name })}
      windowTitle={t('knowledge:release-title', { version: name })}
      lead={<Link to={'/knowledge' as '/about'}>{t('knowledge:title')}</Link>}
      actions={canReview && <Button onClick={() => setOpen(true)}>{t('knowledge:handle-release')}</Button>}
    >
      {reviews.error !== null && <Fault error={reviews.error} again={() => void reviews.refetch()} />}
      {reviews.data !== undefined && <Reviews of={reviews.data} />}
      {may('search', 'worklist') && <AffectedPanel path={path} reviews={reviews.data} />}
      <Changes path={path} />
      {isOpen && reviews.data !== undefined && (
        <HandlingForm
          title={t('knowledge:handle-release')}
          reasons={reviews.data.reasons}
          mostSnoozeDays={reviews.data.mostSnoozeDays}
          error={send.error}
          isSending={send.isPending}
          close={() => setOpen(false)}
          send={(body) => send.mutate({ path: `${path}/reviews`, body }, { onSuccess: () => setOpen(false) })}
        />
      )}
    </Page>
  )
}

function Reviews({ of }: { readonly of: ReleaseReviews }) {
  const t = useWords('knowledge')
  return (
    <Panel title={t('knowledge:reviews')}>
      {of.reviews.length === 0 ? (
        <p className="quiet">{t('knowledge:reviews-none')}</p>
      ) : (
        <ul className={classes.lines}>
          {of.reviews.map((review) => (
            <li key={`${review.site}${review.at}`}>
              <b>{review.site}</b> · <HandledWords of={review} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function AffectedPanel({ path, reviews }: { readonly path: string; readonly reviews: ReleaseReviews | undefined }) {
  const t = useWords('knowledge')
  const [only, setOnly] = useState<'open' | 'all'>('open')
  const [pages, setPages] = useState<readonly string[]>([''])
  const total = useApi<AffectedPage>(`${path}/affected?count=1`)
  const choose = (value: string): void => {
    setOnly(value as 'open')
    setPages([''])
  }
  return (
    <Panel
      title={t('knowledge:concerned')}
      aside={
        <SegmentedControl
          size="xs"
          value={only}
          onChange={choose}
          aria-label={t('knowledge:concerned')}
          data={[
            { value: 'open', label: t('knowledge:only-open') },
            { value: 'all', label: t('knowledge:all') },
          ]}
        />
      }
    >
      {total.error !== null && <Fault error={total.error} again={() => void total.refetch()} />}
      {total.data !== undefined && (
        <p>
          {total.data.total === 0
            ? t('knowledge:concerned-none')
            : t('knowledge:concerned-count', { count: total.data.total, open: total.data.open })}
        </p>
      )}
      {(total.data?.total ?? 0) > 0 &&
        pages.map((cursor, i) => (
          <Affected
            key={`${only}${cursor}`}
            path={`${path}/affected?count=25&open=${only === 'open'}${cursor === '' ? '' : `&cursor=${cursor}`}`}
            refresh={path}
            reviews={reviews}
            more={i === pages.length - 1 ? (next) => setPages([...pages, next]) : undefined}
          />
        ))}
    </Panel>
  )
}

const WEIGHTS: readonly RuleChangeWeight[] = ['substance', 'evidence', 'wording']

function Changes({ path }: { readonly path: string }) {
  const t = useWords('knowledge')
  const [weight, setWeight] = useState<RuleChangeWeight>('substance')
  const [count, setCount] = useState(50)
  const { data, error, refetch } = useApi<ReleaseChanges>(`${path}/changes?weight=${weight}&count=${count}`, {
    keep: true,
    staleMs: 60_000,
  })
  return (
    <Panel title={t('knowledge:changes')}>
      {error !== null && <Fault error={error} again={() => void refetch()} />}
      {data === undefined ? (
        error === null && <Waiting />
      ) : data.since === null ? (
        <p className="quiet">{t('knowledge:changes-first')}</p>
      ) : (
        <>
          <p>{t('knowledge:changes-since', { version: data.since.version, digest: data.since.digest.slice(0, 8) })}</p>
          <SegmentedControl
            value={weight}
            onChange={(value) => {
              setWeight(value as RuleChangeWeight)
              setCount(50)
            }}
            aria-label={t('knowledge:changes')}
            data={WEIGHTS.map((one) => ({ value: one, label: `${t(`knowledge:weight.${one}`)} (${data.counts[one]})` }))}
          />
          {data.changes.length === 0 && <Empty title={t('knowledge:changes-none')} />}
          <ul className={classes.changes}>
            {data.changes.map((change) => (
              <li key={change.key}>
                <h3 className={classes.changeTitle}>
                  <b>{t(`knowledge:change.${change.change}`)}</b>{' '}
                  {change.change === 'removed' ? (
                    <span lang="en">{change.title}</span>
                  ) : (
                    <Link to={'/knowledge/rules/$id' as '/about'} params={{ id: change.id } as never} lang="en">
                      {change.title}
                    </Link>
                  )}{' '}
                  <code className="quiet">{change.key}</code>
                </h3>
                {change.fields.length > 0 && (
                  <dl className={classes.diff}>
                    {change.fields.map((field) => (
                      <div key={field.path}>
                        <dt>
                          <code>{field.path}</code>
                        </dt>
                        <dd lang="en">
                          {field.before === undefined ? <i className="quiet">{t('knowledge:nothing')}</i> : <del>{field.before}</del>}
                          <span aria-hidden="true"> → </span>
                          {field.after === undefined ? <i className="quiet">{t('knowledge:nothing')}</i> : <ins>{field.after}</ins>}
                        </dd>
                      </div>
                    ))}
                  </dl>
                )}
                {change.newlyCited.length > 0 && (
                  <p className={classes.line}>
                    {t('knowledge:newly-cited')} <span lang="en">{change.newlyCited.join(', ')}</span>
                  </p>
                )}
              </li>
            ))}
          </ul>
          {data.next !== undefined && count < 200 && (
            <Button variant="default" onClick={() => setCount(count + 50)}>
              {t('knowledge:more')}
            </Button>
          )}
          {data.next !== undefined && count >= 200 && <p className="quiet">{t('knowledge:more-command')}</p>}
        </>
      )}
    </Panel>
  )
}
