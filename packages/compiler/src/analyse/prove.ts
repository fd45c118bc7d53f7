import type { Compilation } from '../compile.ts'
import { digestOf } from '../emit/digest.ts'
import { answerCache } from './cache.ts'
import { conflictQuestions } from './conflicts.ts'
import { deadQuestions } from './dead.ts'
import { gapQuestions } from './gaps.ts'
import { proofModel } from './model.ts'
import { findFlips } from './monotone.ts'
import { proofInputs } from './policy.ts'
import type { ProofFinding } from './question.ts'
import { runQuestions } from './run.ts'
import { openSolver, solverWhenAsked } from './solver.ts'

export interface Proof {
  /** What was found and nobody accepted. Empty: the base is proven. */
  readonly findings: readonly ProofFinding[]
  readonly accepted: readonly ProofFinding[]
  readonly questions: number
  /** Calls of the solver, those that look for a plain witness included. */
  readonly asked: number
}

/**
 * Proves four properties of a compiled base over every patient that the registry and `policy/constraints.yaml` allow:
 * no gap, no unprioritised conflict, no dead and no always-true rule, monotone in knowledge.
 *
 * `cacheFile` keeps the answers, so that a second run asks only what a change has reached. Undefined where the base has no `policy/proof.yaml`.
 */
export async function prove({ knowledge, entries }: Compilation, cacheFile?: string): Promise<Proof | undefined> {
  const inputs = proofInputs(entries)
  if (inputs === undefined) return undefined
  const model = proofModel(knowledge, entries, inputs)
  const plan = [...gapQuestions(model), ...conflictQuestions(model)]
  const rules = deadQuestions(model)
  const questions = [...plan, ...rules]
  model.space.seal()
  const cache = answerCache(cacheFile)
  // two sessions side by side: the questions about whole plans take about as long as a third of those about single rules
  const cut = Math.floor(rules.length / 3)
  const shares = [[...plan, ...rules.slice(0, cut)], rules.slice(cut)]
  const solvers = shares.map((_, place) => solverWhenAsked(() => model.space.text(), place))
  try {
    const found = (await Promise.all(shares.map((share, place) => runQuestions(model, solvers[place]!, share, cache)))).flat()
    const flips = await flipFindings(model, cache)
    cache.save()
    const all = [...found, ...flips].sort((a, b) => (a.key < b.key ? -1 : 1))
    const named = new Map(inputs.accepted.map((a) => [a.finding, a.because]))
    return {
      findings: [...all.filter((f) => !named.has(f.key)), ...staleAcceptances()],
      accepted: all.flatMap((f) => (named.has(f.key) ? [{ ...f, accepted: named.get(f.key)! }] : [])),
      questions: questions.length + 1,
      asked: solvers.reduce((sum, solver) => sum + solver.asked(), 0),
    }

    /** What was accepted and is gone must leave the list, else it would hide the same fault when it comes back. */
    function staleAcceptances(): readonly ProofFinding[] {
      const keys = new Set(all.map((f) => f.key))
      return inputs!.accepted
        .filter((a) => !keys.has(a.finding))
        .map((a) => ({
          key: `accepted/${a.id}`,
          property: 'dead' as const,
          message: `the accepted finding ${a.finding} is not found any more`,
          remedy: 'remove the entry: it would hide the fault when it comes back',
          rules: [model.placeOf('accepted', a.id)],
        }))
    }
  } finally {
    for (const solver of solvers) solver.close()
  }
}

/** Asked in a session of its own: it speaks of two states of knowledge, under none of the constraints. */
async function flipFindings(model: ReturnType<typeof proofModel>, cache: ReturnType<typeof answerCache>): Promise<readonly ProofFinding[]> {
  const { criteria, options, safety, dosing, trials, facts } = model.knowledge
  const digest = `monotone ${digestOf([criteria, options, safety, dosing, trials, facts])}`
  if (cache.get(digest) === 'unsat') return []
  const solver = await openSolver()
  try {
    const flips = await findFlips(model, solver)
    if (flips.length === 0) cache.set(digest, 'unsat')
    return flips.map(({ place, say }) => ({
      key: `monotone/${place.file}:${place.id}`,
      property: 'monotone' as const,
      message: `the answer can be taken back when more is learnt: "${say}"`,
      remedy: 'say what must be true of the patient instead of what is known',
      rules: [place],
    }))
  } finally {
    solver.close()
  }
}
