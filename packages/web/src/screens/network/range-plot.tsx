import type { NetworkWait } from '@secondwind/server/contract'
import { useLanguage, useWords } from '../../shared/words.ts'
import { axisOf } from './axis.ts'
import classes from './network.module.css'

const WIDTH = 300
const HEIGHT = 26
const INSET = 6

/** The days of the axis, above the plots. */
export function Axis({ axis }: { readonly axis: readonly number[] }) {
  const number = new Intl.NumberFormat(useLanguage())
  const most = axis.at(-1)!
  return (
    <svg viewBox={`0 0 ${WIDTH} 16`} className={classes.plot} aria-hidden>
      {axis.map((days) => (
        <text
          key={days}
          x={INSET + (days / most) * (WIDTH - 2 * INSET)}
          y={12}
          textAnchor={days === 0 ? 'start' : days === most ? 'end' : 'middle'}
          className={classes.tick}
        >
          {number.format(days)}
        </text>
      ))}
    </svg>
  )
}

/** The middle half as a bar, the median as a dot, nine of ten as a mark. The numbers stand beside it. */
export function RangePlot({ wait, most }: { readonly wait: NetworkWait; readonly most: number }) {
  const t = useWords('network')
  const { quarter = 0, median = 0, threeQuarters = 0, ninetieth = 0 } = wait
  const at = (days: number): number => INSET + (days / most) * (WIDTH - 2 * INSET)
  const middle = HEIGHT / 2
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={classes.plot}
      role="img"
      aria-label={t('network:waits.words', { quarter, median, threeQuarters, ninetieth })}
    >
      {axisOf([{ ninetieth: most }]).map((days) => (
        <line key={days} x1={at(days)} x2={at(days)} y1={0} y2={HEIGHT} className={classes.grid} />
      ))}
      <line x1={at(quarter)} x2={at(ninetieth)} y1={middle} y2={middle} className={classes.whisker} />
      <rect x={at(quarter)} width={Math.max(2, at(threeQuarters) - at(quarter))} y={middle - 5} height={10} className={classes.bar} />
      <line x1={at(ninetieth)} x2={at(ninetieth)} y1={middle - 7} y2={middle + 7} className={classes.whisker} />
      <ellipse cx={at(median)} cy={middle} rx={5} ry={5} className={classes.median} />
    </svg>
  )
}
