import { IconAlertOctagonFilled, IconAlertTriangleFilled, IconClock } from '@tabler/icons-react'
import { useWords } from '../words.ts'
import classes from './small.module.css'

/** How an option stands: recommended, alternative, conditional, needs data. */
export function Standing({ value }: { readonly value: 'recommended' | 'alternative' | 'conditional' | 'needs-data' }) {
  const t = useWords('app')
  return (
    <span className={classes.badge} data-standing={value}>
      {t(`app:standing.${value}`)}
    </span>
  )
}

const URGENCY = { emergency: IconAlertOctagonFilled, urgent: IconAlertTriangleFilled, soon: IconClock } as const

/** How pressing: emergency, urgent, soon. Only an emergency is red. */
export function Urgency({ value }: { readonly value: 'emergency' | 'urgent' | 'soon' }) {
  const t = useWords('app')
  const Sign = URGENCY[value]
  return (
    <span className={classes.badge} data-urgency={value}>
      <Sign size={14} aria-hidden />
      {t(`app:urgency.${value}`)}
    </span>
  )
}

/** Stands beside a claim that nobody has confirmed yet. */
export function Unconfirmed() {
  const t = useWords('app')
  return (
    <span className={classes.badge} data-standing="needs-data" title={t('app:unconfirmed.why')}>
      {t('app:unconfirmed')}
    </span>
  )
}
