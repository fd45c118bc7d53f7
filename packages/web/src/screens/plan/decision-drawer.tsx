import { Drawer } from '@mantine/core'
import type { PlanDocument } from '@secondwind/core'
import { lazy, Suspense } from 'react'
import { useApi } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'

const Clashes = lazy(() => import('../board/clashes.tsx').then((module) => ({ default: module.Clashes })))
const DecisionForm = lazy(() => import('../board/decision-form.tsx').then((module) => ({ default: module.DecisionForm })))

/** What was decided here and not accepted, where it was decided: nobody leaves the plan believing that it is recorded. */
export function RefusedDecisions() {
  return (
    <Suspense fallback={null}>
      <Clashes />
    </Suspense>
  )
}

/** The decision form of the board over the plan that is looked at, with one option chosen beforehand. */
export function DecisionDrawer({
  patient,
  plan,
  etag,
  chosen,
  onClose,
}: {
  readonly patient: string
  readonly plan: PlanDocument
  readonly etag: string
  readonly chosen: string | undefined
  readonly onClose: () => void
}) {
  const t = useWords('plan')
  const isOpen = chosen !== undefined
  const newest = useApi<{ readonly decision: { readonly number: number } | null }>(
    isOpen ? `/board/patients/${patient}/decisions/newest` : undefined,
    { staleMs: 0 },
  )
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="min(38rem, 100vw)"
      title={<span lang="en">{plan.case.story}</span>}
      closeButtonProps={{ 'aria-label': t('plan:close') }}
    >
      {newest.error ? <Fault error={newest.error} again={() => void newest.refetch()} /> : null}
      {newest.data === undefined
        ? !newest.error && <Waiting lines={8} />
        : isOpen && (
            <Suspense fallback={<Waiting lines={8} />}>
              <DecisionForm
                patient={patient}
                planDigest={etag.replaceAll('"', '')}
                asOf={plan.asOf}
                options={plan.options}
                notAdvised={plan.notAdvised}
                preselected={chosen}
                after={newest.data.decision?.number ?? 0}
                onSent={onClose}
              />
            </Suspense>
          )}
    </Drawer>
  )
}
