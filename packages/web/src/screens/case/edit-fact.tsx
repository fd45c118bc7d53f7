import { Button, Checkbox, Group, NativeSelect, Radio, SegmentedControl, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { CaseFact, FactEntered, FactEntry } from '@secondwind/server/contract'
import { type FormEvent, useState } from 'react'
import { useSend } from '../../shared/api.ts'
import type { ShownFact } from '../../shared/facts.ts'
import { today } from '../../shared/format/dates.ts'
import { writtenUnit } from '../../shared/format/quantity.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { type Draft, draftOf, entryKind, needsReason, unitsFor, valueText } from './entry-value.ts'
import { STALE, useTakeBack } from './take-back.tsx'
import { useScene } from './view.ts'

/** Changes one fact in place. It is written as FHIR, with who, when and why; the answer is the very fact that the plan then knows. */
export function EditFact({ one, onDone }: { readonly one: CaseFact; readonly onDone: () => void }) {
  const t = useWords('case')
  const { view, facts } = useScene()
  const about = facts.get(one.id)
  const send = useSend<FactEntered, FactEntry>(STALE)
  const { takeBack } = useTakeBack()
  const [draft, setDraft] = useState<Draft>(() => (about === undefined ? { text: '', unit: '', chosen: [] } : draftOf(about, one.fact)))
  const [because, setBecause] = useState<FactEntry['because']>('newer')
  const [on, setOn] = useState(today())
  const [why, setWhy] = useState('')
  if (about === undefined) return null
  if (one.fixed !== undefined)
    return (
      <div className={classes.edit}>
        <p>
          {t('case:edit.fixed')} <span lang="en">{one.fixed}.</span>
        </p>
        <Group justify="flex-end">
          <Button size="xs" variant="default" onClick={onDone} data-autofocus>
            {t('case:edit.close')}
          </Button>
        </Group>
      </div>
    )
  const close = { 'aria-label': t('case:edit.close') }
  const isSaid = one.sources.length > 0
  const value = valueText(about, draft)
  const isSame = value === valueText(about, draftOf(about, one.fact))
  const mustSayWhy = needsReason(about, one.fact, isSaid ? because : 'newer', isSame)
  const isReady = value !== undefined && (!mustSayWhy || why.trim() !== '')
  const save = (text: string): void =>
    send.mutate(
      {
        path: `/charts/${view.patient}/facts`,
        headers: { 'if-match': `W/"${view.revision}"` },
        body: { fact: one.id, value: text, because: isSaid ? because : 'newer', on, ...(why.trim() === '' ? {} : { why: why.trim() }) },
      },
      {
        onSuccess: ({ value: entered }) => {
          onDone()
          const shown = `entry-${entered.entry}`
          notifications.show({
            id: shown,
            color: 'petrol',
            closeButtonProps: close,
            message: (
              <Group justify="space-between" wrap="nowrap">
                <span>
                  {t('case:edit.saved')} <span lang={about.lang}>{about.label}</span>
                </span>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => {
                    notifications.hide(shown)
                    takeBack(entered.entry, entered.revision)
                  }}
                >
                  {t('case:edit.undo')}
                </Button>
              </Group>
            ),
          })
        },
      },
    )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (value !== undefined && isReady) save(value)
  }
  return (
    <form className={classes.edit} onSubmit={submit} noValidate aria-label={`${t('case:edit.title')}: ${about.label}`}>
      <Field about={about} draft={draft} setDraft={setDraft} />
      {isSaid && (
        <Radio.Group label={t('case:edit.because')} value={because} onChange={(next) => setBecause(next as FactEntry['because'])}>
          <Radio value="newer" label={t('case:edit.newer')} mt={4} />
          <Radio value="wrong" label={t('case:edit.wrong')} mt={4} />
        </Radio.Group>
      )}
      <Group grow align="flex-end" gap="xs">
        <TextInput
          type="date"
          label={t('case:edit.on')}
          value={on}
          max={today()}
          onChange={(event) => setOn(event.currentTarget.value || today())}
        />
        <TextInput
          label={t(mustSayWhy ? 'case:edit.why-needed' : 'case:edit.why')}
          required={mustSayWhy}
          withAsterisk={false}
          value={why}
          maxLength={500}
          list="case-reasons"
          autoComplete="off"
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <datalist id="case-reasons">
          <option value={t('case:edit.reason.visit')} />
          <option value={t('case:edit.reason.report')} />
          <option value={t('case:edit.reason.patient')} />
          <option value={t('case:edit.reason.mistyped')} />
        </datalist>
      </Group>
      {send.error && <Fault error={send.error} />}
      <Group justify="flex-end" gap="xs">
        {isSaid && because === 'wrong' && (
          <Button size="xs" variant="subtle" onClick={() => save('unknown')} disabled={send.isPending || why.trim() === ''}>
            {t('case:edit.take-back')}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={onDone}>
          {t('case:edit.cancel')}
        </Button>
        <Button size="xs" type="submit" disabled={!isReady} loading={send.isPending}>
          {t('case:edit.save')}
        </Button>
      </Group>
    </form>
  )
}

function Field({
  about,
  draft,
  setDraft,
}: {
  readonly about: ShownFact
  readonly draft: Draft
  readonly setDraft: (draft: Draft) => void
}) {
  const t = useWords('case')
  const kind = entryKind(about)
  const text = (value: string): void => setDraft({ ...draft, text: value })
  const units = unitsFor(about)
  if (kind === 'truth')
    return (
      <SegmentedControl
        fullWidth
        aria-label={about.label}
        value={draft.text}
        onChange={text}
        data={[
          { value: 'yes', label: t('app:yes') },
          { value: 'no', label: t('app:no') },
        ]}
      />
    )
  if (kind === 'choice')
    return (
      <NativeSelect
        label={about.label}
        {...(about.lang === undefined ? {} : { lang: about.lang })}
        data-autofocus
        value={draft.text}
        onChange={(event) => text(event.currentTarget.value)}
        data={[{ value: '', label: '–' }, ...Object.entries(about.values ?? {}).map(([value, label]) => ({ value, label }))]}
      />
    )
  if (kind === 'choices')
    return (
      <Checkbox.Group
        label={about.label}
        {...(about.lang === undefined ? {} : { lang: about.lang })}
        value={[...draft.chosen]}
        onChange={(chosen) => setDraft({ ...draft, chosen })}
      >
        <div className={classes.choices}>
          {Object.entries(about.values ?? {}).map(([value, label]) => (
            <Checkbox key={value} value={value} label={label} size="sm" />
          ))}
        </div>
      </Checkbox.Group>
    )
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <TextInput
        label={kind === 'line' ? t('case:edit.line') : about.label}
        {...(kind === 'line' || about.lang === undefined ? {} : { lang: about.lang })}
        data-autofocus
        style={{ flex: 1 }}
        type={kind === 'day' ? 'date' : 'text'}
        inputMode={kind === 'number' ? 'decimal' : 'text'}
        value={draft.text}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => text(event.currentTarget.value)}
      />
      {units.length === 1 && <span className={classes.unit}>{writtenUnit(units[0]!)}</span>}
      {units.length > 1 && (
        <NativeSelect
          aria-label={t('app:units')}
          w={130}
          value={draft.unit}
          onChange={(event) => setDraft({ ...draft, unit: event.currentTarget.value })}
          data={units.map((unit) => ({ value: unit, label: writtenUnit(unit) === '' ? unit : writtenUnit(unit) }))}
        />
      )}
    </Group>
  )
}
