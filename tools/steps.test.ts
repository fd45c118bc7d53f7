import { expect, test } from 'vitest'
import { failedTests, vitestCount } from './steps.ts'

const OUTPUT = `
⎯⎯⎯⎯⎯⎯⎯ Failed Tests 2 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  packages/a.test.ts > one > two
AssertionError: expected 1 to be 2
 FAIL  packages/b.test.ts > three
 FAIL  packages/a.test.ts > one > two

      Tests  2 failed | 50 passed (52)
`

test('the tests that failed are named once each, and counted', () => {
  expect(failedTests(OUTPUT)).toEqual(['packages/a.test.ts > one > two', 'packages/b.test.ts > three'])
  expect(vitestCount(OUTPUT)).toEqual({ passed: 50, failed: 2 })
})

test('a step that is no test run names nothing', () => {
  expect(failedTests('error TS2304: FAIL nowhere')).toEqual([])
  expect(vitestCount('')).toBeUndefined()
})
