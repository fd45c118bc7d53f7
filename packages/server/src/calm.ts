import { performance } from 'node:perf_hooks'

/** Share of the time that the process worked, above which what nobody waits for waits itself. */
const BUSY = 0.6
/** Milliseconds between two looks. */
const LOOK = 50

/**
 * A wait for background work, so that requests come first: returns at once while the process is not busy, and after `patience` milliseconds in all
 * however busy it is, so that the work is put off under load but never for good.
 */
export function calmness(patience: number): () => Promise<void> {
  let left = patience
  let before = performance.eventLoopUtilization()
  return async () => {
    for (;;) {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, before)
      before = now
      if (utilization < BUSY || left <= 0) return
      left -= LOOK
      await new Promise((resolve) => setTimeout(resolve, LOOK))
    }
  }
}
