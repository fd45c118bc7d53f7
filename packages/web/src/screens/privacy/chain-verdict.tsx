import { Button, Group } from '@mantine/core'
import { IconAlertTriangleFilled, IconCircleCheckFilled } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ApiFault, call } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './privacy.module.css'

interface Verdict {
  readonly events: number
  readonly unsealed: number
  readonly head: { readonly place: number; readonly hash: string }
  readonly faults: readonly string[]
}

/** Whether the log is whole: every link of the chain worked out again. Asked for by hand, since a long log takes its time. */
export function ChainVerdict() {
  const t = useWords('privacy')
  const language = useLanguage()
  const { data, error, isFetching, refetch } = useQuery<Verdict, ApiFault>({
    queryKey: ['/audit/verdict'],
    queryFn: async ({ signal }) => (await call<Verdict>('/audit/verdict', { signal })).value,
    enabled: false,
  })
  const number = (n: number): string => new Intl.NumberFormat(language).format(n)
  return (
    <>
      {error ? <Fault error={error} /> : null}
      {isFetching && <Waiting lines={2} />}
      {data !== undefined && !isFetching && (
        <div role="status">
          {data.faults.length === 0 ? (
            <p className={classes.whole}>
              <IconCircleCheckFilled size={18} aria-hidden /> {t('privacy:chain.whole', { events: number(data.events) })}
            </p>
          ) : (
            <div className={classes.broken}>
              <p>
                <IconAlertTriangleFilled size={18} aria-hidden /> {t('privacy:chain.broken')}
              </p>
              <ul lang="en">
                {data.faults.map((fault) => (
                  <li key={fault}>{fault}</li>
                ))}
              </ul>
            </div>
          )}
          <p className="quiet">
            {t('privacy:chain.head', { place: number(data.head.place) })} <code className={classes.hash}>{data.head.hash}</code>
          </p>
          {data.unsealed > 0 && <p className="quiet">{t('privacy:chain.unsealed', { count: data.unsealed })}</p>}
        </div>
      )}
      <Group>
        <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
          {t('privacy:chain.check')}
        </Button>
        {data === undefined && !isFetching && <span className="quiet">{t('privacy:chain.what')}</span>}
      </Group>
    </>
  )
}
