import { Refused } from '../issue.ts'
import type { Answer, Member, Prepared } from './append.ts'
import { sqlState } from './database.ts'

/** Members that one transaction carries at most. */
const MOST = 64

/** Transactions that are begun without waiting for one under way: while the database does the one, this process makes the next ready. More of them only carry less each. */
const AT_ONCE = 2

/**
 * Milliseconds after which a further transaction does not wait for those under way any more: they wait themselves, for a chart that somebody else writes, and must
 * not keep the writers of other charts.
 */
const PATIENCE = 10

/** How members come into a database. */
export interface Carriage {
  /** Transactions at a time, at most. While they are under way the next members gather. */
  readonly lanes: number
  /** Records these in one transaction, each for itself: its answers, in their order. `began` is called when the transaction is open, `ended` before its commit. */
  readonly together: (members: readonly Member[], steps: { began(): void; ended(): void }) => Promise<readonly Answer[]>
  /** Records one in a transaction of its own, again where two writers at once made it impossible. */
  readonly alone: (member: Member) => Promise<Exclude<Answer, 'again'>>
}

interface Waiting {
  readonly member: Member
  /** The resources that it writes and the charts in which they stand: no two of these in one transaction, and none in two at a time. */
  readonly resources: readonly string[]
  readonly charts: readonly string[]
  readonly resolve: (answer: Exclude<Answer, 'again'>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Carries writes of several requests that come at the same time in one transaction: one way to the disk for all of them instead of one each. Each has its own
 * answer, given after the commit. What one is refused for takes nothing from the others; where the database refuses the transaction for what one of them holds, or
 * one of them must wait for a chart, each is recorded by itself. Whoever comes alone is carried alone, at once.
 */
export function grouped({ lanes, together, alone }: Carriage): (member: Member) => Promise<Exclude<Answer, 'again'>> {
  let queue: Waiting[] = []
  let running = 0
  let startedAt = -Infinity
  let timer: NodeJS.Timeout | undefined
  let isAwake = false
  /** Charts that are being written, by how many. */
  const busy = new Map<string, number>()
  const hold = ({ charts }: Waiting): void => {
    for (const chart of charts) busy.set(chart, (busy.get(chart) ?? 0) + 1)
  }
  const release = ({ charts }: Waiting): void => {
    for (const chart of charts) {
      const left = busy.get(chart)! - 1
      if (left === 0) busy.delete(chart)
      else busy.set(chart, left)
    }
  }

  const take = (): readonly Waiting[] => {
    const taken: Waiting[] = []
    const resources = new Set<string>()
    const rest: Waiting[] = []
    for (const one of queue) {
      // a chart that another lane writes would only be waited for, with all that is carried along
      const mustWait = taken.length === MOST || one.charts.some((c) => busy.has(c)) || one.resources.some((r) => resources.has(r))
      if (mustWait) rest.push(one)
      else taken.push(one)
      // nobody overtakes an earlier write of the same resource
      for (const resource of one.resources) resources.add(resource)
    }
    queue = rest
    return taken
  }

  /** Outside the lanes: it may wait for long. Its charts stay its own until it is done. */
  const singly = (one: Waiting): void => {
    hold(one)
    void alone(one.member)
      .then(one.resolve, one.reject)
      .finally(() => {
        release(one)
        wake()
      })
  }

  const carry = async (taken: readonly Waiting[]): Promise<void> => {
    let isOpen = false
    try {
      const answers = await together(
        taken.map(({ member }) => member),
        {
          began: () => {
            isOpen = true
          },
          ended: () => {
            isOpen = false
          },
        },
      )
      for (const [at, one] of taken.entries()) {
        const answer = answers[at]!
        if (answer === 'again') singly(one)
        else one.resolve(answer)
      }
    } catch (error) {
      // what the database says of a statement or of the commit: nothing was kept. Where it says nothing after the commit was sent nobody knows what became of it:
      // that is told, never tried again
      if (isOfContent(error) || (isOpen && isOfProgram(error))) for (const one of taken) singly(one)
      else for (const one of taken) one.reject(error)
    }
  }

  const wake = (): void => {
    isAwake = false
    clearTimeout(timer)
    if (queue.length === 0 || running >= lanes) return
    const left = running < AT_ONCE ? 0 : startedAt + PATIENCE - performance.now()
    if (left > 0) {
      timer = setTimeout(wake, left)
      return
    }
    const taken = take()
    // all of them are for charts that are being written: the end of that wakes again
    if (taken.length === 0) return
    running += 1
    startedAt = performance.now()
    for (const one of taken) hold(one)
    void carry(taken).finally(() => {
      running -= 1
      for (const one of taken) release(one)
      wake()
    })
    if (queue.length > 0 && running < lanes) timer = setTimeout(wake, running < AT_ONCE ? 0 : PATIENCE)
  }

  return (member) =>
    new Promise((resolve, reject) => {
      queue.push({
        member,
        resources: member.prepared.map(({ type, id }) => `${type}/${id}`),
        charts: member.prepared.flatMap(chartsOf),
        resolve,
        reject,
      })
      if (isAwake) return
      isAwake = true
      // what came with the same look at the sockets goes together
      setImmediate(wake)
    })
}

/** Where it will stand and where it stood, as far as that is known before anything is asked. */
const chartsOf = ({ chart, write }: Prepared): readonly string[] =>
  [chart, write.kind === 'create' ? undefined : write.seen?.chart].filter((name) => name !== undefined)

/**
 * DATA EXCEPTION, INTEGRITY CONSTRAINT VIOLATION, TRANSACTION ROLLBACK, PROGRAM LIMIT EXCEEDED, LOCK NOT AVAILABLE (PostgreSQL documentation, appendix A). Nothing
 * of the kind is a database that is gone or full: that concerns all of them alike.
 */
const isOfContent = (error: unknown): boolean => /^(22|23|40|54|55P03)/.test(sqlState(error) ?? '')

/** What this program itself cannot do with one of them. */
const isOfProgram = (error: unknown): boolean => error instanceof Refused || error instanceof RangeError || error instanceof TypeError
