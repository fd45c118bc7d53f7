import { useHotkeys } from '@mantine/hooks'
import type { WorkspacePage, WorkspacePatient } from '@secondwind/server/contract'
import { useNavigate } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Keys } from '../../shared/parts/keys.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './patients.module.css'
import { idOf, PatientRow } from './row.tsx'

/** Height of a row before it has been measured, in pixels. */
const GUESS = 76
/** Rows before the end from which the next page is asked for. */
const AHEAD = 25

/**
 * The list as a table of which only what is in sight exists. j and k (or the arrows) move, Enter opens, c shows what changed, / searches.
 */
export function PatientList({
  patients,
  summary,
  field,
  isOld,
  hasMore,
  isReadingMore,
  readMore,
  reviewed,
  onReview,
}: {
  readonly patients: readonly WorkspacePatient[]
  readonly summary: WorkspacePage['summary']
  readonly field: RefObject<HTMLInputElement | null>
  /** Of the question before: another answer is on its way. */
  readonly isOld: boolean
  readonly hasMore: boolean
  readonly isReadingMore: boolean
  readonly readMore: () => void
  /** Whose changes lie open over the list. */
  readonly reviewed: WorkspacePatient | undefined
  readonly onReview: ((patient: WorkspacePatient) => void) | undefined
}) {
  const t = useWords('patients')
  const go = useNavigate()
  const frame = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  const [current, setCurrent] = useState(-1)
  // what stands above the list, from the top of the page
  useLayoutEffect(() => {
    const box = frame.current?.getBoundingClientRect()
    if (box !== undefined) setTop(Math.round(box.top + window.scrollY))
  }, [])
  const rows = useWindowVirtualizer({
    count: patients.length,
    estimateSize: () => GUESS,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (index) => patients[index]!.patient,
  })
  const shown = rows.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !isReadingMore && !isOld && last >= patients.length - AHEAD) readMore()
  }, [hasMore, isReadingMore, isOld, last, patients.length, readMore])

  const wanted = useRef(-1)
  const focus = (index: number): void => {
    const next = Math.max(0, Math.min(patients.length - 1, index))
    setCurrent(next)
    wanted.current = next
    rows.scrollToIndex(next, { align: 'auto' })
  }
  // what lay over the list took the keyboard with it: it goes back to the row, or, where that has gone from the list meanwhile, to the one in its place
  const over = useRef<string>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: when something closes and when the list comes anew, not whenever another row is current
  useEffect(() => {
    if (reviewed !== undefined) over.current = reviewed.patient
    else if (over.current !== undefined && document.activeElement === document.body) {
      const at = patients.findIndex(({ patient }) => patient === over.current)
      if (at < 0) over.current = undefined
      focus(at < 0 ? current : at)
    }
  }, [reviewed, patients])
  // the row may come into being only after it has been scrolled to
  useEffect(() => {
    if (wanted.current < 0) return
    const link = frame.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"] [data-focus]`)
    if (link === null || link === undefined) return
    link.focus({ preventScroll: true })
    wanted.current = -1
  })
  const open = (index: number): void => {
    const one = patients[index]
    if (one !== undefined && summary?.sees.clinical === true) void go({ to: '/patients/$patient', params: { patient: idOf(one) } as never })
  }
  // while something lies over the list its keys are not meant for it
  const isMeant = (): boolean => document.querySelector('[role=dialog]') === null
  const whenMeant = (act: () => void) => (): void => {
    if (isMeant()) act()
  }
  useHotkeys([
    ['j', whenMeant(() => focus(current + 1))],
    ['k', whenMeant(() => focus(current < 0 ? 0 : current - 1))],
    ['/', whenMeant(() => field.current?.focus())],
    ['c', whenMeant(() => void (current >= 0 && patients[current]?.clinical?.change && onReview?.(patients[current])))],
    ['o', whenMeant(() => open(current))],
  ])
  const isOneSite = patients.every(({ site }) => site === patients[0]!.site)
  const hasWaits = patients.some(
    ({ orders, missedAppointmentOn, nextAppointmentOn }) =>
      orders.length > 0 || missedAppointmentOn !== undefined || nextAppointmentOn !== undefined,
  )
  const isClinical = summary?.sees.clinical !== false
  return (
    <div>
      <p className={`${classes.hints} no-print`}>
        <Keys of="j" /> <Keys of="k" /> {t('patients:keys.move')} ·{' '}
        {isClinical && (
          <>
            <Keys of="↵" /> {t('patients:keys.open')} ·{' '}
          </>
        )}
        <Keys of="/" /> {t('patients:keys.search')}
        {onReview !== undefined && (
          <>
            {' '}
            · <Keys of="c" /> {t('patients:keys.change')}
          </>
        )}
      </p>
      <p className={classes.onPaper}>{t('patients:on-paper', { shown: shown.length, total: summary?.total ?? patients.length })}</p>
      <table
        aria-label={t('patients:title')}
        aria-rowcount={(summary?.total ?? patients.length) + 1}
        aria-busy={isOld}
        className={classes.table}
        data-old={isOld || undefined}
      >
        <thead className={classes.head}>
          <tr aria-rowindex={1}>
            <th scope="col" className={classes.person}>
              {t('patients:column.person')}
            </th>
            {isClinical && (
              <th scope="col" className={classes.whys}>
                {t('patients:column.needs')}
              </th>
            )}
            {isClinical && (
              <th scope="col" className={classes.story}>
                {t('patients:column.story')}
              </th>
            )}
            {hasWaits && (
              <th scope="col" className={classes.waiting}>
                {t('patients:column.waiting')}
              </th>
            )}
          </tr>
        </thead>
        <tbody ref={frame}>
          <Space height={(shown[0]?.start ?? top) - top} />
          {shown.map(({ index, key }) => (
            <PatientRow
              key={key}
              measure={rows.measureElement}
              index={index}
              patient={patients[index]!}
              siteName={
                isOneSite ? undefined : (summary?.sites.find(({ id }) => id === patients[index]!.site)?.label ?? patients[index]!.site)
              }
              hasWaits={hasWaits}
              isCurrent={index === current}
              onFocus={() => setCurrent(index)}
              onMove={(by) => focus(index + by)}
              onReview={onReview}
            />
          ))}
          <Space height={rows.getTotalSize() - ((shown.at(-1)?.end ?? top) - top)} />
        </tbody>
      </table>
      {isReadingMore && <Waiting lines={2} />}
    </div>
  )
}

/** Stands for the rows that are out of sight. */
function Space({ height }: { readonly height: number }) {
  return height <= 0 ? null : (
    <tr aria-hidden className={classes.space}>
      <td style={{ blockSize: height }} />
    </tr>
  )
}
