import { ActionIcon, Button, Group, Select, Textarea } from '@mantine/core'
import type { BoardMeetingDetail, BoardPresence, Specialty } from '@secondwind/server/contract'
import { IconUserMinus } from '@tabler/icons-react'
import { useState } from 'react'
import { useSend } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './board.module.css'
import { SPECIALTIES } from './meeting-form.tsx'
import { PersonSelect } from './people.tsx'
import { useOutbox } from './use-outbox.ts'

/** Who sits here, who is there now, what they declared; and until when a seat opens the charts of the agenda. */
export function Members({ meeting, present }: { readonly meeting: BoardMeetingDetail; readonly present: readonly BoardPresence[] }) {
  const t = useWords('board')
  const { me } = useMe()
  const send = useSend<BoardMeetingDetail>([`/board/meetings/${meeting.id}`, '/plans'])
  const [who, setWho] = useState<{ readonly who: string; readonly name: string } | null>(null)
  const [specialty, setSpecialty] = useState<Specialty>('oncology')
  const isMember = meeting.members.some((one) => one.who === me?.who)
  const add = (): void => {
    if (who === null) return
    send.mutate(
      { path: `/board/meetings/${meeting.id}/members`, body: { who: who.who, name: who.name, specialty } },
      { onSuccess: () => setWho(null) },
    )
  }
  return (
    <Panel title={t('board:members')} aside={<span className="quiet">{t('board:members.count', { count: meeting.members.length })}</span>}>
      {send.error ? <Fault error={send.error} /> : null}
      <ul className={classes.members}>
        {meeting.members.map((one) => (
          <li key={one.who}>
            <span>
              <span className={classes.name}>{one.name}</span>
              {one.who === meeting.chair && ` (${t('board:chair')})`}
              <span className="quiet"> · {t(`board:specialty.${one.specialty}`)}</span>
              {present.some((other) => other.who === one.who) && <span className={classes.here}> · {t('board:here')}</span>}
              {meeting.interests
                .filter((interest) => interest.who === one.who && interest.case === undefined)
                .map(({ text }) => (
                  <div key={text} className={classes.overdue}>
                    {t('board:interest.general', { text })}
                  </div>
                ))}
            </span>
            {meeting.may.arrange && one.who !== meeting.chair && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('board:members.remove', { name: one.name })}
                onClick={() => send.mutate({ path: `/board/meetings/${meeting.id}/members/remove`, body: { who: one.who } })}
              >
                <IconUserMinus size={16} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      <p className="quiet">
        {t('board:members.reach')} <When day={meeting.opensAt} /> – <When day={meeting.endsAt} />
      </p>
      {meeting.may.arrange && meeting.state !== 'closed' && (
        <Group align="flex-end" gap="xs">
          <div style={{ flex: '1 1 12rem' }}>
            <PersonSelect
              label={t('board:members.add')}
              value={who?.who ?? null}
              onChange={(ref, name) => setWho(ref === null ? null : { who: ref, name })}
            />
          </div>
          <Select
            aria-label={t('board:specialty')}
            w={140}
            data={SPECIALTIES.map((value) => ({ value, label: t(`board:specialty.${value}`) }))}
            value={specialty}
            onChange={(value) => setSpecialty((value ?? 'oncology') as Specialty)}
            allowDeselect={false}
          />
          <Button variant="default" disabled={who === null} loading={send.isPending} onClick={add}>
            {t('board:add')}
          </Button>
        </Group>
      )}
      {isMember && <Interest meeting={meeting} />}
    </Panel>
  )
}

/** What one declares of oneself: for the whole meeting, or for one case, whose decision one then does not record. */
function Interest({ meeting }: { readonly meeting: BoardMeetingDetail }) {
  const t = useWords('board')
  const { me } = useMe()
  const { add } = useOutbox()
  const [isOpen, setOpen] = useState(false)
  const [about, setAbout] = useState('')
  const [text, setText] = useState('')
  const own = meeting.interests.filter(({ who }) => who === me?.who)
  const tell = (boardCase: string, words: string | null): void => {
    add({
      kind: 'interest',
      path: `/board/meetings/${meeting.id}/interests`,
      target: `interest:${meeting.id}`,
      body: { ...(boardCase === '' ? {} : { case: boardCase }), text: words },
    })
    setText('')
    setOpen(false)
  }
  const cases = meeting.agenda.flatMap(({ id, name }, i) => (name === undefined ? [] : [{ value: id, label: `${i + 1} · ${name}` }]))
  return (
    <div>
      {own.map((one) => (
        <p key={one.case ?? ''}>
          {one.text}{' '}
          <Button variant="subtle" size="compact-sm" onClick={() => tell(one.case ?? '', null)}>
            {t('board:interest.back')}
          </Button>
        </p>
      ))}
      <Button variant="subtle" size="compact-sm" mt="xs" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t('board:interest.declare')}
      </Button>
      {isOpen && (
        <div>
          <Select
            label={t('board:interest.about')}
            data={[{ value: '', label: t('board:interest.whole') }, ...cases]}
            value={about}
            onChange={(value) => setAbout(value ?? '')}
            allowDeselect={false}
          />
          <Textarea
            mt="xs"
            label={t('board:interest.text')}
            required
            autosize
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button mt="xs" size="xs" disabled={text.trim() === ''} onClick={() => tell(about, text.trim())}>
            {t('board:save')}
          </Button>
        </div>
      )}
    </div>
  )
}
