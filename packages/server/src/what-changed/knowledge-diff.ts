import { changeKey, comparePlans, type PlanChange } from '@secondwind/care'
import { diffKnowledge, type OpenedBase, type RuleChange } from '@secondwind/compiler'
import { err, type Issue, type KnowledgeBase, ok, type PlanDocument, type Result } from '@secondwind/core'
import { planChart, software } from '../compose.ts'
import { attribute, type Cause, type ChangedPlan } from './attribute.ts'
import type { Cohort, CohortPatient } from './cohort.ts'
import { withMissingTables } from './usable-base.ts'

/** What changed between two bases, and for whom. The same bases, cohort and day give the same document. */
export interface KnowledgeDiff {
  readonly schema: 'secondwind/knowledge-diff/1'
  readonly before: BaseName
  readonly after: BaseName
  readonly software: string
  readonly rules: readonly RuleChange[]
  readonly cohort?: CohortDiff
}

export interface BaseName {
  readonly name: string
  readonly version: string
  readonly digest: string
  /** Findings of today's compiler in it. */
  readonly findings: number
}

export interface CohortDiff {
  readonly over: string
  readonly asOf: string
  readonly patients: number
  /** Those whose plan differs, most pressing first. */
  readonly changed: readonly ChangedPatient[]
  /** Patients of the cohort that could not be compared, and why. */
  readonly notCompared: readonly Issue[]
  /** Reading tables that one base lacks and today's software needs, lent by the other: what they read differs in nothing. */
  readonly lentTables: readonly string[]
}

export interface ChangedPatient {
  readonly file: string
  readonly patient: string
  readonly story: string
  readonly priority: Priority
  readonly changes: readonly ExplainedChange[]
}

export type ExplainedChange = PlanChange & { readonly causes: readonly Cause[] }

/**
 * 1: look at this patient first (an alert, the first option, a bar, or a plan that is now refused or no longer is). 2: another decision differs.
 * 3: care beside it. 4: only reasons or words.
 */
export type Priority = 1 | 2 | 3 | 4

const FIRST: ReadonlySet<PlanChange['kind']> = new Set([
  'status',
  'first-choice',
  'alert-added',
  'alert-removed',
  'alert-changed',
  'not-advised',
  'no-longer-not-advised',
  'not-advised-changed',
])

export const priorityOf = ({ kind, weight }: PlanChange): Priority =>
  FIRST.has(kind) && weight === 'decision' ? 1 : weight === 'decision' ? 2 : weight === 'care' ? 3 : 4

/** Refuses a cohort when the software of today cannot read charts with one of the bases, even with the tables of the other. */
export function knowledgeDiff(before: OpenedBase, after: OpenedBase, cohort?: CohortRequest): Result<KnowledgeDiff> {
  const rules = diffKnowledge(before, after)
  const header = { schema: 'secondwind/knowledge-diff/1', before: nameOf(before), after: nameOf(after), software, rules } as const
  if (!cohort) return ok(header)
  const compared = cohortDiff(before, after, rules, cohort)
  return compared.ok ? ok({ ...header, cohort: compared.value }) : compared
}

export interface CohortRequest {
  readonly over: string
  readonly asOf: string
  readonly read: Cohort
}

const nameOf = ({ name, knowledge: { version, digest }, findings }: OpenedBase): BaseName => ({
  name,
  version,
  digest,
  findings: findings.length,
})

type Planned = ReturnType<typeof planChart>

function cohortDiff(before: OpenedBase, after: OpenedBase, rules: readonly RuleChange[], request: CohortRequest): Result<CohortDiff> {
  const { over, asOf, read } = request
  const notCompared: Issue[] = [...read.unread]
  const planOf = ({ chart }: CohortPatient, knowledge: KnowledgeBase): Planned => planChart(chart, { knowledge, asOf, overrides: [] })
  // the same entries give the same plans: there is nothing to compare
  const patients = rules.length === 0 ? [] : read.patients
  const old = plansBy(before, after, patients, planOf)
  if (!old.ok) return old
  const now = plansBy(after, before, patients, planOf)
  if (!now.ok) return now
  const found: (ChangedPlan & { readonly of: CohortPatient })[] = []
  patients.forEach((of, i) => {
    const [a, b] = [old.value.plans[i]!, now.value.plans[i]!]
    if (!a.ok || !b.ok) {
      const [first] = a.ok ? (b.ok ? [] : b.error) : a.error
      if (first) notCompared.push({ ...first, path: `${of.file}: ${first.path}` })
      return
    }
    const changes = comparePlans(a.value, b.value)
    if (changes.length > 0)
      found.push({ of, before: a.value, after: b.value, changes, planBy: (knowledge) => hybridPlan(() => planOf(of, knowledge)) })
  })
  const causes = attribute(old.value.knowledge, now.value.knowledge, rules, found)
  const changed = found.map(({ of, after: plan, changes }, i): ChangedPatient => {
    const explained = changes.map((change) => ({ ...change, causes: causes[i]!.get(changeKey(change)) ?? [] }))
    const priority = Math.min(...changes.map(priorityOf)) as Priority
    return { file: of.file, patient: of.patient, story: plan.case.story, priority, changes: explained }
  })
  const byNeed = (a: ChangedPatient, b: ChangedPatient): number =>
    a.priority - b.priority || (a.file === b.file ? (a.patient < b.patient ? -1 : 1) : a.file < b.file ? -1 : 1)
  const lentTables = [...new Set([...old.value.lent, ...now.value.lent])].sort()
  return ok({ over, asOf, patients: read.patients.length, changed: changed.sort(byNeed), notCompared, lentTables })
}

interface PlansByBase {
  readonly knowledge: KnowledgeBase
  readonly plans: readonly Planned[]
  readonly lent: readonly string[]
}

/** Every patient's plan by one base. Where today's readers cannot work with it, the tables that it lacks are lent by the other base. */
function plansBy(
  base: OpenedBase,
  other: OpenedBase,
  patients: readonly CohortPatient[],
  planOf: (of: CohortPatient, knowledge: KnowledgeBase) => Planned,
): Result<PlansByBase> {
  const all = (knowledge: KnowledgeBase): readonly Planned[] => patients.map((of) => planOf(of, knowledge))
  const { knowledge } = base
  try {
    return ok({ knowledge, plans: all(knowledge), lent: [] })
  } catch {
    // an old base may lack what the readers of today look for: a second try with it, below
  }
  const filled = withMissingTables(knowledge, other.knowledge)
  try {
    return ok({
      knowledge: filled.knowledge,
      plans: all(filled.knowledge),
      lent: filled.added.map((table) => `${table} (not in ${base.name})`),
    })
  } catch (error) {
    return err([
      {
        code: 'knowledge-incomplete',
        severity: 'error',
        path: base.name,
        message: `${software} cannot plan with this base (${(error as Error).message}): it was written for another version of the software`,
        remedy: 'compare the rules without --over, or run the comparison with the software of that time',
      },
    ])
  }
}

/** A base made of two may be one that no compiler would pass: what cannot be planned by it tells nothing, and is no fault of the patient's. */
function hybridPlan(make: () => Planned): PlanDocument | undefined {
  try {
    const made = make()
    return made.ok ? made.value : undefined
  } catch {
    return undefined
  }
}
