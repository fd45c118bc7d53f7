import { Button } from '@mantine/core'
import type { PlanDocument } from '@secondwind/core'
import { IconPrinter } from '@tabler/icons-react'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useKnowledgeWords } from '../../planner/use-knowledge-words.ts'
import { useApiTagged } from '../../shared/api.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { WaitingPage } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import { DecideProvider } from './decide-slot.ts'
import { DecisionDrawer, RefusedDecisions } from './decision-drawer.tsx'
import { Glance } from './glance.tsx'
import classes from './plan.module.css'
import { PlanBody } from './plan-body.tsx'
import { Stamp } from './stamp.tsx'
import { type View, ViewProvider } from './view.ts'
import { type Asked, WhyDrawer } from './why-drawer.tsx'

/** The plan of one patient, as the server made it. */
export function PlanScreen() {
  const t = useWords('plan')
  const { patient } = useParams({ strict: false }) as { patient: string }
  const { data, error, refetch } = useApiTagged<PlanDocument>(`/plans/${patient}`)
  const { named, error: noWords } = useKnowledgeWords()
  const [asked, setAsked] = useState<Asked>()
  const [chosen, setChosen] = useState<string>()
  const go = useNavigate()
  if (data === undefined || named === undefined) {
    const fault = error ?? noWords
    return fault ? (
      <Page title={t('plan:title')} windowTitle={t('plan:title')}>
        <Fault error={fault} again={() => void refetch()} />
      </Page>
    ) : (
      <WaitingPage />
    )
  }
  const document = data.value
  const view: View = {
    document,
    named,
    patient,
    explain: (title, because, rules) => setAsked({ title, because, rules }),
    tryOut: (set) => void go({ to: WHAT_IF, params: { patient } as never, state: { set: [set] } as never }),
  }
  return (
    <ViewProvider value={view}>
      <Page
        title={<span lang="en">{document.case.story}</span>}
        windowTitle={t('plan:title')}
        lead={<Stamp />}
        isWide
        actions={
          <Button
            className={classes.wideOnly}
            variant="default"
            leftSection={<IconPrinter size={16} aria-hidden />}
            onClick={() => print()}
          >
            {t('plan:print')}
          </Button>
        }
      >
        <Glance />
        <DecideProvider value={setChosen}>
          <RefusedDecisions />
          <PlanBody />
        </DecideProvider>
      </Page>
      <DecisionDrawer patient={patient} plan={document} etag={data.etag ?? ''} chosen={chosen} onClose={() => setChosen(undefined)} />
      <WhyDrawer asked={asked} onClose={() => setAsked(undefined)} />
    </ViewProvider>
  )
}

const WHAT_IF = '/patients/$patient/what-if' as string
