import type { Queries, StoredVersion } from '../store/index.ts'
import { searchTable } from '../store/search/definitions.ts'

/** A document that stands in a patient's chart and points at a Binary. */
export interface PointingDocument {
  readonly patient: string
  readonly document: StoredVersion
}

/**
 * The documents through which a Binary may be read. A Binary names no patient: it is part of the charts whose documents point at it (`DocumentReference.content.
 * attachment.url`), as far as whoever first wrote the Binary said so in that document too. A document of anybody else is no key: pointing at what somebody else
 * has written would otherwise be enough to read it.
 */
export async function documentsOf(db: Queries, binary: string): Promise<readonly PointingDocument[]> {
  const location = searchTable().of('DocumentReference').get('location')
  if (location === undefined || !/^[A-Za-z0-9\-.]{1,64}$/.test(binary)) return []
  const rows = await db.query<{
    readonly id: string
    readonly version: number
    readonly chart: string
    readonly site: string
    readonly recorded_by: string
    readonly body: string
  }>(
    `select v.id, v.version, v.chart, v.site, v.recorded_by, v.body
     from ix_token t
     join resource_current c on c.rid = t.rid and c.type = 'DocumentReference' and not c.is_deleted and c.chart like 'Patient/%'
     join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     join chart_version b on b.type = 'Binary' and b.id = $3 and b.version = 1
     where t.param = $1 and t.code = $2 and exists (
       select 1 from chart_version w where w.type = c.type and w.id = c.id and w.chart = c.chart
         and w.recorded_by = b.recorded_by and w.site = b.site and position($4 in w.body) > 0)
     order by v.id limit 1000`,
    [location.number, `Binary/${binary}`, binary, JSON.stringify(`Binary/${binary}`)],
  )
  return rows.map(({ id, version, chart, site, recorded_by: recordedBy, body }) => ({
    patient: chart.slice('Patient/'.length),
    document: {
      site,
      type: 'DocumentReference',
      id,
      version,
      chart,
      revision: 0,
      recordedAt: '',
      recordedBy,
      method: 'update',
      body,
      hash: '',
      priorHash: '',
    },
  }))
}
