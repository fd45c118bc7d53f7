import { spawn } from 'node:child_process'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { buildWeb } from './build-web.ts'
import { ROOT } from './steps.ts'

/**
 * `npm start`: the workspace in the browser, on the embedded database, with a synthetic network to try it out: 12 invented hospitals, a few hundred invented
 * patients. Everything of it can be set as for `secondwind serve` (`npx secondwind serve --config`); what the environment says already is left alone.
 */
const DEMO = {
  SECONDWIND_SIGN_IN: 'embedded',
  SECONDWIND_DATA: path.join(os.homedir(), '.second-wind/demo'),
  SECONDWIND_DEMO_PATIENTS: '240',
  SECONDWIND_LOGS: 'off',
  // the largest of the invented hospitals
  SECONDWIND_SITE: 'aurora',
} as const

console.log('Second Wind: building the pages (once) …')
await buildWeb()
// a database of one's own is never filled with invented patients
const isOwn = process.env.SECONDWIND_DATABASE_URL !== undefined || process.env.SECONDWIND_DATA !== undefined
const { SECONDWIND_DEMO_PATIENTS: patients, ...rest } = DEMO
const environment = {
  ...rest,
  ...(isOwn ? {} : { SECONDWIND_DEMO_PATIENTS: patients }),
  SECONDWIND_PORT: String(await freePort(8421)),
  ...process.env,
}
const server = spawn(process.execPath, [path.join(ROOT, 'packages/server/src/cli/main.ts'), 'serve'], {
  stdio: 'inherit',
  env: environment,
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal))
server.on('exit', (code) => {
  process.exitCode = code ?? 1
})
console.log(`Open http://127.0.0.1:${environment.SECONDWIND_PORT} in a browser, and choose who you are. Invented patients go on arriving for a minute. Ctrl+C ends it.
Plans in the terminal instead: npm run examples
`)

/** The wanted port, or the next one that is free. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer()
    probe.once('error', () => resolve(freePort(wanted + 1)))
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)))
  })
}
