import { Button } from '@mantine/core'
import type { AffectedPage, AffectedPatient, HandlingAsked, ReleaseReviews } from '@secondwind/server/contract'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi, useSend } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { tellsValues } from '../../shared/tells-values.ts'
import { useWords } from '../../shared/words.ts'
import { HandledWords } from './handled-words.tsx'
import { HandlingForm } from './handling-form.tsx'
import classes from './knowledge.module.css'

/** One page of the patients whose plan a release changed. */
export function Affected({
  path,
  refresh,
  reviews,
  more,
}: {
  readonly path: string
  readonly refresh: string
  readonly reviews: ReleaseReviews | undefined
  readonly more: ((next: string) => void) | undefined
}) {
  const t = useWords('knowledge')
  const { may } = useMe()
  const { data, error, refetch } = useApi<AffectedPage>(path)
  const send = useSend<undefined, HandlingAsked>([refresh, '/workspace', '/worklists'])
  const [chosen, choose] = useState<AffectedPatient>()
  if (error !== null) return <Fault error={error} again={() => void refetch()} />
  if (data === undefined) return <Waiting />
  return (
    <>
      <ul className={classes.concerned}>
        {data.items.map((item) => (
          <li key={item.seq} data-priority={item.priority}>
            <div className={classes.concernedHead}>
              <Link
                to={'/patients/$patient/plan' as '/about'}
                params={{ patient: item.patient.replace('Patient/', '') } as never}
                lang="en"
              >
                {item.story === '' ? item.patient : item.story}
              </Link>
              {item.handled === undefined && may('update', 'worklist') && reviews !== undefined && (
                <Button size="xs" variant="default" onClick={() => choose(item)}>
                  {t('knowledge:handle')}
                </Button>
              )}
            </div>
            <div className="quiet">
              {t(`knowledge:priority.${item.priority}`)} · {item.site}
            </div>
            {item.handled !== undefined && (
              <p className={classes.line}>
                <HandledWords of={item.handled} />
              </p>
            )}
            <ul className={classes.differences}>
              {item.changes.slice(0, 6).map(({ kind, subject, before, after }) => (
                <li key={`${kind}${subject}${before ?? ''}${after ?? ''}`}>
                  <b>{t(`knowledge:plan-change.${kind}`)}</b> <span lang="en">{subject}</span>
                  {tellsValues({ before, after }) && (
                    <span lang="en">
                      : <del>{before ?? '–'}</del> → <ins>{after ?? '–'}</ins>
                    </span>
                  )}
                </li>
              ))}
            </ul>
            {item.changes.length > 6 && <p className="quiet">{t('knowledge:more-changes', { count: item.changes.length - 6 })}</p>}
          </li>
        ))}
      </ul>
      {data.next !== undefined && more !== undefined && (
        <Button variant="default" onClick={() => more(data.next!)}>
          {t('knowledge:more')}
        </Button>
      )}
      {chosen !== undefined && reviews !== undefined && (
        <HandlingForm
          title={t('knowledge:handle')}
          reasons={reviews.reasons}
          mostSnoozeDays={reviews.mostSnoozeDays}
          error={send.error}
          isSending={send.isPending}
          close={() => choose(undefined)}
          send={(body) =>
            send.mutate(
              { path: `/knowledge/affected/${chosen.patient.replace('Patient/', '')}/${chosen.seq}`, body },
              { onSuccess: () => choose(undefined) },
            )
          }
        />
      )}
    </>
  )
}
