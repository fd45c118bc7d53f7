import { comparePlans, type PlanChange } from '@secondwind/care'
import type { PlanDocument } from '@secondwind/core'
import { keepShown } from '../knowledge-api/shown.ts'
import type { Store } from '../store/index.ts'
import { keepWorkspace } from '../workspace/keep.ts'
import type { PlanMaker } from './plan-maker.ts'
import { type ChangeCause, type KeptPlan, readPlanState, recordChange, type ShownChange, writePlanState } from './plan-state.ts'

export type Replanned =
  | { readonly outcome: 'planned' | 'unchanged'; readonly cause: ChangeCause; readonly changes: number }
  /** No chart, or one that cannot be read: nothing is kept, and the reason is told. */
  | { readonly outcome: 'not-planned'; readonly reason: string }

const FIRST: ReadonlySet<PlanChange['kind']> = new Set(['status', 'first-choice', 'alert-added', 'not-advised'])
/** More changes than a person reads; the whole is a comparison away. */
const MOST_SHOWN = 40

/**
 * Makes the plan of one patient again, keeps it, and writes down what changed for the worklists. Safe to run twice: the second run finds nothing new.
 * Two runs at once for one patient wait for each other.
 */
export async function replan(store: Store, maker: PlanMaker, patient: string, asOf: string, now: () => Date): Promise<Replanned> {
  const result = await store.transaction<Replanned>({ who: 'second-wind', site: 'second-wind' }, async (tx) => {
    await tx.lock(`plan ${patient}`)
    const content = await tx.chart(patient)
    const made = maker.make(content, asOf)
    if (!made.ok) {
      const reason = made.error[0]?.code ?? 'unknown'
      await tx.sql.query('delete from plan_state where patient = $1', [patient])
      await keepShown(tx.sql, patient, undefined)
      await keepWorkspace(tx.sql, patient, content, { reason }, maker.knowledge, asOf)
      return { ok: true, value: { outcome: 'not-planned', reason } }
    }
    const { document, digest } = made.value
    const before = await readPlanState(tx.sql, patient)
    if (before?.digest === digest && before.revision === content.revision)
      return { ok: true, value: { outcome: 'unchanged', cause: 'calendar', changes: 0 } }
    const cause = causeOf(before, content.revision, document)
    const changes = before ? comparePlans(before.document, document, 'care').filter(isForPeople) : []
    const site = content.resources.find((r) => r.type === 'Patient')?.site ?? ''
    const at = now().toISOString()
    const isKept = await writePlanState(tx.sql, patient, site, content.revision, made.value, at)
    if (isKept) await keepShown(tx.sql, patient, document)
    if (isKept) await keepWorkspace(tx.sql, patient, content, { document }, maker.knowledge, asOf)
    const isNews = isKept && (changes.length > 0 || (cause === 'first' && document.alerts.length > 0))
    if (isNews) {
      await recordChange(tx.sql, {
        patient,
        site,
        at,
        revision: content.revision,
        knowledgeDigest: document.knowledge.digest,
        cause,
        priority: cause === 'first' ? firstPriority(document) : priorityOf(changes),
        changes: cause === 'first' ? alertsAsChanges(document) : changes.slice(0, MOST_SHOWN).map(shown),
      })
    }
    return { ok: true, value: { outcome: 'planned', cause, changes: changes.length } }
  })
  if (!result.ok) throw new Error(`invariant: planning again refuses nothing, but did: ${result.error[0]?.code}`)
  return result.value
}

function causeOf(before: KeptPlan | undefined, revision: number, document: PlanDocument): ChangeCause {
  if (before === undefined) return 'first'
  if (before.revision !== revision) return 'data'
  if (before.knowledgeDigest !== document.knowledge.digest) return 'release'
  // the same day and the same chart: what it names, and what stands in no chart, is another
  return before.asOf === document.asOf ? 'data' : 'calendar'
}

/** What the chart says has its own history; a worklist tells what to do differently. */
const isForPeople = ({ weight, kind }: PlanChange): boolean =>
  (weight === 'decision' || weight === 'care') && kind !== 'fact' && kind !== 'problem' && kind !== 'other-input'

const priorityOf = (changes: readonly PlanChange[]): 1 | 2 | 3 =>
  changes.some(({ kind }) => FIRST.has(kind)) ? 1 : changes.some(({ weight }) => weight === 'decision') ? 2 : 3

const firstPriority = ({ alerts }: PlanDocument): 1 | 2 => (alerts.some((a) => a.urgency === 'emergency') ? 1 : 2)

const alertsAsChanges = ({ alerts }: PlanDocument): readonly ShownChange[] =>
  alerts.map(({ title }) => ({ kind: 'alert-added', subject: title }))

const shown = ({ kind, subject, before, after }: PlanChange): ShownChange => ({
  kind,
  subject,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
})
