import { Skeleton } from '@mantine/core'
import { useWords } from '../words.ts'
import classes from './page.module.css'

/** The shape of what is coming, never a spinner. */
export function Waiting({ lines = 4 }: { readonly lines?: number }) {
  const t = useWords('app')
  return (
    <div role="status" aria-label={t('app:waiting')}>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without identity
        <Skeleton key={i} height={14} mb={10} width={`${92 - ((i * 17) % 40)}%`} />
      ))}
    </div>
  )
}

export function WaitingPage() {
  return (
    <main className={`${classes.page} ${classes.waiting}`}>
      <Skeleton height={26} width="18rem" mb={24} />
      <Waiting lines={7} />
    </main>
  )
}
