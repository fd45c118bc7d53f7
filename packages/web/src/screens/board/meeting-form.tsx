import { Button, Modal, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import type { BoardMeeting, Specialty } from '@secondwind/server/contract'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useSend } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { useWords } from '../../shared/words.ts'
import { instantOf, localOf } from './days.ts'
import { usePeople, useSites } from './people.tsx'

export const SPECIALTIES: readonly Specialty[] = ['pathology', 'radiology', 'oncology', 'radiation', 'surgery', 'support']

/** The next full hour, an hour from now at least. */
const soon = (): string => localOf(new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000).toISOString())

/** A new meeting, or another time, name or other sites for one. */
export function MeetingForm({ meeting, onClose }: { readonly meeting?: BoardMeeting; readonly onClose: () => void }) {
  const t = useWords('board')
  const { me } = useMe()
  const go = useNavigate()
  const people = usePeople()
  const { sites: all, siteName } = useSites()
  const send = useSend<BoardMeeting>(['/board/'])
  const [title, setTitle] = useState(meeting?.title ?? '')
  const [startsAt, setStartsAt] = useState(meeting === undefined ? soon() : localOf(meeting.startsAt))
  const [minutes, setMinutes] = useState(meeting?.minutes ?? 60)
  const [hours, setHours] = useState(
    meeting === undefined ? 48 : Math.round((Date.parse(meeting.startsAt) - Date.parse(meeting.opensAt)) / 3_600_000),
  )
  const [sites, setSites] = useState<string[]>(meeting === undefined ? (me?.site === undefined ? [] : [me.site]) : [...meeting.sites])
  const [specialty, setSpecialty] = useState<string>('oncology')
  const at = instantOf(startsAt)
  const submit = (): void => {
    const common = { title: title.trim(), startsAt: at, minutes, readingHours: hours, sites }
    const own = people.find(({ who }) => who === me?.who)
    send.mutate(
      meeting === undefined
        ? { path: '/board/meetings', body: { ...common, chairName: own?.name ?? me?.title ?? '', chairSpecialty: specialty } }
        : {
            path: `/board/meetings/${meeting.id}`,
            body: { ...common, version: meeting.version, chair: meeting.chair, state: meeting.state },
          },
      {
        onSuccess: ({ value }) => {
          onClose()
          if (meeting === undefined) void go({ to: `/board/${value.id}` as '/' })
        },
      },
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(meeting === undefined ? 'board:meeting.new' : 'board:meeting.edit')}
      closeButtonProps={{ 'aria-label': t('board:close') }}
    >
      {send.error ? <Fault error={send.error} /> : null}
      <TextInput
        label={t('board:meeting.name')}
        required
        data-autofocus
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <TextInput
        mt="sm"
        type="datetime-local"
        label={t('board:meeting.when')}
        required
        value={startsAt}
        onChange={(event) => setStartsAt(event.currentTarget.value)}
      />
      <NumberInput
        mt="sm"
        label={t('board:minutes')}
        min={5}
        max={600}
        value={minutes}
        onChange={(value) => setMinutes(Number(value) || 60)}
      />
      <MultiSelect
        mt="sm"
        data={[...new Set([...all.map(({ id }) => id), ...sites])].map((id) => ({ value: id, label: siteName(id) }))}
        searchable
        label={t('board:meeting.sites')}
        description={t('board:meeting.sites-how')}
        required
        value={sites}
        onChange={setSites}
      />
      <NumberInput
        mt="sm"
        label={t('board:meeting.hours')}
        description={t('board:meeting.hours-how')}
        min={0}
        max={336}
        value={hours}
        onChange={(value) => setHours(Number(value) || 0)}
      />
      {meeting === undefined && (
        <Select
          mt="sm"
          label={t('board:specialty.own')}
          data={SPECIALTIES.map((value) => ({ value, label: t(`board:specialty.${value}`) }))}
          value={specialty}
          onChange={(value) => setSpecialty(value ?? 'oncology')}
          allowDeselect={false}
        />
      )}
      <Button mt="md" disabled={title.trim() === '' || at === undefined || sites.length === 0} loading={send.isPending} onClick={submit}>
        {t('board:save')}
      </Button>
    </Modal>
  )
}
