import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import * as ourFhir from '../packages/fhir/src/index.ts'
import * as ours from '../packages/server/src/compose.ts'
import { synthesizeNetwork } from '../packages/server/src/synthetic/network.ts'
import { bundleOf } from '../packages/server/src/synthetic/part.ts'
import { textOf } from '../packages/server/test/fuzz/worker.ts'

/**
 * `npm run against -- OTHER [--synthetic N] [--damaged N] [--turns N] [--cases]`: this tree beside another one (a checkout of the state before a change),
 * both in one process. First every chart must give the same bytes in both: issues, case and plan document (`--cases`: without the document). Then, with
 * `--turns`, the two take turns over each fixture, and the least time that each took says what the change is worth: on a machine with neighbours nothing else does.
 */
type Compose = typeof ours
type Fhir = typeof ourFhir
interface Side {
  readonly name: string
  readonly compose: Compose
  readonly fhir: Fhir
  readonly knowledge: ReturnType<Compose['openKnowledge']>['knowledge']
}

const AS_OF = '2026-11-23'
const [other, ...options] = process.argv.slice(2)
if (other === undefined) throw new Error('name the other tree: npm run against -- ../before')
const numberOf = (name: string, otherwise: number): number => {
  const at = options.indexOf(name)
  return at < 0 ? otherwise : Number(options[at + 1])
}
const withDocument = !options.includes('--cases')
const of = (file: string): string => pathToFileURL(path.resolve(other, file)).href
const before = (await import(of('packages/server/src/compose.ts'))) as Compose
const beforeFhir = (await import(of('packages/fhir/src/index.ts'))) as Fhir
const sides: readonly Side[] = [
  { name: 'before', compose: before, fhir: beforeFhir, knowledge: before.openKnowledge().knowledge },
  { name: 'now', compose: ours, fhir: ourFhir, knowledge: ours.openKnowledge().knowledge },
]
const fixtures = filesUnder(path.join(ours.PROJECT, 'fixtures/patients')).map((file) => ({
  name: file,
  text: fs.readFileSync(file, 'utf8'),
}))

compareAll()
const turns = numberOf('--turns', 0)
if (turns > 0) time(turns)

function compareAll(): void {
  const counts = new Map<string, number>()
  let differing = 0
  for (const { kind, name, text } of charts()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    const [a, b] = sides.map((side) => answersOf(side, text))
    for (const [what, answer] of Object.entries(a!)) {
      if (answer === b![what]) continue
      differing += 1
      const at = firstDifference(answer, b![what]!)
      if (differing <= 10)
        console.log(
          `${name}: ${what} differs\n  before: …${answer.slice(at - 80, at + 160)}\n  now:    …${b![what]!.slice(at - 80, at + 160)}`,
        )
    }
  }
  console.log(`${[...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')}: ${differing} differ`)
  if (differing > 0) process.exitCode = 1
}

function* charts(): Generator<{ readonly kind: string; readonly name: string; readonly text: string }> {
  for (const { name, text } of fixtures) yield { kind: 'fixtures', name, text }
  const shared = process.env.SECONDWIND_SHARED ?? path.resolve(ours.PROJECT, '../shared')
  const examples = ['fixtures/hl7-mcode-examples', path.join(shared, 'data/mcode')].map((folder) => path.resolve(ours.PROJECT, folder))
  for (const folder of examples) {
    if (!fs.existsSync(folder)) console.log(`skipped: ${folder} is not there`)
    else for (const file of filesUnder(folder)) yield { kind: 'examples', name: file, text: fs.readFileSync(file, 'utf8') }
  }
  for (const isTidy of [false, true]) {
    const patients = Math.ceil(numberOf('--synthetic', 1000) / 2)
    const network = synthesizeNetwork(
      { seed: isTidy ? '11' : '7', patients, asOf: AS_OF, isTidy, isUntilDeath: isTidy },
      sides[1]!.knowledge,
    )
    for (const chart of network.charts())
      yield { kind: 'synthetic', name: chart.patient, text: JSON.stringify(bundleOf(chart, network.hospitals)) }
  }
  for (let run = 0; run < numberOf('--damaged', 2000); run += 1) yield { kind: 'damaged', name: `run ${run}`, text: textOf(7, run) }
}

function answersOf({ compose, knowledge }: Side, text: string): Record<string, string> {
  const parsed = compose.parseCharts(text)
  if (!parsed.ok) return { refusal: JSON.stringify(parsed.error) }
  const request = { knowledge, asOf: AS_OF, overrides: [] }
  const inputs = parsed.value.map((chart) => compose.plannerInputs(chart, request))
  const documents = withDocument ? parsed.value.map((chart) => compose.planChart(chart, request)) : []
  return { inputs: JSON.stringify(inputs), documents: JSON.stringify(documents) }
}

function filesUnder(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:nd)?json$/.test(file))
    .sort()
    .map((file) => path.join(folder, file))
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  return Math.max(80, at)
}

function chartsOf(compose: Compose, text: string): readonly ourFhir.ParsedChart[] {
  const parsed = compose.parseCharts(text)
  return parsed.ok ? parsed.value : []
}

function time(rounds: number): void {
  const texts = fixtures.map(({ name, text }) => (name.endsWith('.ndjson') ? text : JSON.stringify(JSON.parse(text))))
  const works: readonly (readonly [name: string, work: (side: Side, text: string) => unknown])[] = [
    ['JSON.parse', (_side, text) => (text.startsWith('{"resourceType":"Bundle"') ? JSON.parse(text) : undefined)],
    ['assemble', ({ compose }, text) => compose.parseCharts(text)],
    [
      'read',
      ({ compose, fhir, knowledge }, text) =>
        chartsOf(compose, text).map((chart) => fhir.readPatientCase(chart, compose.readerFor(knowledge), { asOf: AS_OF })),
    ],
    [
      'plan',
      ({ compose, knowledge }, text) =>
        chartsOf(compose, text).map((chart) => compose.planChart(chart, { knowledge, asOf: AS_OF, overrides: [] })),
    ],
  ]
  // of each text the least time: what neighbours, the collector and the compiler add is never negative
  const least = new Map<string, number[]>()
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, text] of texts.entries()) {
      for (const [name, work] of works) {
        for (const side of (round + at) % 2 === 0 ? sides : [...sides].reverse()) {
          const started = performance.now()
          work(side, text)
          const took = performance.now() - started
          const times = least.get(`${side.name} ${name}`) ?? []
          least.set(`${side.name} ${name}`, times)
          times[at] = Math.min(times[at] ?? Number.POSITIVE_INFINITY, took)
        }
      }
    }
  }
  const low = (key: string): number => least.get(key)!.reduce((sum, one) => sum + one, 0)
  const parse = Math.min(low('before JSON.parse'), low('now JSON.parse'))
  for (const [name] of works) {
    const [a, b] = [low(`before ${name}`), low(`now ${name}`)]
    console.log(
      `${name.padEnd(10)} ${(a / parse).toFixed(2)} → ${(b / parse).toFixed(2)} × JSON.parse (${(b / a).toFixed(3)} of before; ${a.toFixed(1)} → ${b.toFixed(1)} ms)`,
    )
  }
}
