import type { FhirFetch } from '../../cds-hooks/gather.ts'
import type { FoundThere } from '../../contract/charts.ts'
import { Refused, refusal } from '../../issue.ts'
import { type AnyResource, nameOf, recordNumberOf } from '../person.ts'
import type { HeldSignIn } from './held.ts'

const MOST = 20

/** Patients of another server by name, birth date or record number, at most twenty. Refuses a search for nothing. */
export async function searchThere(
  { server, token }: HeldSignIn,
  asked: { readonly name?: string; readonly birthDate?: string; readonly number?: string },
  fetch: FhirFetch,
): Promise<readonly FoundThere[]> {
  const query = new URLSearchParams()
  for (const [parameter, value] of [
    ['name', asked.name],
    ['birthdate', asked.birthDate],
    ['identifier', asked.number],
  ] as const)
    if (value !== undefined && value.trim() !== '') query.set(parameter, value.trim())
  if (query.size === 0)
    throw new Refused([refusal('invalid-request', 'name', 'nothing is searched for', 'give a name, a birth date or a record number')])
  query.set('_count', String(MOST))
  const bundle = (await fetch(`${server}/Patient?${query}`, token)) as
    | { readonly resourceType?: string; readonly entry?: readonly { readonly resource?: AnyResource }[] }
    | undefined
  if (bundle?.resourceType !== 'Bundle')
    throw new Refused([
      refusal(
        'unavailable',
        server,
        'the server did not answer the search',
        'try again; the sign-in may have ended, or it lets nobody search',
      ),
    ])
  return (bundle.entry ?? []).flatMap(({ resource }) => {
    if (resource?.resourceType !== 'Patient' || typeof resource.id !== 'string') return []
    const [name, number] = [nameOf(resource), recordNumberOf(resource)?.value]
    return [
      {
        id: resource.id,
        ...(name === undefined ? {} : { name }),
        ...(typeof resource.birthDate === 'string' ? { birthDate: resource.birthDate } : {}),
        ...(typeof resource.gender === 'string' ? { sex: resource.gender } : {}),
        ...(number === undefined ? {} : { recordNumber: number }),
      },
    ]
  })
}
