import type { OpenedBase } from '@secondwind/compiler'
import { err, type Issue, ok, type Result } from '@secondwind/core'
import { EngineError } from '../population/engines/engine.ts'
import { CHANGED } from '../population/engines/questions.ts'
import { askPopulation } from '../population/engines/run.ts'
import { ALL_CASES } from '../population/engines/script.ts'
import { snapshotSource } from '../population/engines/snapshot-source.ts'

/** Whose plans another base changes, in case snapshots: by bit planes, without a plan for each. Why and how is asked of the charts of those patients. */
export interface SnapshotDiff {
  readonly over: string
  readonly asOf: string
  readonly patients: number
  /** In whom an option stands otherwise, another treatment is not advised, or a plan is made by one base alone. */
  readonly changed: readonly string[]
  readonly issues: readonly Issue[]
  /** Reading the snapshot, making both bases ready (whatever the number of patients), and comparing: milliseconds. */
  readonly readMs: number
  readonly preparedMs: number
  readonly comparedMs: number
}

/** Refuses a snapshot that is not whole. */
export async function snapshotDiff(
  before: OpenedBase,
  after: OpenedBase,
  over: string,
  asOf: string,
): Promise<Result<SnapshotDiff, readonly Issue[]>> {
  const source = snapshotSource(over)
  if (!source.ok) return source
  try {
    const { counts, lists, issues, timings } = await askPopulation('columns', source.value, {
      knowledge: before.knowledge,
      asOf,
      asked: { after: after.knowledge },
      listed: (name) => name === CHANGED,
    })
    return ok({
      over,
      asOf,
      patients: counts.get(ALL_CASES) ?? 0,
      changed: lists.get(CHANGED) ?? [],
      issues,
      readMs: Math.round(timings.readMs),
      preparedMs: Math.round(timings.prepareMs ?? 0),
      comparedMs: Math.round(timings.answerMs),
    })
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return err([{ code: 'missing-input', severity: 'error', path: over, message: error.message, remedy: error.remedy }])
  }
}

export function snapshotDiffText({ over, asOf, patients, changed, readMs, preparedMs, comparedMs }: SnapshotDiff): string {
  const share = patients === 0 ? 0 : Math.round((1000 * changed.length) / patients) / 10
  return [
    `${changed.length} of ${patients} patients (${share} %) of ${over} are planned otherwise on ${asOf}; read in ${readMs} ms, bases made ready in ${preparedMs} ms, compared in ${comparedMs} ms`,
    ...changed.map((patient) => `  ${patient}`),
    '',
  ].join('\n')
}
