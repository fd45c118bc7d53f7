import type { TFunction } from 'i18next'
import type { DrawnItem } from './layout.ts'
import type { Day } from './scale.ts'
import { Sign } from './sign.tsx'
import classes from './timeline.module.css'

export const TRACK = 20
const HIGH = 13

/** A span: solid where it certainly was, light where a month or a year leaves it open, fading where nobody recorded the edge, dashed where it is planned. */
export function Bar({
  drawn,
  y,
  x,
  t,
}: {
  readonly drawn: DrawnItem
  readonly y: number
  readonly x: (day: Day) => number
  readonly t: TFunction
}) {
  const { item, place } = drawn
  const [left, solidFrom, solidTo, right] = [x(place.from), x(place.sureFrom), x(place.sureTo + 1), x(place.to + 1)] as const
  const width = Math.max(right - left, 3)
  const kind = item.time === 'planned' ? 'planned' : item.mark === 'conflict' ? 'conflict' : item.ending === 'held' ? 'held' : 'done'
  const isGoingOn = item.ending === 'running' && item.time !== 'planned'
  const solid = Math.max(solidTo - solidFrom, 0)
  const label = labelOf(drawn, Math.max(solid, 0), t)
  return (
    <g className={classes.bar} data-kind={kind} data-mark={item.mark} data-intent={intentOf(drawn)}>
      {place.from < place.sureFrom && (
        <rect className={classes.open} x={left} y={y} width={Math.max(solidFrom - left, 1)} height={HIGH} rx="2" />
      )}
      {place.sureTo < place.to && (
        <rect
          className={classes.open}
          x={Math.max(solidTo, solidFrom)}
          y={y}
          width={Math.max(right - Math.max(solidTo, solidFrom), 1)}
          height={HIGH}
          rx="2"
        />
      )}
      {kind === 'planned' ? (
        <rect className={classes.solid} x={left} y={y} width={Math.max(width, 14)} height={HIGH} rx="2" />
      ) : (
        <rect className={classes.solid} x={Math.max(solidFrom, left)} y={y} width={Math.max(solid, 3)} height={HIGH} rx="2" />
      )}
      {item.ticks?.map(({ first }) => {
        const at = x(dayOf(first))
        return <path key={first} className={classes.dose} d={`M${at} ${y + HIGH - 4}v4`} />
      })}
      {isGoingOn && <path className={classes.arrow} d={`M${right - 1} ${y - 1}l7 ${HIGH / 2 + 1}l-7 ${HIGH / 2 + 1}z`} />}
      {place.isEndUnknown && item.time !== 'planned' && (
        <text className={classes.query} x={right + 3} y={y + HIGH - 2}>
          ?
        </text>
      )}
      {place.isStartUnknown && item.time === 'past' && (
        <text className={classes.query} x={left - 9} y={y + HIGH - 2}>
          ?
        </text>
      )}
      {label !== undefined && (
        <text className={classes.inside} x={Math.max(solidFrom, 0) + 5} y={y + HIGH - 3}>
          {label}
        </text>
      )}
      {(item.mark.startsWith('grade') || item.mark === 'pending' || item.mark === 'failed' || item.mark === 'reported') && (
        <Sign mark={item.mark} x={item.mark.startsWith('grade') ? solidFrom : right} y={y + HIGH / 2} />
      )}
    </g>
  )
}

const dayOf = (iso: string): Day => Math.round(Date.parse(iso) / 86_400_000)

const intentOf = ({ item }: DrawnItem): string | undefined => {
  const intent = item.details.find(({ name }) => name === 'intent')
  return intent !== undefined && 'code' in intent ? intent.code : undefined
}

/** As much as there is room for: the line, why it ended; of a stay its reason. */
function labelOf({ item }: DrawnItem, room: number, t: TFunction): string | undefined {
  const number = item.details.find(({ name }) => name === 'line')
  const reason = item.details.find(({ name }) => name === 'stopped-because')
  const line = number !== undefined && 'number' in number ? t('timeline:line-short', { number: number.number }) : undefined
  const why = reason !== undefined && 'code' in reason ? t(`timeline:code.${reason.code}`) : undefined
  const candidates = [line !== undefined && why !== undefined ? `${line} · ${why}` : undefined, line]
  return candidates.find((text) => text !== undefined && text.length * 6.4 + 8 < room)
}
