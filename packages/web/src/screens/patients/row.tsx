import { Button } from '@mantine/core'
import type { WorkspaceOrder, WorkspacePatient } from '@secondwind/server/contract'
import { IconArrowsDiff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type KeyboardEvent, memo, type Ref } from 'react'
import { Standing, Urgency } from '../../shared/parts/badges.tsx'
import { HandleFirst } from '../../shared/parts/handle-first.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { NeedSign } from './need-sign.tsx'
import classes from './patients.module.css'
import { shownAlerts } from './shown-alerts.ts'
import { storyParts } from './story-parts.ts'

export const idOf = ({ patient }: WorkspacePatient): string => patient.slice('Patient/'.length)

type StandingValue = Parameters<typeof Standing>[0]['value']
type UrgencyValue = Parameters<typeof Urgency>[0]['value']

export const PatientRow = memo(function PatientRow({
  patient,
  siteName,
  hasWaits,
  index,
  isCurrent,
  measure,
  onFocus,
  onMove,
  onReview,
}: {
  readonly patient: WorkspacePatient
  /** Absent where there is one hospital only. */
  readonly siteName: string | undefined
  /** Whether anybody in the list waits for something: else there is no column for it. */
  readonly hasWaits: boolean
  readonly index: number
  readonly isCurrent: boolean
  readonly measure: Ref<HTMLTableRowElement>
  readonly onFocus: () => void
  readonly onMove: (by: number) => void
  readonly onReview: ((patient: WorkspacePatient) => void) | undefined
}) {
  const t = useWords('patients')
  const { clinical, person } = patient
  const move = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    onMove(by)
  }
  const name = person?.name ?? t(person === undefined ? 'patients:person.apart' : 'app:patient.no-name')
  return (
    <tr
      aria-rowindex={index + 2}
      ref={measure}
      data-index={index}
      data-row={index}
      data-current={isCurrent || undefined}
      data-emergency={patient.needs[0] === 'emergency' || undefined}
      className={classes.row}
      onFocus={onFocus}
      onKeyDown={move}
    >
      <td className={classes.person}>
        <div className={classes.stack}>
          {clinical === undefined ? (
            <strong tabIndex={-1} data-focus>
              {name}
            </strong>
          ) : (
            <Link to="/patients/$patient" params={{ patient: idOf(patient) } as never} className={classes.name} data-focus>
              {name}
            </Link>
          )}
          <span className={classes.ids}>
            {person?.birthYear !== undefined && <span>{t('patients:person.born', { year: String(person.birthYear) })}</span>}
            {person?.recordNumber !== undefined && <span className={classes.number}>{person.recordNumber}</span>}
            {siteName !== undefined && <span className={classes.site}>{siteName}</span>}
          </span>
        </div>
      </td>
      {clinical !== undefined && (
        <td className={classes.whys}>
          <div className={classes.stack}>
            <Whys patient={patient} onReview={onReview} />
          </div>
        </td>
      )}
      {clinical !== undefined && (
        <td className={classes.story}>
          <div className={classes.stack}>
            {clinical.story === '' ? <span>{t(`patients:status.${clinical.status}`)}</span> : <Story of={clinical.story} />}
            {clinical.isBehind === true && <strong>{t('patients:behind')}</strong>}
            {clinical.first !== undefined && (
              <span className={classes.first}>
                <HandleFirst alerts={clinical.alerts} waitsFor={clinical.first.waitsFor} />
                <Standing value={clinical.first.standing as StandingValue} />
                <span lang="en" dir="auto" className={classes.firstTitle}>
                  {clinical.first.title}
                </span>
              </span>
            )}
          </div>
        </td>
      )}
      {hasWaits && (
        <td className={classes.waiting}>
          <div className={classes.stack}>
            <Waits patient={patient} />
          </div>
        </td>
      )}
    </tr>
  )
})

/** Who it is and with what disease, as far as there is room; what the patient is treated with now, always whole. */
function Story({ of }: { readonly of: string }) {
  const { who, treated } = storyParts(of)
  return (
    <>
      <span className={classes.words} lang="en" dir="auto" title={of}>
        {who}
      </span>
      {treated !== undefined && (
        <strong className={classes.treated} lang="en" dir="auto">
          {treated}
        </strong>
      )}
    </>
  )
}

/** Alerts by their own words, and the other needs of the role. */
function Whys({
  patient,
  onReview,
}: {
  readonly patient: WorkspacePatient
  readonly onReview: ((patient: WorkspacePatient) => void) | undefined
}) {
  const t = useWords('patients')
  const { needs, clinical } = patient
  const { alerts, others: moreAlerts } = shownAlerts(clinical?.alerts ?? [])
  const others = needs.filter(
    (need) => !['emergency', 'urgent', 'changed', 'order-overdue', 'order-waiting', 'appointment-missed'].includes(need),
  )
  return (
    <>
      {alerts.map(({ id, urgency, title, suspected }) => (
        <span key={id}>
          <Urgency value={urgency as UrgencyValue} />
          <span lang="en" dir="auto" className={classes.alertTitle}>
            {title}
            {suspected === true && <span className="quiet"> ({t('app:patient.suspected')})</span>}
          </span>
        </span>
      ))}
      {moreAlerts.length > 0 && (
        <span className={`quiet ${classes.more}`} title={moreAlerts.map(({ title }) => title).join('\n')}>
          {t('patients:alert.more', { count: moreAlerts.length })}
        </span>
      )}
      <span className={classes.others}>
        {clinical?.change !== undefined &&
          (onReview === undefined ? (
            <span className={classes.why}>
              <NeedSign need="changed" />
              {t('patients:need.changed')}
            </span>
          ) : (
            <Button
              size="compact-xs"
              variant="default"
              className={classes.change}
              leftSection={<IconArrowsDiff size={14} aria-hidden />}
              onClick={() => onReview(patient)}
            >
              {t(`patients:cause.${clinical.change.cause}`)}
            </Button>
          ))}
        {others.map((need) => (
          <span key={need} className={classes.why}>
            <NeedSign need={need} />
            {t(`patients:need.${need}`)}
            {need === 'put-right' && clinical?.reason !== undefined && (
              <span className="quiet" lang="en" dir="auto">
                {clinical.reason.replaceAll('-', ' ')}
              </span>
            )}
            {need === 'test-decides' && clinical !== undefined && <Deciding tests={clinical.tests} />}
            {need === 'local-option' && clinical !== undefined && (
              <span className="quiet" lang="en" dir="auto">
                {clinical.localSites.map((site) => site.replaceAll('-', ' ')).join(', ')}
              </span>
            )}
          </span>
        ))}
      </span>
    </>
  )
}

/** Tests of one patient that a row names; the others are counted. */
const MOST_TESTS = 2

/** Which tests could change what stands first, the most urgent first. */
function Deciding({ tests }: { readonly tests: NonNullable<WorkspacePatient['clinical']>['tests'] }) {
  const t = useWords('patients')
  const deciding = tests.filter(({ decides }) => decides)
  if (deciding.length === 0) return null
  const others = deciding.length - MOST_TESTS
  return (
    <span className="quiet">
      <span lang="en" dir="auto">
        {deciding
          .slice(0, MOST_TESTS)
          .map(({ title }) => title)
          .join('; ')}
      </span>
      {others > 0 && <> {t('patients:order.more', { count: others })}</>}
    </span>
  )
}

/** What has been waited for, and how long; late only by a clock that is known. */
function Waits({ patient }: { readonly patient: WorkspacePatient }) {
  const t = useWords('patients')
  const [first, ...rest] = patient.orders
  return (
    <>
      {patient.missedAppointmentOn !== undefined && (
        <span className={classes.why} data-late>
          <NeedSign need="appointment-missed" />
          {t('patients:appointment.missed')} <When day={patient.missedAppointmentOn} isBrief />
        </span>
      )}
      {first !== undefined && <Order order={first} />}
      {rest.length > 0 && <span className={`quiet ${classes.more}`}>{t('patients:order.more', { count: rest.length })}</span>}
      {patient.nextAppointmentOn !== undefined && (
        <span className="quiet">
          {t('patients:appointment.next')} <When day={patient.nextAppointmentOn} isBrief />
        </span>
      )}
    </>
  )
}

function Order({ order }: { readonly order: WorkspaceOrder }) {
  const t = useWords('patients')
  const language = useLanguage()
  const number = new Intl.NumberFormat(language)
  const why =
    order.expectedOn === undefined
      ? t('patients:order.no-clock')
      : order.usual === undefined
        ? t('patients:order.own-clock')
        : t('patients:order.network-clock', { days: number.format(order.usual.ninetiethDays), orders: number.format(order.usual.orders) })
  return (
    <span className={classes.order} data-late={order.isLate || undefined} title={why}>
      <span className={classes.orderTitle}>{order.title}</span>
      <span className={classes.clock}>
        {order.isLate && <NeedSign need="order-overdue" />}
        {order.waitingDays === undefined ? t('patients:order.undated') : t('patients:order.days', { count: order.waitingDays })}
        <span className={order.isLate ? '' : 'quiet'}>
          {t(order.isLate ? 'patients:order.late' : order.expectedOn === undefined ? 'patients:order.unknown' : 'patients:order.in-time')}
        </span>
      </span>
      {order.isLate && <span className={`quiet ${classes.clockWhy}`}>{why}</span>}
    </span>
  )
}
