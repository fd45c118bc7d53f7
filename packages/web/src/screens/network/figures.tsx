import type { NetworkOverdue, WorkspaceNeed } from '@secondwind/server/contract'
import { Link } from '@tanstack/react-router'
import { useLanguage, useWords } from '../../shared/words.ts'
import classes from './network.module.css'

/** What is asked of the network today, most pressing first, with the list behind each number. */
export const FIGURES: readonly { readonly id: keyof NetworkOverdue; readonly need: WorkspaceNeed | undefined }[] = [
  { id: 'emergencies', need: 'emergency' },
  { id: 'decisionsDue', need: 'decision-due' },
  { id: 'changed', need: 'changed' },
  { id: 'ordersOverdue', need: 'order-overdue' },
  { id: 'ordersWithoutClock', need: undefined },
  { id: 'appointmentsMissed', need: 'appointment-missed' },
  { id: 'toPutRight', need: 'put-right' },
]

/** `lists`: what of it this person's own list can be narrowed to. */
export function Figures({ overdue, lists }: { readonly overdue: NetworkOverdue; readonly lists: ReadonlySet<WorkspaceNeed> }) {
  const t = useWords('network')
  const number = new Intl.NumberFormat(useLanguage())
  return (
    <dl className={classes.figures}>
      {FIGURES.map(({ id, need }) => (
        <div key={id} data-emergency={(id === 'emergencies' && overdue[id] > 0) || undefined}>
          <dt>
            {need !== undefined && lists.has(need) ? (
              <Link to="/" search={{ need } as never}>
                {t(`network:figure.${id}`)}
              </Link>
            ) : (
              t(`network:figure.${id}`)
            )}
          </dt>
          <dd>{number.format(overdue[id])}</dd>
        </div>
      ))}
    </dl>
  )
}
