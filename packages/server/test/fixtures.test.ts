import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KnowledgeBase, Option, PlanDocument } from '@secondwind/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { allFixtures } from '../../../fixtures/build/main.ts'
import { differences, type Expectation, sourcesOf } from '../../../fixtures/expectation.ts'
import { openKnowledge, parseCharts, planChart } from '../src/compose.ts'
import { contractLaws } from './contract-laws.ts'

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const PATIENTS = path.join(PROJECT, 'fixtures/patients')
const EXPECTED = path.join(PROJECT, 'fixtures/expected')
const AS_OF = '2026-11-23'

const files = fs.readdirSync(PATIENTS).sort()
const nameOf = (file: string): string => file.replace(/\.(nd)?json$/, '')
const textOf = (file: string): string => fs.readFileSync(path.join(PATIENTS, file), 'utf8')
const expectationOf = (name: string): Expectation => JSON.parse(fs.readFileSync(path.join(EXPECTED, `${name}.json`), 'utf8')) as Expectation

let knowledge: KnowledgeBase
let isPlan: ReturnType<Ajv2020['compile']>
const plans = new Map<string, PlanDocument>()

beforeAll(() => {
  knowledge = openKnowledge().knowledge
  isPlan = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(fs.readFileSync(path.join(PROJECT, 'docs/plan-document.schema.json'), 'utf8')) as object,
  )
}, 240_000)

function plan(text: string, overrides: readonly string[] = []): PlanDocument | undefined {
  const charts = parseCharts(text)
  if (!charts.ok || charts.value.length !== 1) throw new Error(`one chart expected: ${JSON.stringify(charts).slice(0, 300)}`)
  const planned = planChart(charts.value[0]!, { knowledge, asOf: AS_OF, overrides })
  return planned.ok ? planned.value : undefined
}

function planOf(file: string): PlanDocument {
  const made = plans.get(file) ?? plan(textOf(file))
  if (made === undefined) throw new Error(`${file} gives no plan`)
  plans.set(file, made)
  return made
}

/** The same chart with its resources in reverse order. */
function reversed(file: string): string {
  const text = textOf(file)
  if (file.endsWith('.ndjson')) return text.trim().split('\n').reverse().join('\n')
  const bundle = JSON.parse(text) as { entry: unknown[] }
  return JSON.stringify({ ...bundle, entry: [...bundle.entry].reverse() })
}

test('the files are what the builder makes, byte for byte, and each has an expectation', () => {
  const built = allFixtures()
  expect(built.map(({ file }) => file).sort()).toEqual(files)
  for (const { file, text } of built) expect(text === textOf(file), `${file}: run npm run fixtures`).toBe(true)
  expect(fs.readdirSync(EXPECTED).map(nameOf).sort()).toEqual(files.map(nameOf))
  expect(files.length).toBeGreaterThanOrEqual(26)
})

test('every expectation names a source of the knowledge base or a part of the contract', () => {
  const strangers = files.flatMap((file) =>
    sourcesOf(expectationOf(nameOf(file))).filter((source) => !source.startsWith('contract:') && knowledge.sources[source] === undefined),
  )
  expect(strangers).toEqual([])
})

describe.each(files)('%s', (file) => {
  test('the plan is what a tumour board would expect', () => {
    holds(differences(planOf(file), expectationOf(nameOf(file)), knowledge))
  })

  test('the document keeps its schema', () => {
    expect(isPlan(planOf(file)), JSON.stringify(isPlan.errors)?.slice(0, 800)).toBe(true)
  })

  test('the document keeps the laws of the contract', () => {
    holds([...brokenLaws(planOf(file)), ...contractLaws(planOf(file))])
  })

  test('the same bytes a second time and in any order of resources', () => {
    const doc = JSON.stringify(planOf(file))
    expect(JSON.stringify(plan(textOf(file))) === doc, 'second run').toBe(true)
    expect(JSON.stringify(plan(reversed(file))) === doc, 'reverse order').toBe(true)
  })

  test('what is said to change the result changes it', () => {
    const unmoved: string[] = []
    for (const option of planOf(file).options)
      for (const change of option.wouldChange) {
        const after = plan(textOf(file), change.set ?? [])
        const standing = after?.options.find((o) => o.id === option.id)?.standing ?? 'not-offered'
        // an option that drops may be hidden behind a better one for the same population or treatment: it moved all the same
        const moved = standing === change.to || (standing === 'not-offered' && change.to !== option.standing)
        if (after === undefined || !moved)
          unmoved.push(`${option.id}: ${JSON.stringify(change)} gives ${after === undefined ? 'no plan' : standing}`)
      }
    holds(unmoved)
  }, 240_000)
})

/** Every fault stands in the message. */
function holds(faults: readonly string[]): void {
  expect(faults, faults.join('\n')).toEqual([])
}

function brokenLaws(doc: PlanDocument): readonly string[] {
  const broken: string[] = []
  if (doc.status === 'refused' && (doc.options.length > 0 || !doc.problems.some((p) => p.severity === 'error')))
    broken.push('refused with options, or without an error')
  let hasOpen = false
  for (const option of doc.options) {
    if (!option.because.claim || option.evidence.length === 0) broken.push(`${option.id} lacks an explanation or evidence`)
    if (!option.against) broken.push(`${option.id} has nothing against it`)
    const isSound = option.standing === 'recommended' || option.standing === 'alternative'
    if (isSound && hasOpen) broken.push(`${option.id} is sound and stands below an option that needs data`)
    hasOpen ||= option.standing === 'needs-data'
    if (isSound && !['stop', 'hold'].includes(option.procedure ?? ''))
      for (const entry of doc.notAdvised)
        if (isBarredBy(option, entry)) broken.push(`${option.standing} ${option.id} is not advised: ${entry.treatment}`)
  }
  return broken
}

function isBarredBy(option: Option, entry: PlanDocument['notAdvised'][number]): boolean {
  const drugs = entry.drugs ?? []
  if (drugs.length === 0) {
    const name = entry.class
    return name !== undefined && option.drugs.some((drug) => knowledge.drugs.find((d) => d.id === drug)?.classes.includes(name))
  }
  const has = (one: string): boolean =>
    option.drugs.includes(one) || option.drugs.some((drug) => knowledge.drugs.find((d) => d.id === drug)?.classes.includes(one))
  return entry.match === 'exact' ? [...drugs].sort().join() === [...option.drugs].sort().join() : drugs.every(has)
}
