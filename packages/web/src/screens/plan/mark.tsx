import { IconArrowDown, IconArrowUp, IconPencil, IconPlus } from '@tabler/icons-react'
import { useWords } from '../../shared/words.ts'
import classes from './plan.module.css'
import { useView } from './view.ts'

/** What became of an option by the changes that are tried out; nothing where it stands as in the present plan. */
export function MarkOf({ id }: { readonly id: string }) {
  const t = useWords('plan')
  const { document, marks } = useView()
  const mark = marks?.get(id)
  if (mark === undefined) return null
  const rank = document.options.find((option) => option.id === id)?.rank ?? 0
  const isUp = mark.movedFrom !== undefined && rank < mark.movedFrom
  return (
    <>
      {mark.isNew && (
        <span className={classes.mark} data-mark="new">
          <IconPlus size={13} aria-hidden /> {t('plan:mark.new')}
        </span>
      )}
      {mark.standingFrom !== undefined && (
        <span className={classes.mark} data-mark="changed">
          {t('plan:mark.was', { what: t(`app:standing.${mark.standingFrom}`) })}
        </span>
      )}
      {mark.movedFrom !== undefined && (
        <span className={classes.mark} data-mark="moved">
          {isUp ? <IconArrowUp size={13} aria-hidden /> : <IconArrowDown size={13} aria-hidden />}
          {t('plan:mark.moved', { from: mark.movedFrom, to: rank })}
        </span>
      )}
      {mark.isOtherwise && mark.standingFrom === undefined && mark.movedFrom === undefined && (
        <span className={classes.mark} data-mark="otherwise">
          <IconPencil size={13} aria-hidden /> {t('plan:mark.otherwise')}
        </span>
      )}
    </>
  )
}
