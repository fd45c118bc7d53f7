import type { Explanation } from '@secondwind/core'
import { IconFileText } from '@tabler/icons-react'
import { absoluteDay } from '../../shared/format/dates.ts'
import { FactValue } from '../../shared/parts/fact-value.tsx'
import { Truth } from '../../shared/parts/truth.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './because.module.css'
import { sourceLabel, useSourceNames } from './source-names.ts'
import { useView } from './view.ts'

/** Why, in full: every claim with its truth, the facts it rests on, and the resource behind each fact. */
export function Because({ of, onOpen }: { readonly of: Explanation; readonly onOpen: (fact: string, reference: string) => void }) {
  return (
    <ul className={classes.tree} lang="en">
      <Node of={of} onOpen={onOpen} />
    </ul>
  )
}

function Node({ of, onOpen }: { readonly of: Explanation; readonly onOpen: (fact: string, reference: string) => void }) {
  const children = of.children ?? []
  return (
    <li>
      <div className={classes.claim}>
        <Truth value={of.truth} />
        <span>{of.claim}</span>
      </div>
      {children.length === 0 && of.facts.length > 0 && (
        <ul className={classes.facts}>
          {of.facts.map((fact) => (
            <FactLine key={fact} fact={fact} onOpen={onOpen} />
          ))}
        </ul>
      )}
      {children.length > 0 && (
        <ul className={classes.tree}>
          {children.map((child) => (
            <Node key={`${child.claim}${child.facts.join()}`} of={child} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </li>
  )
}

/** A fact with its value and the way to what it was read from. */
export function FactLine({ fact, onOpen }: { readonly fact: string; readonly onOpen: (fact: string, reference: string) => void }) {
  const t = useWords('plan')
  const language = useLanguage()
  const { document, named, patient } = useView()
  const about = named.fact(fact)
  const known = document.case.facts[fact]
  const sources = patient === undefined ? [] : (known?.sources ?? [])
  const references = [...new Set(sources.map(({ reference }) => reference))]
  const names = useSourceNames(references.length === 0 ? undefined : patient)
  return (
    <li className={classes.fact}>
      <span lang={about?.lang}>{about?.label ?? fact}</span>
      <FactValue fact={known} about={about ?? { type: 'text' }} asOf={document.asOf} />
      {references.map((reference) => (
        <button type="button" key={reference} className={classes.source} onClick={() => onOpen(fact, reference)}>
          <IconFileText size={14} aria-hidden />
          {t('plan:why.open', { what: sourceLabel(reference, names, (day) => absoluteDay(day, language)) })}
        </button>
      ))}
    </li>
  )
}
