import { useQuery } from '@tanstack/react-query'
import { type ApiFault, call } from '../../shared/api.ts'

export interface Practitioner {
  readonly resourceType: 'Practitioner'
  readonly id: string
  readonly meta?: { readonly versionId?: string }
  readonly active?: boolean
  readonly name?: readonly { readonly text?: string; readonly family?: string; readonly given?: readonly string[] }[]
}
export interface PractitionerRole {
  readonly resourceType: 'PractitionerRole'
  readonly id: string
  readonly meta?: { readonly versionId?: string }
  readonly active?: boolean
  readonly practitioner?: { readonly reference?: string }
  readonly organization?: { readonly reference?: string; readonly display?: string }
  readonly code?: readonly { readonly text?: string; readonly coding?: readonly { readonly display?: string; readonly code?: string }[] }[]
}
export interface Organization {
  readonly resourceType: 'Organization'
  readonly id: string
  readonly name?: string
}

interface Bundle<T> {
  readonly entry?: readonly { readonly resource: T }[]
  readonly link?: readonly { readonly relation: string; readonly url: string }[]
}

/** Pages of a search that are read: a directory longer than this is not for one list. */
const MOST_PAGES = 5

async function searchAll<T>(path: string, signal?: AbortSignal): Promise<readonly T[]> {
  const found: T[] = []
  let next: string | undefined = path
  for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
    const { value }: { value: Bundle<T> } = await call<Bundle<T>>(next, signal === undefined ? {} : { signal })
    found.push(...(value.entry ?? []).map(({ resource }) => resource))
    const link: string | undefined = value.link?.find(({ relation }) => relation === 'next')?.url
    // the address as this page knows the server
    next = link === undefined ? undefined : `${new URL(link, location.href).pathname}${new URL(link, location.href).search}`
  }
  return found
}

/** All of one type in the directory. */
export const useDirectory = <T>(type: 'Practitioner' | 'PractitionerRole' | 'Organization') =>
  useQuery<readonly T[], ApiFault>({
    queryKey: [`/fhir/${type}`],
    queryFn: ({ signal }) => searchAll<T>(`/fhir/${type}?_count=200`, signal),
    staleTime: 10_000,
  })

export const nameOf = ({ name, id }: Practitioner): string => {
  const [first] = name ?? []
  const text = first?.text ?? [...(first?.given ?? []), first?.family].filter(Boolean).join(' ')
  return text === '' ? id : text
}

export const roleText = ({ code }: PractitionerRole): string =>
  (code ?? []).map((one) => one.text ?? one.coding?.[0]?.display ?? one.coding?.[0]?.code ?? '').join(', ')

/** Puts a resource in place of the version that was read; a change by somebody else meanwhile is refused by the server. */
export const put = <T extends { readonly resourceType: string; readonly id: string; readonly meta?: { readonly versionId?: string } }>(
  resource: T,
) =>
  call<T>(`/fhir/${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    body: resource,
    headers: resource.meta?.versionId === undefined ? {} : { 'if-match': `W/"${resource.meta.versionId}"` },
  })
