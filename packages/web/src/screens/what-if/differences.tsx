import type { PlanChange } from '@secondwind/care'
import type { ReactNode } from 'react'
import type { Named } from '../../planner/use-knowledge-words.ts'
import { useLanguage, useWords } from '../../shared/words.ts'
import { grouped, type Told, toldOnce } from './marks.ts'
import classes from './what-if.module.css'

const FEW = 6

/** What became different, in words, new alerts first. */
export function Differences({ changes, named }: { readonly changes: readonly PlanChange[]; readonly named: Named }) {
  const t = useWords('what-if')
  const groups = grouped(changes)
  if (groups.length === 0)
    return (
      <p className={classes.same} role="status">
        {t('what-if:same')}
      </p>
    )
  return (
    <dl className={classes.differences}>
      {groups.map((one) => {
        const told = toldOnce(one.changes)
        return (
          <div key={one.group} data-group={one.group}>
            <dt>
              {t(`what-if:group.${one.group}`)} <span className="quiet">{told.length}</span>
            </dt>
            <dd>
              <Lines told={told.slice(0, FEW)} named={named} />
              {told.length > FEW && (
                <details>
                  <summary>{t('what-if:more', { count: told.length - FEW })}</summary>
                  <Lines told={told.slice(FEW)} named={named} />
                </details>
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

/** Kinds whose words "there" and places say nothing beside the subject. */
const BARE: ReadonlySet<PlanChange['kind']> = new Set([
  'alert-added',
  'alert-removed',
  'not-advised',
  'no-longer-not-advised',
  'test-added',
  'test-removed',
  'support-added',
  'support-removed',
  'interaction-added',
  'interaction-removed',
])
const IS_GONE: ReadonlySet<PlanChange['kind']> = new Set([
  'alert-removed',
  'no-longer-not-advised',
  'test-removed',
  'support-removed',
  'interaction-removed',
  'option-withdrawn',
])

function Lines({ told, named }: { readonly told: readonly Told[]; readonly named: Named }) {
  const t = useWords('what-if')
  const language = useLanguage()
  const words = (kind: PlanChange['kind'], text: string): ReactNode =>
    kind === 'needs' ? <span lang={named.fact(text)?.lang ?? language}>{named.fact(text)?.label ?? text}</span> : text
  return (
    <ul lang="en">
      {told.map(({ change: { kind, at, before, after }, subjects, what }) => {
        const isBare = kind === 'outlook' || BARE.has(kind)
        return (
          <li key={`${kind}${at}${before}${after}`} data-gone={IS_GONE.has(kind) || undefined}>
            {IS_GONE.has(kind) && <span className={classes.sign}>{t('what-if:gone')} </span>}
            {/* the outlook is opened by who asks for it, never told by the way */}
            {kind === 'outlook' ? (
              <span>{t('what-if:outlook')}</span>
            ) : (
              <span>{subjects.length > 1 && !isBare ? what : subjects.join('; ')}</span>
            )}
            {!isBare && (
              <>
                {(subjects.length === 1 || what !== undefined) && ': '}
                {before !== undefined && <del>{words(kind, before)}</del>}
                {before !== undefined && after !== undefined && ' → '}
                {after !== undefined && <ins>{words(kind, after)}</ins>}
              </>
            )}
            {subjects.length > 1 && !isBare && (
              <div className="quiet">
                <span lang={language}>{t('what-if:concerns', { count: subjects.length })}</span> {subjects.join(' · ')}
              </div>
            )}
          </li>
        )
      })}
    </ul>
  )
}
