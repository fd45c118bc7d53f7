import { expect, test } from 'vitest'
import { openKnowledge } from '../../src/compose.ts'
import { runText } from './laws.ts'
import { SEEDS } from './seeds.ts'
import { textOf } from './worker.ts'

const SEED = 7

test('every undamaged seed gives a document that keeps all laws', () => {
  const { knowledge } = openKnowledge()
  for (const { name, bundle } of SEEDS) {
    const { broken, outcome } = runText(JSON.stringify(bundle), knowledge, { isDeep: true })
    expect(broken, name).toEqual([])
    expect(outcome, name).toBe(name === 'out-of-scope' ? 'refused' : 'proposed')
  }
})

test('300 damaged charts: nothing throws, and every law holds', () => {
  const { knowledge } = openKnowledge()
  const outcomes = new Set<string>()
  for (let run = 0; run < 300; run++) {
    const { broken, outcome } = runText(textOf(SEED, run), knowledge, { isDeep: run % 10 === 0 })
    outcomes.add(outcome)
    expect(broken, `run ${run} of seed ${SEED}: npm run fuzz -- 300 ${SEED} ${run}`).toEqual([])
  }
  // the damage must reach all three ends, or it proves little
  expect([...outcomes].sort()).toEqual(['proposed', 'refused', 'unreadable'])
})

// each was found by the fuzzer: codes named like what every JavaScript object inherits, and a Patient without an id
test.each([
  { name: 'a code called constructor', from: '1222837003', to: 'constructor' },
  { name: 'a code called toString', from: '94225005', to: 'toString' },
  { name: 'an M category called __proto__', from: '399537006', to: '__proto__' },
  { name: 'a patient without an id', from: '"id":"p",', to: '' },
])('$name is read without harm', ({ from, to }) => {
  const text = JSON.stringify(SEEDS[0]!.bundle).replaceAll(from, to)
  expect(runText(text, openKnowledge().knowledge, { isDeep: true }).broken).toEqual([])
})
