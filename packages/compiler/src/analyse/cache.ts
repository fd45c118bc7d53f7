import fs from 'node:fs'
import path from 'node:path'
import { SOLVER_VERSION } from './solver.ts'

/** Answers of earlier runs by the digest of what they rest on: only what a change reaches is asked again. */
export interface AnswerCache {
  get(digest: string): 'sat' | 'unsat' | undefined
  set(digest: string, answer: 'sat' | 'unsat'): void
  /** Keeps the answers that this run used, and those of earlier runs: who goes back to an earlier state need not wait again. */
  save(): void
}

/** Raised when the questions or the model of the planner change their meaning without changing their text. */
const VERSION = 2

/** Answers that are kept at most, the latest run's first: about five runs over the whole base. */
const MOST = 50_000

/** `file` undefined: nothing is remembered. A file that cannot be read, or of another version or solver, counts as empty. */
export function answerCache(file: string | undefined, most = MOST): AnswerCache {
  const before = file === undefined ? {} : readAnswers(file)
  const used: Record<string, 'sat' | 'unsat'> = {}
  let fresh = 0
  return {
    get: (digest) => {
      const answer = before[digest]
      if (answer !== undefined) used[digest] = answer
      return answer
    },
    set: (digest, answer) => {
      used[digest] = answer
      fresh += 1
      // a run that is broken off leaves what it has learnt
      if (fresh % 250 === 0) write({ ...before, ...used })
    },
    save: () => {
      const older = Object.entries(before).filter(([digest]) => !(digest in used))
      write(Object.fromEntries([...Object.entries(used), ...older].slice(0, Math.max(most, Object.keys(used).length))))
    },
  }

  function write(answers: { readonly [digest: string]: 'sat' | 'unsat' }): void {
    if (file === undefined) return
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, `${JSON.stringify({ version: VERSION, solver: SOLVER_VERSION, answers })}\n`)
  }
}

function readAnswers(file: string): { readonly [digest: string]: 'sat' | 'unsat' } {
  try {
    const kept = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      version?: number
      solver?: string
      answers?: Record<string, 'sat' | 'unsat'>
    }
    return kept.version === VERSION && kept.solver === SOLVER_VERSION ? (kept.answers ?? {}) : {}
  } catch {
    return {}
  }
}
