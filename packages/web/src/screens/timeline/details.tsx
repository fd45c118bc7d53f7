import { ActionIcon, Group } from '@mantine/core'
import type { FactSource } from '@secondwind/core'
import type { TimelineItem } from '@secondwind/server/contract'
import { IconArrowLeft, IconArrowRight, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Unconfirmed } from '../../shared/parts/badges.tsx'
import { Keys } from '../../shared/parts/keys.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { isOutside, type Stop } from './layout.ts'
import { Sign } from './sign.tsx'
import { useStopWords } from './stop-words.ts'
import classes from './timeline.module.css'

/** What is known of the chosen item: when, what, in which words, and where it stands in the chart. */
export function Details({
  stop,
  asOf,
  step,
  close,
}: {
  readonly stop: Stop | undefined
  readonly asOf: string
  readonly step: (way: 'left' | 'right') => void
  readonly close: () => void
}) {
  const t = useWords('timeline')
  const words = useStopWords(asOf)
  return (
    <aside className={classes.details} aria-label={t('timeline:details')} data-empty={stop === undefined}>
      {stop === undefined ? (
        <p className="quiet">
          {t('timeline:details-none')} <Keys of="← → ↑ ↓" />
        </p>
      ) : (
        <>
          <div className={classes.detailsHead}>
            <p className={classes.kicker}>{t(`timeline:lane.${stop.lane}`)}</p>
            <Group gap={2} wrap="nowrap">
              <ActionIcon variant="subtle" color="gray" aria-label={t('timeline:earlier')} onClick={() => step('left')}>
                <IconArrowLeft size={16} aria-hidden className={classes.turned} />
              </ActionIcon>
              <ActionIcon variant="subtle" color="gray" aria-label={t('timeline:later')} onClick={() => step('right')}>
                <IconArrowRight size={16} aria-hidden className={classes.turned} />
              </ActionIcon>
              <ActionIcon variant="subtle" color="gray" aria-label={t('timeline:close')} onClick={close}>
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </Group>
          </div>
          {stop.item !== undefined && <ItemDetails item={stop.item} asOf={asOf} />}
          {stop.series !== undefined && stop.point !== undefined && (
            <>
              <h2 className={classes.detailsTitle} lang={words.named(stop.series.title).lang}>
                {words.named(stop.series.title).text}
              </h2>
              <p className={classes.big}>{words.quantity(stop.series.fact, stop.point.value, stop.series.unit)}</p>
              <p>
                <When day={stop.point.on.said} asOf={asOf} />
              </p>
              <dl className={classes.pairs}>
                {isOutside(stop.point) !== undefined && (
                  <div>
                    <dt>{t('timeline:limits')}</dt>
                    <dd>
                      <b>{t(`timeline:outside.${isOutside(stop.point)!}`)}</b>
                    </dd>
                  </div>
                )}
                <div>
                  <dt>{t('timeline:limits-sent')}</dt>
                  <dd>
                    {stop.point.low === undefined && stop.point.high === undefined
                      ? t('timeline:limits-none')
                      : [stop.point.low, stop.point.high]
                          .map((one) => (one === undefined ? '…' : words.quantity(stop.series!.fact, one, stop.series!.unit)))
                          .join(' – ')}
                  </dd>
                </div>
                {stop.point.written !== undefined && (
                  <div>
                    <dt>{t('timeline:written')}</dt>
                    <dd>{stop.point.written}</dd>
                  </div>
                )}
              </dl>
              {stop.point.words !== undefined && <Quote text={stop.point.words} />}
              <Sources of={[stop.point.source]} />
            </>
          )}
        </>
      )}
    </aside>
  )
}

function ItemDetails({ item, asOf }: { readonly item: TimelineItem; readonly asOf: string }) {
  const t = useWords('timeline')
  const words = useStopWords(asOf)
  return (
    <>
      <h2 className={classes.detailsTitle} lang={item.title === '' ? undefined : words.named(item.title).lang}>
        {words.title(item)}
      </h2>
      <p className={classes.marked}>
        <svg width="18" height="18" aria-hidden="true">
          <Sign mark={item.mark} x={9} y={9} />
        </svg>
        {t(`timeline:mark.${item.mark}`)}
        {item.time === 'planned' && <b>{t('timeline:planned')}</b>}
        {item.review === 'unconfirmed' && <Unconfirmed />}
      </p>
      {item.shape === 'point' && item.start !== undefined ? (
        <p>
          <When day={item.start.said} asOf={asOf} />
          {item.start.first !== item.start.last && <span className="quiet"> · {t('timeline:some-day')}</span>}
        </p>
      ) : (
        <p>
          {words.when(item)}
          {[item.start, item.end].some((day) => day !== undefined && day.first !== day.last) && (
            <span className="quiet"> · {t('timeline:some-day')}</span>
          )}
        </p>
      )}
      {item.details.length > 0 && (
        <dl className={classes.pairs}>
          {item.details.map((one, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a detail may stand twice
            <div key={`${one.name}${i}`}>
              <dt>{t(`timeline:detail.${one.name}`)}</dt>
              <dd {...('text' in one ? { lang: 'en' } : {})}>{words.detail(one)}</dd>
            </div>
          ))}
        </dl>
      )}
      {item.words !== undefined && <Quote text={item.words} />}
      {item.rule !== undefined && (
        <p>
          <Link to={'/knowledge/rules/$id' as '/about'} params={{ id: item.rule } as never}>
            {t('timeline:to-rule')}
          </Link>
        </p>
      )}
      <Sources of={item.sources} />
    </>
  )
}

function Quote({ text }: { readonly text: string }) {
  const t = useWords('timeline')
  return (
    <p className={classes.quote}>
      <span className="quiet">{t('timeline:words')}: </span>
      <q lang="en">{text}</q>
    </p>
  )
}

function Sources({ of }: { readonly of: readonly FactSource[] }) {
  const t = useWords('timeline')
  if (of.length === 0) return <p className="quiet">{t('timeline:no-source')}</p>
  return (
    <details className={classes.sources} open={of.length <= 3}>
      <summary>{t('timeline:sources', { count: of.length })}</summary>
      <ul>
        {of.slice(0, 60).map(({ reference, path, version }) => (
          <li key={`${reference}${path ?? ''}${version ?? ''}`}>
            <code>{reference}</code>
            {path === undefined ? null : <span className="quiet"> {path}</span>}
            {version === undefined ? null : <span className="quiet"> · {t('timeline:version', { version })}</span>}
          </li>
        ))}
      </ul>
    </details>
  )
}
