import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** Browser tests that `npm test` runs: who comes in, and the main journey. The others take minutes: `npm run test:long`. */
export const DAILY_BROWSER_TESTS = ['e2e/frame.test.ts', 'e2e/journey.test.ts', 'e2e/plan.test.ts'] as const

export interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** How many checks a step's output counts as passed and failed; without it the step itself is one check. */
  readonly count?: (output: string) => { readonly passed: number; readonly failed: number } | undefined
}

/** A step that takes longer hangs: it is ended and counts as failed, so that the steps after it are run. */
const STEP_MINUTES = 25

/** Runs steps in order, all of them even after a failure, and ends with `N passed, N failed`. Returns the exit status. */
export function runSteps(steps: readonly Step[]): number {
  let passed = 0
  let failed = 0
  const faults: string[] = []
  for (const { name, command, args, count } of steps) {
    const started = Date.now()
    const run = spawnSync(command, args, {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      timeout: STEP_MINUTES * 60_000,
      env: { ...process.env, NO_COLOR: '1' },
    })
    const isLate = (run.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT'
    const output = `${run.stdout ?? ''}${run.stderr ?? ''}${isLate ? `\nended after ${STEP_MINUTES} minutes: it did not end by itself\n` : ''}`
    const counted = count?.(output)
    const isOk = run.status === 0
    passed += counted?.passed ?? (isOk ? 1 : 0)
    failed += counted && (counted.failed > 0 || isOk) ? counted.failed : isOk ? 0 : 1
    console.log(`${isOk ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
    const skipped = output.split('\n').filter((line) => /^skipped:/.test(line))
    for (const line of skipped) console.log(`       ${line}`)
    if (isOk) continue
    const named = failedTests(output)
    faults.push(...(named.length > 0 ? named : [name]))
    // what failed stands in what a program printed, warnings of the tests after it: the end alone may say nothing of it
    const summary = output.indexOf('Failed Tests')
    console.log(summary < 0 ? output.slice(-6000) : output.slice(summary, summary + 12_000))
  }
  for (const fault of faults.slice(0, 100)) console.log(`FAILED ${fault}`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** The names of the tests that vitest says failed, each once. */
export const failedTests = (output: string): readonly string[] => [
  ...new Set([...output.matchAll(/^ FAIL\s+(.+)$/gm)].map(([, name]) => name ?? '')),
]

/** Vitest's closing line: `Tests  3 failed | 50 passed (53)`. */
export function vitestCount(output: string): { readonly passed: number; readonly failed: number } | undefined {
  const line = /Tests\s+(.*)\(\d+\)/.exec(output)?.[1]
  if (line === undefined) return undefined
  return { passed: Number(/(\d+) passed/.exec(line)?.[1] ?? 0), failed: Number(/(\d+) failed/.exec(line)?.[1] ?? 0) }
}
