import { Button, Textarea } from '@mantine/core'
import type { AgainstPlan } from '@secondwind/server/contract'
import { IconBan } from '@tabler/icons-react'
import { useState } from 'react'
import { useWords } from '../../shared/words.ts'

/** That something was decided against what the plan calls unsafe, in the words of the plan, and why all the same. */
export function AgainstThePlan({ of }: { readonly of: AgainstPlan | undefined }) {
  const t = useWords('board')
  if (of === undefined) return null
  return (
    <div>
      <p>
        <IconBan size={16} aria-hidden /> <strong>{t('board:against-plan')}:</strong>{' '}
        <span lang="en">{of.lines.map(({ says }) => says).join('; ')}</span>
      </p>
      <p>
        {t('board:against-plan.reason')}: {of.reason}
      </p>
    </div>
  )
}

/** Asks why it is decided although the plan calls it unsafe; without a reason nothing is sent. */
export function AgainstReason({ onReason }: { readonly onReason: (reason: string) => void }) {
  const t = useWords('board')
  const [reason, setReason] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (reason.trim() !== '') onReason(reason.trim())
      }}
    >
      <Textarea
        label={t('board:against-plan.reason')}
        description={t('board:against-plan.how')}
        required
        autosize
        minRows={2}
        maxLength={10_000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" mt="xs" color="amber" disabled={reason.trim() === ''}>
        {t('board:against-plan.record')}
      </Button>
    </form>
  )
}
