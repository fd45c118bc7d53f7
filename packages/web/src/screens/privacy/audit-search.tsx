import { Button, Checkbox, TextInput } from '@mantine/core'
import type { AuditFound, AuditItem } from '@secondwind/server/contract'
import { type FormEvent, useState } from 'react'
import { useApi } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './privacy.module.css'
import { About, Role, Thing, thingOf } from './things.tsx'

interface Question {
  readonly patient: string
  readonly who: string
  readonly from: string
  readonly to: string
  readonly refused: boolean
}
const NOTHING: Question = { patient: '', who: '', from: '', to: '', refused: false }

/** Midnight of a day on this device as an instant; the day after for the end of a span. */
const edge = (day: string, plus: 0 | 1): string => new Date(new Date(`${day}T00:00`).getTime() + plus * 86_400_000).toISOString()

function addressOf({ patient, who, from, to, refused }: Question, cursor: number | undefined): string {
  const query = new URLSearchParams()
  if (patient.trim() !== '') query.set('patient', patient.trim())
  if (who.trim() !== '') query.set('who', who.trim())
  if (from !== '') query.set('from', edge(from, 0))
  if (to !== '') query.set('to', edge(to, 1))
  if (refused) query.set('refused', 'yes')
  if (cursor !== undefined) query.set('cursor', String(cursor))
  return `/audit/events?${query}`
}

/** The audit log by patient, by person and by time, the newest first, page by page. */
export function AuditSearch() {
  const t = useWords('privacy')
  const [draft, setDraft] = useState<Question>(NOTHING)
  const [asked, setAsked] = useState<Question>(NOTHING)
  const [cursors, setCursors] = useState<readonly (number | undefined)[]>([undefined])
  const { data, error, refetch } = useApi<AuditFound>(addressOf(asked, cursors.at(-1)), { keep: true })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setCursors([undefined])
    setAsked(draft)
  }
  const set = (more: Partial<Question>): void => setDraft({ ...draft, ...more })
  return (
    <Panel title={t('privacy:log')}>
      <form onSubmit={submit} className={classes.search} aria-label={t('privacy:log')}>
        <TextInput label={t('privacy:patient')} value={draft.patient} onChange={(event) => set({ patient: event.currentTarget.value })} />
        <TextInput
          label={t('privacy:who')}
          placeholder="Practitioner/…"
          value={draft.who}
          onChange={(event) => set({ who: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t('privacy:from')}
          value={draft.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <TextInput type="date" label={t('privacy:to')} value={draft.to} onChange={(event) => set({ to: event.currentTarget.value })} />
        <Checkbox
          label={t('privacy:only-refused')}
          checked={draft.refused}
          onChange={(event) => set({ refused: event.currentTarget.checked })}
          className={classes.check ?? ''}
        />
        <Button type="submit">{t('privacy:search')}</Button>
      </form>
      {error ? <Fault error={error} again={() => void refetch()} /> : null}
      {data === undefined ? (
        !error && <Waiting lines={6} />
      ) : data.items.length === 0 ? (
        <p className="quiet">{t('privacy:log.none')}</p>
      ) : (
        <Found items={data.items} onPick={(more) => setDraft({ ...draft, ...more })} />
      )}
      <div className={classes.pages}>
        {cursors.length > 1 && (
          <Button variant="default" size="xs" onClick={() => setCursors(cursors.slice(0, -1))}>
            {t('privacy:newer')}
          </Button>
        )}
        {data?.next !== undefined && (
          <Button variant="default" size="xs" onClick={() => setCursors([...cursors, data.next])}>
            {t('privacy:older')}
          </Button>
        )}
      </div>
    </Panel>
  )
}

function Found({ items, onPick }: { readonly items: readonly AuditItem[]; readonly onPick: (more: Partial<Question>) => void }) {
  const t = useWords('privacy')
  return (
    <table className={`${classes.table} ${classes.log}`}>
      <thead>
        <tr>
          <th scope="col">{t('privacy:when')}</th>
          <th scope="col">{t('privacy:who')}</th>
          <th scope="col">{t('privacy:did')}</th>
          <th scope="col">{t('privacy:patient')}</th>
          <th scope="col">{t('privacy:what')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.seq} data-route={one.route} data-refused={one.isRefused || undefined}>
            <td>
              <When day={one.at} isBrief />
              <div className="quiet">{one.at.slice(11, 19)} UTC</div>
            </td>
            <td>
              <button type="button" className={classes.pick} onClick={() => onPick({ who: one.who })}>
                {one.who}
              </button>
              <div className="quiet">
                {one.role !== undefined && <Role of={one.role} />}
                {one.role !== undefined && one.site !== undefined && ' · '}
                {one.site}
              </div>
            </td>
            <td>
              {t(`privacy:interaction.${one.interaction}`)}
              {one.isRefused && <strong className={classes.refused}> {t('privacy:refused')}</strong>}
              {one.purpose === 'BTG' && <strong className={classes.refused}> {t('privacy:emergency')}</strong>}
              <div className="quiet">
                <About route={one.route} isNamed={one.interaction === 'operation'} />
              </div>
            </td>
            <td>
              {one.patient === undefined ? (
                <span className="quiet">
                  {one.patients === undefined ? t('privacy:nobody') : t('privacy:together', { count: one.patients })}
                </span>
              ) : (
                <button type="button" className={classes.pick} onClick={() => onPick({ patient: one.patient! })}>
                  {one.patient}
                </button>
              )}
              {one.patient !== undefined && one.patients !== undefined && (
                <div className="quiet">{t('privacy:with', { count: one.patients - 1 })}</div>
              )}
            </td>
            <td>
              {one.what.length > 3 || one.more > 0 ? (
                <details>
                  <summary>{t('privacy:resources', { count: one.what.length + one.more })}</summary>
                  <ul className={classes.refs}>
                    {one.what.map((ref) => (
                      <li key={ref}>
                        <Thing of={ref} />
                      </li>
                    ))}
                    {one.more > 0 && <li>{t('privacy:more', { count: one.more })}</li>}
                  </ul>
                </details>
              ) : (
                one.what.filter(isTelling(one)).map((ref, at) => (
                  <span key={ref}>
                    {at > 0 && ', '}
                    <Thing of={ref} />
                  </span>
                ))
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What a request touched, beyond what its own name says already. */
const isTelling =
  ({ route }: AuditItem) =>
  (ref: string): boolean =>
    ref !== thingOf(route)
