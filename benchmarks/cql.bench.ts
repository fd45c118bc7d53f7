import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { caseFeatures, elmJson, everyCriterion } from '@secondwind/compiler'
import { caseView, criteriaCompiler, type Decide, type PatientCase, type Truth, vocabulary } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { batchLibraries, openFeatures, runLibrary, truthOfCql } from '../packages/compiler/test/conformance/backends/cql.ts'
import { openKnowledge, parseCharts, readerFor } from '../packages/server/src/compose.ts'
import { plainLibrary, plainSource } from './cql-plain.ts'

/**
 * The same real rules over the same charts, through `cql-execution` and through us, in one process and one run. Answers are checked equal first.
 *
 * Both are given their facts by our reader: no CQL reads mCODE into these facts, so the engine is spared that work. The engine runs twice, and
 * each time at its best:
 *  - over FHIR case features, as a hospital would run it, with an index so that a code is found at once (without it: some fifty times slower);
 *  - over plain values in one library, without FHIR at all: nothing but rules.
 * "Mapping included" starts from the text of the chart: reading it, for the engine also writing and opening case features, and all rules.
 */
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const folder = path.join(root, 'fixtures/patients')
const AS_OF = '2026-11-23'
const ROUNDS = Number(process.argv[2] ?? 5)

const { knowledge } = openKnowledge()
const words = vocabulary(knowledge.facts, knowledge.criteria)
const rules = everyCriterion(knowledge)
const texts = fs
  .readdirSync(folder)
  .filter((f) => f.endsWith('.json'))
  .sort()
  .map((f) => JSON.stringify(JSON.parse(fs.readFileSync(path.join(folder, f), 'utf8'))))

function readCases(): readonly PatientCase[] {
  const cases = texts.flatMap((text) => {
    const parsed = parseCharts(text)
    if (!parsed.ok) throw new Error(parsed.error.map((e) => e.message).join('; '))
    return parsed.value.map((chart) => {
      const read = readPatientCase(chart, readerFor(knowledge), { asOf: AS_OF })
      if (!read.ok) throw new Error(read.error.map((e) => e.message).join('; '))
      return read.value.patientCase
    })
  })
  // the engine keeps answers by patient id
  return cases.map((one, i) => ({ ...one, patient: `Patient/case-${i}` }))
}

const compiler = criteriaCompiler(words)
const decides: readonly Decide[] = rules.map(({ when }) => compiler.compile(when))
const decideAll = (cases: readonly PatientCase[]): readonly (readonly Truth[])[] =>
  cases.map(({ facts }) => {
    const view = caseView(words, facts, AS_OF, compiler.program)
    return decides.map((decide) => decide(view))
  })

const batch = { words, questions: rules }
const libraries = batchLibraries(batch)
const fhirElm = libraries.map(elmJson)
const plainElm = plainLibrary(libraries)

type Answers = { readonly [id: string]: { readonly [name: string]: unknown } }
const answersOf = (results: Answers, cases: readonly PatientCase[]): readonly (readonly Truth[])[] =>
  cases.map((_, i) => rules.map(({ id }) => truthOfCql(results[`case-${i}`]![id])))

const cases = readCases()
const features = cases.map((one) => caseFeatures(one, knowledge.facts))
const plain = cases.map((one) => plainSource(one, knowledge.facts))

// the answers must stand before their speed matters
const expected = JSON.stringify(decideAll(cases))
for (const [name, answers] of [
  ['FHIR case features', answersOf(await runLibrary(fhirElm, AS_OF, openFeatures(features)), cases)],
  ['plain values', answersOf(await runLibrary(plainElm, AS_OF, plainSources()), cases)],
] as const)
  if (JSON.stringify(answers) !== expected) throw new Error(`cql-execution over ${name} and we differ: no comparison is worth printing`)

function plainSources() {
  let at = 0
  return {
    currentPatient: () => plain[at],
    nextPatient: () => plain[++at],
  }
}

const ourRules: number[] = []
const ourWhole: number[] = []
const cqlPlain: number[] = []
const cqlFhir: number[] = []
const cqlWhole: number[] = []
/** Processor time, not time by the clock: what else the machine does does not enter. */
const timed = async (into: number[], run: () => unknown): Promise<void> => {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  into.push((user + system) / 1000)
}
/** Ours is over before a clock can tell: many times in a row, then divided. */
const OFTEN = 50
for (let round = 0; round < ROUNDS; round++) {
  await timed(ourRules, () => {
    for (let i = 0; i < OFTEN; i++) decideAll(cases)
  })
  await timed(cqlPlain, () => runLibrary(plainElm, AS_OF, plainSources()))
  await timed(cqlFhir, () => runLibrary(fhirElm, AS_OF, openFeatures(features)))
  await timed(ourWhole, () => decideAll(readCases()))
  await timed(cqlWhole, () => runLibrary(fhirElm, AS_OF, openFeatures(readCases().map((one) => caseFeatures(one, knowledge.facts)))))
}

const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)]!
const figures = {
  charts: cases.length,
  rules: rules.length,
  ourRulesMs: round(median(ourRules) / OFTEN),
  cqlPlainMs: round(median(cqlPlain)),
  cqlFhirMs: round(median(cqlFhir)),
  ourWholeMs: round(median(ourWhole)),
  cqlWholeMs: round(median(cqlWhole)),
}
const ratios = {
  rulesAlone: round(figures.cqlPlainMs / figures.ourRulesMs),
  rulesOverFhir: round(figures.cqlFhirMs / figures.ourRulesMs),
  mappingIncluded: round(figures.cqlWholeMs / figures.ourWholeMs),
}
console.log(`${figures.rules} criteria over ${figures.charts} charts, answers equal; processor time, medians of ${ROUNDS} rounds`)
console.log(
  `rules alone        ours ${figures.ourRulesMs} ms, cql-execution ${figures.cqlPlainMs} ms on plain values: ${ratios.rulesAlone} ×`,
)
console.log(
  `rules over FHIR    ours ${figures.ourRulesMs} ms, cql-execution ${figures.cqlFhirMs} ms on case features: ${ratios.rulesOverFhir} ×`,
)
console.log(
  `mapping included   ours ${figures.ourWholeMs} ms, cql-execution ${figures.cqlWholeMs} ms from text: ${ratios.mappingIncluded} ×`,
)
console.log(JSON.stringify({ bench: 'cql', ratios, figures }))

function round(n: number): number {
  return Number(n.toPrecision(4))
}
