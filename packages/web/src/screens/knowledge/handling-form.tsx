import { Button, Group, Modal, NativeSelect, Radio, Stack, Textarea, TextInput } from '@mantine/core'
import type { CodedReason, Handling, HandlingAsked } from '@secondwind/server/contract'
import { type FormEvent, useState } from 'react'
import type { ApiFault } from '../../shared/api.ts'
import { today } from '../../shared/format/dates.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { useWords } from '../../shared/words.ts'

const WAYS: readonly Handling[] = ['approved', 'snoozed', 'dismissed', 'to-board']
const DAY = 86_400_000
const shifted = (day: string, by: number): string => new Date(Date.parse(day) + by * DAY).toISOString().slice(0, 10)

/** Approve, snooze, dismiss or take to the board, with a coded reason; words are welcome beside it. */
export function HandlingForm({
  title,
  reasons,
  mostSnoozeDays,
  error,
  isSending,
  send,
  close,
}: {
  readonly title: string
  readonly reasons: readonly CodedReason[]
  readonly mostSnoozeDays: number
  readonly error: ApiFault | null
  readonly isSending: boolean
  readonly send: (asked: HandlingAsked) => void
  readonly close: () => void
}) {
  const t = useWords('knowledge')
  const [as, setAs] = useState<Handling>('approved')
  const [reason, setReason] = useState('agreed')
  const [comment, setComment] = useState('')
  const [until, setUntil] = useState(shifted(today(), 7))
  // what agrees is no reason to dismiss
  const fitting = reasons.filter(({ code }) => as !== 'dismissed' || code !== 'agreed')
  const chosen = fitting.some(({ code }) => code === reason) ? reason : (fitting[0]?.code ?? '')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send({ as, reason: chosen, ...(comment.trim() === '' ? {} : { comment: comment.trim() }), ...(as === 'snoozed' ? { until } : {}) })
  }
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': t('knowledge:cancel') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Radio.Group value={as} onChange={(value) => setAs(value as Handling)} label={t('knowledge:as')}>
            <Stack gap={6} mt={6}>
              {WAYS.map((way) => (
                <Radio key={way} value={way} label={t(`knowledge:as.${way}`)} />
              ))}
            </Stack>
          </Radio.Group>
          {as === 'snoozed' && (
            <TextInput
              type="date"
              label={t('knowledge:until')}
              description={t('knowledge:until-most', { count: mostSnoozeDays })}
              value={until}
              min={shifted(today(), 1)}
              max={shifted(today(), mostSnoozeDays)}
              required
              onChange={({ currentTarget }) => setUntil(currentTarget.value)}
            />
          )}
          <NativeSelect
            label={t('knowledge:reason')}
            value={chosen}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
            data={fitting.map(({ code }) => ({ value: code, label: t(`knowledge:reason.${code}`) }))}
          />
          <Textarea
            label={t('knowledge:comment')}
            value={comment}
            autosize
            minRows={2}
            maxLength={2000}
            onChange={({ currentTarget }) => setComment(currentTarget.value)}
          />
          {error !== null && <Fault error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('knowledge:cancel')}
            </Button>
            <Button type="submit" loading={isSending}>
              {t('knowledge:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
