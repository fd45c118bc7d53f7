import { Button, Textarea } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { type DragEvent, type FormEvent, useRef, useState } from 'react'
import { Panel } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './bring.module.css'
import { Pull } from './pull.tsx'
import type { Taken } from './read-files.ts'

export interface Ways {
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
