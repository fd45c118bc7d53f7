import type { NetworkMeasure, NetworkQuality, NetworkRate } from '@secondwind/server/contract'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './network.module.css'
import { Sparkline } from './sparkline.tsx'

/** What every patient should get, and how many do; what is not known is a range, never a no. */
export function Measures({ quality, suppressBelow }: { readonly quality: NetworkQuality; readonly suppressBelow: number }) {
  const t = useWords('network')
  return (
    <>
      <p className="quiet">
        {t(`network:measures.by-${quality.step}`)} {t('network:measures.why', { count: suppressBelow })}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={t('network:measures')}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('network:measures.measure')}</th>
              <th scope="col" className="numeric">
                {t('network:measures.rate')}
              </th>
              <th scope="col" className="numeric">
                {t('network:measures.range')}
              </th>
              <th scope="col" className="numeric">
                {t('network:measures.counted')}
              </th>
              <th scope="col" className="numeric">
                {t('network:measures.not-known')}
              </th>
              <th scope="col" className={classes.trendHead}>
                {t('network:measures.trend')}
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted(quality.measures).map((measure) => (
              <MeasureRow key={measure.id} measure={measure} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

/** Measures that are about nobody here stand last. */
const sorted = (measures: readonly NetworkMeasure[]): readonly NetworkMeasure[] =>
  measures.toSorted((a, b) => Number(b.whole.counted !== 0) - Number(a.whole.counted !== 0))

function MeasureRow({ measure }: { readonly measure: NetworkMeasure }) {
  const t = useWords('network')
  const words = useRates()
  const { whole, direction, title, status, trend } = measure
  return (
    <tr>
      <th scope="row" className={classes.measure}>
        <span lang="en" dir="auto">
          {title}
        </span>
        <span className="quiet">
          {t(`network:measures.${direction}`)} · {t(`network:status.${status}`)}
        </span>
      </th>
      <td className={`numeric ${classes.rate}`} data-label={t('network:measures.rate')} data-none={whole.rate === null || undefined}>
        {words.rate(whole)}
      </td>
      <td className="numeric" data-label={t('network:measures.range')}>
        {words.range(whole)}
      </td>
      <td className="numeric" data-label={t('network:measures.counted')}>
        {words.count(whole.counted)}
      </td>
      <td className="numeric" data-label={t('network:measures.not-known')}>
        {words.count(whole.notKnown)}
      </td>
      <td className={classes.trend}>
        <Sparkline steps={trend} />
      </td>
    </tr>
  )
}

/** Numbers of a measure in words: a hidden one is not zero, and one of nobody is no number. */
export function useRates(): {
  readonly rate: (of: NetworkRate) => string
  readonly range: (of: NetworkRate) => string
  readonly count: (of: number | null) => string
} {
  const t = useWords('network')
  const language = useLanguage()
  const number = new Intl.NumberFormat(language)
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 })
  return {
    rate: ({ rate, counted }) => (rate !== null ? percent.format(rate / 100) : counted === 0 ? t('network:nobody') : t('network:small')),
    range: ({ lowest, highest }) =>
      lowest === null || highest === null || lowest === highest
        ? '–'
        : `${percent.format(lowest / 100)} – ${percent.format(highest / 100)}`,
    count: (count) => (count === null ? t('network:small') : number.format(count)),
  }
}
