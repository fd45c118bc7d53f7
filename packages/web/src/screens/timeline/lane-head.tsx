import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useWords } from '../../shared/words.ts'
import type { LaneRows } from './layout.ts'
import type { PlotProps } from './plot.tsx'
import classes from './timeline.module.css'

/** The name of a lane, how much stands in it, and what of it is not drawn. */
export function LaneHead({
  of,
  y,
  isFolded,
  fold,
  allSeries,
  setAllSeries,
  showUndated,
}: { readonly of: LaneRows; readonly y: number; readonly isFolded: boolean } & Pick<
  PlotProps,
  'fold' | 'allSeries' | 'setAllSeries' | 'showUndated'
>) {
  const t = useWords('timeline')
  const { lane, rows, undated, hiddenSeries } = of
  const isEmpty = lane.items.length + lane.series.length === 0
  const name = t(`timeline:lane.${lane.id}`)
  return (
    <div className={classes.laneHead} style={{ insetBlockStart: y }} data-empty={isEmpty}>
      {isEmpty ? (
        <span className={classes.laneName}>
          {name} <span className="quiet">{lane.isWithheld === true ? t('timeline:withheld') : t('timeline:empty-lane')}</span>
        </span>
      ) : (
        <button type="button" className={classes.laneName} aria-expanded={!isFolded} onClick={() => fold(lane.id)}>
          {isFolded ? <IconChevronRight size={14} aria-hidden className={classes.turned} /> : <IconChevronDown size={14} aria-hidden />}
          {name}
          {isFolded && <span className="quiet">{lane.items.length + lane.series.length}</span>}
        </button>
      )}
      {undated.length > 0 && (
        <button type="button" className={classes.aside} onClick={() => showUndated(lane.id)}>
          {t('timeline:undated', { count: undated.length })}
        </button>
      )}
      {lane.id === 'labs' && !isFolded && lane.series.length > 0 && (hiddenSeries > 0 || allSeries) && (
        <button type="button" className={classes.aside} aria-pressed={allSeries} onClick={() => setAllSeries(!allSeries)}>
          {allSeries
            ? t('timeline:labs-fewer')
            : rows.length === 0
              ? t('timeline:labs-none-outside', { count: hiddenSeries })
              : t('timeline:labs-more', { count: hiddenSeries })}
        </button>
      )}
    </div>
  )
}
