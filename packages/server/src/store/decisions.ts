import { err, ok, type Result } from '@secondwind/core'
import { Refused, refusal, type ServerIssue } from '../issue.ts'
import type { Database, Transaction } from './database.ts'
import { chainHash } from './hash.ts'
import type { Author } from './types.ts'

/** What a clinician decided, with what lay on the table when it was decided. */
export interface Decision {
  /** Ids of the options as the plan showed them, best first. */
  readonly optionsSeen: readonly string[]
  /** The option chosen; null: none of them, and the reason says what instead. */
  readonly chosen: string | null
  readonly reason: string
  /** Who of the board thought otherwise, and why. */
  readonly dissent: readonly { readonly who: string; readonly reason: string }[]
  readonly planDigest: string
  readonly chartRevision: number
  readonly knowledgeRelease: string
  /** Clinical day of the plan. */
  readonly asOf: string
  /** What was decided instead, where no option of the plan was chosen. */
  readonly other?: string
  /** What the patient wants, in the patient's own words where they are known. */
  readonly preference?: string
  /** Where the plan called it unsafe: why it was decided all the same, and the words of the plan. */
  readonly againstPlan?: {
    readonly reason: string
    readonly lines: readonly { readonly rule: string; readonly says: string; readonly why: string }[]
  }
  /** Who sees to it (a FHIR reference), and by which day. */
  readonly owner?: string
  readonly dueOn?: string
  /** Where a tumour board decided: the case on its agenda, and the meeting. */
  readonly board?: { readonly case?: string; readonly meeting?: string }
}

export interface RecordedDecision extends Decision {
  readonly patient: string
  /** 1, 2, … for this patient. */
  readonly number: number
  readonly recordedAt: string
  readonly recordedBy: string
  readonly site: string
}

export interface DecisionJournal {
  /** Refuses a decision without a reason, or one for an option that was not seen. */
  append(patient: string, decision: Decision, author: Author): Promise<Result<RecordedDecision, readonly ServerIssue[]>>
  list(patient: string): Promise<readonly RecordedDecision[]>
}

interface Row {
  readonly patient: string
  readonly number: number
  readonly recorded_at: string
  readonly recorded_by: string
  readonly site: string
  readonly body: string
  readonly hash: string
}

const recorded = (row: Row): RecordedDecision => ({
  ...(JSON.parse(row.body) as Decision),
  patient: row.patient,
  number: row.number,
  recordedAt: row.recorded_at,
  recordedBy: row.recorded_by,
  site: row.site,
})

/** Adds a decision inside a transaction that is open already. Throws `Refused` for one that cannot stand. */
export async function appendDecision(
  tx: Transaction,
  patient: string,
  decision: Decision,
  author: Author,
  at: Date,
): Promise<RecordedDecision> {
  const problems = problemsOf(decision)
  if (problems.length > 0) throw new Refused(problems)
  // one decision after the other for a patient
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [`decision ${patient}`])
  const [last] = await tx.query<Row>('select * from decision_journal where patient = $1 order by number desc limit 1', [patient])
  const number = (last?.number ?? 0) + 1
  const recordedAt = laterOf(at.toISOString(), last?.recorded_at)
  const body = JSON.stringify(decision)
  const priorHash = last?.hash ?? ''
  const hash = decisionHash({ patient, number, recordedAt, recordedBy: author.who, site: author.site, body, priorHash })
  await tx.query(
    `insert into decision_journal (patient, number, recorded_at, recorded_by, site, body, hash, prior_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [patient, number, recordedAt, author.who, author.site, body, hash, priorHash],
  )
  return { ...decision, patient, number, recordedAt, recordedBy: author.who, site: author.site }
}

export function decisionJournal(database: Database, now: () => Date): DecisionJournal {
  return {
    append: async (patient, decision, author) => {
      try {
        return ok(await database.transaction((tx) => appendDecision(tx, patient, decision, author, now())))
      } catch (error) {
        if (error instanceof Refused) return err(error.issues)
        throw error
      }
    },
    list: async (patient) =>
      (await database.query<Row>('select * from decision_journal where patient = $1 order by number', [patient])).map(recorded),
  }
}

export const decisionHash = (of: {
  readonly patient: string
  readonly number: number
  readonly recordedAt: string
  readonly recordedBy: string
  readonly site: string
  readonly body: string
  readonly priorHash: string
}): string => chainHash([of.priorHash, of.patient, String(of.number), of.recordedAt, of.recordedBy, of.site, of.body])

const laterOf = (a: string, b: string | undefined): string => (b !== undefined && b > a ? b : a)

function problemsOf({ reason, chosen, optionsSeen }: Decision): readonly ServerIssue[] {
  const problems: ServerIssue[] = []
  if (reason.trim() === '')
    problems.push(refusal('missing-input', 'reason', 'a decision needs its reason', 'say in a sentence why this was chosen'))
  if (chosen !== null && !optionsSeen.includes(chosen))
    problems.push(
      refusal(
        'invalid-request',
        'chosen',
        `${chosen} is not one of the options seen`,
        'choose one of optionsSeen, or null with the reason',
      ),
    )
  return problems
}
