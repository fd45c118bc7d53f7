import { Button, Checkbox, Modal, Textarea } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useSend } from '../api.ts'
import { useMe } from '../me.ts'
import { useWords } from '../words.ts'
import { Issues } from './issues.tsx'

/** Characters that a reason has at least: the server refuses less. */
const LEAST = 10

/**
 * Where a chart was refused to somebody who treats: the way in for an emergency. It asks for the reason, says what follows from it, and for how long.
 * Nothing where the address names no patient, or where this role has no such way.
 */
export function BreakGlass({ again }: { readonly again?: () => void }) {
  const t = useWords('privacy')
  const { may } = useMe()
  const { patient } = useParams({ strict: false }) as { readonly patient?: string }
  const [isOpen, setOpen] = useState(false)
  if (patient === undefined || !may('create', 'break-glass')) return null
  return (
    <>
      <Button size="xs" leftSection={<IconKey size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {t('privacy:glass.open')}
      </Button>
      {isOpen && <Asking patient={patient} onClose={() => setOpen(false)} {...(again === undefined ? {} : { again })} />}
    </>
  )
}

function Asking({ patient, again, onClose }: { readonly patient: string; readonly again?: () => void; readonly onClose: () => void }) {
  const t = useWords('privacy')
  const client = useQueryClient()
  const send = useSend<{ readonly endsAt: string }>()
  const [reason, setReason] = useState('')
  const [isSure, setSure] = useState(false)
  const open = (): void =>
    send.mutate(
      { path: '/break-glass', body: { patient, reason: reason.trim() } },
      {
        onSuccess: () => {
          onClose()
          // everything that was refused is asked for again
          void client.resetQueries().then(() => again?.())
        },
      },
    )
  return (
    <Modal opened onClose={onClose} title={t('privacy:glass.title')} closeButtonProps={{ 'aria-label': t('privacy:close') }}>
      {send.error ? (
        <div role="alert">
          <Issues of={send.error.issues} />
        </div>
      ) : null}
      <p style={{ marginBlockStart: 0 }}>{t('privacy:glass.what')}</p>
      <ul>
        <li>{t('privacy:glass.hour')}</li>
        <li>{t('privacy:glass.told')}</li>
        <li>{t('privacy:glass.recorded')}</li>
      </ul>
      <Textarea
        label={t('privacy:glass.reason')}
        description={t('privacy:glass.reason-how')}
        required
        data-autofocus
        autosize
        minRows={3}
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Checkbox mt="sm" checked={isSure} onChange={(event) => setSure(event.currentTarget.checked)} label={t('privacy:glass.sure')} />
      <Button mt="md" disabled={!isSure || reason.trim().length < LEAST} loading={send.isPending} onClick={open}>
        {t('privacy:glass.go')}
      </Button>
    </Modal>
  )
}
