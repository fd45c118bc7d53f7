import { Button, Modal, Select, TextInput } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import { nameOf, type Organization, type Practitioner, type PractitionerRole, put, roleText, useDirectory } from './fhir.ts'
import classes from './people.module.css'
import { told } from './undo.tsx'

/** Practitioners and their roles. Nobody is deleted: who leaves is no longer active, and what they did keeps their name. */
export function Directory() {
  const t = useWords('people')
  const client = useQueryClient()
  const people = useDirectory<Practitioner>('Practitioner')
  const roles = useDirectory<PractitionerRole>('PractitionerRole')
  const [search, setSearch] = useState('')
  const [asks, setAsks] = useState<'person' | Practitioner>()
  const [fault, setFault] = useState<unknown>()
  const refresh = (): Promise<void> =>
    client.invalidateQueries({ predicate: ({ queryKey }) => /^\/(fhir\/Practitioner|board\/people)/.test(String(queryKey[0])) })
  const setActive = async <T extends Practitioner | PractitionerRole>(one: T, active: boolean, words: string): Promise<void> => {
    setFault(undefined)
    try {
      const { value } = await put({ ...one, active })
      await refresh()
      if (!active) told(words, { undo: t('people:undo'), close: t('people:close') }, () => setActive(value, true, ''))
    } catch (error) {
      setFault(error)
      await refresh()
    }
  }
  if (people.data === undefined || roles.data === undefined)
    return people.error || roles.error ? <Fault error={people.error ?? roles.error} again={() => void refresh()} /> : <Waiting lines={8} />
  const wanted = search.trim().toLowerCase()
  const rows = people.data
    .map((person) => ({
      person,
      own: roles.data.filter(({ practitioner }) => practitioner?.reference === `Practitioner/${person.id}`),
    }))
    .filter(({ person, own }) => `${nameOf(person)} ${person.id} ${own.map(roleText).join(' ')}`.toLowerCase().includes(wanted))
    .sort(
      (a, b) => Number(b.person.active !== false) - Number(a.person.active !== false) || nameOf(a.person).localeCompare(nameOf(b.person)),
    )
  return (
    <>
      {fault === undefined ? null : <Fault error={fault} />}
      <div className={classes.bar}>
        <TextInput
          type="search"
          aria-label={t('people:search')}
          placeholder={t('people:search')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setAsks('person')}>
          {t('people:add')}
        </Button>
      </div>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('people:name')}</th>
            <th scope="col">{t('people:roles')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('people:actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ person, own }) => (
            <tr key={person.id} data-inactive={person.active === false || undefined}>
              <td>
                <strong>{nameOf(person)}</strong>
                {person.active === false && <span className="quiet"> · {t('people:inactive')}</span>}
                <div className="quiet">Practitioner/{person.id}</div>
              </td>
              <td>
                {own.every(({ active }) => active === false) && <span className="quiet">{t('people:no-role')}</span>}
                {own
                  .filter(({ active }) => active !== false)
                  .map((role) => (
                    <div key={role.id} className={classes.role}>
                      <span>
                        {roleText(role) || t('people:no-role')}
                        <span className="quiet"> {role.organization?.display ?? role.organization?.reference}</span>
                      </span>
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        aria-label={t('people:role.remove', { role: roleText(role), name: nameOf(person) })}
                        onClick={() => void setActive(role, false, t('people:role.removed', { role: roleText(role) }))}
                      >
                        {t('people:remove')}
                      </Button>
                    </div>
                  ))}
              </td>
              <td className={classes.aside}>
                <Button variant="default" size="xs" onClick={() => setAsks(person)}>
                  {t('people:role.add')}
                </Button>{' '}
                {person.active === false ? (
                  <Button variant="default" size="xs" onClick={() => void setActive(person, true, '')}>
                    {t('people:activate')}
                  </Button>
                ) : (
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => void setActive(person, false, t('people:deactivated', { name: nameOf(person) }))}
                  >
                    {t('people:deactivate')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="quiet">{t('people:none')}</p>}
      {asks !== undefined && (
        <PersonForm {...(asks === 'person' ? {} : { person: asks })} onClose={() => setAsks(undefined)} onDone={refresh} />
      )}
    </>
  )
}

/** Somebody new with a first role, or one more role for somebody. */
function PersonForm({
  person,
  onClose,
  onDone,
}: {
  readonly person?: Practitioner
  readonly onClose: () => void
  readonly onDone: () => Promise<void>
}) {
  const t = useWords('people')
  const organizations = useDirectory<Organization>('Organization')
  const [given, setGiven] = useState('')
  const [family, setFamily] = useState('')
  const [role, setRole] = useState('')
  const [site, setSite] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>()
  const save = async (): Promise<void> => {
    setBusy(true)
    setFault(undefined)
    try {
      const name = { family: family.trim(), ...(given.trim() === '' ? {} : { given: given.trim().split(/\s+/) }) }
      const id =
        person?.id ??
        (
          await call<Practitioner>('/fhir/Practitioner', {
            method: 'POST',
            body: { resourceType: 'Practitioner', active: true, name: [name] },
          })
        ).value.id
      const organization = organizations.data?.find((one) => one.id === site)
      await call('/fhir/PractitionerRole', {
        method: 'POST',
        body: {
          resourceType: 'PractitionerRole',
          active: true,
          practitioner: { reference: `Practitioner/${id}` },
          code: [{ text: role.trim() }],
          ...(organization === undefined
            ? {}
            : { organization: { reference: `Organization/${organization.id}`, display: organization.name ?? organization.id } }),
        },
      })
      await onDone()
      onClose()
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={person === undefined ? t('people:add') : t('people:role.for', { name: nameOf(person) })}
      closeButtonProps={{ 'aria-label': t('people:close') }}
    >
      {fault === undefined ? null : <Fault error={fault} />}
      {person === undefined && (
        <>
          <TextInput label={t('people:given')} data-autofocus value={given} onChange={(event) => setGiven(event.currentTarget.value)} />
          <TextInput
            mt="sm"
            label={t('people:family')}
            required
            value={family}
            onChange={(event) => setFamily(event.currentTarget.value)}
          />
        </>
      )}
      <TextInput mt="sm" label={t('people:role')} required value={role} onChange={(event) => setRole(event.currentTarget.value)} />
      <Select
        mt="sm"
        label={t('people:site')}
        searchable
        clearable
        data={(organizations.data ?? []).map((one) => ({ value: one.id, label: one.name ?? one.id }))}
        value={site}
        onChange={setSite}
      />
      <Button
        mt="md"
        loading={isBusy}
        disabled={role.trim() === '' || (person === undefined && family.trim() === '')}
        onClick={() => void save()}
      >
        {t('people:save')}
      </Button>
    </Modal>
  )
}

/** People of the directory as a list to choose from. */
export function usePractitioners(): readonly { readonly value: string; readonly label: string }[] {
  const { data } = useDirectory<Practitioner>('Practitioner')
  return (data ?? []).filter(({ active }) => active !== false).map((one) => ({ value: `Practitioner/${one.id}`, label: nameOf(one) }))
}
