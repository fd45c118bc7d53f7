import { ActionIcon, Button, Group } from '@mantine/core'
import type { BoardCase, BoardMeetingDetail } from '@secondwind/server/contract'
import { IconArrowDown, IconArrowUp, IconCircleCheckFilled, IconGripVertical, IconX } from '@tabler/icons-react'
import { type DragEvent, type KeyboardEvent, useState } from 'react'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './board.module.css'
import { inserted, moved } from './order.ts'
import { useNames } from './people.tsx'
import { AskedUrgency, CaseName } from './queue.tsx'
import { NeededFirst, ReadinessList, ReadyMark } from './readiness.tsx'

export interface AgendaProps {
  readonly meeting: BoardMeetingDetail
  /** In the order as it stands here, what is not sent yet among it. */
  readonly cases: readonly BoardCase[]
  readonly mayChange: boolean
  readonly onOrder: (ids: readonly string[]) => void
}

/** The agenda: put in order with the mouse, with buttons, or with Alt and the arrow keys. */
export function Agenda({ meeting, cases, mayChange, onOrder }: AgendaProps) {
  const t = useWords('board')
  const [dragged, setDragged] = useState<string>()
  const [over, setOver] = useState<{ readonly id: string; readonly where: 'before' | 'after' }>()
  const [said, setSaid] = useState('')
  const ids = cases.map(({ id }) => id)
  const move = (id: string, by: -1 | 1): void => {
    const next = moved(ids, id, by)
    if (next === ids) return
    onOrder(next)
    setSaid(t('board:agenda.moved', { place: next.indexOf(id) + 1, of: next.length }))
  }
  const onKey = (event: KeyboardEvent, id: string): void => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(id, event.key === 'ArrowUp' ? -1 : 1)
  }
  const where = (event: DragEvent<HTMLElement>): 'before' | 'after' => {
    const { top, height } = event.currentTarget.getBoundingClientRect()
    return event.clientY < top + height / 2 ? 'before' : 'after'
  }
  const onDrop = (event: DragEvent<HTMLElement>, id: string): void => {
    event.preventDefault()
    if (dragged !== undefined && dragged !== id) onOrder(inserted(ids, dragged, id, where(event)))
    setDragged(undefined)
    setOver(undefined)
  }
  return (
    <>
      <p className="visually-hidden" role="status">
        {said}
      </p>
      <ol className={classes.agenda}>
        {cases.map((one, i) => (
          <li
            key={one.id}
            className={classes.entry}
            {...(dragged === one.id ? { 'data-dragged': true } : {})}
            {...(over?.id === one.id && dragged !== one.id ? { 'data-over': over.where } : {})}
            onDragOver={(event) => {
              if (dragged === undefined) return
              event.preventDefault()
              setOver({ id: one.id, where: where(event) })
            }}
            onDrop={(event) => onDrop(event, one.id)}
          >
            <div className={classes.handle}>
              <span className={classes.place}>{i + 1}</span>
              {mayChange && (
                <button
                  type="button"
                  className={classes.grip}
                  draggable
                  aria-label={t('board:agenda.grip', { place: i + 1 })}
                  title={t('board:agenda.grip-how')}
                  onDragStart={(event) => {
                    event.dataTransfer.effectAllowed = 'move'
                    event.dataTransfer.setData('text/plain', String(i + 1))
                    setDragged(one.id)
                  }}
                  onDragEnd={() => {
                    setDragged(undefined)
                    setOver(undefined)
                  }}
                  onKeyDown={(event) => onKey(event, one.id)}
                >
                  <IconGripVertical size={18} aria-hidden />
                </button>
              )}
            </div>
            <Entry one={one} meeting={meeting} />
            <div className={classes.aside}>
              <span className={classes.number}>{t('board:minutes-of', { count: one.minutes })}</span>
              {mayChange && (
                <Group gap={2} justify="flex-end" wrap="nowrap">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    disabled={i === 0}
                    aria-label={t('board:agenda.up', { place: i + 1 })}
                    onClick={() => move(one.id, -1)}
                  >
                    <IconArrowUp size={16} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    disabled={i === cases.length - 1}
                    aria-label={t('board:agenda.down', { place: i + 1 })}
                    onClick={() => move(one.id, 1)}
                  >
                    <IconArrowDown size={16} aria-hidden />
                  </ActionIcon>
                  {one.state !== 'decided' && (
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t('board:agenda.off', { place: i + 1 })}
                      onClick={() => onOrder(ids.filter((id) => id !== one.id))}
                    >
                      <IconX size={16} aria-hidden />
                    </ActionIcon>
                  )}
                </Group>
              )}
            </div>
          </li>
        ))}
      </ol>
    </>
  )
}

function Entry({ one, meeting }: { readonly one: BoardCase; readonly meeting: BoardMeetingDetail }) {
  const t = useWords('board')
  const [isOpen, setOpen] = useState(false)
  const interests = meeting.interests.filter((interest) => interest.case === one.id)
  const named = useNames()
  const nameOf = (who: string): string => meeting.members.find((member) => member.who === who)?.name ?? named(who)
  return (
    <div className={classes.what}>
      <h3>
        <CaseName one={one} /> <AskedUrgency value={one.urgency} />
      </h3>
      {one.story !== undefined && (
        <p className="quiet" lang="en">
          {one.story}
        </p>
      )}
      {one.patient !== null && (
        <p className={classes.story}>{one.question ?? <span className="quiet">{t('board:question.withheld')}</span>}</p>
      )}
      {interests.map(({ who, text }) => (
        <p key={who} className={classes.overdue}>
          {t('board:interest.of', { name: nameOf(who), text })}
        </p>
      ))}
      {one.decision === undefined ? (
        <>
          <p>
            <ReadyMark value={one} />
          </p>
          {!isOpen && <NeededFirst value={one} />}
          {one.readiness.items.length > 0 && (
            <Button variant="subtle" size="compact-sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {t(isOpen ? 'board:ready.hide' : 'board:ready.show')}
            </Button>
          )}
        </>
      ) : (
        <div className={classes.decided}>
          <strong>
            <IconCircleCheckFilled size={14} aria-hidden /> {t('board:decided')}:
          </strong>{' '}
          <span lang="en">{one.decision.title}</span>
          <div className="quiet">
            {one.decision.reason}
            {one.decision.dueOn !== undefined && (
              <>
                {' '}
                · {nameOf(one.decision.owner ?? '')} · <When day={one.decision.dueOn} isBrief />
              </>
            )}
          </div>
        </div>
      )}
      {isOpen && <ReadinessList value={one} mayChange={one.question !== null} />}
    </div>
  )
}
