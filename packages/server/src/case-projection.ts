import { createHash } from 'node:crypto'
import { columnsOf, DAY_FACTS, DIALECTS, snapshotDdl, snapshotRecords, snapshotRow, snapshotTables } from '@secondwind/compiler'
import { type KnowledgeBase, vocabulary } from '@secondwind/core'
import { parseCharts, readPatientCase } from '@secondwind/fhir'
import { readerFor } from './compose.ts'
import type { ChartContent, Projection, StoredVersion, Transaction } from './store/index.ts'

/**
 * Types that no reader of `packages/fhir` takes anything from: writing one for the first time leaves the case as it is. Everything else is projected. A claim or an
 * appointment is not silent: a claim is a witness of hospice care, an appointment can be for an operation.
 */
export const SILENT_TYPES: ReadonlySet<string> = new Set([
  'Account',
  'AppointmentResponse',
  'AuditEvent',
  'ChargeItem',
  'ClaimResponse',
  'Coverage',
  'CoverageEligibilityRequest',
  'CoverageEligibilityResponse',
  'Invoice',
  'Provenance',
  'Schedule',
  'Slot',
  'Task',
])

/** The silent types that the knowledge does not name: as an event, or as a witness that there was none. */
function silentTypes(knowledge: KnowledgeBase): ReadonlySet<string> {
  const named = new Set<string>()
  const gather = (value: unknown): void => {
    if (typeof value === 'string') named.add(value)
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) gather(inner)
  }
  gather(readerFor(knowledge).terminology('quality'))
  return new Set([...SILENT_TYPES].filter((type) => !named.has(type)))
}

/** What a resource carries inside is read, whatever carries it. What an earlier version carried is not known here: only a first version can be silent. */
const isSilent = ({ type, version, body }: StoredVersion, silent: ReadonlySet<string>): boolean =>
  silent.has(type) && version === 1 && body !== null && !body.includes('"contained"')

/** As JSON that PostgreSQL can read: half of a character, which a chart of long ago may hold, is no text to it. */
const asJson = (value: object): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part))

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
  const silent = silentTypes(knowledge)
  const fingerprint = createHash('sha256')
    .update(create.join(';'))
    .update(knowledge.digest)
    .update([...silent].join())
    // how the store takes a case away: `forget_cases` and `clear_cases`
    .update('4')
    .digest('hex')
  // a case has some twenty tables: one statement fills them
  const fill = `with ${tables
    .map((name, at) => `i${at} as (insert into ${name} select * from json_populate_recordset(null::${name}, $1::json -> '${name}'))`)
    .join(', ')} select 1`

  const write = async (tx: Transaction, chart: ChartContent): Promise<void> => {
    const records = recordsOrNone(chart)
    if (records !== undefined) await tx.query(fill, [asJson(Object.fromEntries(tables.map((name) => [name, records[name] ?? []])))])
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
    release: knowledge.version,
    create,
    drop: [...children, 'case_snapshot'].map((name) => `drop table if exists ${name} cascade`),
    isAbout: (version) => !isSilent(version, silent),
    write,
  }
}
