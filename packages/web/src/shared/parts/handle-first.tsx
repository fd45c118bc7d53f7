import { useWords } from '../words.ts'
import classes from './small.module.css'

interface Alert {
  readonly id: string
  readonly title: string
  readonly urgency: string
  readonly suspected?: boolean
}

/** What must be handled before the option beside it may begin; nothing where it waits for nothing. */
export function HandleFirst({ alerts, waitsFor }: { readonly alerts: readonly Alert[]; readonly waitsFor: readonly string[] | undefined }) {
  const t = useWords('app')
  const awaited = alerts.filter(({ id }) => waitsFor?.includes(id))
  if (awaited.length === 0) return null
  return (
    <span className={classes.handleFirst} data-handle-first={awaited[0]!.urgency}>
      <strong>{t('app:option.handle-first')}</strong>{' '}
      {awaited.map(({ id, title, suspected }, at) => (
        <span key={id}>
          {at > 0 && '; '}
          <span lang="en" dir="auto">
            {title}
          </span>
          {suspected === true && ` (${t('app:patient.suspected')})`}
        </span>
      ))}
    </span>
  )
}
