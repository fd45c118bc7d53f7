import type { Explanation } from '@secondwind/core'
import { IconBinaryTree } from '@tabler/icons-react'
import { useWords } from '../../shared/words.ts'
import classes from './because.module.css'
import { useView } from './view.ts'

export function WhyButton({
  title,
  because,
  rules = [],
}: {
  readonly title: string
  readonly because: Explanation
  readonly rules?: readonly string[]
}) {
  const t = useWords('plan')
  const { explain } = useView()
  return (
    <button type="button" className={classes.source} onClick={() => explain(title, because, rules)}>
      <IconBinaryTree size={14} aria-hidden />
      {t('plan:why')}
      <span className="visually-hidden" lang="en">
        : {title}
      </span>
    </button>
  )
}
