import { storedVersion, type VersionRow } from './append.ts'
import type { Database } from './database.ts'
import { decisionHash } from './decisions.ts'
import { versionHash } from './hash.ts'
import { scan } from './scan.ts'

export interface ChainProblem {
  readonly chart: string
  readonly revision: number
  readonly message: string
}

export interface Verified {
  readonly charts: number
  readonly versions: number
  readonly decisions: number
  /** The first hundred; empty: nothing was changed, taken out or put in. */
  readonly problems: readonly ChainProblem[]
}

const MOST = 100

/**
 * Works out every hash again. Finds a version that was changed, one that is missing from a chain, one that was put in, and a chain whose end was
 * cut off (it no longer ends where `chart_head` says). Whoever can change all of that together changes the heads, too: keep backups elsewhere.
 */
export async function verifyChains(database: Database): Promise<Verified> {
  return database.transaction(async (tx) => {
    const problems: ChainProblem[] = []
    const note = (chart: string, revision: number, message: string): void => {
      if (problems.length < MOST) problems.push({ chart, revision, message })
    }
    let versions = 0
    let charts = 0
    let last = { chart: '', revision: 0, hash: '' }
    const ends = new Map<string, { readonly revision: number; readonly hash: string }>()
    for (const row of await tx.query<{ chart: string; revision: number; hash: string }>(
      'select chart, revision, hash from chart_head where revision > 0',
    ))
      ends.set(row.chart, row)
    const finish = (): void => {
      if (last.chart === '') return
      charts += 1
      const end = ends.get(last.chart)
      ends.delete(last.chart)
      if (end === undefined) note(last.chart, last.revision, 'the chart has no head')
      else if (end.revision !== last.revision || end.hash !== last.hash)
        note(last.chart, end.revision, `the chain ends at ${last.revision}, its head says ${end.revision}`)
    }
    for await (const rows of scan<VersionRow>(tx, 'select * from chart_version order by chart, revision')) {
      for (const row of rows) {
        const { hash, ...version } = storedVersion(row)
        versions += 1
        if (version.chart !== last.chart) {
          finish()
          last = { chart: version.chart, revision: 0, hash: '' }
        }
        if (version.revision !== last.revision + 1) note(version.chart, version.revision, `revision ${last.revision + 1} is missing`)
        else if (version.priorHash !== last.hash)
          note(version.chart, version.revision, 'the version before it is not the one it was recorded after')
        if (versionHash(version) !== hash)
          note(version.chart, version.revision, `${version.type}/${version.id} version ${version.version} is not what was recorded`)
        last = { chart: version.chart, revision: version.revision, hash }
      }
    }
    finish()
    for (const [chart, { revision }] of ends) note(chart, revision, 'every version of the chart is missing')
    const decisions = await verifyDecisions(tx, note)
    return { charts, versions, decisions, problems }
  }, 'repeatable read')
}

interface DecisionRow {
  readonly patient: string
  readonly number: number
  readonly recorded_at: string
  readonly recorded_by: string
  readonly site: string
  readonly body: string
  readonly hash: string
  readonly prior_hash: string
}

async function verifyDecisions(
  tx: Parameters<typeof scan>[0],
  note: (chart: string, revision: number, message: string) => void,
): Promise<number> {
  let count = 0
  let last = { patient: '', number: 0, hash: '' }
  for await (const rows of scan<DecisionRow>(tx, 'select * from decision_journal order by patient, number')) {
    for (const row of rows) {
      count += 1
      if (row.patient !== last.patient) last = { patient: row.patient, number: 0, hash: '' }
      const hash = decisionHash({
        patient: row.patient,
        number: row.number,
        recordedAt: row.recorded_at,
        recordedBy: row.recorded_by,
        site: row.site,
        body: row.body,
        priorHash: row.prior_hash,
      })
      if (row.number !== last.number + 1 || row.prior_hash !== last.hash)
        note(`decisions of ${row.patient}`, row.number, 'a decision before it is missing')
      if (hash !== row.hash) note(`decisions of ${row.patient}`, row.number, 'the decision is not what was recorded')
      last = { patient: row.patient, number: row.number, hash: row.hash }
    }
  }
  return count
}
