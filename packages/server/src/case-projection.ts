import { createHash } from 'node:crypto'
import { columnsOf, DAY_FACTS, DIALECTS, snapshotDdl, snapshotRecords, snapshotRow, snapshotTables } from '@secondwind/compiler'
import { type KnowledgeBase, vocabulary } from '@secondwind/core'
import { parseCharts, readPatientCase } from '@secondwind/fhir'
import { readerFor } from './compose.ts'
import type { ChartContent, Projection, Transaction } from './store/index.ts'

/** Types whose resources say nothing about a case: writing one leaves the snapshot as it is. Everything else is projected. */
const SILENT: ReadonlySet<string> = new Set([
  'Account',
  'Appointment',
  'AppointmentResponse',
  'AuditEvent',
  'ChargeItem',
  'Claim',
  'ClaimResponse',
  'Coverage',
  'CoverageEligibilityRequest',
  'CoverageEligibilityResponse',
  'ExplanationOfBenefit',
  'Invoice',
  'Provenance',
  'Schedule',
  'Slot',
  'Task',
])

/**
 * The case snapshot in SQL, kept with the chart: `case_snapshot` and a table a list, made from the fact registry of the knowledge.
 * A chart that cannot be read (no patient, not a case at all) has no row; it is never half there.
 */
export function caseProjection(knowledge: KnowledgeBase): Projection {
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const dialect = DIALECTS.postgresql
  const columns = columnsOf(knowledge.facts)
  const create = snapshotDdl(words, dialect)
  const tables = snapshotTables(words, dialect).map(({ name }) => name)
  const children = tables.filter((name) => name !== 'case_snapshot')
  const fingerprint = createHash('sha256').update(create.join(';')).update(knowledge.digest).digest('hex')
  // a case has some twenty tables: one statement empties them all, one fills them
  const empty = `with ${[...children, 'case_snapshot'].map((name, at) => `d${at} as (delete from ${name} where case_id = $1)`).join(', ')} select 1`
  const fill = `with ${tables
    .map((name, at) => `i${at} as (insert into ${name} select * from json_populate_recordset(null::${name}, $1::json -> '${name}'))`)
    .join(', ')} select 1`

  const forget = async (tx: Transaction, chart: string): Promise<void> => {
    await tx.query(empty, [chart])
  }

  const write = async (tx: Transaction, chart: ChartContent): Promise<void> => {
    await forget(tx, chart.chart)
    const records = recordsOrNone(chart)
    if (records !== undefined) await tx.query(fill, [JSON.stringify(Object.fromEntries(tables.map((name) => [name, records[name] ?? []])))])
  }

  const recordsOf = (chart: ChartContent) => {
    const text = chart.resources.map(({ body }) => body).join('\n')
    const parsed = text === '' ? undefined : parseCharts(text)
    if (parsed === undefined || !parsed.ok) return undefined
    const own = parsed.value.find((one) => `Patient/${one.chart.patient.id}` === chart.chart)
    if (own === undefined) return undefined
    const read = readPatientCase(own, readerFor(knowledge), { asOf: (chart.recordedAt ?? '').slice(0, 10), overrides: [] })
    if (!read.ok) return undefined
    const row = snapshotRow(read.value.patientCase, columns, DAY_FACTS)
    return snapshotRecords({ ...row, caseId: chart.chart }, words, dialect)
  }

  /** A bug in reading must not keep what a hospital records out of the chart: the case has no snapshot, and the log says that there is a bug, not whose. */
  const recordsOrNone = (chart: ChartContent): ReturnType<typeof recordsOf> => {
    try {
      return recordsOf(chart)
    } catch (error) {
      const at = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : ''
      process.emitWarning(`a chart could not be projected (${error instanceof Error ? error.name : typeof error} ${at})`)
      return undefined
    }
  }

  return {
    fingerprint,
    create,
    drop: [...children, 'case_snapshot'].map((name) => `drop table if exists ${name} cascade`),
    isAbout: (type) => !SILENT.has(type),
    forget,
    write,
  }
}
