import { absoluteDay, absoluteInstant, relativeDay, today } from '../format/dates.ts'
import { useLanguage } from '../words.ts'

/** A day both ways: how long ago, and which day. Instants with their time. `asOf`: the day from which is counted (today unless said). */
export function When({
  day,
  asOf = today(),
  isBrief = false,
}: {
  readonly day: string
  readonly asOf?: string
  readonly isBrief?: boolean
}) {
  const language = useLanguage()
  const absolute = day.includes('T') ? absoluteInstant(day, language) : absoluteDay(day, language)
  const relative = relativeDay(day, asOf, language)
  return (
    <time dateTime={day} title={isBrief ? absolute : undefined} style={{ whiteSpace: 'nowrap' }}>
      {isBrief ? relative : absolute}
      {!isBrief && <span className="quiet"> · {relative}</span>}
    </time>
  )
}
