import type { NetworkMeasure } from '@secondwind/server/contract'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './network.module.css'

const WIDTH = 180
const HEIGHT = 34
const INSET = 4

/** A rate over time, 0 to 100 %. A step that is hidden is a gap: nothing is drawn through it. */
export function Sparkline({ steps }: { readonly steps: NetworkMeasure['trend'] }) {
  const t = useWords('network')
  const language = useLanguage()
  const known = steps.filter(({ rate }) => rate !== null)
  if (known.length < 2) return <span className="quiet">{t('network:trend.short')}</span>
  const x = (i: number): number => INSET + (i / Math.max(1, steps.length - 1)) * (WIDTH - 2 * INSET)
  const y = (rate: number): number => HEIGHT - INSET - (rate / 100) * (HEIGHT - 2 * INSET)
  const path = steps
    .map(({ rate }, i) =>
      rate === null ? '' : `${i > 0 && steps[i - 1]!.rate !== null ? 'L' : 'M'}${x(i).toFixed(1)} ${y(rate).toFixed(1)}`,
    )
    .join(' ')
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 })
  const [first, last] = [known[0]!, known.at(-1)!]
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={classes.spark}
      role="img"
      aria-label={t('network:trend.words', {
        from: first.step,
        first: percent.format(first.rate! / 100),
        to: last.step,
        last: percent.format(last.rate! / 100),
        hidden: steps.length - known.length,
      })}
    >
      <line x1={INSET} x2={WIDTH - INSET} y1={y(0)} y2={y(0)} className={classes.grid} />
      <line x1={INSET} x2={WIDTH - INSET} y1={y(100)} y2={y(100)} className={classes.grid} />
      <path d={path} className={classes.line} />
      {steps.map(({ rate, step }, i) =>
        rate === null ? null : <circle key={step} cx={x(i)} cy={y(rate)} r={steps.length > 16 ? 1.4 : 2} className={classes.point} />,
      )}
      <circle cx={x(steps.lastIndexOf(last))} cy={y(last.rate!)} r={3.2} className={classes.median} />
    </svg>
  )
}
