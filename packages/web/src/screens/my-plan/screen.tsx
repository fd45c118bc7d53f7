import { Button, NativeSelect } from '@mantine/core'
import type { OwnPlan, OwnPlans, OwnSection } from '@secondwind/server/contract'
import { IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import { useApi } from '../../shared/api.ts'
import { useMe } from '../../shared/me.ts'
import { Empty } from '../../shared/parts/empty.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Waiting, WaitingPage } from '../../shared/parts/waiting.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { Coming, Decided, Team } from './facts.tsx'
import classes from './my-plan.module.css'
import { Section } from './section.tsx'

/** Whoever the plan is about, or cares for them, reads it here in plain words: calm, and nothing that nobody has decided. */
export function MyPlanScreen() {
  const t = useWords('my-plan')
  const { me } = useMe()
  const { data, error, refetch } = useApi<OwnPlans>('/my-plan')
  const [chosen, setChosen] = useState<string>()
  if (error)
    return (
      <Page title={t('my-plan:title')} windowTitle={t('my-plan:title')}>
        <Fault error={error} again={() => void refetch()} />
      </Page>
    )
  if (data === undefined) return <WaitingPage />
  const patient = chosen ?? data.people[0]?.patient
  const name = (id: string): string => data.people.find((one) => one.patient === id)?.name ?? t('my-plan:no-name')
  const isCarer = me?.role === 'carer'
  return (
    <Page
      title={isCarer && patient !== undefined ? t('my-plan:title.of', { name: name(patient) }) : t('my-plan:title')}
      windowTitle={t('my-plan:title')}
      lead={t(isCarer ? 'my-plan:lead.carer' : 'my-plan:lead')}
      actions={
        <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => print()}>
          {t('my-plan:print')}
        </Button>
      }
    >
      {data.people.length > 1 && (
        <NativeSelect
          className="no-print"
          label={t('my-plan:for-whom')}
          value={patient}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={data.people.map((one) => ({ value: one.patient, label: name(one.patient) }))}
          maw={360}
          mb="md"
        />
      )}
      {patient === undefined ? (
        <Empty title={t('my-plan:nobody')}>{t(isCarer ? 'my-plan:nobody.do-carer' : 'my-plan:nobody.do')}</Empty>
      ) : (
        <Plan patient={patient} />
      )}
    </Page>
  )
}

/** What stands before, and what after, the parts that the chart itself fills. */
const FIRST: readonly string[] = ['now']
const NEXT: readonly string[] = ['next']
const LAST: readonly string[] = ['support', 'matters', 'questions']

function Plan({ patient }: { readonly patient: string }) {
  const t = useWords('my-plan')
  const language = useLanguage()
  const { data, error, refetch } = useApi<OwnPlan>(`/my-plan/${patient}`)
  if (error) return <Fault error={error} again={() => void refetch()} />
  if (data === undefined) return <Waiting lines={10} />
  const { sections } = data
  const show = (wanted: (id: string) => boolean) => sections.filter(({ id }) => wanted(id)).map((one) => <Section key={one.id} of={one} />)
  const isMiddle = (id: string): boolean => ![...FIRST, ...NEXT, ...LAST, 'team', 'about'].includes(id)
  return (
    <div className={classes.plan}>
      {language !== 'en' && <p className="quiet">{t('my-plan:english')}</p>}
      {show((id) => FIRST.includes(id))}
      <Decided of={data} />
      {show((id) => NEXT.includes(id))}
      <Coming of={data} />
      {show(isMiddle)}
      {show((id) => LAST.includes(id))}
      <Team of={data} page={sections.find(({ id }) => id === 'team')} />
      {data.outlook !== undefined && <Outlook of={data.outlook} />}
      {show((id) => id === 'about')}
    </div>
  )
}

/** About time: folded away, opened by whoever wants to read it, and closed again. */
function Outlook({ of }: { readonly of: OwnSection }) {
  const t = useWords('my-plan')
  const [isOpen, setOpen] = useState(false)
  return (
    <section className={`${classes.section} no-print`}>
      <h2>{t('my-plan:section.outlook')}</h2>
      <p>{t('my-plan:outlook.asks')}</p>
      <Button variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? 'my-plan:outlook.close' : 'my-plan:outlook.open')}
      </Button>
      {isOpen && <Section of={of} isBare />}
    </section>
  )
}
