import { expect, test } from 'vitest'
import { planOfFixture } from './plan-of.ts'

/** The base is for adults: a child gets no plan, and the reason first. */
test.each([{ age: 16 }, { age: 17 }])('$age years: refused, with the reason and where to go', ({ age }) => {
  const plan = planOfFixture('alk-first-line-brain-mets', { set: [`age=${age}`] })
  expect(plan.status).toBe('refused')
  expect(plan.options).toEqual([])
  expect(plan.problems[0]).toMatchObject({ code: 'age-out-of-scope', severity: 'error', path: 'age' })
  expect(plan.problems[0]!.remedy).toContain('paediatric')
})

test('18 years: planned', () => {
  const plan = planOfFixture('alk-first-line-brain-mets', { set: ['age=18'] })
  expect(plan.status).toBe('proposed')
  expect(plan.problems.map((p) => p.code)).not.toContain('age-out-of-scope')
})

test('an age that nobody wrote down refuses nothing', () => {
  expect(planOfFixture('alk-first-line-brain-mets', { set: ['age=unknown'] }).status).toBe('proposed')
})
