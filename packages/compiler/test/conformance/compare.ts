import type { Criterion, PatientCase, Truth } from '@secondwind/core'
import type { Backend, Batch, Question } from './backends/backend.ts'
import { explanation } from './backends/memory.ts'

export interface Difference {
  readonly backend: string
  readonly question: Question
  readonly patientCase: PatientCase
  readonly expected: Truth
  readonly answered: Truth
}

export interface Comparison {
  readonly compared: number
  readonly differences: readonly Difference[]
  /** How often the reference said each. */
  readonly seen: { readonly [truth in Truth]: number }
  /** Questions to which some case said yes. */
  readonly met: number
}

/** Asks a batch of the reference and of a backend, and lists where they differ. `reference` may hold other cases of the same patients, as they are on the day asked. */
export async function compare(batch: Batch, backend: Backend, reference: Batch = batch): Promise<Comparison> {
  const expected = await answersOfReference(reference)
  const answered = await backend.answer(batch)
  const differences: Difference[] = []
  const seen = { true: 0, false: 0, unknown: 0 }
  const met = new Set<number>()
  batch.cases.forEach((_, c) => {
    const patientCase = reference.cases[c]!
    batch.questions.forEach((question, q) => {
      const right = expected[c]![q]!
      seen[right]++
      if (right === 'true') met.add(q)
      if (answered[c]?.[q] !== right)
        differences.push({
          backend: backend.name,
          question,
          patientCase,
          expected: right,
          answered: answered[c]?.[q] ?? ('no answer' as Truth),
        })
    })
  })
  return { compared: batch.cases.length * batch.questions.length, differences, seen, met: met.size }
}

/** What the reference said before, by case and questions: the same batch is put to many backends. */
const said = new WeakMap<PatientCase, WeakMap<readonly Question[], readonly Truth[]>>()

async function answersOfReference(batch: Batch): Promise<readonly (readonly Truth[])[]> {
  const answers: (readonly Truth[])[] = []
  for (const one of batch.cases) {
    const ofCase = said.get(one) ?? new WeakMap<readonly Question[], readonly Truth[]>()
    said.set(one, ofCase)
    const answer = ofCase.get(batch.questions) ?? (await explanation.answer({ ...batch, cases: [one] }))[0]!
    ofCase.set(batch.questions, answer)
    answers.push(answer)
  }
  return answers
}

/** Throws with the smallest part of a criterion that a backend still answers otherwise, ready to be kept in `found/`. */
export async function expectAgreement(batch: Batch, backend: Backend, reference: Batch = batch): Promise<Comparison> {
  const comparison = await compare(batch, backend, reference)
  const first = comparison.differences[0]
  if (first) throw new Error(`${comparison.differences.length} of ${comparison.compared} differ\n${await described(first, batch, backend)}`)
  return comparison
}

async function described(difference: Difference, batch: Batch, backend: Backend): Promise<string> {
  const { question, patientCase, expected, answered } = difference
  const smaller = batch.asOf === patientCase.asOf ? await smallest(difference, batch, backend) : question.when
  const text = JSON.stringify(smaller)
  const facts = Object.fromEntries(Object.entries(patientCase.facts).filter(([id]) => text.includes(`"${id}"`) || text.includes('"ref"')))
  return [
    `${backend.name} says ${answered}, the explanation ${expected}, of ${question.id}`,
    'to keep it, write to packages/compiler/test/conformance/found/NAME.json:',
    JSON.stringify({ criterion: smaller, asOf: patientCase.asOf, facts }, null, 1),
  ].join('\n')
}

/** A part of a criterion is a criterion: the one with the fewest parts that still differs on the same case. */
async function smallest(difference: Difference, batch: Batch, backend: Backend): Promise<Criterion> {
  const parts = partsOf(difference.question.when)
  const asked: Batch = {
    ...batch,
    questions: parts.map((when, i) => ({ id: `part ${i}`, when })),
    cases: [difference.patientCase],
  }
  const { differences } = await compare(asked, backend)
  const sizes = differences.map(({ question }) => question.when).sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length)
  return sizes[0] ?? difference.question.when
}

function partsOf(criterion: Criterion): readonly Criterion[] {
  const children =
    criterion.op === 'all' || criterion.op === 'any' || criterion.op === 'atLeast'
      ? criterion.of
      : criterion.op === 'not'
        ? [criterion.of]
        : []
  return [criterion, ...children.flatMap(partsOf)]
}
