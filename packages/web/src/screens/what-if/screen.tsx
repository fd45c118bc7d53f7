import { useLocation, useNavigate, useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useKnowledgeWords } from '../../planner/use-knowledge-words.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { WaitingPage } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import { Workbench } from './workbench.tsx'

const NONE: readonly string[] = []

/** What if some facts of this patient were others. The changes live in the history of the window: back and forward go through them, no address holds them. */
export function WhatIfScreen() {
  const t = useWords('what-if')
  const { patient } = useParams({ strict: false }) as { readonly patient: string }
  const go = useNavigate()
  const { state } = useLocation()
  const set = (state as { readonly set?: readonly string[] }).set ?? NONE
  const { named, error } = useKnowledgeWords()
  const kept = useMemo(() => set, [set])
  if (named === undefined)
    return error ? (
      <Page title={t('what-if:title')} windowTitle={t('what-if:title')}>
        <Fault error={error} />
      </Page>
    ) : (
      <WaitingPage />
    )
  return <Workbench patient={patient} set={kept} onSet={(next) => void go({ to: '.', state: { set: next } as never })} named={named} />
}
