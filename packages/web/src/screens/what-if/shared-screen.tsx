import { Alert } from '@mantine/core'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { fragmentOf, sharedIn } from '../../planner/share.ts'
import { useKnowledgeWords } from '../../planner/use-knowledge-words.ts'
import { useApi } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { WaitingPage } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import { PatientChoice } from './patient-choice.tsx'
import { Workbench } from './workbench.tsx'

/** What-ifs that came by a link: on a patient whom one chooses, or on nobody. */
export function SharedWhatIfScreen() {
  const t = useWords('what-if')
  const go = useNavigate()
  const { hash } = useLocation()
  const shared = useMemo(() => sharedIn(hash), [hash])
  const { named, error } = useKnowledgeWords()
  const { data: applied } = useApi<{ readonly version: string }>('/knowledge')
  const { may } = useMe()
  if (named === undefined)
    return error ? (
      <Page title={t('what-if:title')} windowTitle={t('what-if:title')}>
        <Fault error={error} />
      </Page>
    ) : (
      <WaitingPage />
    )
  const isOther = shared.release !== undefined && applied !== undefined && applied.version !== shared.release
  return (
    <Workbench
      patient={undefined}
      set={shared.set}
      onSet={(set) => void go({ to: '.', hash: fragmentOf({ ...shared, set }) })}
      named={named}
      notice={
        <>
          {isOther && (
            <Alert color="amber" mb="md">
              {t('what-if:other-release', { tried: shared.release, now: applied.version })}
            </Alert>
          )}
          {may('search', 'roster') && (
            <PatientChoice
              onChoose={(id) =>
                void go({
                  to: '/patients/$patient/what-if' as string,
                  params: { patient: id } as never,
                  state: { set: shared.set } as never,
                })
              }
            />
          )}
        </>
      }
    />
  )
}
