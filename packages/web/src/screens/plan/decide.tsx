import { Button } from '@mantine/core'
import type { Option } from '@secondwind/core'
import { useMe } from '../../shared/me.ts'
import { useWords } from '../../shared/words.ts'
import { useDecide } from './decide-slot.ts'

/** Takes this option to the decision form; not shown in a what-if, to who may not decide, or where nothing can be written. */
export function DecideButton({ option }: { readonly option: Option }) {
  const t = useWords('plan')
  const { may } = useMe()
  const decide = useDecide()
  if (decide === undefined || !may('create', 'decision')) return null
  return (
    <Button size="compact-sm" variant="default" className="no-print" onClick={() => decide(option.id)}>
      {t('plan:decide')}
      <span className="visually-hidden" lang="en">
        : {option.title}
      </span>
    </Button>
  )
}
