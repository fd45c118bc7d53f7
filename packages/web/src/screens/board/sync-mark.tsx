import { Button, Popover } from '@mantine/core'
import { IconCloudCheck, IconCloudPause } from '@tabler/icons-react'
import { useWords } from '../../shared/words.ts'
import classes from './board.module.css'
import { useOutbox } from './use-outbox.ts'

/** Whether everything that was done is at the server; if not, how much is not, and what. */
export function SyncMark({ isLive }: { readonly isLive: boolean }) {
  const t = useWords('board')
  const { items } = useOutbox()
  const waiting = items.filter(({ state }) => state === 'waiting' || state === 'sending')
  const Sign = isLive && waiting.length === 0 ? IconCloudCheck : IconCloudPause
  const words = [
    ...(isLive ? [] : [t('board:sync.offline')]),
    waiting.length === 0 ? t('board:sync.all') : t('board:sync.waiting', { count: waiting.length }),
  ].join(' · ')
  if (waiting.length === 0)
    return (
      <span className={classes.sync} role="status" data-state={isLive ? 'fine' : 'waiting'}>
        <Sign size={16} aria-hidden /> {words}
      </span>
    )
  return (
    <Popover width={280} position="bottom-end">
      <Popover.Target>
        <Button variant="subtle" color="amber" size="compact-sm" leftSection={<Sign size={16} aria-hidden />}>
          <span role="status">{words}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <p className={classes.flush}>{t('board:sync.kept')}</p>
        <ul>
          {waiting.map(({ id, kind }) => (
            <li key={id}>{t(`board:doing.${kind}`)}</li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}
