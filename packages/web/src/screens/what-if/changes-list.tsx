import { ActionIcon } from '@mantine/core'
import type { Issue, PlanDocument } from '@secondwind/core'
import { IconArrowRight, IconX } from '@tabler/icons-react'
import { factOf } from '../../planner/share.ts'
import type { Named } from '../../planner/use-knowledge-words.ts'
import { FactValue } from '../../shared/parts/fact-value.tsx'
import { useWords } from '../../shared/words.ts'
import { ValueControl } from './value-control.tsx'
import classes from './what-if.module.css'

/** The facts that are changed, each from what the chart says to what is tried, with what cannot be read beside it. */
export function ChangesList({
  set,
  draft,
  present,
  issues,
  named,
  onChange,
  onRemove,
}: {
  readonly set: readonly string[]
  /** A fact that was chosen and has no value yet. */
  readonly draft: string | undefined
  readonly present: PlanDocument | undefined
  readonly issues: readonly Issue[]
  readonly named: Named
  readonly onChange: (entry: string) => void
  readonly onRemove: (fact: string) => void
}) {
  const t = useWords('what-if')
  const rows = [
    ...set.map((entry) => ({ fact: factOf(entry), entry })),
    ...(draft === undefined ? [] : [{ fact: draft, entry: undefined }]),
  ]
  return (
    <ul className={classes.changes}>
      {rows.map(({ fact, entry }) => {
        const about = named.fact(fact)
        const wrong = entry === undefined ? [] : issues.filter(({ path }) => path === fact || path === entry || entry.includes(path))
        return (
          <li key={fact}>
            <span className={classes.changed} lang={about?.lang}>
              {about?.label ?? fact}
            </span>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('what-if:take-back', { fact: about?.label ?? fact })}
              onClick={() => onRemove(fact)}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
            {present !== undefined && about !== undefined && (
              <span className={classes.from}>
                <FactValue fact={present.case.facts[fact]} about={about} asOf={present.asOf} />
                <IconArrowRight size={14} aria-label={t('what-if:becomes')} />
              </span>
            )}
            {about === undefined ? (
              <code>{entry}</code>
            ) : (
              <ValueControl key={fact} about={about} set={entry} named={named} onChange={onChange} />
            )}
            {wrong.map(({ message, remedy }) => (
              <span key={message} className={classes.wrong} role="alert" lang="en">
                {message}
                {remedy !== undefined && `. ${remedy}`}
              </span>
            ))}
          </li>
        )
      })}
    </ul>
  )
}
