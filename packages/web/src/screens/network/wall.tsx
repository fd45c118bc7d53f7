import { ActionIcon, Button } from '@mantine/core'
import { useHotkeys, useInterval, useMediaQuery } from '@mantine/hooks'
import type { NetworkOverview } from '@secondwind/server/contract'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Fault } from '../../shared/parts/fault.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { session } from '../../shared/session.ts'
import { useLanguage, useWords } from '../../shared/words.ts'
import { axisOf } from './axis.ts'
import { FIGURES } from './figures.tsx'
import { useRates } from './measures.tsx'
import { Axis, RangePlot } from './range-plot.tsx'
import { Sketch } from './sketch.tsx'
import { Sparkline } from './sparkline.tsx'
import { useOverview } from './use-overview.ts'
import classes from './wall.module.css'

/** Milliseconds of one picture. */
const EACH = 20_000
/** Measures and sites of one picture: what can be read from the other end of a room. */
const ROWS = 7

/** The network on a wall: no names, large type, one picture after the other. Nothing moves by itself where that is not wanted; the arrows turn the pages. */
export function NetworkWall() {
  const t = useWords('network')
  const go = useNavigate()
  const language = useLanguage()
  const { data, error, refetch, dataUpdatedAt } = useOverview()
  const isStill = useMediaQuery('(prefers-reduced-motion: reduce)')
  const [isPaused, setPaused] = useState(false)
  const [at, setAt] = useState(0)
  const slides = data === undefined ? [] : slidesOf(data, t)
  const turn = (by: number): void => setAt((before) => (before + by + slides.length) % Math.max(1, slides.length))
  const rotation = useInterval(() => turn(1), EACH)
  useEffect(() => {
    if (isStill || isPaused) return
    rotation.start()
    return rotation.stop
  })
  useEffect(() => {
    document.title = `${t('network:title')} · Second Wind`
  }, [t])
  const since = useRef(Date.now())
  const leave = async (): Promise<void> => {
    // nobody may have been near it for hours: whoever leaves it for the pages of patients says who they are
    const isLong = Date.now() - since.current > session.config.lockAfterMinutes * 60_000
    if (isLong && session.config.signIn !== 'token' && !(await session.confirm().catch(() => false))) return
    await go({ to: '/network' as '/about' })
  }
  useHotkeys([
    ['ArrowRight', () => turn(1)],
    ['ArrowLeft', () => turn(-1)],
    ['Space', () => setPaused((before) => !before)],
    ['Escape', () => void leave()],
  ])
  const slide = slides[at % Math.max(1, slides.length)]
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })
  return (
    <main id="content" className={classes.wall}>
      <header className={classes.head}>
        <h1>{slide?.title ?? t('network:title')}</h1>
        <div className={classes.tools}>
          {slides.length > 1 && (
            <>
              <ActionIcon variant="subtle" color="gray" size="lg" onClick={() => turn(-1)} aria-label={t('network:wall.back')}>
                <IconChevronLeft className={classes.arrow} aria-hidden />
              </ActionIcon>
              <span className="quiet">
                {(at % slides.length) + 1} / {slides.length}
              </span>
              <ActionIcon variant="subtle" color="gray" size="lg" onClick={() => turn(1)} aria-label={t('network:wall.next')}>
                <IconChevronRight className={classes.arrow} aria-hidden />
              </ActionIcon>
            </>
          )}
          {!isStill && (
            <Button variant="subtle" color="gray" onClick={() => setPaused(!isPaused)}>
              {t(isPaused ? 'network:wall.go-on' : 'network:wall.pause')}
            </Button>
          )}
          {document.fullscreenEnabled && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen())}
            >
              {t('network:wall.full')}
            </Button>
          )}
          <Button variant="subtle" color="gray" onClick={() => void leave()}>
            {t('network:wall.leave')}
          </Button>
        </div>
      </header>
      <div className={classes.picture}>
        {error && data === undefined ? (
          <Fault error={error} again={() => void refetch()} />
        ) : slide === undefined ? (
          <Waiting lines={6} />
        ) : (
          slide.show
        )}
      </div>
      <footer className={classes.foot}>
        <span>{t('network:wall.no-names')}</span>
        {error ? (
          <strong className={classes.old}>{t('network:wall.old', { time: time.format(dataUpdatedAt) })}</strong>
        ) : (
          dataUpdatedAt > 0 && <span>{t('network:wall.read', { time: time.format(dataUpdatedAt) })}</span>
        )}
        {session.config.isDemo && <span>{t('app:demo')}</span>}
      </footer>
    </main>
  )
}

interface Slide {
  readonly title: string
  readonly show: ReactNode
}

function slidesOf(data: NetworkOverview, t: (key: string) => string): readonly Slide[] {
  const { waits, quality, sites } = data
  const rated = (quality?.measures ?? []).filter(({ whole }) => whole.rate !== null)
  const parts = Array.from({ length: Math.ceil(rated.length / ROWS) }, (_, i) => rated.slice(i * ROWS, (i + 1) * ROWS))
  return [
    { title: t('network:today'), show: <Today data={data} /> },
    { title: t('network:sites'), show: <SitesOnWall sites={sites} /> },
    ...(waits === undefined ? [] : [{ title: t('network:waits'), show: <WaitsOnWall waits={waits} /> }]),
    ...parts.map((measures) => ({ title: t('network:measures'), show: <MeasuresOnWall measures={measures} /> })),
  ]
}

function Today({ data }: { readonly data: NetworkOverview }) {
  const t = useWords('network')
  const number = new Intl.NumberFormat(useLanguage())
  return (
    <dl className={classes.figures}>
      <div>
        <dt>{t('network:patients')}</dt>
        <dd>{number.format(data.patients.living)}</dd>
      </div>
      {FIGURES.map(({ id }) => (
        <div key={id} data-emergency={(id === 'emergencies' && data.overdue[id] > 0) || undefined}>
          <dt>{t(`network:figure.${id}`)}</dt>
          <dd>{number.format(data.overdue[id])}</dd>
        </div>
      ))}
    </dl>
  )
}

const ON_WALL = ['emergencies', 'decisionsDue', 'ordersOverdue'] as const

function SitesOnWall({ sites }: { readonly sites: NetworkOverview['sites'] }) {
  const t = useWords('network')
  const number = new Intl.NumberFormat(useLanguage())
  const placed = sites.filter(({ position }) => position !== undefined)
  return (
    <div className={classes.both}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('network:site')}</th>
            <th scope="col" className="numeric">
              {t('network:patients')}
            </th>
            {ON_WALL.map((id) => (
              <th key={id} scope="col" className="numeric">
                {t(`network:figure.${id}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sites.slice(0, 12).map(({ site, city, name, patients, overdue }) => (
            <tr key={site}>
              <th scope="row">{city ?? name}</th>
              <td className="numeric">{number.format(patients)}</td>
              {ON_WALL.map((id) => (
                <td key={id} className="numeric">
                  {number.format(overdue[id])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {placed.length > 2 && <Sketch sites={placed} />}
    </div>
  )
}

function WaitsOnWall({ waits }: { readonly waits: NonNullable<NetworkOverview['waits']> }) {
  const t = useWords('network')
  const number = new Intl.NumberFormat(useLanguage())
  const axis = axisOf(waits.all)
  const most = axis.at(-1)!
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t('network:waits.step')}</th>
          <th scope="col">
            {t('network:waits.days')}
            <Axis axis={axis} />
          </th>
          <th scope="col" className="numeric">
            {t('network:waits.median')}
          </th>
          <th scope="col" className="numeric">
            {t('network:waits.ninetieth')}
          </th>
          <th scope="col" className="numeric">
            {t('network:waits.n')}
          </th>
        </tr>
      </thead>
      <tbody>
        {waits.all.map((wait) => (
          <tr key={wait.step}>
            <th scope="row">{t(`network:step.${wait.step}`)}</th>
            <td className={classes.plot}>{wait.median === undefined ? t('network:waits.none') : <RangePlot wait={wait} most={most} />}</td>
            <td className="numeric">{wait.median === undefined ? '–' : number.format(wait.median)}</td>
            <td className="numeric">{wait.ninetieth === undefined ? '–' : number.format(wait.ninetieth)}</td>
            <td className="numeric">{number.format(wait.n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function MeasuresOnWall({ measures }: { readonly measures: NonNullable<NetworkOverview['quality']>['measures'] }) {
  const t = useWords('network')
  const words = useRates()
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t('network:measures.measure')}</th>
          <th scope="col" className="numeric">
            {t('network:measures.rate')}
          </th>
          <th scope="col">{t('network:measures.trend')}</th>
        </tr>
      </thead>
      <tbody>
        {measures.map((measure) => (
          <tr key={measure.id}>
            <th scope="row">
              <span lang="en" dir="auto">
                {measure.title}
              </span>{' '}
              <span className={classes.direction}>{t(`network:measures.${measure.direction}`)}</span>
            </th>
            <td className="numeric">{words.rate(measure.whole)}</td>
            <td className={classes.plot}>
              <Sparkline steps={measure.trend} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
