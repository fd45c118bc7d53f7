import { useMemo } from 'react'
import { useApi } from '../../shared/api.ts'
import { FactValue } from '../../shared/parts/fact-value.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import { excerptsOf } from './excerpt.ts'
import { useView } from './view.ts'
import classes from './why-drawer.module.css'

/** The resource that a fact was read from: its very words, where in it, and the whole of it as the chart holds it. */
export function ResourceView({ reference, fact }: { readonly reference: string; readonly fact: string }) {
  const t = useWords('plan')
  const { document, named } = useView()
  const { data, error, refetch } = useApi<object>(`/fhir/${reference}`)
  const known = document.case.facts[fact]
  const paths = (known?.sources ?? []).flatMap((source) =>
    source.reference === reference && source.path !== undefined ? [source.path] : [],
  )
  const excerpts = useMemo(() => (data === undefined ? [] : excerptsOf(data, paths)), [data, paths])
  const words = known?.words
  return (
    <>
      <p>
        <strong lang={named.fact(fact)?.lang}>{named.fact(fact)?.label ?? fact}</strong>{' '}
        <FactValue fact={known} about={named.fact(fact) ?? { type: 'text' }} asOf={document.asOf} />
      </p>
      {words !== undefined && <blockquote className={classes.words}>{words}</blockquote>}
      {excerpts.map(({ path, text }) => (
        <div key={path}>
          <p className="quiet">{t('plan:resource.place', { path })}</p>
          <blockquote className={classes.words}>{text}</blockquote>
        </div>
      ))}
      <p className="quiet">{t('plan:resource.whole', { reference })}</p>
      {error ? <Fault error={error} again={() => void refetch()} /> : null}
      {data === undefined ? (
        !error && <Waiting lines={6} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
        <section className={classes.json} tabIndex={0} aria-label={reference}>
          <pre>
            <Marked text={JSON.stringify(data, null, 2)} words={words} />
          </pre>
        </section>
      )}
    </>
  )
}

/** The text with the words of a fact marked where they stand. */
function Marked({ text, words }: { readonly text: string; readonly words: string | undefined }) {
  const quoted = words === undefined ? undefined : JSON.stringify(words).slice(1, -1)
  const at = quoted === undefined || quoted === '' ? -1 : text.indexOf(quoted)
  if (at < 0 || quoted === undefined) return <>{text}</>
  return (
    <>
      {text.slice(0, at)}
      <mark>{quoted}</mark>
      {text.slice(at + quoted.length)}
    </>
  )
}
