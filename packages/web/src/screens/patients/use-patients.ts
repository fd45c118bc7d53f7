import type { WorkspacePage } from '@secondwind/server/contract'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { type ApiFault, call } from '../../shared/api.ts'
import type { Narrowing } from './narrowing.ts'

export const PATIENTS = '/workspace/patients'
/** Patients of a page: a few screens of them. */
const PAGE = 80

/** The list, page after page as it is scrolled. */
export const usePatients = (narrowing: Narrowing, search: string) =>
  useInfiniteQuery<WorkspacePage, ApiFault, readonly WorkspacePage[], readonly unknown[], string | undefined>({
    queryKey: [PATIENTS, narrowing, search],
    queryFn: async ({ pageParam, signal }) =>
      (await call<WorkspacePage>(`${PATIENTS}/search`, { method: 'POST', signal, body: bodyOf(narrowing, search, pageParam) })).value,
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  })

function bodyOf({ need, closed, ...rest }: Narrowing, search: string, cursor: string | undefined): { readonly [name: string]: string } {
  return {
    ...rest,
    count: String(PAGE),
    ...(need === undefined ? {} : { filter: need }),
    ...(closed === undefined ? {} : { closed: 'true' }),
    ...(search.trim() === '' ? {} : { search }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}
