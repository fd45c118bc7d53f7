import type { TimelineMark } from '@secondwind/server/contract'
import { useWords } from '../../shared/words.ts'
import { Sign } from './sign.tsx'
import classes from './timeline.module.css'

const SHOWN: readonly TimelineMark[] = [
  'progression',
  'response',
  'complete-response',
  'stable',
  'undetermined',
  'scan',
  'new-metastasis',
  'reported',
  'pending',
  'failed',
  'dose-change',
  'grade-2',
  'grade-3',
  'present',
  'absent',
  'visit',
  'decision',
  'appointment',
  'due',
]
const EDGES = ['solid', 'open', 'unknown', 'running', 'held', 'planned', 'conflict'] as const

/** What the signs and the edges mean. */
export function Legend() {
  const t = useWords('timeline')
  return (
    <details className={classes.legend}>
      <summary>{t('timeline:legend')}</summary>
      <ul>
        {EDGES.map((edge) => (
          <li key={edge}>
            <svg
              width="34"
              height="16"
              aria-hidden="true"
              className={classes.bar}
              data-kind={edge === 'open' || edge === 'unknown' || edge === 'solid' || edge === 'running' ? 'done' : edge}
            >
              <rect
                className={edge === 'open' ? classes.open : classes.solid}
                x="2"
                y="2"
                width={edge === 'unknown' ? 14 : 26}
                height="12"
                rx="2"
              />
              {edge === 'unknown' && <rect className={classes.open} x="16" y="2" width="12" height="12" rx="2" />}
              {edge === 'running' && <path className={classes.arrow} d="M27 1l6 7-6 7z" />}
            </svg>
            {t(`timeline:edge.${edge}`)}
          </li>
        ))}
        {SHOWN.map((mark) => (
          <li key={mark}>
            <svg width="18" height="18" aria-hidden="true">
              <Sign mark={mark} x={9} y={9} />
            </svg>
            {t(`timeline:mark.${mark}`)}
          </li>
        ))}
      </ul>
    </details>
  )
}
