import { Autocomplete, Button, TextInput } from '@mantine/core'
import type { CareTeamMember, CareTeamView, Clash, PatientFound } from '@secondwind/server/contract'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiFault, call, useApi } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import { usePractitioners } from './directory.tsx'
import classes from './people.module.css'
import { told } from './undo.tsx'

const REFERENCE = /^[A-Z][A-Za-z]{2,40}\/[A-Za-z0-9.-]{1,64}$/

/** Finds a patient by name or number, and says who cares for whom: a seat in the care team opens the chart, leaving it closes it. */
export function CareTeams() {
  const t = useWords('people')
  const [draft, setDraft] = useState('')
  const [asked, setAsked] = useState('')
  const [patient, setPatient] = useState<string>()
  const { data, error, isFetching } = useQuery<readonly PatientFound[], ApiFault>({
    queryKey: ['people-search', asked],
    enabled: asked !== '',
    queryFn: async ({ signal }) =>
      (await call<{ items: readonly PatientFound[] }>('/people/patients/search', { method: 'POST', body: { find: asked }, signal })).value
        .items,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setPatient(undefined)
    setAsked(draft.trim())
  }
  return (
    <>
      <form onSubmit={submit} className={classes.bar} aria-label={t('people:find')}>
        <TextInput
          type="search"
          label={t('people:find')}
          description={t('people:find.how')}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
        <Button type="submit" disabled={draft.trim().length < 2}>
          {t('people:find.go')}
        </Button>
      </form>
      {error ? <Fault error={error} /> : null}
      {isFetching && data === undefined && <Waiting />}
      {data?.length === 0 && <p className="quiet">{t('people:find.none')}</p>}
      {data !== undefined && data.length > 0 && patient === undefined && (
        <ul className={classes.found}>
          {data.map((one) => (
            <li key={one.patient}>
              <button type="button" className={classes.pick} onClick={() => setPatient(one.patient.slice('Patient/'.length))}>
                {one.name ?? t('people:no-name')}
              </button>
              <span className="quiet">
                {' '}
                {one.birthDate === undefined ? '' : <When day={one.birthDate} isBrief />} · {one.site}
              </span>
            </li>
          ))}
        </ul>
      )}
      {patient !== undefined && <CareTeam key={patient} patient={patient} />}
    </>
  )
}

function CareTeam({ patient }: { readonly patient: string }) {
  const t = useWords('people')
  const path = `/people/patients/${patient}/care-team`
  const { data, error, refetch } = useApi<CareTeamView>(path)
  const people = usePractitioners()
  const [person, setPerson] = useState('')
  const [role, setRole] = useState('')
  const [fault, setFault] = useState<ApiFault>()
  const [isBusy, setBusy] = useState(false)
  if (data === undefined) return error ? <Fault error={error} again={() => void refetch()} /> : <Waiting />
  const save = async (members: readonly CareTeamMember[], version: number): Promise<CareTeamView | undefined> => {
    setBusy(true)
    setFault(undefined)
    try {
      return (await call<CareTeamView>(path, { method: 'POST', body: { version, members } })).value
    } catch (thrown) {
      if (thrown instanceof ApiFault) setFault(thrown)
      return undefined
    } finally {
      await refetch()
      setBusy(false)
    }
  }
  const change = async (members: readonly CareTeamMember[], words: string): Promise<void> => {
    const before = data.members
    const done = await save(members, data.version)
    if (done !== undefined) told(words, { undo: t('people:undo'), close: t('people:close') }, () => save(before, done.version))
  }
  const chosen = people.find(({ label, value }) => label === person || value === person)
  const who = chosen?.value ?? (REFERENCE.test(person.trim()) ? person.trim() : undefined)
  const isIn = data.members.some((one) => one.who === who)
  const add = (): void => {
    if (who === undefined) return
    const name = chosen?.label ?? who
    const one = { who, name, ...(role.trim() === '' ? {} : { role: role.trim() }) }
    void change([...data.members, one], t('people:team.added', { name })).then(() => {
      setPerson('')
      setRole('')
    })
  }
  const theirs = (fault?.body as Clash<CareTeamView> | undefined)?.theirs
  return (
    <Panel title={t('people:team.of', { name: data.name ?? t('people:no-name') })} aside={<span className="quiet">{data.site}</span>}>
      {fault === undefined ? null : theirs === undefined ? (
        <Fault error={fault} />
      ) : (
        <p role="alert" className={classes.clash}>
          {t('people:team.clash', { names: theirs.members.map(({ name }) => name).join(', ') || t('people:team.nobody') })}
        </p>
      )}
      {data.members.length === 0 && <p className="quiet">{t('people:team.none')}</p>}
      <ul className={classes.members}>
        {data.members.map((one) => (
          <li key={one.who}>
            <span>
              <strong>{one.name}</strong> <span className="quiet">{one.role}</span>
              <div className="quiet">{one.who}</div>
            </span>
            <Button
              size="xs"
              variant="default"
              disabled={isBusy}
              aria-label={t('people:team.remove', { name: one.name })}
              onClick={() =>
                void change(
                  data.members.filter(({ who: other }) => other !== one.who),
                  t('people:team.removed', { name: one.name }),
                )
              }
            >
              {t('people:remove')}
            </Button>
          </li>
        ))}
      </ul>
      {data.others.length > 0 && (
        <p className="quiet">
          {t('people:team.others')}: {data.others.map(({ name }) => name).join(', ')}
        </p>
      )}
      <div className={classes.bar}>
        <Autocomplete
          label={t('people:team.person')}
          description={t('people:team.person-how')}
          data={[...new Set(people.map(({ label }) => label))]}
          value={person}
          onChange={setPerson}
          limit={20}
        />
        <TextInput label={t('people:role')} value={role} onChange={(event) => setRole(event.currentTarget.value)} />
        <Button disabled={who === undefined || isIn} loading={isBusy} onClick={add}>
          {t('people:team.add')}
        </Button>
      </div>
    </Panel>
  )
}
