import type { PlanDocument } from '@secondwind/core'
import { type Answer, call } from '../../shared/api.ts'

/** The plan of a case as the board looks at it, with its digest; kept while the page stands, so that it is there when the connection is not. */
export const planQuery = (patient: string) => {
  const path = `/plans/${patient.replace(/^Patient\//, '')}`
  return {
    queryKey: [path, 'tagged'],
    queryFn: ({ signal }: { signal: AbortSignal }): Promise<Answer<PlanDocument>> => call<PlanDocument>(path, { signal }),
    staleTime: 30_000,
    gcTime: Number.POSITIVE_INFINITY,
  }
}
