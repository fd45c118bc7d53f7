/** Milliseconds without a request, after which a process has time for what nobody waits for. */
const QUIET = 150
/** Milliseconds between two looks. */
const LOOK = 50

/** What background work asks before each of its pieces, so that requests come first. */
export interface Calm {
  /** To be called with every request, when it comes and when it is answered. */
  heard(): void
  /**
   * A wait for one run of background work: returns at once while no request comes. While they do come it puts the work off, by `patience` milliseconds in
   * all, and then lets a piece pass at every look: put off under load, never for good. Its own work does not count as load.
   */
  waiter(patience: number): () => Promise<void>
}

export function calmness(clock: () => number = () => performance.now()): Calm {
  let heardAt = -Infinity
  const isQuiet = (): boolean => clock() - heardAt >= QUIET
  const look = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LOOK))
  return {
    heard: () => {
      heardAt = clock()
    },
    waiter: (patience) => {
      let left = patience
      return async () => {
        if (isQuiet()) return
        do {
          left -= LOOK
          await look()
        } while (left > 0 && !isQuiet())
      }
    },
  }
}
