import { engineOf, standingsOf } from '@secondwind/care'
import { type PlanDecider, planDecider } from '@secondwind/compiler'
import { isKnown, type PatientCase, Room, sharedMemory } from '@secondwind/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { worldCases } from '../../../benchmarks/world-cases.ts'
import { openKnowledge } from '../src/compose.ts'
import { fixtureCases } from './fixture-cases.ts'

/**
 * What is proven is proven of a model of the planner: here the model answers for the same patients as the planner. The solver takes a second a
 * patient, so this is a sample; SECONDWIND_LONG=1 (`npm run test:long`) takes all of them.
 */
const isLong = process.env.SECONDWIND_LONG === '1'
const AS_OF = '2026-11-23'
const { knowledge } = openKnowledge()
const engine = engineOf(knowledge)
const fixtures = fixtureCases(knowledge, AS_OF)
const rows = Math.max(
  1,
  ...fixtures.flatMap(({ facts }) => Object.values(facts).map((f) => (isKnown(f) && Array.isArray(f.value) ? f.value.length : 0))),
)

let decider: PlanDecider
beforeAll(async () => {
  decider = await planDecider(knowledge, rows)
}, 120_000)
afterAll(() => decider.close())

const planned = (patientCase: PatientCase) =>
  new Map(
    standingsOf(patientCase, knowledge).map(({ option, standing }) => [
      option,
      standing === 'recommended' || standing === 'alternative' ? standing : 'conditional or needs-data',
    ]),
  )
const sorted = (standings: ReadonlyMap<string, string>) => [...standings].sort(([a], [b]) => (a < b ? -1 : 1))

test('in the example patients', { timeout: 600_000 }, async () => {
  for (const one of fixtures.filter((_, i) => isLong || i % 5 === 0)) {
    expect(sorted(await decider.decide(one.facts, one.asOf)), one.patient).toEqual(sorted(planned(one)))
  }
})

test('in patients with a fifth of their facts changed at random', { timeout: 600_000 }, async () => {
  const wanted = isLong ? 200 : 10
  const views = fixtures.map(({ facts }) => engine.view(facts, AS_OF).facts)
  const kept = new Set(Array.from({ length: wanted }, (_, i) => i))
  const { factsOf } = worldCases(engine.words, views, wanted, 20261124, new Room(sharedMemory()), kept)
  for (const row of kept) {
    const facts = Object.fromEntries(engine.words.facts.flatMap(({ id }, at) => (factsOf(row)[at] ? [[id, factsOf(row)[at]!]] : [])))
    const one: PatientCase = { patient: `case ${row}`, asOf: AS_OF, facts }
    expect(sorted(await decider.decide(facts, AS_OF)), one.patient).toEqual(sorted(planned(one)))
  }
})
