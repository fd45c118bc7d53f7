import { Button } from '@mantine/core'
import { hideNotification, showNotification } from '@mantine/notifications'

/** Milliseconds for which the way back is offered. */
const OFFERED = 12_000

/** Says what was done, with a way back. */
export function told(message: string, words: { readonly undo: string; readonly close: string }, back: () => Promise<unknown>): void {
  const id = showNotification({
    color: 'petrol',
    autoClose: OFFERED,
    closeButtonProps: { 'aria-label': words.close },
    message: (
      <span>
        {message}{' '}
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            hideNotification(id)
            void back()
          }}
        >
          {words.undo}
        </Button>
      </span>
    ),
  })
}
