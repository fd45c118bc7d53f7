import type { NetworkOverview } from '@secondwind/server/contract'
import { useApi } from '../../shared/api.ts'

/** Milliseconds between two readings: the page may hang on a wall for weeks. */
const EVERY = 60_000
/** While the heavy counts are being made for the first time. */
const SOON = 3000

export function useOverview() {
  const soon = useApi<NetworkOverview>('/network/overview', { everyMs: EVERY, keep: true })
  const isCounting = soon.data !== undefined && soon.data.countedAt === undefined
  // asked again soon, until there are counts
  useApi<NetworkOverview>(isCounting ? '/network/overview' : undefined, { everyMs: SOON, keep: true })
  return soon
}
