import { fetchPrograms } from './programs.ts'
import { DAILY_BROWSER_TESTS, runSteps, type Step, vitestCount } from './steps.ts'

/** `npm test`: everything a change must pass, in under ten minutes. */
const node = process.execPath
const missing = fetchPrograms()
/** Built once: two test files that build at once would take the files from under each other. */
const pages: Step = { name: 'pages', command: node, args: ['tools/build-web.ts'] }
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
  ...(missing.includes('chromium') ? [] : [pages, browser]),
])
