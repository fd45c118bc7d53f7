import type { NetworkWait } from '@secondwind/server/contract'

/** Round days for an axis that holds every wait: 0, and up to five steps. */
export function axisOf(waits: readonly Pick<NetworkWait, 'ninetieth'>[]): readonly number[] {
  const most = Math.max(1, ...waits.map(({ ninetieth }) => ninetieth ?? 0))
  const step = [1, 2, 5, 7, 10, 14, 20, 30, 50, 60, 90, 180, 365].find((one) => most / one <= 5) ?? Math.ceil(most / 5)
  const last = Math.ceil(most / step)
  return Array.from({ length: last + 1 }, (_, i) => i * step)
}
