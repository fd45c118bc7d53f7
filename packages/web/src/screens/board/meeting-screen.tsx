import { Button } from '@mantine/core'
import type { PlanDocument } from '@secondwind/core'
import type { BoardCase } from '@secondwind/server/contract'
import { IconPencil, IconPresentation } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useApi } from '../../shared/api.ts'
import { absoluteDay } from '../../shared/format/dates.ts'
import { Empty } from '../../shared/parts/empty.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { Agenda } from './agenda.tsx'
import classes from './board.module.css'
import { Clashes } from './clashes.tsx'
import { type Export, Exports, served } from './exports.tsx'
import { MeetingForm } from './meeting-form.tsx'
import { Members } from './members.tsx'
import { inOrder } from './order.ts'
import { useSites } from './people.tsx'
import { newestQuery, planQuery } from './plan-query.ts'
import { AskedUrgency, CaseName } from './queue.tsx'
import { ReadyMark } from './readiness.tsx'
import { slidesOf } from './slides.ts'
import { SyncMark } from './sync-mark.tsx'
import { useMeeting } from './use-meeting.ts'
import { useOutbox } from './use-outbox.ts'

/** One meeting: its agenda in order, what is missing, who sits in it, and the cases that could be taken onto it. */
export function MeetingScreen() {
  const t = useWords('board')
  const language = useLanguage()
  const { siteName } = useSites()
  const { meeting: id } = useParams({ strict: false }) as { meeting: string }
  const { meeting, fault, again, present, isLive } = useMeeting(id, '')
  const { add, pending } = useOutbox()
  const client = useQueryClient()
  const [isEdited, setEdited] = useState(false)
  const known = useRef(new Map<string, BoardCase>())
  const mayChange = meeting?.may.arrange === true && meeting.state !== 'closed'
  const queue = useApi<{ readonly items: readonly BoardCase[] }>(mayChange ? '/board/queue' : undefined)
  const open = meeting?.agenda.flatMap(({ patient, question }) => (patient === null || question === null ? [] : [patient])).join(' ') ?? ''
  // at hand when the connection breaks in the meeting
  useEffect(() => {
    if (open === '') return
    for (const patient of open.split(' ')) {
      void client.prefetchQuery(planQuery(patient))
      void client.prefetchQuery(newestQuery(patient))
    }
    void import('./present-screen.tsx')
  }, [open, client])
  if (meeting === undefined)
    return (
      <Page title={t('board:meeting')} windowTitle={t('board:meeting')}>
        {fault ? <Fault error={fault} again={again} /> : <Waiting />}
      </Page>
    )
  const waiting = queue.data?.items ?? []
  // agenda and queue come back one after the other: a case that is on its way between them is still known
  for (const one of [...waiting, ...meeting.agenda]) known.current.set(one.id, one)
  const order = pending('agenda', `meeting:${id}`)?.body.order as readonly string[] | undefined
  const cases = inOrder([...known.current.values()], order ?? meeting.agenda.map((one) => one.id))
  const setOrder = (ids: readonly string[]): void => {
    add({
      kind: 'agenda',
      path: `/board/meetings/${id}/agenda`,
      target: `meeting:${id}`,
      body: { version: meeting.version, order: ids },
    })
  }
  const minutes = cases.reduce((sum, one) => sum + one.minutes, 0)
  const exports: readonly Export[] = [
    served(t('board:export.agenda'), `/board/meetings/${id}/agenda.pdf?language=${language}`, 'second-wind-agenda.pdf'),
    {
      label: t('board:export.slides'),
      file: 'second-wind-board.pptx',
      make: async () => {
        const told = []
        for (const boardCase of cases) {
          if (boardCase.patient === null || boardCase.question === null) continue
          const { value } = await client.ensureQueryData(planQuery(boardCase.patient))
          told.push({ boardCase, plan: value as PlanDocument })
        }
        return slidesOf(meeting, told, {
          draft: t('board:export.draft'),
          question: t('board:question'),
          options: t('board:options'),
          against: t('board:against'),
          bars: t('board:bars'),
          decision: t('board:decision.title'),
          first: t('board:alerts'),
          nobody: t('board:ready.nobody'),
          needed: t('board:ready.group.first'),
          canWait: t('board:ready.group.later'),
          preference: t('board:decision.preference'),
          owner: t('board:decision.owner'),
          reason: t('board:decision.reason'),
          againstPlan: t('board:against-plan'),
          whyAgainst: t('board:against-plan.reason'),
          tests: t('board:present.tests'),
          more: (count) => t('board:present.more', { count }),
          dissent: (who, reason) => t('board:decision.dissent-of', { who, reason }),
          day: (iso) => absoluteDay(iso.slice(0, 10), language),
          standing: (value) => t(`app:standing.${value}`),
          urgency: (value) => t(`app:urgency.${value}`),
          unsafe: t('app:unsafe'),
        })
      },
    },
    ...cases.flatMap(({ patient, name }) =>
      patient === null || name === undefined
        ? []
        : [
            served(
              t('board:export.case', { name }),
              `/board/patients/${patient.slice('Patient/'.length)}/case.pdf?language=${language}`,
              'second-wind-case.pdf',
            ),
          ],
    ),
  ]
  const outside = waiting.filter((one) => !cases.some(({ id: on }) => on === one.id) && meeting.sites.includes(one.site))
  return (
    <Page
      isWide
      title={meeting.title}
      windowTitle={t('board:meeting')}
      lead={
        <>
          <When day={meeting.startsAt} /> · {t('board:minutes-of', { count: meeting.minutes })} · {meeting.sites.map(siteName).join(', ')}
          {meeting.state === 'closed' && ` · ${t('board:meeting.closed')}`}
        </>
      }
      actions={
        <>
          <SyncMark isLive={isLive} />
          {meeting.may.arrange && (
            <Button variant="default" leftSection={<IconPencil size={18} aria-hidden />} onClick={() => setEdited(true)}>
              {t('board:edit')}
            </Button>
          )}
          <Exports items={exports} />
          <Button
            renderRoot={(props) => <Link {...props} to={`/board/${id}/present` as '/'} />}
            leftSection={<IconPresentation size={18} aria-hidden />}
          >
            {t('board:present')}
          </Button>
        </>
      }
    >
      <Clashes />
      <div className={classes.columns}>
        <Panel
          title={t('board:agenda')}
          aside={
            <span className={minutes > meeting.minutes ? classes.overdue : 'quiet'}>
              {t('board:agenda.minutes', { planned: minutes, of: meeting.minutes })}
            </span>
          }
        >
          {cases.length === 0 ? (
            <Empty title={t('board:agenda.none')}>{mayChange && <p>{t('board:agenda.none-how')}</p>}</Empty>
          ) : (
            <Agenda meeting={meeting} cases={cases} mayChange={mayChange} onOrder={setOrder} />
          )}
        </Panel>
        <div>
          <Members meeting={meeting} present={present} />
          {mayChange && (
            <Panel title={t('board:queue')}>
              {outside.length === 0 ? (
                <p className="quiet">{t('board:queue.none-here')}</p>
              ) : (
                <ul className={classes.members}>
                  {outside.map((one) => (
                    <li key={one.id}>
                      <span>
                        <CaseName one={one} /> <AskedUrgency value={one.urgency} />
                        <div className="quiet">{one.question}</div>
                        <ReadyMark value={one} />
                      </span>
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={t('board:agenda.on', { name: one.name ?? one.site })}
                        onClick={() => setOrder([...cases.map((own) => own.id), one.id])}
                      >
                        {t('board:add')}
                      </Button>
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
          )}
        </div>
      </div>
      {isEdited && <MeetingForm meeting={meeting} onClose={() => setEdited(false)} />}
    </Page>
  )
}
