import { ok, type Result } from '@secondwind/core'
import type { ParsedChart } from '@secondwind/fhir'
import type { ApiRequest } from '../api/index.ts'
import type { Brought } from '../contract/charts.ts'
import type { Repository } from '../fhir-api/repository.ts'
import { Refused, refusal, type ServerIssue } from '../issue.ts'
import type { FhirResource, Store, Write, Written } from '../store/index.ts'
import { intakeOf } from './intake.ts'

type Named = FhirResource & { readonly id: string }

/** Keeps the charts of a file: all that the reading report said would be kept, in one transaction, or nothing. The same file again changes nothing. */
export async function bring(store: Store, request: ApiRequest, repo: Repository, charts: readonly ParsedChart[]): Promise<Brought> {
  const incoming = await intakeOf(store, request, charts)
  const refused = incoming.flatMap(({ refusal: issue, reference }) => (issue === undefined ? [] : [{ ...issue, path: reference }]))
  if (refused.length > 0) throw new Refused(refused)
  const writes = new Map<string, Write>()
  let unchanged = 0
  for (const { resources } of incoming) {
    for (const { resource, fate, standing } of resources) {
      if (fate === 'new' || fate === 'changed') {
        const write: Write = {
          kind: 'update',
          resource: resource as Named,
          ...(fate === 'changed' && standing !== undefined ? { ifMatch: standing.version } : {}),
        }
        writes.set(`${resource.resourceType}/${resource.id}`, write)
      } else unchanged += 1
    }
  }
  // the patients first: who may begin a chart is asked of the Patient
  const ordered = [...writes.values()].sort((a, b) => Number(isPatient(b)) - Number(isPatient(a)))
  const written =
    ordered.length === 0
      ? []
      : await repo.inTransaction(
          async (inside): Promise<Result<readonly Written[], readonly ServerIssue[]>> => ok(await inside.writeAll(ordered)),
        )
  const count = (outcome: Written['outcome']): number => written.filter((one) => one.outcome === outcome).length
  return {
    patients: incoming.map(({ patient }) => patient.id),
    created: count('created'),
    updated: count('updated'),
    unchanged: unchanged + count('unchanged'),
  }
}

const isPatient = (write: Write): boolean => write.kind !== 'delete' && write.resource.resourceType === 'Patient'

/** Which of the patients of a file are meant: positions in the reading report, `0,2`. All of them without it. */
export function chosen(charts: readonly ParsedChart[], only: string | undefined): readonly ParsedChart[] {
  if (only === undefined) return charts
  const places = only.split(',')
  if (!places.every((place) => /^\d{1,3}$/.test(place) && Number(place) < charts.length))
    throw new Refused([refusal('invalid-parameter', 'only', 'is no list of places in the reading report', 'give them as 0,2')])
  return charts.filter((_, at) => places.includes(String(at)))
}
