import type { Timeline, TimelineLane } from '@secondwind/server/contract'
import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import { isOutside } from './layout.ts'
import { useStopWords } from './stop-words.ts'
import classes from './timeline.module.css'

/** All that the plot draws, and what it cannot draw, lane by lane in the order of time. */
export function TimelineTable({
  timeline,
  lanes,
  isWhole,
}: {
  readonly timeline: Timeline
  readonly lanes: readonly TimelineLane[]
  /** Every value stands open: on paper nothing can be opened. */
  readonly isWhole: boolean
}) {
  const t = useWords('timeline')
  return (
    <>
      {lanes.map((lane) => (
        <Panel key={lane.id} title={t(`timeline:lane.${lane.id}`)}>
          {lane.isWithheld === true ? (
            <p className="quiet">{t('timeline:withheld')}</p>
          ) : lane.items.length + lane.series.length === 0 ? (
            <p className="quiet">{t('timeline:empty-lane')}</p>
          ) : (
            <>
              {lane.items.length > 0 && <Items lane={lane} asOf={timeline.asOf} />}
              {lane.series.length > 0 && <Values lane={lane} asOf={timeline.asOf} isWhole={isWhole} />}
            </>
          )}
        </Panel>
      ))}
    </>
  )
}

function Items({ lane, asOf }: { readonly lane: TimelineLane; readonly asOf: string }) {
  const t = useWords('timeline')
  const words = useStopWords(asOf)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={t(`timeline:lane.${lane.id}`)}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('timeline:col.what')}</th>
            <th scope="col">{t('timeline:col.when')}</th>
            <th scope="col">{t('timeline:col.details')}</th>
            <th scope="col">{t('timeline:col.source')}</th>
          </tr>
        </thead>
        <tbody>
          {lane.items.map((item) => (
            <tr key={item.id}>
              <th scope="row">
                <span lang={item.title === '' ? undefined : words.named(item.title).lang}>{words.title(item)}</span>
                {item.mark !== 'start' && item.title !== '' && <div className="quiet">{t(`timeline:mark.${item.mark}`)}</div>}
                {item.time === 'planned' && <div>{t('timeline:planned')}</div>}
                {item.review === 'unconfirmed' && <Unconfirmed />}
              </th>
              <td>{words.when(item)}</td>
              <td>
                {item.details.map((one, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a detail may stand twice
                  <div key={`${one.name}${i}`}>
                    <span className="quiet">{t(`timeline:detail.${one.name}`)}:</span>{' '}
                    <span {...('text' in one ? { lang: 'en' } : {})}>{words.detail(one)}</span>
                  </div>
                ))}
                {item.words !== undefined && <q lang="en">{item.words}</q>}
              </td>
              <td className={classes.source}>{item.sources.map(({ reference }) => reference).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Values({ lane, asOf, isWhole }: { readonly lane: TimelineLane; readonly asOf: string; readonly isWhole: boolean }) {
  const t = useWords('timeline')
  const words = useStopWords(asOf)
  return lane.series.map((series) => (
    <details key={series.fact} className={classes.values} open={isWhole || lane.series.length === 1}>
      <summary>
        <span lang={words.named(series.title).lang}>{words.named(series.title).text}</span>{' '}
        <span className="quiet">{t('timeline:value-count', { count: series.points.length })}</span>
        {series.points.some(isOutside) && <b> · {t('timeline:some-outside')}</b>}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={words.named(series.title).text}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('timeline:col.day')}</th>
              <th scope="col" className="numeric">
                {t('timeline:col.value')}
              </th>
              <th scope="col">{t('timeline:limits-sent')}</th>
              <th scope="col">{t('timeline:written')}</th>
              <th scope="col">{t('timeline:col.source')}</th>
            </tr>
          </thead>
          <tbody>
            {series.points.map((point) => {
              const way = isOutside(point)
              return (
                <tr key={`${point.on.said}${point.source.reference}${point.source.path ?? ''}`}>
                  <th scope="row">{words.day(point.on)}</th>
                  <td className="numeric">
                    {words.quantity(series.fact, point.value, series.unit)}
                    {way !== undefined && <b> {t(`timeline:outside.${way}`)}</b>}
                  </td>
                  <td>
                    {point.low === undefined && point.high === undefined
                      ? ''
                      : [point.low, point.high]
                          .map((one) => (one === undefined ? '…' : words.quantity(series.fact, one, series.unit)))
                          .join(' – ')}
                  </td>
                  <td>{point.written ?? ''}</td>
                  <td className={classes.source}>{point.source.reference}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
    </details>
  ))
}
