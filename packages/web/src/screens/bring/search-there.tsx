import { Button, TextInput } from '@mantine/core'
import type { FoundThere, PullRequest } from '@secondwind/server/contract'
import { type FormEvent, useState } from 'react'
import { useSend } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './bring.module.css'
import type { Ways } from './ways.tsx'

/** Signed in at the other server, which let nobody be chosen there: the patient is searched for, in the body of a request. */
export function SearchThere({ held, server, onTaken, isBusy }: Omit<Ways, 'onFiles'> & { readonly held: string; readonly server: string }) {
  const t = useWords('bring')
  const [name, setName] = useState('')
  const [birthDate, setBirthDate] = useState('')
  const searching = useSend<{ readonly patients: readonly FoundThere[] }>()
  const pulling = useSend<string, PullRequest>()
  const found = searching.data?.value.patients
  const search = (event: FormEvent): void => {
    event.preventDefault()
    searching.mutate({ path: '/charts/pull/patients', body: { held, name, birthDate } })
  }
  const pull = (patient: string): void =>
    pulling.mutate(
      { path: '/charts/pull', body: { server, patient, held } },
      { onSuccess: ({ value }) => onTaken({ kind: 'text', text: value, names: [] }) },
    )
  return (
    <>
      <p role="status">{t('bring:pull.signed-in', { host: new URL(server).host })}</p>
      <form onSubmit={search} className={classes.form} autoComplete="off">
        <div className={classes.pair}>
          <TextInput
            label={t('bring:pull.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="off"
          />
          <TextInput
            type="date"
            label={t('bring:pull.birth-date')}
            value={birthDate}
            onChange={(event) => setBirthDate(event.currentTarget.value)}
            autoComplete="off"
          />
        </div>
        <Button type="submit" disabled={name.trim() === '' && birthDate === ''} loading={searching.isPending}>
          {t('bring:pull.search')}
        </Button>
      </form>
      {searching.error && <Fault error={searching.error} />}
      {pulling.error && <Fault error={pulling.error} />}
      {found !== undefined &&
        (found.length === 0 ? (
          <p role="status">{t('bring:pull.nobody')}</p>
        ) : (
          <ul className={classes.there}>
            {found.map((one) => (
              <li key={one.id}>
                <span>
                  <strong>{one.name ?? t('bring:no-name')}</strong>{' '}
                  <span className="quiet">{[one.birthDate, one.sex, one.recordNumber].filter(Boolean).join(' · ')}</span>
                </span>
                <Button
                  size="xs"
                  variant="default"
                  disabled={isBusy || pulling.isPending}
                  loading={pulling.isPending && pulling.variables?.body?.patient === one.id}
                  onClick={() => pull(one.id)}
                >
                  {t('bring:pull.this-one')}
                </Button>
              </li>
            ))}
          </ul>
        ))}
    </>
  )
}
