import { describe, expect, test } from 'vitest'
import { planText } from '../src/cli/text.ts'
import { knowledge, planOfFixture } from './plan-of.ts'

/** Where nobody wrote down how fit the patient is, that is asked first, and comfort alone is not the answer for want of it. */
const FIXTURE = 'no-driver-pdl1-80-fit'
const plan = (...set: readonly string[]) => planOfFixture(FIXTURE, { set: ['ecog=unknown', ...set] })

describe('ECOG not recorded', () => {
  const doc = plan()
  test('it is asked for, urgently and before anything else of its urgency', () =>
    expect(doc.tests[0]).toMatchObject({ id: 'performance-status', urgency: 'urgent', facts: ['ecog'] }))
  test('treatments wait for it, and so does comfort alone', () => {
    expect(doc.options.find((o) => o.drugs.join() === 'pembrolizumab')?.standing).toBe('needs-data')
    expect(doc.options.find((o) => o.procedure === 'best-supportive-care')?.standing).toBe('needs-data')
    expect(doc.options[0]!.procedure).not.toBe('best-supportive-care')
  })
  test('a problem says what has to be known first', () =>
    expect(doc.problems.filter((p) => p.path === 'ecog')).toContainEqual(
      expect.objectContaining({ code: 'missing-input', severity: 'warning' }),
    ))
  test('the text says that none can be advised yet, and offers none', () => {
    const text = planText(doc, knowledge, 100)
    expect(text).toContain('None can be advised yet')
    expect(text).not.toMatch(/^1\. /m)
  })
})

test('a patient who wants no treatment is not made to wait for a number', () => {
  const comfort = plan('declines=all-anticancer').options.find((o) => o.procedure === 'best-supportive-care')
  expect(comfort?.standing).toBe('recommended')
})

test('with an ECOG comfort alone stays open to the patient, behind what helps', () => {
  const doc = planOfFixture(FIXTURE)
  expect(doc.options.find((o) => o.procedure === 'best-supportive-care')?.standing).toBe('conditional')
  expect(doc.problems.map((p) => p.path)).not.toContain('ecog')
})
