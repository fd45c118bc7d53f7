import { Autocomplete } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { type Suggestion, suggestionsFor } from '../../planner/plain-words.ts'
import { changedTo } from '../../planner/share.ts'
import type { Named } from '../../planner/use-knowledge-words.ts'
import { useWords } from '../../shared/words.ts'
import { changeWords } from '../plan/change-words.ts'

/** Finds a fact and its value by plain words: "ROS1 positive", "ECOG 3", "on apixaban". What has no value yet is opened to give one. */
export function FactPicker({
  named,
  onChange,
  onOpen,
}: {
  readonly named: Named
  readonly onChange: (set: string) => void
  readonly onOpen: (fact: string) => void
}) {
  const t = useWords('what-if')
  const [text, setText] = useState('')
  const found = useMemo(() => suggestionsFor(text, named.words), [text, named])
  const label = ({ fact, set }: Suggestion): string => {
    const about = named.fact(fact)
    const name = about?.label ?? fact
    return set === undefined ? `${name} …` : `${name}: ${changeWords(changedTo(set), about, named, t)}`
  }
  const byLabel = new Map(found.map((one) => [label(one), one]))
  const take = (one: Suggestion): void => {
    if (one.set === undefined) onOpen(one.fact)
    else onChange(one.set)
  }
  return (
    <Autocomplete
      label={t('what-if:pick')}
      placeholder={t('what-if:pick.example')}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      onChange={setText}
      data={[...byLabel.keys()]}
      filter={({ options }) => options}
      selectFirstOptionOnChange
      limit={8}
      maxDropdownHeight={360}
      clearSectionMode="both"
      onOptionSubmit={(value) => {
        const one = byLabel.get(value)
        if (one !== undefined) take(one)
        // after the field has taken the words of the option
        queueMicrotask(() => setText(''))
        setTimeout(() => setText(''))
      }}
      {...(text.trim() !== '' && found.length === 0 ? { description: t('what-if:pick.none') } : {})}
    />
  )
}
