import { Button, Popover, TextInput } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconLink } from '@tabler/icons-react'
import { fragmentOf } from '../../planner/share.ts'
import { useWords } from '../../shared/words.ts'

/** A link that carries the changes and the release, and nothing of the patient. */
export function ShareLink({ set, release }: { readonly set: readonly string[]; readonly release?: string }) {
  const t = useWords('what-if')
  const { copy, copied } = useClipboard({ timeout: 3000 })
  const link = `${location.origin}/app/what-if#${fragmentOf({ set, ...(release === undefined ? {} : { release }) })}`
  return (
    <Popover width={380} position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <Button variant="default" disabled={set.length === 0} leftSection={<IconLink size={16} aria-hidden />}>
          {t('what-if:share')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <p style={{ marginBlockStart: 0 }}>{t('what-if:share.what')}</p>
        <TextInput readOnly value={link} aria-label={t('what-if:share.link')} onFocus={(event) => event.currentTarget.select()} mb="sm" />
        <Button
          fullWidth
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconLink size={16} aria-hidden />}
          onClick={() => copy(link)}
        >
          {t(copied ? 'what-if:share.copied' : 'what-if:share.copy')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
