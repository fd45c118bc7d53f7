import type { Fact } from '@secondwind/core'
import type { ShownFact } from '../facts.ts'
import { useWords } from '../words.ts'
import { FactValue } from './fact-value.tsx'
import classes from './small.module.css'

type About = Pick<ShownFact, 'label' | 'type' | 'unit' | 'values' | 'lang' | 'factors'>

/** What set an alert off: each fact with its value and day, and where it comes from on hover or focus; nothing where no fact of the chart did. */
export function Raised({
  facts,
  about,
  asOf,
  below,
}: {
  readonly facts: readonly { readonly id: string; readonly fact: Fact | undefined }[]
  readonly about: (id: string) => About | undefined
  readonly asOf: string
  readonly below?: string
}) {
  const t = useWords('app')
  const named = facts.flatMap(({ id, fact }) => {
    const one = about(id)
    return one === undefined ? [] : [{ id, fact, one }]
  })
  if (named.length === 0) return null
  return (
    <ul className={classes.raised} aria-label={t('app:alert.raised')}>
      {named.map(({ id, fact, one }) => (
        <li key={id}>
          <span lang={one.lang}>{one.label}</span>{' '}
          <FactValue fact={fact} about={one} asOf={asOf} isSaid {...(below === undefined ? {} : { below })} />
        </li>
      ))}
    </ul>
  )
}
