import { Button, Switch } from '@mantine/core'
import type { Explanation } from '@secondwind/core'
import { IconArrowBackUp, IconFlask2 } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { factOf, withChange } from '../../planner/share.ts'
import type { Named } from '../../planner/use-knowledge-words.ts'
import { Fault } from '../../shared/parts/fault.tsx'
import { Page } from '../../shared/parts/page.tsx'
import { Waiting } from '../../shared/parts/waiting.tsx'
import { useWords } from '../../shared/words.ts'
import { DecideProvider } from '../plan/decide-slot.ts'
import { PlanBody } from '../plan/plan-body.tsx'
import { Stamp } from '../plan/stamp.tsx'
import { TryChip } from '../plan/try-chip.tsx'
import { type View, ViewProvider } from '../plan/view.ts'
import { type Asked, WhyDrawer } from '../plan/why-drawer.tsx'
import { ChangesList } from './changes-list.tsx'
import { Differences } from './differences.tsx'
import { FactPicker } from './fact-picker.tsx'
import { addedAlerts, marksOf, tellingChanges } from './marks.ts'
import { ShareLink } from './share-link.tsx'
import { SideBySide } from './side-by-side.tsx'
import { useWhatIf } from './use-what-if.ts'
import classes from './what-if.module.css'

const FEW = 8

/** Facts are changed on the left, the plan follows on the right; it never looks like the plan of the patient. */
export function Workbench({
  patient,
  set,
  onSet,
  named,
  notice,
}: {
  readonly patient: string | undefined
  readonly set: readonly string[]
  /** Each call is a step that back and forward go through. */
  readonly onSet: (set: readonly string[]) => void
  readonly named: Named
  readonly notice?: ReactNode
}) {
  const t = useWords('what-if')
  const { present, changed, issues, fault, again } = useWhatIf(patient, set)
  const [draft, setDraft] = useState<string>()
  const [isCompared, setCompared] = useState(false)
  const [asked, setAsked] = useState<Asked>()
  const put = (entry: string): void => {
    if (factOf(entry) === draft) setDraft(undefined)
    onSet(withChange(set, entry))
  }
  const document = changed?.document ?? present
  const marks = useMemo(
    () => (changed === undefined || present === undefined ? undefined : marksOf(changed.changes, present, changed.document)),
    [changed, present],
  )
  const alerts = useMemo(() => (changed === undefined ? undefined : addedAlerts(changed.changes)), [changed])
  const telling = useMemo(
    () =>
      present === undefined
        ? []
        : tellingChanges(present, (fact) => named.fact(fact)?.type === 'truth').filter((one) =>
            set.every((entry) => factOf(entry) !== factOf(one)),
          ),
    [present, named, set],
  )
  const view: View | undefined =
    document === undefined
      ? undefined
      : {
          document,
          named,
          ...(patient === undefined ? {} : { patient }),
          ...(marks === undefined ? {} : { marks }),
          explain: (title: string, because: Explanation, rules: readonly string[]) => setAsked({ title, because, rules }),
          tryOut: put,
        }
  return (
    <div className={classes.field}>
      <p className={classes.banner}>
        <IconFlask2 size={20} aria-hidden />
        <strong>{t(patient === undefined ? 'what-if:banner.nobody' : 'what-if:banner')}</strong>
        <span>{t('what-if:banner.nothing-kept')}</span>
      </p>
      <Page
        title={t('what-if:title')}
        windowTitle={t('what-if:title')}
        lead={patient === undefined ? t('what-if:lead.nobody') : t('what-if:lead')}
        isWide
        actions={<ShareLink set={set} {...(document === undefined ? {} : { release: document.knowledge.version })} />}
      >
        {notice}
        <div className={classes.bench}>
          <section className={classes.controls} aria-label={t('what-if:facts')}>
            <FactPicker named={named} onChange={put} onOpen={setDraft} />
            <ChangesList
              set={set}
              draft={draft !== undefined && set.every((entry) => factOf(entry) !== draft) ? draft : undefined}
              present={present}
              issues={issues}
              named={named}
              onChange={put}
              onRemove={(fact) => {
                if (fact === draft) setDraft(undefined)
                if (set.some((entry) => factOf(entry) === fact)) onSet(set.filter((entry) => factOf(entry) !== fact))
              }}
            />
            {set.length > 0 && (
              <Button variant="default" size="compact-md" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={() => onSet([])}>
                {t('what-if:reset')}
              </Button>
            )}
            {view !== undefined && telling.length > 0 && (
              <ViewProvider value={view}>
                <h2 className={classes.small}>{t('what-if:telling')}</h2>
                <div className={classes.chips}>
                  {telling.slice(0, FEW).map((one) => (
                    <TryChip key={one} set={one} />
                  ))}
                </div>
              </ViewProvider>
            )}
          </section>
          <section className={classes.result} aria-label={t('what-if:result')} aria-live="polite" aria-busy={document === undefined}>
            {fault ? <Fault error={fault} again={again} /> : null}
            {document === undefined && !fault && <Waiting lines={10} />}
            {changed !== undefined && (
              <>
                <h2 className={classes.small}>{t('what-if:differences')}</h2>
                <Differences changes={changed.changes} named={named} />
              </>
            )}
            {issues.length > 0 && (
              <p className={classes.wrong} role="status">
                {t('what-if:unreadable')}
              </p>
            )}
            {set.length === 0 && document !== undefined && <p className={classes.same}>{t('what-if:unchanged')}</p>}
          </section>
        </div>
        {changed !== undefined && present !== undefined && (
          <Switch
            className={`${classes.switch} no-print`}
            checked={isCompared}
            onChange={(event) => setCompared(event.currentTarget.checked)}
            label={t('what-if:compare')}
          />
        )}
        {view !== undefined && (
          <ViewProvider value={view}>
            <Stamp isTrial />
            {isCompared && present !== undefined && changed !== undefined ? (
              <SideBySide present={present} changed={changed.document} />
            ) : (
              // on a what-if nothing is decided
              <DecideProvider value={undefined}>
                <PlanBody {...(alerts === undefined ? {} : { addedAlerts: alerts })} />
              </DecideProvider>
            )}
            <WhyDrawer asked={asked} onClose={() => setAsked(undefined)} />
          </ViewProvider>
        )}
      </Page>
    </div>
  )
}
