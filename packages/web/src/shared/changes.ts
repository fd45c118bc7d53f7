import { useEffect } from 'react'
import { session } from './session.ts'

export interface PlanChange {
  readonly seq: number
  readonly patient: string
  readonly at: string
  readonly cause: string
  readonly priority: number
  readonly revision: number
}

/** Milliseconds until the stream is asked for again after it broke, doubling up to half a minute. */
const AGAIN = 1000
const AT_MOST = 30_000

/**
 * Calls back for each plan that came out differently, from now on, while the component stands. EventSource cannot send a token, so the stream is read by hand.
 * `onState`: whether the stream stands, for a quiet mark on the page.
 */
export function useChanges(onChange: (change: PlanChange) => void, onState?: (isLive: boolean) => void): void {
  useEffect(() => {
    const gone = new AbortController()
    void follow(onChange, onState ?? (() => {}), gone.signal)
    return () => gone.abort()
  }, [onChange, onState])
}

async function follow(onChange: (change: PlanChange) => void, onState: (isLive: boolean) => void, signal: AbortSignal): Promise<void> {
  let last: string | undefined
  let wait = AGAIN
  while (!signal.aborted) {
    try {
      const token = await session.token()
      const response = await fetch('/changes', {
        signal,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(last === undefined ? {} : { 'last-event-id': last }),
        },
      })
      // who may not see worklists has no stream: asking again would not change it
      if (response.status === 403) return
      if (!response.ok || response.body === null) throw new Error(`changes: ${response.status}`)
      onState(true)
      wait = AGAIN
      let rest = ''
      for await (const text of response.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
        const blocks = (rest + text).split('\n\n')
        rest = blocks.pop()!
        for (const block of blocks) {
          const id = /^id: ?(.+)$/m.exec(block)?.[1]
          const data = /^data: ?(.+)$/m.exec(block)?.[1]
          if (id !== undefined) last = id
          if (data !== undefined) onChange(JSON.parse(data) as PlanChange)
        }
      }
    } catch {
      // the connection broke, or this page is going away
    }
    if (signal.aborted) return
    onState(false)
    await new Promise((resolve) => setTimeout(resolve, wait))
    wait = Math.min(wait * 2, AT_MOST)
  }
}
