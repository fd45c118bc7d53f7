import type { PlanDocument } from '@secondwind/core'
import type { BoardDecision } from '@secondwind/server/contract'
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

/** The newest decision on a patient: the next one says after which it stands, so that none is written over. */
export const newestQuery = (patient: string) => {
  const path = `/board/patients/${patient.replace(/^Patient\//, '')}/decisions/newest`
  return {
    queryKey: [path],
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<{ readonly decision: BoardDecision | null }> =>
      (await call<{ readonly decision: BoardDecision | null }>(path, { signal })).value,
    staleTime: 10_000,
    gcTime: Number.POSITIVE_INFINITY,
  }
}
