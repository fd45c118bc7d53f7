import { fetchPrograms } from './programs.ts'
import { DAILY_BROWSER_TESTS, runSteps, type Step, vitestCount } from './steps.ts'

/** `npm test`: everything a change must pass, in under ten minutes. */
const node = process.execPath
const missing = fetchPrograms()
const browser: Step = {
  name: 'the main journey in a browser',
  command: 'vitest',
  args: ['run', ...DAILY_BROWSER_TESTS],
  count: vitestCount,
}
process.exitCode = runSteps([
  { name: 'types', command: 'tsc', args: ['-b'] },
  { name: 'lint', command: 'biome', args: ['check', '.'] },
  { name: 'imports', command: node, args: ['tools/check-imports.ts'] },
  { name: 'dead code', command: 'knip', args: [] },
  { name: 'knowledge', command: node, args: ['packages/compiler/src/cli/main.ts', 'check', '--as-of', 'release'] },
  { name: 'tests', command: 'vitest', args: ['run', '--exclude', 'e2e/**'], count: vitestCount },
  ...(missing.includes('chromium') ? [] : [browser]),
])
