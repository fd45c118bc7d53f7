import { type ReactNode, useEffect, useRef } from 'react'
import classes from './page.module.css'

/**
 * One screen: its heading, what can be done there, and its content. The title of the window never names a patient: `windowTitle` when the heading does.
 * On arrival the heading takes the focus, so that a screen reader says where one is.
 */
export function Page({
  title,
  windowTitle,
  lead,
  actions,
  children,
  isWide = false,
}: {
  readonly title: ReactNode
  readonly windowTitle: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** The whole width, for tables and plots; else lines stay readable. */
  readonly isWide?: boolean
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${windowTitle} · Second Wind`
  }, [windowTitle])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <main id="content" tabIndex={-1} className={`${classes.page} ${isWide ? classes.wide : ''}`}>
      <div className={classes.head}>
        <div className={classes.words}>
          <h1 ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </h1>
          {lead !== undefined && <div className={classes.lead}>{lead}</div>}
        </div>
        {actions !== undefined && <div className={`${classes.actions} no-print`}>{actions}</div>}
      </div>
      {children}
    </main>
  )
}

/** A part of a screen under its own heading: a hairline above, no box around. */
export function Panel({
  title,
  id,
  aside,
  tone = 'plain',
  children,
}: {
  readonly title: ReactNode
  readonly id?: string
  readonly aside?: ReactNode
  readonly tone?: 'plain' | 'emergency' | 'urgent' | 'unknown'
  readonly children: ReactNode
}) {
  return (
    <section className={classes.panel} data-tone={tone} {...(id === undefined ? {} : { id })}>
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
