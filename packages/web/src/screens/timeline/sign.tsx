import type { TimelineMark } from '@secondwind/server/contract'
import classes from './timeline.module.css'

/** What each mark is drawn as, and in which tone. The shape says it without the colour. */
const SIGNS: { readonly [mark in TimelineMark]: { readonly shape: Shape; readonly tone: Tone; readonly text?: string } } = {
  start: { shape: 'diamond', tone: 'action' },
  'dose-change': { shape: 'notch', tone: 'action' },
  'complete-response': { shape: 'double-down', tone: 'good' },
  response: { shape: 'down', tone: 'good' },
  stable: { shape: 'bar', tone: 'quiet' },
  progression: { shape: 'up', tone: 'urgent' },
  undetermined: { shape: 'ring', tone: 'unknown', text: '?' },
  scan: { shape: 'ring', tone: 'quiet' },
  'new-metastasis': { shape: 'diamond', tone: 'urgent' },
  reported: { shape: 'disc', tone: 'action' },
  pending: { shape: 'dashed', tone: 'unknown' },
  failed: { shape: 'cross', tone: 'urgent' },
  'grade-1': { shape: 'box', tone: 'quiet', text: '1' },
  'grade-2': { shape: 'box', tone: 'quiet', text: '2' },
  'grade-3': { shape: 'full-box', tone: 'urgent', text: '3' },
  'grade-4': { shape: 'full-box', tone: 'urgent', text: '4' },
  'grade-5': { shape: 'full-box', tone: 'urgent', text: '5' },
  'grade-unknown': { shape: 'box', tone: 'unknown', text: '?' },
  present: { shape: 'disc', tone: 'urgent' },
  absent: { shape: 'slashed', tone: 'quiet' },
  visit: { shape: 'tick', tone: 'quiet' },
  stay: { shape: 'disc', tone: 'quiet' },
  decision: { shape: 'flag', tone: 'action' },
  appointment: { shape: 'dashed', tone: 'action' },
  order: { shape: 'dashed-box', tone: 'action' },
  due: { shape: 'dashed-diamond', tone: 'action' },
  conflict: { shape: 'warn', tone: 'urgent' },
}

type Tone = 'action' | 'good' | 'urgent' | 'quiet' | 'unknown'
type Shape =
  | 'diamond'
  | 'notch'
  | 'double-down'
  | 'down'
  | 'up'
  | 'bar'
  | 'ring'
  | 'disc'
  | 'dashed'
  | 'cross'
  | 'box'
  | 'full-box'
  | 'slashed'
  | 'tick'
  | 'flag'
  | 'dashed-box'
  | 'dashed-diamond'
  | 'warn'

/** One sign around a point; 14 pixels wide. */
export function Sign({ mark, x, y }: { readonly mark: TimelineMark; readonly x: number; readonly y: number }) {
  const { shape, tone, text } = SIGNS[mark]
  return (
    <g transform={`translate(${x} ${y})`} className={classes.sign} data-tone={tone} data-shape={shape}>
      <Drawn shape={shape} />
      {text !== undefined && (
        <text textAnchor="middle" dy="0.34em" fontSize="10" fontWeight="700">
          {text}
        </text>
      )}
    </g>
  )
}

function Drawn({ shape }: { readonly shape: Shape }) {
  switch (shape) {
    case 'diamond':
    case 'dashed-diamond':
      return <path d="M0-7 7 0 0 7-7 0z" />
    case 'notch':
      return <path d="M-5-8H5L0-1z" />
    case 'down':
      return <path d="M-7-5H7L0 7z" />
    case 'double-down':
      return <path d="M-7-7H7L0 1zM-7 0-1.5 0 0 2 1.5 0 7 0 0 8z" />
    case 'up':
      return <path d="M-7 5H7L0-7z" />
    case 'bar':
      return <path d="M-7-2.5H7V2.5H-7z" />
    case 'ring':
    case 'disc':
    case 'dashed':
      return <circle r={shape === 'disc' ? 5.5 : 6} />
    case 'slashed':
      return (
        <>
          <circle r="5.5" />
          <path d="M-4 4 4-4" />
        </>
      )
    case 'cross':
      return <path d="M-5-5 5 5M5-5-5 5" />
    case 'box':
    case 'full-box':
    case 'dashed-box':
      return <rect x="-7" y="-7" width="14" height="14" rx="2.5" />
    case 'tick':
      return <path d="M0-6V6" />
    case 'flag':
      return <path d="M-5 8V-8H7L3.5-4 7 0H-3.5V8z" />
    case 'warn':
      return <path d="M0-8 8 6H-8zM-1-3.5h2v5h-2zM-1 3h2v2h-2z" fillRule="evenodd" />
    default:
      return null
  }
}
