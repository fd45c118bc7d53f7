import { ActionIcon, Button, Group, Radio, Textarea, TextInput } from '@mantine/core'
import type { NotAdvised, Option } from '@secondwind/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { type FormEvent, useId, useState } from 'react'
import { absoluteDay } from '../../shared/format/dates.ts'
import { Standing } from '../../shared/parts/badges.tsx'
import { Unsafe } from '../../shared/parts/unsafe.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { inDays } from './days.ts'
import classes from './decision-form.module.css'
import { PersonSelect } from './people.tsx'
import { useOutbox } from './use-outbox.ts'

/** Options shown before one asks for the rest. */
const FIRST = 5

export interface DecisionFormProps {
  /** Id, without `Patient/`. */
  readonly patient: string
  /** The ETag of the plan that is looked at, without quotes, and its clinical day. */
  readonly planDigest: string
  readonly asOf: string
  readonly options: readonly Pick<Option, 'id' | 'title' | 'standing' | 'against'>[]
  /** What the plan does not advise: its unsafe lines stand beside the words for another way. */
  readonly notAdvised: readonly NotAdvised[]
  /** Number of the newest decision that is known here; 0: none. */
  readonly after: number
  /** Id of the option that stands chosen when the form opens. */
  readonly preselected?: string
  /** The case on the agenda that this decides. */
  readonly boardCase?: string
  /** Called when the decision is on its way; it may not be at the server yet. */
  readonly onSent?: () => void
}

interface Voice {
  readonly key: number
  readonly who: string
  readonly reason: string
}

/** What was decided: option or another way, reason, who thought otherwise, what the patient wants, who sees to it, by when. Works without a connection. */
export function DecisionForm({ patient, planDigest, asOf, options, notAdvised, after, preselected, boardCase, onSent }: DecisionFormProps) {
  const t = useWords('board')
  const language = useLanguage()
  const { add } = useOutbox()
  const id = useId()
  const [chosen, setChosen] = useState(preselected ?? '')
  const [other, setOther] = useState('')
  const [reason, setReason] = useState('')
  const [preference, setPreference] = useState('')
  const [dissent, setDissent] = useState<readonly Voice[]>([])
  const [owner, setOwner] = useState<{ readonly who: string; readonly name: string } | null>(null)
  const [dueOn, setDueOn] = useState(inDays(7))
  const [isAll, setAll] = useState(options.findIndex((option) => option.id === preselected) >= FIRST)
  const [isAsked, setAsked] = useState(false)
  const shown = isAll ? options : options.slice(0, FIRST)
  const missing = {
    chosen: chosen === '' || (chosen === OTHER && other.trim() === ''),
    reason: reason.trim() === '',
    owner: owner === null,
    dueOn: dueOn === '',
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setAsked(true)
    if (Object.values(missing).some(Boolean) || owner === null) return
    add({
      kind: 'decision',
      path: `/board/patients/${patient}/decisions`,
      target: `patient:${patient}`,
      about: chosen === OTHER ? other.trim() : (options.find((option) => option.id === chosen)?.title ?? chosen),
      body: {
        planDigest,
        asOf,
        chosen: chosen === OTHER ? null : chosen,
        ...(chosen === OTHER ? { other: other.trim() } : {}),
        reason: reason.trim(),
        ...(preference.trim() === '' ? {} : { preference: preference.trim() }),
        dissent: dissent
          .filter((one) => one.who.trim() !== '' && one.reason.trim() !== '')
          .map(({ who, reason: why }) => ({ who, reason: why })),
        owner: owner.who,
        ownerName: owner.name,
        dueOn,
        after,
        ...(boardCase === undefined ? {} : { case: boardCase }),
      },
    })
    onSent?.()
  }
  const change = (key: number, more: Partial<Voice>): void =>
    setDissent(dissent.map((one) => (one.key === key ? { ...one, ...more } : one)))
  return (
    <form onSubmit={submit} className={classes.form} noValidate aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} className={classes.title}>
        {t('board:decision.title')}
      </h2>
      <Radio.Group
        value={chosen}
        onChange={setChosen}
        label={t('board:decision.chosen')}
        required
        error={isAsked && missing.chosen ? t('board:decision.missing.chosen') : undefined}
      >
        <div className={classes.options}>
          {shown.map((option) => (
            <Radio
              key={option.id}
              value={option.id}
              label={
                <span lang="en">
                  {option.title} <Standing value={option.standing} />
                </span>
              }
              description={
                chosen === option.id ? <span lang="en">{t('board:decision.against', { against: option.against })}</span> : undefined
              }
            />
          ))}
          {!isAll && options.length > FIRST && (
            <Button variant="subtle" size="compact-sm" style={{ alignSelf: 'start' }} onClick={() => setAll(true)}>
              {t('board:decision.more', { count: options.length - FIRST })}
            </Button>
          )}
          <Radio value={OTHER} label={t('board:decision.other')} />
        </div>
      </Radio.Group>
      {chosen === OTHER && (
        <>
          <TextInput
            label={t('board:decision.other-what')}
            required
            value={other}
            onChange={(event) => setOther(event.currentTarget.value)}
            maxLength={500}
          />
          <Unsafe of={notAdvised} most={6} hasReasons />
        </>
      )}
      <Textarea
        label={t('board:decision.reason')}
        required
        autosize
        minRows={2}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={isAsked && missing.reason ? t('board:decision.missing.reason') : undefined}
      />
      <Textarea
        label={t('board:decision.preference')}
        description={t('board:decision.preference-how')}
        autosize
        minRows={1}
        value={preference}
        onChange={(event) => setPreference(event.currentTarget.value)}
      />
      <fieldset className={classes.dissent}>
        <legend>{t('board:decision.dissent')}</legend>
        {dissent.map(({ key, who, reason: why }) => (
          <div key={key} className={classes.voice}>
            <TextInput
              aria-label={t('board:decision.dissent-who')}
              placeholder={t('board:decision.dissent-who')}
              value={who}
              onChange={(event) => change(key, { who: event.currentTarget.value })}
            />
            <TextInput
              aria-label={t('board:decision.dissent-why')}
              placeholder={t('board:decision.dissent-why')}
              value={why}
              onChange={(event) => change(key, { reason: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t('board:decision.dissent-remove')}
              onClick={() => setDissent(dissent.filter((one) => one.key !== key))}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </div>
        ))}
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setDissent([...dissent, { key: Date.now(), who: '', reason: '' }])}
        >
          {t('board:decision.dissent-add')}
        </Button>
      </fieldset>
      <div className={classes.pair}>
        <div>
          <PersonSelect
            label={t('board:decision.owner')}
            value={owner?.who ?? null}
            onChange={(who, name) => setOwner(who === null ? null : { who, name })}
            isRequired
          />
          {isAsked && missing.owner && <p className={classes.error}>{t('board:decision.missing.owner')}</p>}
        </div>
        <TextInput
          type="date"
          label={t('board:due')}
          required
          value={dueOn}
          onChange={(event) => setDueOn(event.currentTarget.value)}
          error={isAsked && missing.dueOn ? t('board:decision.missing.due') : undefined}
        />
      </div>
      <Group mt="xs">
        <Button type="submit">{t('board:decision.record')}</Button>
        <span className="quiet">{t('board:decision.plan-of', { day: absoluteDay(asOf, language) })}</span>
      </Group>
    </form>
  )
}

/** No id of an option: the knowledge base has none with a sign like this. */
const OTHER = '«other»'
