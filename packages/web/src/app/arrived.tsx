import { useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { HOME, session } from '../shared/session.ts'
import { direct, useWords } from '../shared/words.ts'

const Door = lazy(() => import('./door.tsx').then(({ Door }) => ({ default: Door })))

/** Back from the provider. In a window that was opened to confirm who is there, the code is handed to the page that waits for it. */
export function Arrived() {
  const { history } = useRouter()
  const t = useWords('app')
  const [fault, setFault] = useState<string>()
  useEffect(() => {
    const query = new URLSearchParams(location.search)
    if (window.name === 'second-wind-sign-in') {
      const channel = new BroadcastChannel('second-wind.sign-in')
      channel.postMessage({ state: query.get('state'), code: query.get('code') ?? undefined })
      window.close()
      return
    }
    // React runs effects twice while developing: the question was answered the first time
    if (session.isSignedIn) return
    session
      .start()
      .then(() => session.arrive(query))
      .then((returnTo) => {
        if (returnTo === undefined) return setFault(t('app:sign-in.lost'))
        history.replace(returnTo)
        history.flush()
        // the address that was left may ask for a direction of its own
        direct()
      })
      .catch((error: unknown) => setFault(error instanceof Error ? error.message : String(error)))
  }, [history, t])
  return fault === undefined ? null : (
    <Suspense>
      <Door fault={fault} returnTo={HOME} />
    </Suspense>
  )
}
