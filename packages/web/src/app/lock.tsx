import { Alert, Button, Stack, Text, Title } from '@mantine/core'
import { useIdle } from '@mantine/hooks'
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { session } from '../shared/session.ts'
import { useWords } from '../shared/words.ts'
import classes from './door.module.css'
import { signOut } from './leave.ts'

/**
 * Hides the page when nobody has touched it for a while, and when the server believes the sign-in no more. What stands on the page is kept behind it
 * (a decision half written, actions not yet sent) and goes on when the same person confirms that they are there.
 */
export function Lock({ children }: { readonly children: ReactNode }) {
  const t = useWords('app')
  const isIdle = useIdle(session.config.lockAfterMinutes * 60_000, { initialState: false })
  const isOver = useSyncExternalStore(session.subscribe, () => session.isOver)
  const [isLocked, setLocked] = useState(false)
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    if (isIdle || isOver) setLocked(true)
  }, [isIdle, isOver])
  useEffect(() => {
    if (isLocked) document.title = 'Second Wind'
  }, [isLocked])
  const unlock = async (): Promise<void> => {
    if (session.config.signIn === 'token') return signOut()
    const isSame = await session.confirm().catch(() => false)
    setFailed(!isSame)
    if (isSame) setLocked(false)
  }
  return (
    <>
      <div hidden={isLocked} inert={isLocked}>
        {children}
      </div>
      {isLocked && (
        <main className={classes.door}>
          <Stack gap="md" maw={420}>
            <img src="/app/mark.svg" width={48} height={48} alt="" />
            <Title order={1}>{t('app:lock.title')}</Title>
            <Text>{isOver ? t('app:lock.over') : t('app:lock.idle', { minutes: session.config.lockAfterMinutes })}</Text>
            {hasFailed && (
              <Alert color="amber" role="alert">
                {t('app:lock.failed')}
              </Alert>
            )}
            <Button onClick={() => void unlock()}>{t('app:lock.go')}</Button>
            <Button variant="default" onClick={signOut}>
              {t('app:sign-out')}
            </Button>
          </Stack>
        </main>
      )}
    </>
  )
}
