import { IconCircleCheckFilled, IconCircleDashed, IconCircleXFilled } from '@tabler/icons-react'
import { useWords } from '../words.ts'
import classes from './small.module.css'

const SIGNS = { true: IconCircleCheckFilled, false: IconCircleXFilled, unknown: IconCircleDashed } as const

/** Met, not met, or not known: by shape, by word and only then by colour. `isBare`: the word for screen readers alone. */
export function Truth({ value, isBare = false }: { readonly value: 'true' | 'false' | 'unknown'; readonly isBare?: boolean }) {
  const t = useWords('app')
  const Sign = SIGNS[value]
  return (
    <span className={classes.truth} data-truth={value}>
      <Sign size={16} aria-hidden />
      <span className={isBare ? 'visually-hidden' : ''}>{t(`app:truth.${value}`)}</span>
    </span>
  )
}
