import { Alert, Button, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { session } from '../shared/session.ts'
import { useWords } from '../shared/words.ts'
import classes from './door.module.css'
import { forgetLeft } from './leave.ts'

/** Where somebody stands who is not signed in. */
export function Door({
  fault,
  isDown = false,
  returnTo,
}: {
  readonly fault?: string | undefined
  readonly isDown?: boolean
  readonly returnTo: string
}) {
  const t = useWords('app')
  const [token, setToken] = useState('')
  const isToken = !isDown && session.config?.signIn === 'token'
  return (
    <main className={classes.door}>
      <Stack gap="md" maw={420}>
        <img src="/app/mark.svg" width={48} height={48} alt="" />
        <Title order={1}>Second Wind</Title>
        <Text>{t('app:about.one-line')}</Text>
        {isDown && (
          <Alert color="amber" title={t('app:sign-in.down')}>
            {t('app:sign-in.down-remedy')}
          </Alert>
        )}
        {fault !== undefined && (
          <Alert color="amber" role="alert">
            {fault}
          </Alert>
        )}
        {isToken ? (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              session.acceptToken(token)
            }}
          >
            <Stack gap="sm">
              <PasswordInput
                label={t('app:sign-in.token')}
                description={t('app:sign-in.token-where')}
                value={token}
                onChange={(event) => setToken(event.currentTarget.value)}
                autoComplete="off"
                required
              />
              <Button type="submit">{t('app:sign-in.go')}</Button>
            </Stack>
          </form>
        ) : (
          !isDown && (
            <Button
              onClick={() => {
                forgetLeft()
                void session.leave(returnTo, true)
              }}
            >
              {t('app:sign-in.go')}
            </Button>
          )
        )}
        {isDown && <Button onClick={() => location.reload()}>{t('app:again')}</Button>}
      </Stack>
    </main>
  )
}
