import { Checkbox } from '@mantine/core'
import type { Brought, CaseFact, Fate, ReadingReport, ReadPatient } from '@secondwind/server/contract'
import { Link } from '@tanstack/react-router'
import type { ShownFact } from '../../shared/facts.ts'
import { useUnits } from '../../shared/format/units.ts'
import { valueWords } from '../../shared/format/value-words.ts'
import { Standing, Urgency } from '../../shared/parts/badges.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './bring.module.css'

type Facts = ReadonlyMap<string, ShownFact>

/** What is in the file, before anything is kept. */
export function Report({
  report,
  facts,
  names,
  only,
  setOnly,
}: {
  readonly report: ReadingReport
  readonly facts: Facts
  readonly names: readonly string[]
  readonly only: readonly number[]
  readonly setOnly: (only: readonly number[]) => void
}) {
  const t = useWords('bring')
  const { patients, more } = report
  return (
    <>
      <p className={classes.nothingKept} role="status">
        {names.length > 0 && <b>{names.join(', ')}: </b>}
        {t('bring:nothing-kept')}
        {patients.length > 1 && <> {t('bring:several', { count: patients.length + more })}</>}
        {more > 0 && <> {t('bring:more-patients', { count: more })}</>}
      </p>
      {patients.map((patient, at) => (
        <OnePatient
          key={patient.storedAs}
          patient={patient}
          facts={facts}
          isChosen={only.includes(at)}
          choose={
            patients.length > 1 ? (is) => setOnly(is ? [...only, at].sort((a, b) => a - b) : only.filter((one) => one !== at)) : undefined
          }
        />
      ))}
    </>
  )
}

function OnePatient({
  patient,
  facts,
  isChosen,
  choose,
}: {
  readonly patient: ReadPatient
  readonly facts: Facts
  readonly isChosen: boolean
  readonly choose: ((is: boolean) => void) | undefined
}) {
  const t = useWords('bring')
  const { name, birthDate, sex, recordNumber, refusal, isHere, isRenamed, sameNumberAs, story, plan, problems, unread, understood } =
    patient
  const serious = problems.filter(({ severity }) => severity !== 'information')
  const notes = problems.filter(({ severity }) => severity === 'information')
  return (
    <article className={classes.patient} aria-label={name ?? patient.reference}>
      <header className={classes.who}>
        <h2>
          {name ?? t('bring:no-name')}{' '}
          <span className={classes.ids}>
            {[birthDate, sex, recordNumber].filter((part) => part !== undefined).join(' · ')}{' '}
            {isHere ? t('bring:is-here') : t('bring:is-new')}
          </span>
        </h2>
        {choose !== undefined && (
          <Checkbox
            label={t('bring:choose')}
            checked={isChosen}
            disabled={refusal !== undefined}
            onChange={(event) => choose(event.currentTarget.checked)}
          />
        )}
      </header>
      <p className={classes.story} lang="en">
        {story}
      </p>
      {refusal !== undefined && (
        <p className={classes.alert} role="alert">
          {t('bring:refused')} <span lang="en">{refusal}</span>
        </p>
      )}
      {isRenamed === true && <p className={classes.alert}>{t('bring:renamed', { id: patient.reference, kept: patient.storedAs })}</p>}
      {sameNumberAs !== undefined && <p className={classes.alert}>{t('bring:same-number', { id: sameNumberAs })}</p>}
      <Counts patient={patient} />
      <div className={classes.columns}>
        <div>
          <Panel title={t('bring:plan')}>
            <Preview plan={plan} />
          </Panel>
          <Panel title={t('bring:understood', { count: understood.length })}>
            <Understood all={understood} facts={facts} />
          </Panel>
        </div>
        <div>
          <Panel title={t('bring:problems', { count: serious.length })} tone={serious.length > 0 ? 'urgent' : 'plain'}>
            {serious.length === 0 ? <p className="quiet">{t('bring:problems.none')}</p> : <Issues all={serious} />}
          </Panel>
          <Panel title={t('bring:unread', { count: unread.length })} tone={unread.length > 0 ? 'unknown' : 'plain'}>
            {unread.length === 0 ? <p className="quiet">{t('bring:unread.none')}</p> : <Issues all={unread} />}
          </Panel>
          {notes.length > 0 && (
            <details className={classes.notes}>
              <summary>{t('bring:notes', { count: notes.length })}</summary>
              <Issues all={notes} />
            </details>
          )}
        </div>
      </div>
    </article>
  )
}

const FATES: readonly Fate[] = ['new', 'changed', 'same', 'older', 'withdrawn', 'left-out']

/** What would become of the entries of the file. */
function Counts({ patient: { counts, resources } }: { readonly patient: ReadPatient }) {
  const t = useWords('bring')
  const there = FATES.filter((fate) => counts[fate] > 0)
  return (
    <>
      <ul className={classes.counts}>
        {there.map((fate) => (
          <li key={fate} data-fate={fate}>
            <b>{counts[fate]}</b> {t(`bring:fate.${fate}`)}
          </li>
        ))}
      </ul>
      {resources.length > 0 && (
        <details className={classes.notes}>
          <summary>{t('bring:fates.which')}</summary>
          <ul>
            {resources.map(({ reference, storedAs, title, fate }) => (
              <li key={storedAs}>
                {t(`bring:fate.${fate}`)}: <span lang="en">{title ?? ''}</span> <span className="quiet">{reference}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** What was understood, by theme: what is there in a table with where it stands; what is not there in a line, with its sources on demand. */
function Understood({ all, facts }: { readonly all: readonly CaseFact[]; readonly facts: Facts }) {
  const t = useWords('bring')
  if (all.length === 0) return <p className="quiet">{t('bring:understood.none')}</p>
  const groups = Map.groupBy(all, ({ id }) => facts.get(id)?.group ?? '')
  return [...groups].map(([group, some]) => {
    const there = some.filter((one) => !isAbsent(one))
    const absent = some.filter(isAbsent)
    return (
      <details key={group} open={OPEN.has(group)} className={classes.group}>
        <summary>
          {t(`bring:group.${group}`)}{' '}
          <span className="quiet">{t('bring:group.counts', { there: there.length, absent: absent.length })}</span>
        </summary>
        {there.length > 0 && <FactTable all={there} facts={facts} />}
        {absent.length > 0 && (
          <details className={classes.group}>
            <summary>
              {t('bring:absent')}: {absent.map(({ id }) => plainLabel(facts.get(id)?.label ?? id)).join(', ')}
            </summary>
            <FactTable all={absent} facts={facts} />
          </details>
        )}
      </details>
    )
  })
}

const OPEN: ReadonlySet<string> = new Set(['cancer', 'biomarkers', 'fitness'])
const isAbsent = ({ fact }: CaseFact): boolean =>
  'value' in fact && (fact.value === false || (Array.isArray(fact.value) && fact.value.length === 0))
const plainLabel = (label: string): string => label.replace(/\s*\([^)]*\)/g, '')

function FactTable({ all, facts }: { readonly all: readonly CaseFact[]; readonly facts: Facts }) {
  const t = useWords('bring')
  const language = useLanguage()
  const [units] = useUnits()
  const words = (id: string, value: Parameters<typeof valueWords>[0]): string => {
    const about = facts.get(id)
    return about === undefined ? String(value) : valueWords(value, about, units, language, t)
  }
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('bring:fact')}</th>
            <th scope="col">{t('bring:value')}</th>
            <th scope="col">{t('bring:day')}</th>
            <th scope="col">{t('bring:from')}</th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ id, fact, said, sources }) => (
            <tr key={id}>
              <th scope="row" lang={facts.get(id)?.lang}>
                {plainLabel(facts.get(id)?.label ?? id)}
              </th>
              <td lang={facts.get(id)?.lang}>
                {'value' in fact ? (
                  words(id, fact.value)
                ) : (
                  <span className={classes.conflict}>
                    {(said ?? []).map(({ fact: voice }) => ('value' in voice ? words(id, voice.value) : '')).join(` ${t('bring:or')} `) ||
                      t(`app:unknown.${fact.unknown}`)}
                  </span>
                )}
              </td>
              <td>{fact.on === undefined ? '' : <When day={fact.on} isBrief />}</td>
              <td title={sources.map(({ reference, path }) => `${reference}${path === undefined ? '' : ` · ${path}`}`).join('\n')}>
                {fact.words !== undefined ? (
                  <q lang="en">{fact.words.length > 90 ? `${fact.words.slice(0, 90)}…` : fact.words}</q>
                ) : (
                  <span lang="en">{sources[0]?.title ?? sources[0]?.reference}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Preview({ plan: { status, alerts, options, tests } }: { readonly plan: ReadPatient['plan'] }) {
  const t = useWords('bring')
  return (
    <>
      {alerts.length > 0 && (
        <ul className={classes.plain}>
          {alerts.map(({ id, urgency, title }) => (
            <li key={id}>
              <Urgency value={urgency} /> <span lang="en">{title}</span>
            </li>
          ))}
        </ul>
      )}
      {status === 'refused' ? (
        <p>{t('bring:plan.refused')}</p>
      ) : (
        <ol className={classes.plain} lang="en">
          {options.map(({ id, title, standing }) => (
            <li key={id}>
              <Standing value={standing as 'recommended'} /> {title}
            </li>
          ))}
        </ol>
      )}
      {tests.length > 0 && (
        <p className="quiet">
          {t('bring:plan.tests')} <span lang="en">{tests.map(({ title }) => title).join(', ')}</span>
        </p>
      )}
    </>
  )
}

const MOST = 12

function Issues({ all }: { readonly all: ReadPatient['problems'] }) {
  const t = useWords('bring')
  return (
    <ul className={classes.issues} lang="en">
      {all.slice(0, MOST).map(({ path, message, remedy, severity }) => (
        <li key={`${path}${message}`} data-severity={severity}>
          {message}
          {remedy === undefined ? null : <span className="quiet">. {remedy}</span>} <span className="quiet">({path})</span>
        </li>
      ))}
      {all.length > MOST && <li className="quiet">{t('bring:more', { count: all.length - MOST })}</li>}
    </ul>
  )
}

/** After several charts were kept at once. */
export function Kept({
  brought: { patients, created, updated, unchanged },
  report,
}: {
  readonly brought: Brought
  /** What was read before: it has the names. */
  readonly report: ReadingReport | undefined
}) {
  const t = useWords('bring')
  const read = new Map(report?.patients.map((one) => [one.storedAs, one]))
  return (
    <Panel title={t('bring:kept.title')}>
      <p role="status">
        {t('bring:kept.created', { count: created })} {t('bring:kept.updated', { count: updated })}{' '}
        {t('bring:kept.unchanged', { count: unchanged })}
      </p>
      <ul className={classes.plain}>
        {patients.map((patient) => {
          const { name, birthDate, recordNumber } = read.get(`Patient/${patient}`) ?? {}
          return (
            <li key={patient}>
              <Link to={'/patients/$patient/plan' as '/about'} params={{ patient } as never}>
                {t('bring:kept.plan-of', { name: name ?? t('bring:no-name') })}
              </Link>{' '}
              <span className="quiet">
                {[birthDate, recordNumber].filter((part) => part !== undefined).join(' · ') || `Patient/${patient}`}
              </span>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
