import { Button } from '@mantine/core'
import type { BoardCase, BoardUrgency } from '@secondwind/server/contract'
import { IconAlertTriangleFilled, IconClock, IconMinus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useMe } from '../../shared/me.ts'
import { When } from '../../shared/parts/when.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './board.module.css'
import { CaseMenu } from './case-menu.tsx'
import { useNames, useSites } from './people.tsx'
import { NeededFirst, ReadinessList, ReadyMark } from './readiness.tsx'

const SIGNS = { urgent: IconAlertTriangleFilled, soon: IconClock, routine: IconMinus } as const

/** How soon the board is asked for: by sign and word. */
export function AskedUrgency({ value }: { readonly value: BoardUrgency }) {
  const t = useWords('board')
  const Sign = SIGNS[value]
  return (
    <span className={value === 'urgent' ? classes.overdue : 'quiet'} style={{ whiteSpace: 'nowrap' }}>
      <Sign size={14} aria-hidden style={{ verticalAlign: '-0.1em' }} /> {t(`board:urgency.${value}`)}
    </span>
  )
}

/** Who it is, or that it is not open to the reader. */
export function CaseName({ one }: { readonly one: BoardCase }) {
  const t = useWords('board')
  const { siteName } = useSites()
  if (one.patient === null) return <span className="quiet">{t('board:case.of', { site: siteName(one.site) })}</span>
  return (
    <Link to={`/patients/${one.patient.replace(/^Patient\//, '')}` as '/'} className={classes.name}>
      {one.name ?? t('board:no-name')}
    </Link>
  )
}

export function QueueRow({ one }: { readonly one: BoardCase }) {
  const t = useWords('board')
  const { may } = useMe()
  const nameOf = useNames()
  const { siteName } = useSites()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <tr>
        <td>
          <CaseName one={one} />
          <div className="quiet">{siteName(one.site)}</div>
        </td>
        <td className={classes.story}>
          {one.question ?? <span className="quiet">{t('board:question.withheld')}</span>}
          {one.story !== undefined && (
            <div className="quiet" lang="en">
              {one.story}
            </div>
          )}
        </td>
        <td>
          <ReadyMark value={one} />
          {!isOpen && <NeededFirst value={one} />}
          {one.readiness.items.length > 0 && (
            <div>
              <Button variant="subtle" size="compact-sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
                {t(isOpen ? 'board:ready.hide' : 'board:ready.show')}
              </Button>
            </div>
          )}
        </td>
        <td>
          <div className={classes.asked}>
            <AskedUrgency value={one.urgency} />
            {one.question !== null && may('update', 'board-case') && <CaseMenu one={one} />}
          </div>
          <div className="quiet">
            {nameOf(one.askedBy)} · <When day={one.askedAt} isBrief />
          </div>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={4}>
            <ReadinessList value={one} mayChange={may('update', 'board-case')} />
          </td>
        </tr>
      )}
    </>
  )
}
