import { Button } from '@mantine/core'
import { Link, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useMe } from '../../shared/me.ts'
import { Empty } from '../../shared/parts/empty.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './patients.module.css'

/** Nobody is here yet: what that means for this role, and the way to the first chart. */
export function EmptyNetwork() {
  const t = useWords('patients')
  const { may } = useMe()
  const { routesByPath } = useRouter()
  const mayBring = may('transaction', 'cancer') && Object.hasOwn(routesByPath, '/bring')
  return (
    <Empty title={t('patients:empty.title')}>
      <p>{t(mayBring ? 'patients:empty.bring' : 'patients:empty.wait')}</p>
      {mayBring && (
        <Button component={Link} to={'/bring' as '/about'}>
          {t('app:nav.bring')}
        </Button>
      )}
    </Empty>
  )
}

/** The list is empty as it is narrowed, or because there is nothing to do. */
export function Nobody({ isNarrowed, onClear }: { readonly isNarrowed: boolean; readonly onClear: () => void }) {
  const t = useWords('patients')
  return (
    <Empty title={t(isNarrowed ? 'patients:nobody.narrowed' : 'patients:nobody.living')}>
      {isNarrowed && (
        <Button variant="default" onClick={onClear}>
          {t('patients:clear')}
        </Button>
      )}
    </Empty>
  )
}

/** Milliseconds until somebody who sees nobody yet is shown who has come. */
const AGAIN = 4000

/** Charts that have come in and are still being worked out: nobody may think that the list is whole. */
export function Awaited({
  count,
  hasNobody,
  onShow,
}: {
  readonly count: number
  readonly hasNobody: boolean
  readonly onShow: () => void
}) {
  const t = useWords('patients')
  useEffect(() => {
    if (!hasNobody) return
    const timer = setInterval(onShow, AGAIN)
    return () => clearInterval(timer)
  }, [hasNobody, onShow])
  return (
    <p className={classes.found} role="status">
      {t('patients:awaited', { count })}
      <Button size="compact-sm" variant="subtle" onClick={onShow}>
        {t('patients:awaited.show')}
      </Button>
    </p>
  )
}
