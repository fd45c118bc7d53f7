import { Button, Group, Popover, TextInput } from '@mantine/core'
import type { BoardCase, ReadinessItem } from '@secondwind/server/contract'
import { IconCircleCheckFilled, IconCircleDashed, IconHandStop, IconHelpOctagon } from '@tabler/icons-react'
import { useState } from 'react'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './board.module.css'
import { inDays } from './days.ts'
import { PersonSelect } from './people.tsx'
import { useOutbox } from './use-outbox.ts'

/** What is needed first and named on the agenda; the list has them all. */
const IN_SIGHT = 3

const SIGNS = {
  ready: IconCircleCheckFilled,
  gaps: IconCircleDashed,
  blocked: IconHandStop,
  'no-plan': IconHelpOctagon,
  withheld: IconHelpOctagon,
} as const

/** Whether a case can be decided: by shape, word and only then colour. */
export function ReadyMark({ value }: { readonly value: BoardCase }) {
  const t = useWords('board')
  const { state, items } = value.readiness
  const Sign = SIGNS[state]
  const needed = items.filter(({ isBlocking }) => isBlocking).length
  const waits = items.length - needed
  const unowned = items.filter(({ owner }) => owner === undefined).length
  return (
    <span className={classes.ready} data-state={state}>
      <Sign size={16} aria-hidden />
      {t(`board:ready.${state}`)}
      {items.length > 0 && (
        <span className="quiet">
          {[
            ...(needed > 0 ? [t('board:ready.needed', { count: needed })] : []),
            ...(waits > 0 ? [t('board:ready.waits', { count: waits })] : []),
            ...(unowned > 0 ? [t('board:ready.unowned', { count: unowned })] : []),
          ].join(' · ')}
        </span>
      )}
    </span>
  )
}

/** What the decision waits for, and who sees to it, in sight without a click. */
export function NeededFirst({ value }: { readonly value: BoardCase }) {
  const t = useWords('board')
  const needed = value.readiness.items.filter(({ isBlocking }) => isBlocking)
  if (needed.length === 0) return null
  const more = needed.length - IN_SIGHT
  return (
    <ul className={classes.needed} aria-label={t('board:ready.group.first')}>
      {needed.slice(0, IN_SIGHT).map(({ id, title, owner, ownerName, dueOn }) => (
        <li key={id}>
          <span lang="en">{title}</span>:{' '}
          {owner === undefined ? <span className={classes.nobody}>{t('board:ready.nobody')}</span> : ownerName}
          {dueOn !== undefined && (
            <>
              , <When day={dueOn} isBrief />
            </>
          )}
        </li>
      ))}
      {more > 0 && <li>{t('board:ready.needed-more', { count: more })}</li>}
    </ul>
  )
}

/** What is missing, who sees to it, by when: first what the decision needs, then what can wait. */
export function ReadinessList({ value, mayChange }: { readonly value: BoardCase; readonly mayChange: boolean }) {
  const t = useWords('board')
  const { items, asOf } = value.readiness
  if (items.length === 0) return <p className="quiet">{t(`board:ready.why.${value.readiness.state}`)}</p>
  return (
    <table className={classes.table}>
      <caption className="visually-hidden">{t('board:ready.caption')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('board:ready.what')}</th>
          <th scope="col">{t('board:ready.who')}</th>
        </tr>
      </thead>
      {(['first', 'later'] as const).map((group) => {
        const own = items.filter(({ isBlocking }) => isBlocking === (group === 'first'))
        if (own.length === 0) return null
        return (
          <tbody key={group}>
            <tr>
              <th colSpan={2} scope="rowgroup" className={group === 'first' ? classes.blocking : undefined}>
                {t(`board:ready.group.${group}`)}
              </th>
            </tr>
            {own.map((item) => (
              <tr key={item.id}>
                <td lang="en">
                  {item.title}
                  {item.before === undefined ? null : <span className="quiet"> ({t('board:ready.before', { what: item.before })})</span>}
                  {item.remedy === undefined ? null : <span className="quiet">. {item.remedy}</span>}
                </td>
                <td>
                  <Owner value={value} item={item} mayChange={mayChange} />
                </td>
              </tr>
            ))}
          </tbody>
        )
      })}
      {asOf !== undefined && (
        <tfoot>
          <tr>
            <td colSpan={2} className="quiet">
              {t('board:ready.as-of')} <When day={asOf} />
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  )
}

function Owner({ value, item, mayChange }: { readonly value: BoardCase; readonly item: ReadinessItem; readonly mayChange: boolean }) {
  const t = useWords('board')
  const { add, pending } = useOutbox()
  const [isOpen, setOpen] = useState(false)
  const [who, setWho] = useState<{ readonly who: string; readonly name: string } | null>(null)
  const [dueOn, setDueOn] = useState(inDays(3))
  const waiting = pending('preparation', `case:${value.id}`)
  const own = waiting?.body.item === item.id ? (waiting.body as Partial<ReadinessItem>) : item
  const send = (more: object): void => {
    add({
      kind: 'preparation',
      path: `/board/cases/${value.id}/preparation`,
      target: `case:${value.id}`,
      body: { version: value.version, item: item.id, ...more },
    })
    setOpen(false)
  }
  const shown =
    own.owner === undefined ? (
      <span className={classes.nobody}>{t('board:ready.nobody')}</span>
    ) : (
      <span>
        {own.ownerName} {own.dueOn === undefined ? null : <When day={own.dueOn} isBrief />}
      </span>
    )
  if (!mayChange) return shown
  return (
    <Popover opened={isOpen} onChange={setOpen} width={300} trapFocus>
      <Popover.Target>
        <Button variant="subtle" size="compact-sm" onClick={() => setOpen(!isOpen)}>
          {shown}
          <span className="visually-hidden">: {t('board:ready.set', { item: item.title })}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <PersonSelect
          isInPopover
          label={t('board:ready.who')}
          value={who?.who ?? null}
          onChange={(ref, name) => setWho(ref === null ? null : { who: ref, name })}
        />
        <TextInput mt="xs" type="date" label={t('board:due')} value={dueOn} onChange={(event) => setDueOn(event.currentTarget.value)} />
        <Group mt="sm">
          <Button
            size="xs"
            disabled={who === null || dueOn === ''}
            onClick={() => who !== null && send({ owner: who.who, ownerName: who.name, dueOn })}
          >
            {t('board:save')}
          </Button>
          {item.owner !== undefined && (
            <Button size="xs" variant="default" onClick={() => send({})}>
              {t('board:ready.clear')}
            </Button>
          )}
        </Group>
      </Popover.Dropdown>
    </Popover>
  )
}
