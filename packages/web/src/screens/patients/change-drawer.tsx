import { Button, Drawer, Group, Radio, Select, Textarea, TextInput } from '@mantine/core'
import type {
  WorkspaceAnswer,
  WorkspaceChange,
  WorkspaceHandle,
  WorkspaceHandled,
  WorkspacePage,
  WorkspacePatient,
} from '@secondwind/server/contract'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useSend } from '../../shared/api.ts'
import { Standing } from '../../shared/parts/badges.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { When } from '../../shared/parts/when.tsx'
import { tellsValues } from '../../shared/tells-values.ts'
import { useWords } from '../../shared/words.ts'
import classes from './patients.module.css'
import { idOf } from './row.tsx'
import { toldWithUndo } from './undo.tsx'

type Reasons = NonNullable<WorkspacePage['summary']>['reasons']
const ANSWERS: readonly WorkspaceAnswer[] = ['approved', 'snoozed', 'dismissed', 'to-board']
/** Days after which something that was put off comes back, unless another day is chosen. */
const WEEK = 7
const DAY = 86_400_000

/** What changed in a plan, and what is done about it: with a coded reason, and a way back. */
export function ChangeDrawer({
  patient,
  reasons,
  onClose,
  onDone,
}: {
  readonly patient: WorkspacePatient | undefined
  readonly reasons: Reasons
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const t = useWords('patients')
  const change = patient?.clinical?.change
  return (
    <Drawer
      opened={patient !== undefined}
      onClose={onClose}
      position="right"
      size="30rem"
      title={<span className={classes.drawerTitle}>{t('patients:change.title')}</span>}
      closeButtonProps={{ 'aria-label': t('patients:change.close') }}
    >
      {patient !== undefined && change !== undefined && (
        <>
          <p className={classes.drawerWho}>
            <strong>{patient.person?.name ?? t('patients:person.apart')}</strong>{' '}
            <Link to="/patients/$patient" params={{ patient: idOf(patient) } as never}>
              {t('patients:change.open')}
            </Link>
          </p>
          <p className="quiet">
            {t(`patients:cause.${change.cause}`)} · <When day={change.at} />
            {change.open > 1 && <> · {t('patients:change.older', { count: change.open - 1 })}</>}
          </p>
          <Changes changes={change.changes} isFirst={change.cause === 'first'} />
          {patient.clinical?.first !== undefined && (
            <p>
              {t('patients:change.now-first')} <Standing value={patient.clinical.first.standing as 'recommended'} />{' '}
              <span lang="en" dir="auto">
                {patient.clinical.first.title}
              </span>
            </p>
          )}
          {reasons !== undefined && (
            <Answer key={change.seq} patient={patient} change={change} reasons={reasons} onClose={onClose} onDone={onDone} />
          )}
        </>
      )}
    </Drawer>
  )
}

function Changes({ changes, isFirst }: { readonly changes: WorkspaceChange['changes']; readonly isFirst: boolean }) {
  const t = useWords('patients')
  const k = useWords('knowledge')
  if (changes.length === 0) return isFirst ? null : <p>{t('patients:change.nothing')}</p>
  return (
    <ul className={classes.changes}>
      {changes.map(({ kind, subject, before, after }) => (
        <li key={`${kind} ${subject} ${before} ${after}`}>
          <span className={classes.kind}>{k(`knowledge:plan-change.${kind}`)}</span>{' '}
          <span lang="en" dir="auto">
            {subject}
          </span>
          {tellsValues({ before, after }) && (
            <span className={classes.beforeAfter} lang="en" dir="auto">
              {before !== undefined && <del>{before}</del>}
              {before !== undefined && after !== undefined && <span aria-hidden> → </span>}
              {after !== undefined && <ins>{after}</ins>}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function Answer({
  patient,
  change,
  reasons,
  onClose,
  onDone,
}: {
  readonly patient: WorkspacePatient
  readonly change: WorkspaceChange
  readonly reasons: NonNullable<Reasons>
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const t = useWords('patients')
  // nothing is chosen for anybody: what is sent is what somebody meant
  const [as, setAs] = useState<WorkspaceAnswer>()
  const [code, setCode] = useState<string>()
  const [note, setNote] = useState('')
  const [until, setUntil] = useState(() => new Date(Date.now() + WEEK * DAY).toISOString().slice(0, 10))
  const send = useSend<WorkspaceHandled, WorkspaceHandle>()
  const path = `/workspace/patients/${idOf(patient)}/changes`
  const submit = async (): Promise<void> => {
    if (as === undefined || code === undefined) return
    const body: WorkspaceHandle = {
      upTo: change.seq,
      as,
      code,
      ...(note.trim() === '' ? {} : { note: note.trim() }),
      ...(as === 'snoozed' ? { until } : {}),
    }
    const { value } = await send.mutateAsync({ path, body })
    onClose()
    onDone()
    toldWithUndo(t(`patients:done.${as}`), t('patients:undo'), async () => {
      await send.mutateAsync({ path: `${path}/undo`, body: { seqs: value.seqs } as never })
      onDone()
    })
  }
  return (
    <form
      className={classes.answer}
      onSubmit={(event) => {
        event.preventDefault()
        void submit().catch(() => {})
      }}
    >
      <Radio.Group
        label={t('patients:answer')}
        value={as ?? null}
        onChange={(value) => {
          setAs(value as WorkspaceAnswer)
          setCode(undefined)
        }}
        required
      >
        {ANSWERS.map((answer) => (
          <Radio key={answer} value={answer} label={t(`patients:answer.${answer}`)} mt="xs" />
        ))}
      </Radio.Group>
      <Select
        label={t('patients:reason')}
        data={(as === undefined ? [] : reasons[as]).map((one) => ({ value: one, label: t(`patients:reason.${one}`) }))}
        disabled={as === undefined}
        placeholder={t('patients:reason.choose')}
        value={code ?? null}
        onChange={(value) => setCode(value ?? undefined)}
        allowDeselect={false}
        required
      />
      {as === 'snoozed' && (
        <TextInput
          type="date"
          label={t('patients:until')}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          required
        />
      )}
      <Textarea
        label={t('patients:note')}
        value={note}
        maxLength={1000}
        autosize
        minRows={2}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {send.error ? <Fault error={send.error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('patients:cancel')}
        </Button>
        <Button type="submit" loading={send.isPending} disabled={as === undefined || code === undefined}>
          {as === undefined ? t('patients:answer.choose') : t(`patients:answer.${as}`)}
        </Button>
      </Group>
    </form>
  )
}
