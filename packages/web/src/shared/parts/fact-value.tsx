import { Popover } from '@mantine/core'
import type { Fact, KnownFact } from '@secondwind/core'
import { IconCheck } from '@tabler/icons-react'
import { useEffect, useId, useRef, useState } from 'react'
import { useUnits } from '../format/units.ts'
import { type Shown, valueWords } from '../format/value-words.ts'
import { useLanguage, useWords } from '../words.ts'
import classes from './small.module.css'
import { When } from './when.tsx'

/** Milliseconds before a card opens, so that the way across a page opens none. */
const OPEN_AFTER = 250

const isKnownFact = (fact: Fact | undefined): fact is KnownFact => (fact as KnownFact | undefined)?.value !== undefined

/**
 * One fact as it is known: value and unit, its day both ways, stale, contradictory, entered by hand; on hover or focus where it comes from, with the very words.
 * What is not known is hatched and says why; it never looks like a negative.
 */
export function FactValue({
  fact,
  about,
  asOf,
  below,
  isSaid = false,
}: {
  readonly fact: Fact | undefined
  readonly about: Shown
  readonly asOf?: string
  /** What its source must not cover: the card opens below all of it, not only below the value. */
  readonly below?: string
  /** Its name beside it says already that it is so: a "yes" becomes a mark, and is still heard. */
  readonly isSaid?: boolean
}) {
  const t = useWords('app')
  const language = useLanguage()
  const [units] = useUnits()
  const [isOpen, setOpen] = useState(false)
  const target = useRef<HTMLButtonElement>(null)
  const [gap, setGap] = useState(8)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const card = useId()
  if (!isKnownFact(fact)) {
    const reason = fact === undefined ? 'not-recorded' : fact.unknown
    return (
      <span className={classes.fact} data-state={reason === 'conflicting' ? 'conflict' : 'unknown'}>
        {t(`app:unknown.${reason}`)}
      </span>
    )
  }
  const open = (): void => {
    clearTimeout(timer.current)
    setOpen(true)
    const around = below === undefined ? undefined : target.current?.closest(below)
    if (around) setGap(around.getBoundingClientRect().bottom - target.current!.getBoundingClientRect().bottom + 4)
  }
  const close = (): void => {
    clearTimeout(timer.current)
    setOpen(false)
  }
  const later = (act: () => void, after: number): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(act, after)
  }
  // the way to a card that opens further down takes longer
  const leave = (): void => later(close, below === undefined ? 150 : 400)
  // nothing in the chart speaks of it: the plan counts it as absent, and nobody has said so
  const isSilence = fact.absence === 'listed' && fact.sources.length === 0
  const words = isSilence ? t('app:fact.not-listed') : valueWords(fact.value, about, units, language, t)
  const state = isSilence ? 'unknown' : fact.disputed === true ? 'conflict' : fact.stale === true ? 'stale' : 'known'
  return (
    <Popover opened={isOpen} onDismiss={close} position="bottom-start" withinPortal withRoles={false} offset={gap}>
      <Popover.Target>
        <button
          ref={target}
          type="button"
          className={classes.fact}
          data-state={state}
          aria-expanded={isOpen}
          {...(isOpen ? { 'aria-describedby': card } : {})}
          onMouseEnter={() => later(open, OPEN_AFTER)}
          onMouseLeave={leave}
          onFocus={(event) => event.currentTarget.matches(':focus-visible') && later(open, OPEN_AFTER)}
          onBlur={leave}
          onClick={open}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !isOpen) return
            // it closes the card, and not what the card stands on
            event.stopPropagation()
            close()
          }}
        >
          {isSaid && fact.value === true ? (
            <span className={classes.value}>
              <IconCheck size="1em" aria-hidden />
              <span className="visually-hidden">{words}</span>
            </span>
          ) : (
            <span className={classes.value} dir="auto">
              {words}
            </span>
          )}
          {fact.on !== undefined && (
            <span className="quiet">
              <When day={fact.on} isBrief {...(asOf === undefined ? {} : { asOf })} />
            </span>
          )}
          {fact.stale === true && <span className="quiet">({t('app:fact.stale')})</span>}
          {fact.disputed === true && <span className="quiet">({t('app:fact.disputed')})</span>}
          {fact.enteredByHand === true && <span className="quiet">({t('app:fact.by-hand')})</span>}
          {fact.absence === 'listed' && !isSilence && <span className="quiet">({t('app:fact.not-listed')})</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown maw={380} id={card} onMouseEnter={() => clearTimeout(timer.current)} onMouseLeave={leave}>
        {fact.on !== undefined && (
          <p style={{ margin: 0 }}>
            <When day={fact.on} {...(asOf === undefined ? {} : { asOf })} />
          </p>
        )}
        {fact.words !== undefined && (
          <p style={{ margin: '0.25rem 0' }}>
            {t('app:fact.words')}: <q>{fact.words}</q>
          </p>
        )}
        {fact.sources.length === 0 ? (
          <p style={{ margin: 0 }}>{t('app:fact.no-source')}</p>
        ) : (
          <ul className={classes.sourceList}>
            {fact.sources.map(({ reference, version, path }) => (
              <li key={`${reference}${path}`}>
                {reference}
                {version === undefined ? '' : ` v${version}`}
                {path === undefined ? '' : ` · ${path}`}
              </li>
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
