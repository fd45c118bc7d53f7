import { Button, Group, Menu, Modal, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import type { FollowUp, NotDoneReason } from '@secondwind/server/contract'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useApi } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { AgainstThePlan } from './against-plan.tsx'
import classes from './board.module.css'
import { PersonSelect, useSites } from './people.tsx'
import { useOutbox } from './use-outbox.ts'

const REASONS: readonly NotDoneReason[] = [
  'patient-wish',
  'patient-declined',
  'new-finding',
  'patient-worse',
  'patient-died',
  'not-available',
  'done-elsewhere',
  'other',
]

type Which = 'me' | 'all' | 'closed'

/** What was decided and must happen: one's own list, that of all charts in reach, and what is closed. */
export function FollowThrough() {
  const t = useWords('board')
  const [which, setWhich] = useState<Which>('me')
  const path = which === 'closed' ? '/board/follow-through?of=all&state=closed' : `/board/follow-through?of=${which}`
  const { data, error, refetch } = useApi<{ readonly items: readonly FollowUp[] }>(path, { keep: true })
  return (
    <Panel
      id="follow-through"
      title={t('board:follow.title')}
      aside={
        <SegmentedControl
          size="xs"
          value={which}
          onChange={(value) => setWhich(value as Which)}
          aria-label={t('board:follow.which')}
          data={[
            { value: 'me', label: t('board:follow.mine') },
            { value: 'all', label: t('board:follow.all') },
            { value: 'closed', label: t('board:follow.closed') },
          ]}
        />
      }
    >
      {error ? <Fault error={error} again={() => void refetch()} /> : null}
      {data === undefined ? (
        !error && <Waiting />
      ) : data.items.length === 0 ? (
        <p className="quiet">{t(`board:follow.none.${which}`)}</p>
      ) : (
        <table className={`${classes.table} ${classes.stack}`}>
          <thead>
            <tr>
              <th scope="col">{t('board:follow.what')}</th>
              <th scope="col">{t('board:patient')}</th>
              <th scope="col">{t('board:follow.owner')}</th>
              <th scope="col">{which === 'closed' ? t('board:follow.became') : t('board:due')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('board:actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((one) => (
              <Row key={one.id} one={one} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

function Row({ one }: { readonly one: FollowUp }) {
  const t = useWords('board')
  const { siteName } = useSites()
  const { add, pending } = useOutbox()
  const [asks, setAsks] = useState<'not-done' | 'hand-over'>()
  const waiting = pending('closing', `task:${one.id}`)
  const send = (way: 'closing' | 'reopening' | 'owner', body: object): void => {
    add({
      kind: 'closing',
      path: `/board/follow-through/${one.id}/${way}`,
      target: `task:${one.id}`,
      body: { version: one.version, ...body },
    })
    setAsks(undefined)
  }
  const patientId = one.patient.replace(/^Patient\//, '')
  return (
    <tr>
      <td>
        <span className={waiting ? classes.pending : ''} lang="en">
          {one.title}
        </span>
        <AgainstThePlan of={one.againstPlan} />
        <div className="quiet">
          {t('board:follow.decided')} <When day={one.decidedAt} isBrief />
        </div>
      </td>
      <td>
        <Link to={`/patients/${patientId}` as '/'} className={classes.name}>
          {one.name ?? t('board:no-name')}
        </Link>
        <div className="quiet">{siteName(one.site)}</div>
      </td>
      <td>{one.ownerName}</td>
      <td>
        {one.closed === undefined ? (
          <span className={one.isOverdue ? classes.overdue : ''}>
            {one.isOverdue && `${t('board:follow.overdue')}: `}
            <When day={one.dueOn} />
          </span>
        ) : (
          <>
            {t(`board:outcome.${one.closed.outcome}`)}
            {one.closed.reason !== undefined && `: ${t(`board:why.${one.closed.reason}`)}`}
            {one.closed.note !== undefined && <div className="quiet">{one.closed.note}</div>}
          </>
        )}
      </td>
      <td className={classes.aside}>
        {waiting ? (
          <span className={classes.overdue}>{t('board:sync.this')}</span>
        ) : one.closed === undefined ? (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <Button size="xs" variant="default" onClick={() => send('closing', { outcome: 'done' })}>
              {t('board:outcome.done')}
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button size="xs" variant="default">
                  {t('board:follow.else')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setAsks('not-done')}>{t('board:follow.not-done')}</Menu.Item>
                <Menu.Item onClick={() => setAsks('hand-over')}>{t('board:follow.hand-over')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        ) : (
          one.closed.outcome !== 'superseded' && (
            <Button size="xs" variant="default" onClick={() => send('reopening', {})}>
              {t('board:undo')}
            </Button>
          )
        )}
        {asks === 'not-done' && <NotDone onClose={() => setAsks(undefined)} onSend={(body) => send('closing', body)} />}
        {asks === 'hand-over' && <HandOver one={one} onClose={() => setAsks(undefined)} onSend={(body) => send('owner', body)} />}
      </td>
    </tr>
  )
}

interface Asking {
  readonly onClose: () => void
  readonly onSend: (body: object) => void
}

function NotDone({ onClose, onSend }: Asking) {
  const t = useWords('board')
  const [reason, setReason] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const isReady = reason !== null && (reason !== 'other' || note.trim() !== '')
  return (
    <Modal opened onClose={onClose} title={t('board:follow.not-done')} closeButtonProps={{ 'aria-label': t('board:close') }}>
      <Select
        label={t('board:why')}
        required
        data-autofocus
        data={REASONS.map((value) => ({ value, label: t(`board:why.${value}`) }))}
        value={reason}
        onChange={setReason}
      />
      <Textarea
        mt="sm"
        label={t('board:note')}
        required={reason === 'other'}
        autosize
        minRows={2}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Button
        mt="md"
        disabled={!isReady}
        onClick={() => onSend({ outcome: 'not-done', reason, ...(note.trim() === '' ? {} : { note: note.trim() }) })}
      >
        {t('board:save')}
      </Button>
    </Modal>
  )
}

function HandOver({ one, onClose, onSend }: Asking & { readonly one: FollowUp }) {
  const t = useWords('board')
  const [who, setWho] = useState<{ readonly who: string; readonly name: string } | null>({ who: one.owner, name: one.ownerName })
  const [dueOn, setDueOn] = useState(one.dueOn)
  return (
    <Modal opened onClose={onClose} title={t('board:follow.hand-over')} closeButtonProps={{ 'aria-label': t('board:close') }}>
      <PersonSelect
        label={t('board:follow.owner')}
        value={who?.who ?? null}
        onChange={(ref, name) => setWho(ref === null ? null : { who: ref, name })}
        isRequired
      />
      <TextInput
        mt="sm"
        type="date"
        label={t('board:due')}
        required
        value={dueOn}
        onChange={(event) => setDueOn(event.currentTarget.value)}
      />
      <Button
        mt="md"
        disabled={who === null || dueOn === ''}
        onClick={() => who !== null && onSend({ owner: who.who, ownerName: who.name, dueOn })}
      >
        {t('board:save')}
      </Button>
    </Modal>
  )
}
