import { IconArrowsExchange } from '@tabler/icons-react'
import { changedTo, factOf } from '../../planner/share.ts'
import { useWords } from '../../shared/words.ts'
import { changeWords } from './change-words.ts'
import classes from './plan.module.css'
import { useView } from './view.ts'

/** A change of a fact that would change the plan: one click shows how. */
export function TryChip({ set }: { readonly set: string }) {
  const t = useWords('plan')
  const { named, tryOut } = useView()
  const about = named.fact(factOf(set))
  return (
    <button type="button" className={classes.chip} onClick={() => tryOut(set)} title={t('plan:try')}>
      <IconArrowsExchange size={14} aria-hidden />
      <span lang={about?.lang}>{about?.label ?? factOf(set)}:</span> {changeWords(changedTo(set), about, named, t)}
    </button>
  )
}
