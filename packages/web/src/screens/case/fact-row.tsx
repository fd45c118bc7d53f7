import { Popover } from '@mantine/core'
import type { CaseFact } from '@secondwind/server/contract'
import { type ReactNode, useRef, useState } from 'react'
import { Keys } from '../../shared/parts/keys.tsx'
import { useWords } from '../../shared/words.ts'
import classes from './case.module.css'
import { EditFact } from './edit-fact.tsx'
import { FactCard } from './fact-card.tsx'
import { Entries } from './take-back.tsx'
import { Value } from './value.tsx'
import { shortLabel, useScene } from './view.ts'

/** One fact: its name and its value. Hover or focus shows where it comes from; Enter or a click changes it in place. */
export function FactRow({
  one,
  commonDay,
  isBare = false,
}: {
  readonly one: CaseFact
  readonly commonDay?: string
  readonly isBare?: boolean
}) {
  const { facts } = useScene()
  const about = facts.get(one.id)
  if (about === undefined) return null
  // what is there is said by its name: a "yes" beside it tells nothing more
  const isThere = 'value' in one.fact && one.fact.value === true
  return (
    <div className={`${classes.row} ${isBare ? classes.bare : ''}`}>
      <dt lang={about.lang} className={isThere ? classes.words : ''}>
        {shortLabel(about.label)}
      </dt>
      <dd>
        <FactButton one={one}>
          <Value one={one} isUndated={commonDay !== undefined && 'value' in one.fact && one.fact.on === commonDay} />
        </FactButton>
      </dd>
    </div>
  )
}

const OPEN_AFTER = 250
const CLOSE_AFTER = 120

export function FactButton({
  one,
  children,
  isFramed = false,
  isNamed = false,
}: {
  readonly one: CaseFact
  readonly children: ReactNode
  readonly isFramed?: boolean
  /** What is written on it says already which fact it is. */
  readonly isNamed?: boolean
}) {
  const t = useWords('case')
  const { facts, view } = useScene()
  const [state, setState] = useState<'closed' | 'peek' | 'edit'>('closed')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const button = useRef<HTMLButtonElement>(null)
  const later = (next: 'closed' | 'peek', after: number): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setState((now) => (now === 'edit' ? now : next)), after)
  }
  const close = (): void => {
    clearTimeout(timer.current)
    setState('closed')
    button.current?.focus()
  }
  const about = facts.get(one.id)
  const label = about?.label ?? one.id
  const entries = view.entries.filter(({ fact }) => fact === one.id)
  return (
    <Popover
      opened={state !== 'closed'}
      onDismiss={() => setState('closed')}
      position="bottom-start"
      width={state === 'edit' ? 380 : 'max-content'}
      withinPortal
      trapFocus={state === 'edit'}
      shadow="md"
      closeOnEscape={false}
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target popupType="dialog">
        <button
          ref={button}
          type="button"
          data-fact={one.id}
          className={isFramed ? classes.factFramed : classes.fact}
          onMouseEnter={() => later('peek', OPEN_AFTER)}
          onMouseLeave={() => later('closed', CLOSE_AFTER)}
          onFocus={(event) => event.currentTarget.matches(':focus-visible') && later('peek', OPEN_AFTER)}
          onBlur={() => later('closed', CLOSE_AFTER)}
          onKeyDown={(event) => event.key === 'Escape' && state !== 'closed' && close()}
          onClick={() => {
            clearTimeout(timer.current)
            setState('edit')
          }}
        >
          {/* heard, not seen: which fact this is, and what the button does */}
          {!isNamed && (
            <span className="visually-hidden" lang={about?.lang}>
              {label}:{' '}
            </span>
          )}
          {children}
          <span className="visually-hidden">, {t(one.fixed === undefined ? 'case:edit.does' : 'case:edit.tells')}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown
        className={classes.dropdown}
        aria-label={label}
        onMouseEnter={() => clearTimeout(timer.current)}
        onMouseLeave={() => later('closed', CLOSE_AFTER)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          close()
        }}
      >
        <FactCard one={one} />
        {entries.length > 0 && (
          <>
            <p className={classes.cardTitle}>{t('case:entries')}</p>
            <Entries all={entries} />
          </>
        )}
        {state === 'edit' ? (
          <EditFact one={one} onDone={close} />
        ) : (
          one.fixed === undefined && (
            <p className={classes.hint}>
              <Keys of="Enter" /> {t('case:edit.hint')}
            </p>
          )
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
