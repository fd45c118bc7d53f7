import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import type { ChartSources, PullRequest, SignedInThere, SignInBegun } from '@secondwind/server/contract'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useApi, useSend } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './bring.module.css'
import { SearchThere } from './search-there.tsx'
import type { Ways } from './ways.tsx'

type Props = Omit<Ways, 'onFiles'>

/** How a sign-in at another server went, as the address says it. */
const arrivalIn = (search: string): string | undefined => new URLSearchParams(search).get('pull') ?? undefined

/** On a phone this stands below the fold, and somebody who comes back has to see it. */
const intoView = (node: HTMLElement | null): void => node?.scrollIntoView({ block: 'center' })

/** From a FHIR server: by signing in there (SMART), or with a token that one has. The server named by the operator is called by ours, never by this page. */
export function Pull({ onTaken, isBusy }: Props) {
  const t = useWords('bring')
  const { data } = useApi<ChartSources>('/charts/sources', { staleMs: 60_000 })
  const [arrival] = useState(() => arrivalIn(location.search))
  const go = useNavigate()
  // the address says it once: a reload does not begin again what counts once
  useEffect(() => {
    if (arrival !== undefined) void go({ to: '.', search: {} as never, replace: true })
  }, [arrival, go])
  const finishing = useSend<SignedInThere>()
  const begun = useRef(false)
  const { mutate } = finishing
  useEffect(() => {
    // what waits there counts once: React runs effects twice while developing
    if (arrival !== 'arrived' || begun.current) return
    begun.current = true
    mutate(
      { path: '/charts/pull/signed-in', body: {} },
      { onSuccess: ({ value }) => 'chart' in value && onTaken({ kind: 'text', text: value.chart, names: [] }) },
    )
  }, [arrival, mutate, onTaken])
  const given = finishing.data?.value
  if (data === undefined) return <Waiting lines={2} />
  if (finishing.isPending)
    return (
      <>
        <p role="status">{t('bring:pull.coming')}</p>
        <Waiting lines={3} />
      </>
    )
  return (
    <>
      {(arrival === 'refused' || arrival === 'lost') && !finishing.isSuccess && (
        <p role="alert" className={classes.alert} ref={intoView}>
          {t(`bring:pull.${arrival}`)}
        </p>
      )}
      {finishing.error && <Fault error={finishing.error} />}
      {given !== undefined && 'held' in given ? (
        <SearchThere held={given.held} server={given.server} onTaken={onTaken} isBusy={isBusy} />
      ) : data.servers.length === 0 ? (
        <p className="quiet">{t('bring:pull.none')}</p>
      ) : (
        <>
          {data.signIn.length > 0 && <SignIn at={data.signIn} isBusy={isBusy} />}
          {data.signIn.length > 0 ? (
            <details className={classes.withToken}>
              <summary>{t('bring:pull.with-token')}</summary>
              <WithToken servers={data.servers} onTaken={onTaken} isBusy={isBusy} />
            </details>
          ) : (
            <WithToken servers={data.servers} onTaken={onTaken} isBusy={isBusy} />
          )}
        </>
      )}
    </>
  )
}

function SignIn({ at, isBusy }: { readonly at: ChartSources['signIn']; readonly isBusy: boolean }) {
  const t = useWords('bring')
  const begin = useSend<SignInBegun, { readonly server: string }>()
  const [server, setServer] = useState(at[0]!.server)
  const named = (one: ChartSources['signIn'][number]): string => one.name ?? new URL(one.server).host
  const send = (event: FormEvent): void => {
    event.preventDefault()
    begin.mutate({ path: '/charts/pull/sign-in', body: { server } }, { onSuccess: ({ value }) => location.assign(value.authorize) })
  }
  return (
    <form onSubmit={send} className={classes.form}>
      <NativeSelect
        label={t('bring:pull.hospital')}
        description={server}
        value={server}
        onChange={(event) => setServer(event.currentTarget.value)}
        data={at.map((one) => ({ value: one.server, label: named(one) }))}
      />
      <p className="quiet">{t('bring:pull.sign-in-how')}</p>
      {begin.error && <Fault error={begin.error} />}
      <Button type="submit" variant="default" disabled={isBusy} loading={begin.isPending || begin.isSuccess}>
        {t('bring:pull.sign-in')}
      </Button>
    </form>
  )
}

function WithToken({ servers, onTaken, isBusy }: Props & { readonly servers: readonly string[] }) {
  const t = useWords('bring')
  const pulling = useSend<string, PullRequest>()
  const [server, setServer] = useState(servers[0]!)
  const [patient, setPatient] = useState('')
  const [token, setToken] = useState('')
  const send = (event: FormEvent): void => {
    event.preventDefault()
    pulling.mutate(
      { path: '/charts/pull', body: { server, patient: patient.trim(), ...(token === '' ? {} : { token }) } },
      { onSuccess: ({ value }) => onTaken({ kind: 'text', text: value, names: [] }), onSettled: () => setToken('') },
    )
  }
  return (
    <form onSubmit={send} className={classes.form} autoComplete="off">
      <NativeSelect
        label={t('bring:pull.server')}
        value={server}
        onChange={(event) => setServer(event.currentTarget.value)}
        data={[...servers]}
      />
      <div className={classes.pair}>
        <TextInput label={t('bring:pull.patient')} value={patient} onChange={(event) => setPatient(event.currentTarget.value)} required />
        <PasswordInput
          label={t('bring:pull.token')}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          autoComplete="off"
        />
      </div>
      <p className="quiet">{t('bring:pull.how')}</p>
      {pulling.error && <Fault error={pulling.error} />}
      <Button type="submit" variant="default" disabled={patient.trim() === '' || isBusy} loading={pulling.isPending}>
        {t('bring:pull.read')}
      </Button>
    </form>
  )
}
