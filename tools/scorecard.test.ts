import { beforeAll, describe, expect, test } from 'vitest'
import { page, partsOf } from './scorecard/page.ts'
import { ENDS } from './scorecard/worked-cases.ts'
import { countedBefore, countedNow, proofGap } from './scorecard.ts'

let now: string
beforeAll(() => {
  now = countedNow()
}, 240_000)

test('SCORECARD.md says what the files say (npm run scorecard -- --counted writes it anew)', () => {
  expect(countedBefore().split('\n')).toEqual(now.split('\n'))
})

test('what is counted is the same every time', () => expect(countedNow()).toBe(now), 240_000)

test('SCORECARD.md publishes what the proof found (npm run scorecard)', () => expect(proofGap()).toBeUndefined())

test('a proof that was not run, or is not on the page, is a fault of the page', () => {
  const said = '## Is it proven?\n\n0 findings, 12 questions.\n\n## Is it fast?\n\nNot run: no machine.\n'
  expect(proofGap(said)).toBeUndefined()
  expect(proofGap(said.replace('0 findings, 12 questions.', 'Not run: it was left out.'))).toMatch(/was not run/)
  expect(proofGap('## Is it fast?\n')).toMatch(/no section on the proof/)
})

describe('the page', () => {
  test('what is written is read back', () => {
    expect(partsOf(page('a\n', '\nb'))).toEqual({ counted: 'a', measured: 'b' })
    expect(partsOf('# Another page')).toBeUndefined()
  })

  test('shares are of what they are said to be of', () => {
    const shares = [...now.matchAll(/(\d+) of (\d+)[^(|]* \(([\d.]+)%\)/g)]
    expect(shares.length).toBeGreaterThan(5)
    for (const [, part, all, percent] of shares) expect((100 * Number(part)) / Number(all)).toBeCloseTo(Number(percent), 0.9)
  })

  test('the answers of every criterion add up, and every example patient gets one end', () => {
    const [yes, no, unknown] = ['yes', 'no', 'unknown'].map((word) => Number(new RegExp(`([\\d.]+)% ${word}`).exec(now)![1]))
    expect(yes! + no! + unknown!).toBeCloseTo(100, 0)
    const patients = Number(/^(\d+) invented patients/m.exec(now)![1])
    const ends = now
      .split('They get:')[1]!
      .split('- Statements')[0]!
      .match(/^- (\d+) /gm)!
      .map((line) => Number(line.slice(2)))
    expect(ends.length).toBeLessThanOrEqual(ENDS.length)
    expect(ends.reduce((a, b) => a + b, 0)).toBe(patients)
  })
})
