import { useDebouncedValue } from '@mantine/hooks'
import type { WorkspacePatient } from '@secondwind/server/contract'
import { useQueryClient } from '@tanstack/react-query'
import { Navigate, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react'
import { useMe } from '../../shared/me.ts'
import { Arriving, useArriving } from '../../shared/parts/arriving.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Waiting, WaitingPage } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import { Awaited, EmptyNetwork, Nobody } from './emptiness.tsx'
import { PatientList } from './list.tsx'
import { lastSearch, rememberSearch } from './memory.ts'
import { type Narrowing, narrowingOf } from './narrowing.ts'
import { News } from './news.tsx'
import { Toolbar } from './toolbar.tsx'
import { PATIENTS, usePatients } from './use-patients.ts'

/** Loaded when the first change is opened. */
const ChangeDrawer = lazy(() => import('./change-drawer.tsx').then(({ ChangeDrawer }) => ({ default: ChangeDrawer })))

/** Who has no list of patients begins where their work is. */
export function PatientsScreen() {
  const { me, may } = useMe()
  if (me === undefined) return <WaitingPage />
  if (may('search', 'roster')) return <Patients />
  const rooms = [
    // patients, and those who care for them, come for their own plan
    ['own-plan', '/my-plan'],
    ['network', '/network'],
    ['audit', '/privacy'],
    ['admin', '/people'],
  ] as const
  const first = rooms.find(([kind]) => may('read', kind))?.[1] ?? '/about'
  return <Elsewhere to={first} />
}

function Elsewhere({ to }: { readonly to: string }) {
  const { routesByPath } = useRouter()
  return <Navigate to={(Object.hasOwn(routesByPath, to) ? to : '/about') as '/about'} replace />
}

/** My patients: one list, the most pressing first for the role that looks, searched and narrowed with the keyboard. */
function Patients() {
  const t = useWords('patients')
  const { me, may } = useMe()
  // the address may hold more than is the list's own
  const address: { readonly [name: string]: unknown } = useSearch({ strict: false })
  const narrowing = useMemo(() => narrowingOf(address), [address])
  const go = useNavigate()
  const client = useQueryClient()
  const [search, setSearch] = useState(lastSearch)
  const [asked] = useDebouncedValue(search, 180)
  const [reviewed, setReviewed] = useState<WorkspacePatient>()
  const field = useRef<HTMLInputElement>(null)
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData, isPending } = usePatients(
    narrowing,
    asked,
  )
  const summary = data?.[0]?.summary
  const patients = useMemo(() => unique(data?.flatMap(({ items }) => items) ?? []), [data])
  const narrow = useCallback(
    (change: Partial<Record<keyof Narrowing, unknown>>) =>
      void go({ to: '/', search: (before: object) => withoutEmpty({ ...before, ...change }) as never, replace: true, resetScroll: false }),
    [go],
  )
  const show = useCallback(() => void client.invalidateQueries({ queryKey: [PATIENTS] }), [client])
  const type = (text: string): void => {
    rememberSearch(text)
    setSearch(text)
  }
  const clear = (): void => {
    type('')
    narrow({ need: undefined, site: undefined, stage: undefined, marker: undefined, closed: undefined })
  }
  const isNarrowed = asked.trim() !== '' || ['need', 'site', 'stage', 'marker', 'closed'].some((name) => Object.hasOwn(narrowing, name))
  const arriving = useArriving()
  const isEmpty = summary !== undefined && summary.reached === 0 && summary.awaited === 0 && arriving === undefined
  // a number that says nobody while charts are on their way would be no true one
  const isCounted = summary !== undefined && (summary.reached > 0 || (summary.awaited === 0 && arriving === undefined))
  return (
    <Page
      isWide
      title={t('patients:title')}
      windowTitle={t('patients:title')}
      lead={
        !isCounted || me?.role === undefined
          ? t('patients:lead')
          : t('patients:lead-counted', { count: summary.reached - summary.closed, role: t(`patients:role.${me.role}`) })
      }
    >
      <Arriving arriving={arriving} hasNobody={patients.length === 0} onShow={show} />
      {isEmpty ? (
        <EmptyNetwork />
      ) : (
        <>
          <Toolbar
            field={field}
            search={search}
            onSearch={type}
            narrowing={narrowing}
            narrow={narrow}
            summary={isCounted ? summary : undefined}
            onClear={clear}
            isNarrowed={isNarrowed}
          />
          {may('search', 'worklist') && <News after={summary?.changesUpTo} onShow={show} />}
          {summary !== undefined && summary.awaited > 0 && arriving === undefined && (
            <Awaited count={summary.awaited} hasNobody={patients.length === 0} onShow={show} />
          )}
          {error ? <Fault error={error} again={() => void refetch()} /> : null}
          {isPending && !error ? <Waiting lines={9} /> : null}
          {data !== undefined && patients.length === 0 && (summary?.awaited ?? 0) === 0 && arriving === undefined && (
            <Nobody isNarrowed={isNarrowed} onClear={clear} />
          )}
          {patients.length > 0 && (
            <PatientList
              patients={patients}
              summary={summary}
              field={field}
              isOld={isPlaceholderData}
              hasMore={hasNextPage}
              isReadingMore={isFetchingNextPage}
              readMore={() => void fetchNextPage()}
              reviewed={reviewed}
              onReview={summary?.sees.mayHandle === true ? setReviewed : undefined}
            />
          )}
        </>
      )}
      {reviewed !== undefined && (
        <Suspense>
          <ChangeDrawer patient={reviewed} reasons={summary?.reasons} onClose={() => setReviewed(undefined)} onDone={show} />
        </Suspense>
      )}
    </Page>
  )
}

/** A row that moved while the list was read stands where it was seen first. */
function unique(patients: readonly WorkspacePatient[]): readonly WorkspacePatient[] {
  const seen = new Set<string>()
  return patients.filter(({ patient }) => !seen.has(patient) && seen.add(patient))
}

const withoutEmpty = (search: object): object =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''))
