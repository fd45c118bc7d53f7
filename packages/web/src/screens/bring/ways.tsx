import { Button, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core'
import type { ChartSources, PullRequest } from '@secondwind/server/contract'
import { IconFileUpload } from '@tabler/icons-react'
import { type DragEvent, type FormEvent, useRef, useState } from 'react'
import { useApi, useSend } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Panel } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './bring.module.css'
import type { Taken } from './read-files.ts'

interface Ways {
  readonly onTaken: (taken: Taken) => void
  readonly onFiles: (files: readonly File[]) => Promise<void>
  readonly isBusy: boolean
}

/** Three ways for a chart to come in: dropped or chosen, pasted, pulled from another server. */
export function Ways({ onTaken, onFiles, isBusy }: Ways) {
  const t = useWords('bring')
  return (
    <div className={classes.ways}>
      <Drop onFiles={onFiles} isBusy={isBusy} />
      <div>
        <Panel title={t('bring:paste.title')}>
          <Paste onTaken={onTaken} isBusy={isBusy} />
        </Panel>
        <Panel title={t('bring:pull.title')}>
          <Pull onTaken={onTaken} isBusy={isBusy} />
        </Panel>
      </div>
    </div>
  )
}

function Drop({ onFiles, isBusy }: Omit<Ways, 'onTaken'>) {
  const t = useWords('bring')
  const picker = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    void onFiles([...event.dataTransfer.files])
  }
  return (
    <section
      className={classes.drop}
      data-over={isOver}
      aria-label={t('bring:drop.label')}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconFileUpload size={40} stroke={1.2} aria-hidden />
      <p className={classes.dropTitle}>{t('bring:drop.title')}</p>
      <p className="quiet">{t('bring:drop.what')}</p>
      <Button onClick={() => picker.current?.click()} loading={isBusy}>
        {t('bring:drop.choose')}
      </Button>
      <input
        ref={picker}
        type="file"
        multiple
        accept=".json,.ndjson,.jsonl,application/json,application/fhir+json"
        className="visually-hidden"
        tabIndex={-1}
        aria-hidden
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])]
          // the same file may be chosen again after it was put right
          event.currentTarget.value = ''
          void onFiles(files)
        }}
      />
      <p className="quiet">{t('bring:drop.safe')}</p>
    </section>
  )
}

function Paste({ onTaken, isBusy }: Omit<Ways, 'onFiles'>) {
  const t = useWords('bring')
  const [text, setText] = useState('')
  const send = (event: FormEvent): void => {
    event.preventDefault()
    onTaken({ kind: 'text', text, names: [] })
  }
  return (
    <form onSubmit={send} className={classes.form}>
      <Textarea
        aria-label={t('bring:paste.label')}
        placeholder='{ "resourceType": "Bundle", … }'
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rows={3}
        autoComplete="off"
        spellCheck={false}
      />
      <Button type="submit" variant="default" disabled={text.trim() === '' || isBusy}>
        {t('bring:paste.read')}
      </Button>
    </form>
  )
}

function Pull({ onTaken, isBusy }: Omit<Ways, 'onFiles'>) {
  const t = useWords('bring')
  const { data } = useApi<ChartSources>('/charts/sources', { staleMs: 60_000 })
  const pulling = useSend<string, PullRequest>()
  const [server, setServer] = useState('')
  const [patient, setPatient] = useState('')
  const [token, setToken] = useState('')
  if (data === undefined || data.servers.length === 0) return <p className="quiet">{t('bring:pull.none')}</p>
  const chosen = server === '' ? data.servers[0]! : server
  const send = (event: FormEvent): void => {
    event.preventDefault()
    pulling.mutate(
      { path: '/charts/pull', body: { server: chosen, patient: patient.trim(), ...(token === '' ? {} : { token }) } },
      { onSuccess: ({ value }) => onTaken({ kind: 'text', text: value, names: [] }), onSettled: () => setToken('') },
    )
  }
  return (
    <form onSubmit={send} className={classes.form} autoComplete="off">
      <NativeSelect
        label={t('bring:pull.server')}
        value={chosen}
        onChange={(event) => setServer(event.currentTarget.value)}
        data={[...data.servers]}
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
