import { Button, Progress } from '@mantine/core'
import type { DemoProgress } from '@secondwind/server/contract'
import { useEffect, useRef } from 'react'
import { useApi } from '../api.ts'
import { session } from '../session.ts'
import { useLanguage, useWords } from '../words.ts'
import classes from './small.module.css'

/** Milliseconds between two looks while patients arrive. */
const EVERY = 2000

/** How far the invented patients of a trial are loaded: undefined where there are none to come. */
export function useArriving(): DemoProgress['loading'] {
  const first = useApi<DemoProgress>(session.config.isDemo ? '/demo/progress' : undefined, { keep: true })
  const isArriving = first.data?.loading !== undefined
  useApi<DemoProgress>(isArriving ? '/demo/progress' : undefined, { everyMs: EVERY, keep: true })
  return first.data?.loading
}

/** The same in words, so that nobody takes the first minute for the whole network. `onShow` reads again what is shown; it is called by itself while `hasNobody`, and at the end. */
export function Arriving({
  arriving,
  hasNobody,
  onShow,
}: {
  readonly arriving: DemoProgress['loading']
  readonly hasNobody: boolean
  readonly onShow: () => void
}) {
  const t = useWords('app')
  const number = new Intl.NumberFormat(useLanguage())
  const ready = arriving?.ready
  const before = useRef(ready)
  useEffect(() => {
    const isNews = ready !== before.current
    before.current = ready
    if (isNews && (ready === undefined || hasNobody)) onShow()
  }, [ready, hasNobody, onShow])
  if (arriving === undefined) return null
  const words = t('app:arriving', { ready: number.format(arriving.ready), of: number.format(arriving.of) })
  return (
    <div className={classes.arriving} role="status">
      <span>{words}</span>
      <Progress value={(100 * arriving.ready) / arriving.of} aria-label={words} size="sm" className={classes.arrived} />
      {!hasNobody && (
        <Button size="compact-sm" variant="subtle" onClick={onShow}>
          {t('app:arriving.show')}
        </Button>
      )}
    </div>
  )
}
