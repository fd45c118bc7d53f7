import { Button } from '@mantine/core'
import type { BoardCase, BoardMeeting } from '@secondwind/server/contract'
import { IconCalendarPlus, IconMessageQuestion } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page, Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { AskForBoard } from './ask-for-board.tsx'
import classes from './board.module.css'
import { Clashes } from './clashes.tsx'
import { FollowThrough } from './follow-through.tsx'
import { MeetingForm } from './meeting-form.tsx'
import { useSites } from './people.tsx'
import { QueueRow } from './queue.tsx'
import { SyncMark } from './sync-mark.tsx'
import { useOutbox } from './use-outbox.ts'

/** The tumour board: what must be seen to, meetings across sites, and the cases that wait for one. */
export function BoardScreen() {
  const t = useWords('board')
  const { may } = useMe()
  const [asks, setAsks] = useState<'case' | 'meeting'>()
  const meetings = useApi<{ readonly items: readonly BoardMeeting[] }>('/board/meetings')
  return (
    <Page
      title={t('board:title')}
      windowTitle={t('board:title')}
      lead={t('board:lead')}
      actions={
        <>
          <SyncMark isLive={meetings.error?.isOffline !== true} />
          {may('create', 'board') && (
            <Button variant="default" leftSection={<IconCalendarPlus size={18} aria-hidden />} onClick={() => setAsks('meeting')}>
              {t('board:meeting.new')}
            </Button>
          )}
          {may('create', 'board-case') && may('search', 'worklist') && (
            <Button leftSection={<IconMessageQuestion size={18} aria-hidden />} onClick={() => setAsks('case')}>
              {t('board:ask.title')}
            </Button>
          )}
        </>
      }
    >
      <Clashes />
      <Panel title={t('board:meetings')}>
        {meetings.error ? <Fault error={meetings.error} again={() => void meetings.refetch()} /> : null}
        {meetings.data === undefined ? (
          !meetings.error && <Waiting />
        ) : meetings.data.items.length === 0 ? (
          <p className="quiet">
            {t('board:meetings.none')}. {t('board:meetings.none-how')}
          </p>
        ) : (
          <Meetings items={meetings.data.items} />
        )}
      </Panel>
      <Queue />
      <FollowThrough />
      {asks === 'case' && <AskForBoard onClose={() => setAsks(undefined)} />}
      {asks === 'meeting' && <MeetingForm onClose={() => setAsks(undefined)} />}
    </Page>
  )
}

function Meetings({ items }: { readonly items: readonly BoardMeeting[] }) {
  const t = useWords('board')
  const { siteName } = useSites()
  return (
    <table className={`${classes.table} ${classes.stack}`}>
      <thead>
        <tr>
          <th scope="col">{t('board:meeting.name')}</th>
          <th scope="col">{t('board:meeting.when')}</th>
          <th scope="col">{t('board:meeting.sites')}</th>
          <th scope="col" className={classes.number}>
            {t('board:cases')}
          </th>
          <th scope="col" className={classes.number}>
            {t('board:undecided')}
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <td>
              <Link to={`/board/${one.id}` as '/'} className={classes.name}>
                {one.title}
              </Link>
              {one.state === 'closed' && <span className="quiet"> · {t('board:meeting.closed')}</span>}
            </td>
            <td>
              <When day={one.startsAt} />
            </td>
            <td>{one.sites.map(siteName).join(', ')}</td>
            <td className={classes.number}>{one.cases}</td>
            <td className={classes.number}>{one.undecided}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Queue() {
  const t = useWords('board')
  const queue = useApi<{ readonly items: readonly BoardCase[] }>('/board/queue')
  const { items } = useOutbox()
  const asked = items.filter(({ kind, state }) => kind === 'ask' && state !== 'refused').length
  return (
    <Panel
      title={t('board:queue')}
      aside={asked > 0 && <span className={classes.overdue}>{t('board:queue.pending', { count: asked })}</span>}
    >
      {queue.error ? <Fault error={queue.error} again={() => void queue.refetch()} /> : null}
      {queue.data === undefined ? (
        !queue.error && <Waiting />
      ) : queue.data.items.length === 0 ? (
        <p className="quiet">{t('board:queue.none')}</p>
      ) : (
        <table className={`${classes.table} ${classes.stack}`}>
          <thead>
            <tr>
              <th scope="col">{t('board:patient')}</th>
              <th scope="col">{t('board:question')}</th>
              <th scope="col">{t('board:ready')}</th>
              <th scope="col">{t('board:asked')}</th>
            </tr>
          </thead>
          <tbody>
            {queue.data.items.map((one) => (
              <QueueRow key={one.id} one={one} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
