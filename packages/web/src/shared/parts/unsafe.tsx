import type { NotAdvised } from '@secondwind/core'
import { IconBan } from '@tabler/icons-react'
import { useWords } from '../words.ts'
import classes from './unsafe.module.css'

/**
 * What the plan calls unsafe for this patient now, in its own words, as loud as an urgent alert; nothing where it calls nothing so. At most `most` lines, and
 * how many more there are; `to`: the address of the whole list on this page. `hasReasons`: each with its reason.
 */
export function Unsafe({
  of,
  most,
  to,
  hasReasons = false,
}: {
  readonly of: readonly NotAdvised[]
  readonly most: number
  readonly to?: string
  readonly hasReasons?: boolean
}) {
  const t = useWords('app')
  const unsafe = of.filter(({ reason }) => reason === 'unsafe')
  if (unsafe.length === 0) return null
  const left = unsafe.length - most
  const more = left > 0 ? t('app:unsafe.more', { count: left }) : undefined
  return (
    <section className={classes.unsafe} aria-label={t('app:unsafe')}>
      <p className={classes.head}>
        <IconBan size={18} aria-hidden /> <strong>{t('app:unsafe')}</strong>
        {to !== undefined && <a href={to}>{more === undefined ? t('app:unsafe.why') : `${more}, ${t('app:unsafe.why')}`}</a>}
      </p>
      <ul lang="en">
        {unsafe.slice(0, most).map((one) => (
          <li key={one.rule}>
            <strong>{one.treatment}</strong>
            {hasReasons && `: ${one.because.claim}`}
          </li>
        ))}
      </ul>
      {to === undefined && more !== undefined && <p>{more}</p>}
    </section>
  )
}
