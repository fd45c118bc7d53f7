import { ActionIcon, Button } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import type { CaseFact, CaseView } from '@secondwind/server/contract'
import { IconCopy, IconPrinter } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from 'react'
import { useApi } from '../../shared/api.ts'
import { useFacts } from '../../shared/facts.ts'
import { absoluteDay } from '../../shared/format/dates.ts'
import { Standing } from '../../shared/parts/badges.tsx'
import { Fault } from '../../shared/parts/fault.tsx'
import { HandleFirst } from '../../shared/parts/handle-first.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { WaitingPage } from '../../shared/parts/waiting.tsx'
import { useLanguage, useWords } from '../../shared/words.ts'
import { Goals, Open, Pending, Problems, Since } from './asides.tsx'
import { Biomarkers } from './biomarkers.tsx'
import classes from './case.module.css'
import { Lines } from './lines.tsx'
import { paragraphOf } from './paragraph.ts'
import { usePrintFit } from './print-fit.ts'
import { Breath, CommonDay, Facts } from './rows.tsx'
import { Entries } from './take-back.tsx'
import { useValueWords } from './value.tsx'
import { SceneProvider, sceneOf, useScene } from './view.ts'

/** One patient on one page. */
export function CaseScreen() {
  const t = useWords('case')
  const { patient } = useParams({ strict: false }) as { readonly patient: string }
  const { data, error, refetch } = useApi<CaseView>(`/charts/${patient}/case`, { staleMs: 15_000 })
  const facts = useFacts()
  const scene = useMemo(() => (data === undefined || facts === undefined ? undefined : sceneOf(data, facts)), [data, facts])
  if (scene === undefined)
    return error ? (
      <Page title={t('case:title')} windowTitle={t('case:title')}>
        <Fault error={error} again={() => void refetch()} />
      </Page>
    ) : (
      <WaitingPage />
    )
  return (
    <SceneProvider value={scene}>
      <OnePage />
    </SceneProvider>
  )
}

function OnePage() {
  const t = useWords('case')
  const { view, facts } = useScene()
  const words = useValueWords()
  const language = useLanguage()
  const page = useRef<HTMLDivElement>(null)
  usePrintFit(page)
  const copy = async (): Promise<void> => {
    const text = paragraphOf(view, {
      label: (id) => facts.get(id)?.label ?? id,
      value: words,
      day: (day) => absoluteDay(day, language),
      t: (key) => t(key),
    })
    await navigator.clipboard.writeText(text)
    notifications.show({
      color: 'petrol',
      message: t('case:copied'),
      autoClose: 3000,
      closeButtonProps: { 'aria-label': t('case:edit.close') },
    })
  }
  useHotkeys([['alt+c', () => void copy()]])
  const brain = factsOf(view, 'sites').find(({ id }) => id === 'brain-metastases')?.fact
  const isBrain = brain === undefined || !('value' in brain) || brain.value === true
  // the brain has a line of its own; a site that the list names needs no second line
  const sites = factsOf(view, 'sites').filter(
    ({ id, fact }) =>
      id !== 'metastatic-sites' &&
      !(id.startsWith('brain-') && (isBrain || id !== 'brain-metastases')) &&
      !(/-metastases$/.test(id) && 'value' in fact && fact.value === true),
  )
  const organs = factsOf(view, 'organs')
  // what decides doses and drugs stands open, and what is not known; the rest of what a laboratory sends is folded away
  const asked = mainOf(view, 'organs')
  const main = organs.filter(({ fact }, at) => at < asked || !('value' in fact))
  const further = organs.filter((one) => !main.includes(one))
  return (
    <Page
      isWide
      title={
        <span lang="en" className={classes.story}>
          {view.story}
        </span>
      }
      windowTitle={t('case:title')}
    >
      <div className={classes.bar}>
        <p className={classes.firstOption} data-first>
          <First view={view} />
        </p>
        <div className={`${classes.tools} no-print`}>
          <ActionIcon
            variant="default"
            size={26}
            aria-label={t('case:copy')}
            title={`${t('case:copy')} (Alt+C)`}
            onClick={() => void copy()}
          >
            <IconCopy size={15} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="default" size={26} aria-label={t('case:print')} title={t('case:print')} onClick={() => print()}>
            <IconPrinter size={15} aria-hidden />
          </ActionIcon>
          <Button size="compact-sm" component={Link} {...({ to: '/patients/$patient/plan', params: { patient: view.patient } } as object)}>
            {t('case:to-plan')}
          </Button>
        </div>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shortcut between buttons that Tab reaches as well */}
      <div className={classes.page} ref={page} onKeyDown={step}>
        <Part title={t('case:tumour')} area="tumour">
          <dl className={classes.rows}>
            <Breath label={t('terms:histology')} ids={[['histology'], ['transformed-histology', '→']]} />
            <Breath
              label={t('terms:stage')}
              ids={[['stage-group'], ['t-category'], ['n-category'], ['m-category'], ['stage-edition', undefined, t('case:edition')]]}
            />
            <Breath label={t('case:disease')} ids={[['disease-status'], ['progression-kind'], ['progressing-sites']]} />
            <Breath label={t('case:sites')} ids={[['metastatic-sites']]} />
            {isBrain && (
              <Breath
                label={t('case:brain')}
                ids={[
                  ['brain-metastases'],
                  ['brain-metastasis-count', t('case:brain.count')],
                  ['brain-largest-mm', t('case:brain.largest')],
                  ['brain-symptomatic', t('case:brain.symptoms')],
                  ['brain-treated', t('case:brain.treated')],
                ]}
              />
            )}
          </dl>
          <Facts all={sites} />
        </Part>
        <Part title={t('case:lines')} area="lines">
          <Lines />
        </Part>
        <Part title={t('case:open')} area="open" isUnknown>
          <Open />
        </Part>
        <Part title={t('case:problems')} area="problems">
          <Problems />
        </Part>
        <Part title={t('case:since')} area="since">
          <Since />
        </Part>
        <Part title={t('case:biomarkers')} area="biomarkers" aside={<CommonDay all={factsOf(view, 'biomarkers')} />}>
          <Biomarkers all={factsOf(view, 'biomarkers')} main={mainOf(view, 'biomarkers')} />
        </Part>
        {view.pending.length > 0 && (
          <Part title={t('case:pending')} area="pending">
            <Pending />
          </Part>
        )}
        <Part title={t('case:fitness')} area="fitness">
          <Facts all={factsOf(view, 'fitness')} />
        </Part>
        <Part title={t('case:illnesses')} area="illnesses">
          <Facts all={factsOf(view, 'illnesses')} bare="comorbidities" />
        </Part>
        <Part title={t('case:medicines')} area="medicines">
          <dl className={classes.rows}>
            <Breath
              ids={[
                ['medicines'],
                ...(isThere(view, 'medicines', 'medicine-classes') ? [['medicine-classes', t('case:medicines.classes')] as const] : []),
              ]}
            />
          </dl>
          <Facts all={factsOf(view, 'medicines').filter(({ id }) => id !== 'medicines' && id !== 'medicine-classes')} />
        </Part>
        <Part title={t('case:organs')} area="organs" aside={<CommonDay all={main} />}>
          <Facts all={main} isTable />
          {further.length > 0 && (
            <details className={classes.further}>
              <summary>{t('case:organs.further', { count: further.length })}</summary>
              <Facts all={further} isTable />
            </details>
          )}
        </Part>
        <Part title={t('case:symptoms')} area="symptoms">
          {view.symptoms.length === 0 ? <p className={classes.notKnown}>{t('case:symptoms.none')}</p> : <Facts all={view.symptoms} />}
        </Part>
        <Part title={t('case:wishes')} area="wishes">
          {view.goals.length > 0 && <Goals />}
          <Facts all={factsOf(view, 'wishes')} {...(isThere(view, 'wishes', 'preferences') ? { bare: 'preferences' } : {})} />
          <Carers view={view} />
        </Part>
      </div>
      {view.entries.length > 0 && (
        <details className={`${classes.further} no-print`} data-area="entries">
          <summary>{t('case:entries.page', { count: view.entries.length })}</summary>
          <Entries all={view.entries} isNamed />
        </details>
      )}
      <p className={`quiet ${classes.legend}`}>{t('case:legend')}</p>
    </Page>
  )
}

function First({ view: { plan, alerts } }: { readonly view: CaseView }) {
  const t = useWords('case')
  if (plan.status === 'refused' || plan.firstOption === undefined) return <>{t('case:no-plan')}</>
  return (
    <>
      <HandleFirst alerts={alerts} waitsFor={plan.firstWaitsFor} /> {t('case:first')} <span lang="en">{plan.firstOption}</span>{' '}
      {plan.firstStanding !== undefined && <Standing value={plan.firstStanding as 'recommended'} />}
    </>
  )
}

function Part({
  title,
  area,
  aside,
  isUnknown = false,
  children,
}: {
  readonly title: string
  readonly area: string
  readonly aside?: ReactNode
  readonly isUnknown?: boolean
  readonly children: ReactNode
}) {
  return (
    <section className={classes.part} data-area={area} data-tone={isUnknown ? 'unknown' : 'plain'} aria-labelledby={`case-${area}`}>
      <h2 id={`case-${area}`}>
        {title} {aside}
      </h2>
      {children}
    </section>
  )
}

const factsOf = (view: CaseView, id: CaseView['sections'][number]['id']): readonly CaseFact[] =>
  view.sections.find((section) => section.id === id)?.facts ?? []

/** How many of a section stand open; the rest is folded away. */
const mainOf = (view: CaseView, id: CaseView['sections'][number]['id']): number =>
  view.sections.find((section) => section.id === id)?.main ?? 0

/** Whether a fact holds something: a list with an entry, a value that is no no. */
const isThere = (view: CaseView, section: CaseView['sections'][number]['id'], id: string): boolean =>
  factsOf(view, section).some(({ id: own, fact }) => own === id && 'value' in fact && Array.isArray(fact.value) && fact.value.length > 0)

function Carers({ view: { person } }: { readonly view: CaseView }) {
  const t = useWords('case')
  const { carers, language } = person
  return (
    <dl className={classes.rows}>
      {carers.map(({ name, relation, phone }) => (
        <div className={classes.row} key={`${name}${phone}`}>
          <dt>{relation ?? t('case:carer')}</dt>
          <dd className={classes.words}>{[name, phone].filter((part) => part !== undefined).join(', ')}</dd>
        </div>
      ))}
      <div className={classes.row}>
        <dt>{t('case:language')}</dt>
        <dd>
          {language === undefined ? (
            <span className={classes.unknown}>{t('app:unknown.not-recorded')}</span>
          ) : (
            <span className={classes.words}>{language}</span>
          )}
        </dd>
      </div>
    </dl>
  )
}

/** Arrow up and down go from fact to fact. */
function step(event: KeyboardEvent<HTMLDivElement>): void {
  const way = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  const here = event.target as HTMLElement
  if (way === 0 || !here.matches('[data-fact]')) return
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-fact]')]
  const next = all[all.indexOf(here) + way]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
