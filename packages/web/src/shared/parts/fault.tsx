import { Alert, Button, Group } from '@mantine/core'
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { ApiFault } from '../api.ts'
import { useWords } from '../words.ts'
import { Issues } from './issues.tsx'

const BreakGlass = lazy(() => import('./break-glass.tsx').then((m) => ({ default: m.BreakGlass })))

/** What went wrong, and what to do about it. Words of the server where it has said something. */
export function Fault({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const t = useWords('app')
  const fault = error instanceof ApiFault ? error : undefined
  const isOffline = fault?.isOffline === true
  const title = isOffline ? t('app:fault.offline') : fault?.status === 403 ? t('app:fault.forbidden') : t('app:fault.title')
  return (
    <Alert
      color="amber"
      role="alert"
      title={title}
      icon={isOffline ? <IconPlugConnectedX aria-hidden /> : <IconAlertTriangle aria-hidden />}
      my="md"
    >
      {isOffline ? (
        <p>{t('app:fault.offline-remedy')}</p>
      ) : fault === undefined ? (
        <p>{t('app:fault.own')}</p>
      ) : (
        <Issues of={fault.issues} isTold={fault.status === 403} />
      )}
      <Group mt="xs">
        {again !== undefined && (
          <Button size="xs" variant="default" onClick={again}>
            {t('app:again')}
          </Button>
        )}
        {fault?.status === 403 && (
          <Suspense>
            <BreakGlass {...(again === undefined ? {} : { again })} />
          </Suspense>
        )}
      </Group>
    </Alert>
  )
}
