import { Button } from '@mantine/core'
import { hideNotification, showNotification } from '@mantine/notifications'

/** Milliseconds for which the way back is offered. */
const OFFERED = 12_000

/** Says what was done, with one press to undo it. */
export function toldWithUndo(done: string, undo: string, back: () => Promise<void>): void {
  const id = showNotification({
    autoClose: OFFERED,
    withBorder: true,
    message: (
      <span style={{ display: 'flex', alignItems: 'center', gap: '0.75rem' }}>
        {done}
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            hideNotification(id)
            void back().catch(() => {})
          }}
        >
          {undo}
        </Button>
      </span>
    ),
  })
}
