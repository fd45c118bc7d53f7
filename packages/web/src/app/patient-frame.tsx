import { Skeleton } from '@mantine/core'
import { useElementSize, useHotkeys } from '@mantine/hooks'
import type { CaseFact, CaseView } from '@secondwind/server/contract'
import { Link, Outlet, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import type { CSSProperties } from 'react'
import { useApi } from '../shared/api.ts'
import { useFacts } from '../shared/facts.ts'
import { Urgency } from '../shared/parts/badges.tsx'
import { FactValue } from '../shared/parts/fact-value.tsx'
import { Raised } from '../shared/parts/raised.tsx'
import { When } from '../shared/parts/when.tsx'
import { useWords } from '../shared/words.ts'
import classes from './patient-frame.module.css'

/** With the key that goes there (Alt and the letter): the way on from deep inside a long case is never many tabs. */
const ROOMS = [
  ['/patients/$patient', 'app:patient.case', 's'],
  ['/patients/$patient/plan', 'app:patient.plan', 'l'],
  ['/patients/$patient/what-if', 'app:patient.what-if', 'w'],
  ['/patients/$patient/timeline', 'app:patient.timeline', 't'],
] as const

/**
 * Around every screen of one patient: who this is, on a line that stays in sight, with what must never be out of sight (allergies, fitness, emergencies, which plan),
 * and the ways between the screens. Who may not see the case sees the screen say so, and no header.
 */
export function PatientFrame() {
  const t = useWords('app')
  const { patient } = useParams({ strict: false }) as { readonly patient: string }
  const { data, isPending, error } = useApi<CaseView>(`/charts/${patient}/case`, { staleMs: 15_000 })
  const { routesByPath } = useRouter()
  const go = useNavigate()
  useHotkeys(ROOMS.map(([to, , key]) => [`alt+${key}`, () => void go({ to: to as '/about', params: { patient } as never })]))
  const { ref, height } = useElementSize()
  // behind a chart that is not open, or not there, every one of these doors is shut: the screen says so once
  const isShut = data === undefined && error !== null && (error.status === 403 || error.status === 404)
  return (
    // what sticks below the header has to know how far down that is
    <div className={classes.patient} style={{ '--patient-header': `${Math.floor(height)}px` } as CSSProperties}>
      {(data !== undefined || isPending) && (
        <section ref={ref} className={classes.header} aria-label={t('app:patient.who')}>
          {data === undefined ? <Skeleton height={40} /> : <Who view={data} />}
        </section>
      )}
      {!isShut && (
        <nav className={`${classes.rooms} no-print`} aria-label={t('app:patient.rooms')}>
          {ROOMS.filter(([to]) => Object.hasOwn(routesByPath, to)).map(([to, words, key]) => (
            <Link
              key={to}
              to={to as '/about'}
              params={{ patient } as never}
              title={`${t(words)} (Alt+${key.toUpperCase()})`}
              aria-keyshortcuts={`Alt+${key.toUpperCase()}`}
              className={classes.room}
              activeOptions={{ exact: true, includeHash: false, includeSearch: false }}
              activeProps={{ className: `${classes.room} ${classes.here}`, 'aria-current': 'page' }}
            >
              {t(words)}
            </Link>
          ))}
        </nav>
      )}
      <Outlet />
    </div>
  )
}

function Who({ view }: { readonly view: CaseView }) {
  const t = useWords('app')
  const { person, header, alerts, plan, asOf } = view
  const all = useFacts()
  const pressing = alerts.filter(({ urgency }) => urgency !== 'soon')
  return (
    <div className={classes.who}>
      <div className={classes.name}>
        <strong>{person.name ?? t('app:patient.no-name')}</strong>
        <span className={classes.ids}>
          {person.birthDate === undefined ? t('app:patient.no-birth-date') : <When day={person.birthDate} asOf={asOf} isBirth />}
          {person.sex === undefined ? null : <> · {t(`app:sex.${person.sex}`, { defaultValue: person.sex })}</>}
          {person.recordNumber === undefined ? null : <> · {person.recordNumber}</>}
          {person.isDeceased === true && <b className={classes.deceased}> · {t('app:patient.deceased')}</b>}
        </span>
      </div>
      <dl className={classes.facts}>
        {header.map((one) => (
          <HeaderFact key={one.id} one={one} asOf={asOf} />
        ))}
        <div>
          <dt>{t('terms:plan')}</dt>
          <dd>
            <When day={asOf} isBrief /> <span className="quiet">{plan.digest.slice(0, 6)}</span>
          </dd>
        </div>
      </dl>
      {pressing.length > 0 && (
        <ul className={classes.alerts} aria-label={t('app:patient.alerts')}>
          {pressing.map(({ id, urgency, title, suspected, facts }) => (
            <li key={id}>
              <Urgency value={urgency} />{' '}
              <span lang="en">
                {title}
                {suspected === true ? ` (${t('app:patient.suspected')})` : ''}
              </span>
              <Raised facts={facts} about={(fact) => all?.get(fact)} asOf={asOf} below="section" />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function HeaderFact({ one, asOf }: { readonly one: CaseFact; readonly asOf: string }) {
  const about = useFacts()?.get(one.id)
  if (about === undefined) return null
  return (
    <div>
      <dt lang={about.lang}>{about.label}</dt>
      <dd>
        <FactValue fact={one.fact} about={about} asOf={asOf} below="section" />
      </dd>
    </div>
  )
}
