import { spawnSync } from 'node:child_process'
import path from 'node:path'

/** `npm run fuzz [-- RUNS [SEED [RUN]]]`: damaged charts through the reader, then as many malformed requests on every route. With RUN that one chart alone. */
const args = process.argv.slice(2)
const run = (file: string, given: readonly string[]): boolean =>
  spawnSync(process.execPath, [path.join(import.meta.dirname, file), ...given], { stdio: 'inherit' }).status === 0
const isWhole = run('run.ts', args)
process.exitCode = (args.length > 2 || run('routes.ts', args)) && isWhole ? 0 : 1
