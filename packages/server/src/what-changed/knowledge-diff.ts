import { changeKey, comparePlans, type PlanChange, plan } from '@secondwind/care'
import { diffKnowledge, type OpenedBase, type RuleChange } from '@secondwind/compiler'
import { err, type Issue, type KnowledgeBase, ok, type PlanDocument, type Result } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { planChart, readerFor, software } from '../compose.ts'
import { attribute, type Cause, type ChangedPlan } from './attribute.ts'
import type { Cohort, CohortPatient } from './cohort.ts'
import { withMissingTables, withTablesOf } from './usable-base.ts'

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
  /** Patients of the cohort whose two plans were compared. */
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

/** The two bases by which charts are planned; an old one may need tables that it does not have. */
interface Bases {
  readonly before: KnowledgeBase
  readonly after: KnowledgeBase
  readonly lentTables: readonly string[]
}

/** Today's readers cannot work with a base. */
class Unplannable extends Error {
  readonly side: 'before' | 'after'
  constructor(side: 'before' | 'after', cause: unknown) {
    super((cause as Error).message)
    this.side = side
  }
}

/** What is tried, one after the other, where today's readers cannot work with a base. */
const REMEDIES = [withMissingTables, withTablesOf]

/** Where today's readers cannot work with one base, the tables that it lacks are lent by the other, then all tables; each time all is compared anew. */
function cohortDiff(before: OpenedBase, after: OpenedBase, rules: readonly RuleChange[], request: CohortRequest): Result<CohortDiff> {
  const sides = { before, after }
  const tried = { before: 0, after: 0 }
  const usable = { before: { knowledge: before.knowledge, added: NONE }, after: { knowledge: after.knowledge, added: NONE } }
  for (;;) {
    try {
      const lentTables = (['before', 'after'] as const).flatMap((side) =>
        usable[side].added.map((table) => `${table} (in the place of ${sides[side].name})`),
      )
      return comparedBy({ before: usable.before.knowledge, after: usable.after.knowledge, lentTables }, rules, request)
    } catch (error) {
      if (!(error instanceof Unplannable)) throw error
      const { side } = error
      const remedy = REMEDIES[tried[side]++]
      if (remedy === undefined)
        return refuse(
          sides[side].name,
          `${software} cannot plan with this base (${error.message}): it was written for another version of the software`,
          'compare the rules without --over, or run the comparison with the software of that time',
        )
      usable[side] = remedy(sides[side].knowledge, sides[side === 'before' ? 'after' : 'before'].knowledge)
    }
  }
}

const NONE: readonly string[] = []

function comparedBy({ before, after, lentTables }: Bases, rules: readonly RuleChange[], request: CohortRequest): Result<CohortDiff> {
  const { over, asOf, read } = request
  const notCompared: Issue[] = []
  const found: (ChangedPlan & { readonly of: CohortPatient; readonly story: string })[] = []
  const planBy = ({ chart }: CohortPatient, knowledge: KnowledgeBase): Planned => planChart(chart, { knowledge, asOf, overrides: [] })
  const planOn = (side: 'before' | 'after', of: CohortPatient): Planned => {
    try {
      return planBy(of, side === 'before' ? before : after)
    } catch (error) {
      throw new Unplannable(side, error)
    }
  }
  let patients = 0
  for (const member of read.members()) {
    if ('unread' in member) {
      notCompared.push(member.unread)
      continue
    }
    // the same entries give the same plans
    const plans = rules.length === 0 ? undefined : ([planOn('before', member), planOn('after', member)] as const)
    const failed = plans?.flatMap((plan) => (plan.ok ? [] : plan.error))[0]
    if (failed) {
      notCompared.push({ ...failed, path: `${member.file}: ${failed.path}` })
      continue
    }
    patients++
    const [a, b] = plans ?? []
    if (!a?.ok || !b?.ok) continue
    const changes = comparePlans(a.value, b.value)
    if (changes.length > 0) found.push({ of: member, story: b.value.case.story, changes, planBy: trialPlans(member, asOf) })
  }
  if (patients === 0)
    return notCompared.length > 0 ? err(notCompared) : refuse(over, 'holds no patient', 'give FHIR R4 charts with a Patient resource each')
  const causes = attribute(before, after, rules, found)
  const changed = found.map(({ of, story, changes }, i): ChangedPatient => {
    const explained = changes.map((change) => ({ ...change, causes: causes[i]!.get(changeKey(change)) ?? [] }))
    const priority = Math.min(...changes.map(priorityOf)) as Priority
    return { file: of.file, patient: of.patient, story, priority, changes: explained }
  })
  const byNeed = (a: ChangedPatient, b: ChangedPatient): number =>
    a.priority - b.priority || (a.file === b.file ? (a.patient < b.patient ? -1 : 1) : a.file < b.file ? -1 : 1)
  return ok({ over, asOf, patients, changed: changed.sort(byNeed), notCompared, lentTables })
}

interface ReadBy {
  readonly by: readonly unknown[]
  readonly read: ReturnType<typeof readPatientCase>
}

/**
 * Plans one patient by bases made of two. The chart is read anew only where the tables of reading are others than the last time.
 * Such a base may be one that no compiler would pass: what cannot be planned by it tells nothing, and is no fault of the patient's.
 */
function trialPlans({ chart }: CohortPatient, asOf: string): (knowledge: KnowledgeBase) => PlanDocument | undefined {
  // the tables of the older base come back again and again: what was read with them first is kept
  let first: ReadBy | undefined
  let last: ReadBy | undefined
  return (knowledge) => {
    try {
      const by = [knowledge.facts, knowledge.drugs, knowledge.terminology]
      const isBy = (one: ReadBy | undefined): one is ReadBy => one?.by.every((table, i) => table === by[i]) === true
      if (!isBy(first) && !isBy(last)) last = { by, read: readPatientCase(chart, readerFor(knowledge), { asOf, overrides: [] }) }
      first ??= last
      const used = isBy(first) ? first : last
      if (used === undefined) return undefined
      const { read } = used
      if (!read.ok) return undefined
      return plan({ knowledge, patientCase: read.value.patientCase, problems: read.value.issues, chartDigest: '', software })
    } catch {
      return undefined
    }
  }
}

const refuse = (at: string, message: string, remedy: string): Result<never> =>
  err([{ code: 'knowledge-incomplete', severity: 'error', path: at, message, remedy }])
