import { Button } from '@mantine/core'
import type { Brought, ReadingReport } from '@secondwind/server/contract'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useSend } from '../../shared/api.ts'
import { useFacts } from '../../shared/facts.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './bring.module.css'
import { type Taken, takeFiles } from './read-files.ts'
import { Kept, Report } from './report.tsx'
import { Ways } from './ways.tsx'

const TEXT = { 'content-type': 'text/plain' } as const

/** Bring a chart in: drop, paste or pull; look at what was understood; keep it. Nothing is typed twice, and nothing is kept before it was looked at. */
export function BringScreen() {
  const t = useWords('bring')
  const facts = useFacts()
  const go = useNavigate()
  const [taken, setTaken] = useState<Taken>({ kind: 'none' })
  const [only, setOnly] = useState<readonly number[]>([])
  const reading = useSend<ReadingReport, string>()
  const keeping = useSend<Brought, string>(['/charts/', '/plans/', '/worklists', '/workspace', '/patients', '/network'])
  const report = reading.data?.value
  const kept = keeping.data?.value

  const read = (given: Taken): void => {
    setTaken(given)
    keeping.reset()
    reading.reset()
    if (given.kind !== 'text') return
    reading.mutate(
      { path: '/charts/reading', headers: TEXT, body: given.text },
      { onSuccess: ({ value }) => setOnly(value.patients.flatMap(({ refusal }, at) => (refusal === undefined ? [at] : []))) },
    )
  }
  const clear = (): void => read({ kind: 'none' })
  const keep = (): void => {
    if (taken.kind !== 'text' || report === undefined) return
    const isAll = only.length === report.patients.length && report.more === 0
    keeping.mutate(
      { path: `/charts${isAll ? '' : `?only=${only.join(',')}`}`, headers: TEXT, body: taken.text },
      {
        onSuccess: ({ value }) => {
          if (value.patients.length === 1)
            void go({ to: '/patients/$patient/plan' as '/about', params: { patient: value.patients[0]! } as never })
        },
      },
    )
  }

  return (
    <Page
      title={t('bring:title')}
      windowTitle={t('bring:title')}
      lead={t('bring:lead')}
      isWide
      actions={
        report !== undefined && (
          <>
            <Button variant="default" onClick={clear}>
              {t('bring:other')}
            </Button>
            {kept === undefined && (
              <Button onClick={keep} disabled={only.length === 0} loading={keeping.isPending}>
                {only.length > 1 ? t('bring:keep-several', { count: only.length }) : t('bring:keep')}
              </Button>
            )}
          </>
        )
      }
    >
      {report === undefined && <Ways onTaken={read} onFiles={async (files) => read(await takeFiles(files))} isBusy={reading.isPending} />}
      {taken.kind === 'too-large' && (
        <p role="alert" className={classes.alert}>
          {t('bring:too-large', { name: taken.name, megabytes: taken.megabytes })}
        </p>
      )}
      {taken.kind === 'broken' && (
        <div className={classes.alert}>
          <p role="alert">{t('bring:broken', { names: taken.names.join(', '), count: taken.names.length })}</p>
          {taken.others !== undefined && (
            <Button size="compact-sm" variant="default" onClick={() => taken.others && read(taken.others)}>
              {t('bring:broken.others', { names: taken.others.names.join(', '), count: taken.others.names.length })}
            </Button>
          )}
        </div>
      )}
      {reading.isPending && (
        <Panel title={t('bring:reading')}>
          <Waiting lines={6} />
        </Panel>
      )}
      {reading.error && <Fault error={reading.error} />}
      {keeping.error && <Fault error={keeping.error} />}
      {kept !== undefined ? (
        <Kept brought={kept} report={report} />
      ) : (
        report !== undefined &&
        facts !== undefined && (
          <Report report={report} facts={facts} names={taken.kind === 'text' ? taken.names : []} only={only} setOnly={setOnly} />
        )
      )}
    </Page>
  )
}
