import { ActionIcon, Button, Drawer } from '@mantine/core'
import type { BoardCase, Specialty } from '@secondwind/server/contract'
import { IconArrowLeft, IconArrowRight, IconArrowsMaximize, IconGavel, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ApiFault } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Keys } from '../../shared/parts/keys.tsx'
import { Unsafe } from '../../shared/parts/unsafe.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { Clashes } from './clashes.tsx'
import { Decided } from './decided.tsx'
import { DecisionForm } from './decision-form.tsx'
import { SPECIALTIES } from './meeting-form.tsx'
import { inOrder } from './order.ts'
import { useSites } from './people.tsx'
import { newestQuery, planQuery } from './plan-query.ts'
import classes from './present.module.css'
import { PresentedAlerts } from './presented-alerts.tsx'
import { NeededFirst, ReadyMark } from './readiness.tsx'
import { SpecialtyPanel } from './specialty-panel.tsx'
import { SyncMark } from './sync-mark.tsx'
import { useMeeting } from './use-meeting.ts'
import { useMinute } from './use-minute.ts'
import { useOutbox } from './use-outbox.ts'

/** The meeting on the wall: one case at a time, as each specialty presents it, in large type; keys of a presenter; what is decided is written down beside it. */
export function PresentScreen() {
  const t = useWords('board')
  const { meeting: id } = useParams({ strict: false }) as { meeting: string }
  const go = useNavigate()
  const [at, setAt] = useState(0)
  const [specialty, setSpecialty] = useState<Specialty>('oncology')
  const [isDeciding, setDeciding] = useState(false)
  const [viewing, setViewing] = useState('')
  const { meeting, fault, again, present, isLive } = useMeeting(id, viewing)
  const { pending } = useOutbox()
  const order = pending('agenda', `meeting:${id}`)?.body.order as readonly string[] | undefined
  const cases = (meeting === undefined ? [] : inOrder(meeting.agenda, order)).filter(({ patient }) => patient !== null)
  const here = Math.min(at, Math.max(0, cases.length - 1))
  const one = cases[here]
  useEffect(() => setViewing(one?.id ?? ''), [one?.id])
  useEffect(() => {
    document.title = `${t('board:present')} · Second Wind`
  }, [t])
  const step = (by: number): void => {
    setAt(Math.min(Math.max(0, here + by), Math.max(0, cases.length - 1)))
    setDeciding(false)
  }
  const leave = (): void => void go({ to: `/board/${id}` as '/' })
  useKeys({
    next: () => step(1),
    before: () => step(-1),
    specialty: (n) => setSpecialty(SPECIALTIES[n] ?? specialty),
    decide: () => setDeciding(true),
    leave,
    isOff: isDeciding,
  })
  return (
    <main id="content" tabIndex={-1} className={classes.stage}>
      <header className={classes.bar}>
        <div className={classes.where}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="xl"
            disabled={here === 0}
            aria-label={t('board:present.before')}
            onClick={() => step(-1)}
          >
            <IconArrowLeft aria-hidden />
          </ActionIcon>
          <span className={classes.count}>
            {cases.length === 0 ? '0' : t('board:present.place', { place: here + 1, of: cases.length })}
          </span>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="xl"
            disabled={here >= cases.length - 1}
            aria-label={t('board:present.next')}
            onClick={() => step(1)}
          >
            <IconArrowRight aria-hidden />
          </ActionIcon>
          {meeting !== undefined && <MinutesLeft startsAt={meeting.startsAt} minutes={meeting.minutes} />}
        </div>
        <div className={classes.tabs} role="tablist" aria-label={t('board:specialty')}>
          {SPECIALTIES.map((value, i) => (
            <button
              key={value}
              type="button"
              role="tab"
              id={`tab-${value}`}
              aria-controls="specialty"
              aria-selected={value === specialty}
              tabIndex={value === specialty ? 0 : -1}
              className={classes.tab}
              onClick={() => setSpecialty(value)}
            >
              <Keys of={String(i + 1)} /> {t(`board:specialty.${value}`)}
            </button>
          ))}
        </div>
        <div className={classes.end}>
          <SyncMark isLive={isLive} />
          {meeting?.may.decide === true && one !== undefined && (
            <Button size="md" leftSection={<IconGavel size={20} aria-hidden />} onClick={() => setDeciding(true)}>
              {t('board:decide')} (D)
            </Button>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="xl"
            aria-label={t('board:present.full')}
            onClick={() => void document.documentElement.requestFullscreen?.().catch(() => {})}
          >
            <IconArrowsMaximize aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" size="xl" aria-label={t('board:present.leave')} onClick={leave}>
            <IconX aria-hidden />
          </ActionIcon>
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard (WCAG 2.1.1) */}
      <section className={classes.body} tabIndex={0} aria-label={t('board:present.case')}>
        <Clashes />
        {fault && meeting === undefined ? <Fault error={fault} again={again} /> : null}
        {meeting === undefined ? (
          !fault && <Waiting lines={8} />
        ) : one === undefined ? (
          <h1>{t('board:agenda.none')}</h1>
        ) : (
          <Presented key={one.id} one={one} specialty={specialty} isDeciding={isDeciding} onDecided={() => setDeciding(false)} />
        )}
      </section>
      <footer className={classes.foot}>
        <span>
          {t('board:present.here')}: {present.map(({ name }) => name).join(', ') || t('board:present.alone')}
        </span>
        <span className={classes.byKeys}>
          <Keys of="←" /> <Keys of="→" /> {t('board:present.keys.cases')} · <Keys of="1–6" /> {t('board:specialty')} · <Keys of="D" />{' '}
          {t('board:decide')} · <Keys of="Esc" /> {t('board:present.leave')}
        </span>
      </footer>
    </main>
  )
}

function Presented({
  one,
  specialty,
  isDeciding,
  onDecided,
}: {
  readonly one: BoardCase
  readonly specialty: Specialty
  readonly isDeciding: boolean
  readonly onDecided: () => void
}) {
  const t = useWords('board')
  const { siteName } = useSites()
  const patient = one.patient!.slice('Patient/'.length)
  const { data, error, refetch } = useQuery(planQuery(patient))
  const newest = useQuery(newestQuery(patient))
  const plan = data?.value
  return (
    <>
      <div className={classes.who}>
        <div>
          <h1 className={classes.name}>
            {one.name ?? t('board:no-name')}
            <span className="quiet">
              {' '}
              {one.birthDate === undefined ? null : <When day={one.birthDate} isBirth />} · {siteName(one.site)}
            </span>
          </h1>
          <p className={classes.story} lang="en">
            {plan?.case.story ?? one.story}
          </p>
          {one.question !== null && (
            <p className={classes.question}>
              <strong>{t('board:question')}: </strong>
              {one.question}
            </p>
          )}
        </div>
        <div>
          {plan !== undefined && <PresentedAlerts plan={plan} />}
          {plan !== undefined && <Unsafe of={plan.notAdvised} most={4} hasReasons />}
          <p>
            <ReadyMark value={one} />
          </p>
          <NeededFirst value={one} />
        </div>
      </div>
      <Decided one={one} patient={patient} />
      {error && plan === undefined ? (
        <Fault error={error instanceof ApiFault ? error : new Error(String(error))} again={() => void refetch()} />
      ) : null}
      <section id="specialty" role="tabpanel" aria-labelledby={`tab-${specialty}`}>
        {plan === undefined ? !error && <Waiting lines={8} /> : <SpecialtyPanel specialty={specialty} plan={plan} />}
      </section>
      <Drawer
        opened={isDeciding && plan !== undefined}
        onClose={onDecided}
        position="right"
        size="min(38rem, 100vw)"
        withinPortal
        title={one.name ?? t('board:decision.title')}
        closeButtonProps={{ 'aria-label': t('board:close') }}
      >
        {plan !== undefined && (
          <DecisionForm
            patient={patient}
            planDigest={(data?.etag ?? '').replaceAll('"', '')}
            asOf={plan.asOf}
            options={plan.options}
            notAdvised={plan.notAdvised}
            after={newest.data?.decision?.number ?? 0}
            boardCase={one.id}
            onSent={onDecided}
          />
        )}
      </Drawer>
    </>
  )
}

/** Minutes until the meeting should end; over time it says by how much. */
function MinutesLeft({ startsAt, minutes }: { readonly startsAt: string; readonly minutes: number }) {
  const t = useWords('board')
  const now = useMinute()
  const starts = Date.parse(startsAt)
  if (now < starts) return <span className="quiet">{t('board:present.begins', { count: Math.ceil((starts - now) / 60_000) })}</span>
  const left = Math.ceil((starts + minutes * 60_000 - now) / 60_000)
  return (
    <span className={left <= 5 ? classes.late : 'quiet'} role="timer">
      {left >= 0 ? t('board:present.left', { count: left }) : t('board:present.over', { count: -left })}
    </span>
  )
}

interface KeyMap {
  readonly next: () => void
  readonly before: () => void
  readonly specialty: (place: number) => void
  readonly decide: () => void
  readonly leave: () => void
  /** A form is open: keys are letters. */
  readonly isOff: boolean
}

/** Arrows and page keys (a presenter's remote sends these), 1 to 6, D and Escape. */
function useKeys(map: KeyMap): void {
  useEffect(() => {
    if (map.isOff) return
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement
      if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
      const isRtl = document.documentElement.dir === 'rtl'
      const action: { readonly [key: string]: (() => void) | undefined } = {
        ArrowRight: isRtl ? map.before : map.next,
        ArrowLeft: isRtl ? map.next : map.before,
        PageDown: map.next,
        PageUp: map.before,
        d: map.decide,
        D: map.decide,
        Escape: map.leave,
      }
      const run = /^[1-6]$/.test(event.key) ? () => map.specialty(Number(event.key) - 1) : action[event.key]
      if (run === undefined) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}
