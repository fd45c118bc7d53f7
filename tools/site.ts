import { run } from '../packages/server/src/cli/run.ts'

/** `npm run knowledge:site`: the knowledge as pages in build/site, and the schemas by which an editor completes its names. Takes the options of `secondwind knowledge site`. */
const status = await run(['knowledge', 'site', ...process.argv.slice(2)])
process.exitCode = status > 0 ? status : await run(['knowledge', 'schema'])
