import { Unsafe } from '../../shared/parts/unsafe.tsx'
import { Alerts } from './alerts.tsx'
import { Interactions } from './interactions.tsx'
import { NotAdvisedPanel } from './not-advised.tsx'
import { Options } from './options.tsx'
import { OutlookPanel } from './outlook.tsx'
import { Problems, RefusedPlan } from './problems.tsx'
import { IntendedUse } from './stamp.tsx'
import { SupportPanel } from './support.tsx'
import { Tests } from './tests.tsx'
import { useView } from './view.ts'

/** A plan, whole: what comes first, what can be done, what must not be, what to find out, who else helps. */
export function PlanBody({ addedAlerts }: { readonly addedAlerts?: ReadonlySet<string> }) {
  const { document } = useView()
  return (
    <>
      <Alerts {...(addedAlerts === undefined ? {} : { added: addedAlerts })} />
      {document.status === 'refused' && <RefusedPlan />}
      <Unsafe of={document.notAdvised} most={5} to="#not-advised" />
      <Problems />
      <Options />
      <NotAdvisedPanel />
      <Tests />
      <Interactions />
      <SupportPanel />
      {document.status === 'proposed' && <OutlookPanel />}
      <IntendedUse />
    </>
  )
}
