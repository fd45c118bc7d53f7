import { absoluteDay, absoluteInstant, ageOn, relativeDay, today } from '../format/dates.ts'
import { useLanguage, useWords } from '../words.ts'

/**
 * A day both ways: how long ago, and which day. Instants with their time. `asOf`: the day from which is counted (today unless said).
 * `isBirth`: with the age instead of "61 years ago".
 */
export function When({
  day,
  asOf = today(),
  isBrief = false,
  isBirth = false,
}: {
  readonly day: string
  readonly asOf?: string
  readonly isBrief?: boolean
  readonly isBirth?: boolean
}) {
  const t = useWords('app')
  const language = useLanguage()
  const absolute = day.includes('T') ? absoluteInstant(day, language) : absoluteDay(day, language)
  const relative = isBirth ? t('app:age', { count: ageOn(day, asOf) }) : relativeDay(day, asOf, language)
  return (
    <time dateTime={day} title={isBrief ? absolute : undefined} style={{ whiteSpace: 'nowrap' }}>
      {isBrief ? relative : absolute}
      {!isBrief && <span className="quiet"> · {relative}</span>}
    </time>
  )
}
