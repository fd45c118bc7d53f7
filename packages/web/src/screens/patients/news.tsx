import { Button } from '@mantine/core'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type PlanChange, useChanges } from '../../shared/changes.ts'
import { useWords } from '../../shared/words.ts'
import classes from './patients.module.css'

/** Says quietly that plans have changed since the list was read. Rows stay where they are until somebody asks. */
export function News({ after, onShow }: { readonly after: number | undefined; readonly onShow: () => void }) {
  const t = useWords('patients')
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set())
  const seen = useRef(after)
  useEffect(() => {
    seen.current = after
    setChanged(new Set())
  }, [after])
  const hear = useCallback((change: PlanChange) => {
    if (seen.current !== undefined && change.seq <= seen.current) return
    setChanged((before) => new Set(before).add(change.patient))
  }, [])
  useChanges(hear)
  return (
    <div className={`${classes.news} no-print`} role="status" data-some={changed.size > 0 || undefined}>
      {changed.size > 0 && (
        <Button size="compact-sm" variant="light" onClick={onShow}>
          {t('patients:news', { count: changed.size })}
        </Button>
      )}
    </div>
  )
}
