import { and, or } from '../emit/smt-terms.ts'
import type { AnswerCache } from './cache.ts'
import type { ProofModel } from './model.ts'
import type { ProofFinding, Question } from './question.ts'
import type { Solver } from './solver.ts'
import { findWitness } from './witness.ts'

/** Asks every question, those that a change has not reached from memory, and reports each fault with a patient or with what excludes each other. */
export async function runQuestions(
  model: ProofModel,
  solver: Solver,
  questions: readonly Question[],
  cache: AnswerCache,
): Promise<readonly ProofFinding[]> {
  const faults = [
    ...(await askForPatients(
      model,
      solver,
      cache,
      questions.filter((q) => q.fault === 'unsat'),
    )),
    ...(await askForNone(
      model,
      solver,
      cache,
      questions.filter((q) => q.fault === 'sat'),
    )),
  ]
  const findings: ProofFinding[] = []
  // a question that was asked in parts is one finding
  for (const fault of new Map(faults.map((f) => [f.key, f])).values()) findings.push(await reported(model, solver, fault))
  return findings
}

interface Open {
  readonly question: Question
  readonly digest: string
}

/** Questions that some patient must answer. Several are asked at once, since one patient often answers them all; halved where none does. */
async function askForPatients(
  { space }: ProofModel,
  solver: Solver,
  cache: AnswerCache,
  questions: readonly Question[],
): Promise<readonly Question[]> {
  const faults: Question[] = []
  const open: Open[] = []
  for (const question of questions) {
    const digest = space.digest(question.terms)
    const before = cache.get(digest)
    if (before === 'unsat') faults.push(question)
    if (before === undefined) open.push({ question, digest })
  }
  const search = async (some: readonly Open[]): Promise<void> => {
    const answer = await solver.check(some.flatMap(({ question }) => question.terms))
    if (answer.sat) for (const { digest } of some) cache.set(digest, 'sat')
    else if (some.length === 1) {
      cache.set(some[0]!.digest, 'unsat')
      faults.push(some[0]!.question)
    } else {
      const middle = Math.ceil(some.length / 2)
      await search(some.slice(0, middle))
      await search(some.slice(middle))
    }
  }
  for (const bundle of bundlesOf(open)) await search(bundle)
  return faults
}

/** Questions that stand beside each other are about like patients. Rows of one list exclude each other and are asked one by one. */
function bundlesOf(open: readonly Open[]): readonly (readonly Open[])[] {
  const kinds = Map.groupBy(open, ({ question: { key, property } }) => (/\.(standing|against)\.\d+$/.test(key) ? 'row' : property))
  return [...kinds].flatMap(([kind, list]) => {
    const size = kind === 'row' ? 1 : kind === 'always' ? 16 : 6
    return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
  })
}

/** Questions that no patient may answer: many at once, halved where one of them is at fault. */
async function askForNone(
  { space }: ProofModel,
  solver: Solver,
  cache: AnswerCache,
  questions: readonly Question[],
): Promise<readonly Question[]> {
  const faults: Question[] = []
  const open: Open[] = []
  const narrower: Question[] = []
  const settle = async (question: Question): Promise<void> => {
    if (!question.split) faults.push(question)
    else if (!question.splitToFirst) narrower.push(...question.split())
    else {
      for (const one of question.split()) {
        if (!(await solver.check(one.terms)).sat) continue
        faults.push(one)
        return
      }
    }
  }
  for (const question of questions) {
    const digest = space.digest(question.terms)
    const before = cache.get(digest)
    if (before === 'sat') await settle(question)
    if (before === undefined) open.push({ question, digest })
  }
  const search = async (some: readonly Open[], isWeaker: boolean): Promise<void> => {
    if (some.length === 0) return
    const answer = await solver.check([or(...some.map(({ question: q }) => and(...(isWeaker ? (q.weaker ?? q.terms) : q.terms))))])
    if (!answer.sat) for (const { digest } of some) cache.set(digest, 'unsat')
    else if (some.length === 1 && isWeaker && some[0]!.question.weaker) await search(some, false)
    else if (some.length === 1) {
      cache.set(some[0]!.digest, 'sat')
      await settle(some[0]!.question)
    } else {
      const middle = Math.ceil(some.length / 2)
      await search(some.slice(0, middle), isWeaker)
      await search(some.slice(middle), isWeaker)
    }
  }
  for (let from = 0; from < open.length; from += CHUNK) await search(open.slice(from, from + CHUNK), true)
  return narrower.length === 0 ? faults : [...faults, ...(await askForNone({ space } as ProofModel, solver, cache, narrower))]
}

const CHUNK = 32

async function reported(model: ProofModel, solver: Solver, question: Question): Promise<ProofFinding> {
  const { key, property, parts } = question
  if (question.fault === 'sat') {
    const witness = await findWitness(solver, model.space, question.terms, model.knowledge.facts)
    return { key, property, ...question.report(witness), ...(witness ? { witness } : {}) }
  }
  return { key, property, ...question.report(), ...(parts ? { because: await excludingParts(solver, question, parts) } : {}) }
}

/** Of the parts that cannot hold together, as few as still cannot. */
async function excludingParts(solver: Solver, { terms }: Question, parts: NonNullable<Question['parts']>): Promise<readonly string[]> {
  let kept = parts
  if ((await solver.check(kept.map((p) => p.term))).sat) {
    // the parts alone do not exclude each other: the rest of the question does
    const rest = await solver.check([...terms, ...kept.map((p) => p.term)])
    return rest.sat ? [] : kept.map((p) => p.say)
  }
  for (const part of parts) {
    const without = kept.filter((p) => p !== part)
    if (!(await solver.check(without.map((p) => p.term))).sat) kept = without
  }
  return kept.map((p) => p.say)
}
