import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Fact, latestDay, vocabulary } from '@secondwind/core'
import { parseCharts, readerKnowledge, readPatientCase } from '@secondwind/fhir'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { binding } from '../src/analyse/decide.ts'
import { proofInputs } from '../src/analyse/policy.ts'
import { openSolver, type Solver } from '../src/analyse/solver.ts'
import { constraintTerms, drugUniverse } from '../src/analyse/space.ts'
import { smtEmitter } from '../src/emit/smt.ts'
import { compileKnowledge } from '../src/index.ts'

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const AS_OF = '2026-11-23'
const compilation = compileKnowledge(path.join(project, 'knowledge'), 'test')
const { knowledge } = compilation
const inputs = proofInputs(compilation.entries)!
const words = vocabulary(knowledge.facts, knowledge.criteria)
const reader = readerKnowledge(knowledge)
const folder = path.join(project, 'fixtures/patients')

let solver: Solver
beforeAll(async () => {
  solver = await openSolver()
}, 60_000)
afterAll(() => solver.close())

/** The constraints that a case breaks. */
async function broken(facts: { readonly [id: string]: Fact }): Promise<readonly string[]> {
  const universe = drugUniverse(knowledge)
  const emitter = smtEmitter(words, { codes: (fact) => (inputs.policy.drugFacts.includes(fact) ? universe : undefined) })
  const terms = inputs.constraints.map((constraint) => constraintTerms(constraint, emitter, knowledge))
  const variables = [...emitter.variables.values()]
  const day = latestDay(AS_OF)!
  await solver.tell(
    [
      '(push)',
      ...variables.map(({ name, sort }) => `(declare-const ${name} ${sort})`),
      ...[...emitter.definitions].map(([name, term]) => `(define-fun ${name} () Bool ${term})`),
      ...variables.map((v) => `(assert ${binding(v, facts, day)})`),
    ].join('\n'),
  )
  const found: string[] = []
  for (const [i, of] of terms.entries()) if (!(await solver.check(of)).sat) found.push(inputs.constraints[i]!.id)
  await solver.tell('(pop)')
  return found
}

/** A constraint that a real chart breaks would hide patients like it from the proof. */
test.each(fs.readdirSync(folder))('no constraint excludes %s', { timeout: 60_000 }, async (file) => {
  const parsed = parseCharts(fs.readFileSync(path.join(folder, file), 'utf8'))
  if (!parsed.ok) throw new Error(`${file} cannot be read`)
  for (const chart of parsed.value) {
    const read = readPatientCase(chart, reader, { asOf: AS_OF })
    if (!read.ok) throw new Error(`${file} gives no case`)
    expect(await broken(read.value.patientCase.facts)).toEqual([])
  }
})

const known = (value: Fact extends infer F ? (F extends { value: infer V } ? V : never) : never): Fact => ({ value, sources: [] })

test.each<{ name: string; facts: { readonly [id: string]: Fact }; breaks: string }>([
  {
    name: 'first line with a palliative drug',
    facts: { 'palliative-lines': known(0), 'palliative-drugs': known(['carboplatin']), 'prior-drugs': known(['carboplatin']) },
    breaks: 'first-line-without-drugs',
  },
  {
    name: 'a failed drug that was never given',
    facts: { 'progressed-on': known(['carboplatin']), 'prior-drugs': known([]) },
    breaks: 'failed-was-given',
  },
  {
    name: 'more failed lines than lines',
    facts: { 'failed-lines': known(3), 'palliative-lines': known(1) },
    breaks: 'failed-lines-are-lines',
  },
  {
    name: 'treatment that runs without a drug',
    facts: { 'on-treatment': known(true), 'current-drugs': known([]) },
    breaks: 'running-has-a-drug',
  },
])('a contradiction is excluded: $name', async ({ facts, breaks }) => {
  expect(await broken(facts)).toContain(breaks)
})
