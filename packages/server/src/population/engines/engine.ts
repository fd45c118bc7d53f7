import type { Issue } from '@secondwind/core'
import type { SqlStep } from './script.ts'

/** What an engine answered, by the names of the questions. */
export interface EngineAnswer {
  readonly engine: string
  readonly counts: ReadonlyMap<string, number>
  /** Cases by question, sorted; only those that were to be named. */
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** What a reader of the answer must know: facts that the snapshot does not have. */
  readonly issues: readonly Issue[]
  readonly timings: Timings
}

export interface Timings {
  /** Taking the snapshots into the engine (its own tables, or memory). */
  readonly readMs: number
  /** Making the knowledge ready to ask with, where that is apart: it does not grow with the cases. */
  readonly prepareMs?: number
  /** Answering. */
  readonly answerMs: number
}

/** An engine cannot do what it is asked, and why. */
export class EngineError extends Error {
  readonly remedy: string
  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}

/** Facts that are newer than the snapshot are unknown in it, and that must be said. */
export function lackingColumns(at: string, columns: readonly string[]): readonly Issue[] {
  if (columns.length === 0) return []
  const message = `lacks ${columns.length} columns of this knowledge: ${columns.slice(0, 10).join(', ')}${columns.length > 10 ? ', …' : ''}; they count as unknown in every case`
  const remedy = 'project it again with this knowledge'
  return [{ code: 'knowledge-incomplete', severity: 'warning', path: at, message, remedy }]
}

/** Puts the rows of counts and lists together. */
export class Answers {
  readonly counts = new Map<string, number>()
  readonly #lists = new Map<string, Set<string>>()

  take(step: Extract<SqlStep, { readonly names: readonly string[] }>, rows: readonly (readonly unknown[])[]): void {
    if (step.kind === 'count') {
      const [row] = rows
      step.names.forEach((name, i) => {
        // a sum over no case is null
        this.counts.set(name, (this.counts.get(name) ?? 0) + Number(row?.[i] ?? 0))
      })
      return
    }
    for (const name of step.names) if (!this.#lists.has(name)) this.#lists.set(name, new Set())
    for (const [id, ...flags] of rows)
      step.names.forEach((name, i) => {
        if (flags[i] === true) this.#lists.get(name)!.add(String(id))
      })
  }

  /** Cases by question, sorted. What was only listed counts as many as were listed. */
  lists(): ReadonlyMap<string, readonly string[]> {
    for (const [name, cases] of this.#lists) if (!this.counts.has(name)) this.counts.set(name, cases.size)
    return new Map([...this.#lists].map(([name, cases]) => [name, [...cases].sort()]))
  }
}
