import { useLocation } from '@tanstack/react-router'
import { lazy, type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { WaitingPage } from '../shared/parts/waiting.tsx'
import { session } from '../shared/session.ts'
import { hasLeft } from './leave.ts'
import { Lock } from './lock.tsx'

/** Seen by those only who are not signed in. */
const Door = lazy(() => import('./door.tsx').then(({ Door }) => ({ default: Door })))

/**
 * Shows the page to somebody who is signed in. After a reload the provider's own session answers without a question; who signed out is asked.
 * `isNeverLocked`: for a page that names nobody and is meant to be left alone.
 */
export function SignedInOnly({ children, isNeverLocked = false }: { readonly children: ReactNode; readonly isNeverLocked?: boolean }) {
  // the whole address of the page: what is asked for and the anchor go to the sign-in and come back with it
  const { publicHref: href } = useLocation()
  const isSignedIn = useSyncExternalStore(session.subscribe, () => session.isSignedIn)
  const [isReady, setReady] = useState(false)
  const [fault, setFault] = useState<string>()
  const isLeaving = useRef(false)
  useEffect(() => {
    session.start().then(
      () => setReady(true),
      () => setFault('config'),
    )
  }, [])
  const goes = isReady && !isSignedIn && !hasLeft() && session.config.signIn !== 'token'
  useEffect(() => {
    if (!goes || isLeaving.current) return
    isLeaving.current = true
    session.leave(href).catch((error: unknown) => setFault(error instanceof Error ? error.message : String(error)))
  }, [goes, href])
  if (fault !== undefined) return <Door fault={fault === 'config' ? undefined : fault} isDown={fault === 'config'} returnTo={href} />
  if (!isReady || goes) return <WaitingPage />
  if (!isSignedIn) return <Door returnTo={href} />
  return isNeverLocked ? children : <Lock>{children}</Lock>
}
