import type { OwnLine, OwnSection } from '@secondwind/server/contract'
import type { ReactNode } from 'react'
import { useWords } from '../../shared/words.ts'
import classes from './my-plan.module.css'

/** One part of the page in plain words; what is to be filled in by hand is a line to write on, on paper; a screen says what to do instead. `isBare`: its heading stands already. */
export function Section({ of, isBare = false }: { readonly of: OwnSection; readonly isBare?: boolean }) {
  const t = useWords('my-plan')
  const lines = <Lines of={of.lines} />
  if (isBare) return lines
  return (
    <section className={classes.section} data-section={of.id}>
      <h2>{t(`my-plan:section.${of.id}`, { defaultValue: of.title })}</h2>
      {lines}
    </section>
  )
}

export function Lines({ of }: { readonly of: readonly OwnLine[] }) {
  const parts: ReactNode[] = []
  let bullets: string[] = []
  const close = (): void => {
    if (bullets.length === 0) return
    const own = bullets
    parts.push(
      <ul key={parts.length}>
        {own.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>,
    )
    bullets = []
  }
  // two lines of paper to write numbers on are one sentence on a screen
  const told = new Set<string>()
  for (const { kind, text, instead, number } of of) {
    if (kind === 'bullet') {
      bullets.push(text)
      continue
    }
    close()
    const key = parts.length
    if (kind === 'heading') parts.push(<h3 key={key}>{text}</h3>)
    else if (kind === 'quote') parts.push(<blockquote key={key}>{text}</blockquote>)
    else if (kind === 'phone' && number !== undefined)
      parts.push(
        <p key={key} className={classes.phone}>
          {text} <a href={`tel:${number.replace(/[^+\d]/g, '')}`}>{number}</a>
        </p>,
      )
    else if (kind === 'fill') {
      parts.push(
        <div key={key}>
          {instead !== undefined && !told.has(instead) && <p className="no-print">{instead}</p>}
          <p className={classes.fill}>{text}</p>
        </div>,
      )
      if (instead !== undefined) told.add(instead)
    } else parts.push(<p key={key}>{text}</p>)
  }
  close()
  return <div lang="en">{parts}</div>
}
