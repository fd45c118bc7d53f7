import { clockSkew } from './clock-skew.ts'
import { diskFull } from './disk-full.ts'
import { failover } from './failover.ts'
import { manyClients } from './many-clients.ts'

/**
 * `node packages/server/test/reliability/main.ts [NAME …]`: what takes minutes, on a real PostgreSQL and a real `secondwind serve`. Each scenario gives
 * the reason when it could not run here, and throws when something was lost, half-written, broken or left hanging.
 */
const SCENARIOS: { readonly [name: string]: () => Promise<string | undefined> } = {
  'disk-full': diskFull,
  failover,
  'clock-skew': clockSkew,
  'many-clients': manyClients,
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in SCENARIOS))
if (unknown !== undefined) {
  console.error(`${unknown}: there are ${Object.keys(SCENARIOS).join(', ')}`)
  process.exit(2)
}
let done = 0
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const started = Date.now()
  console.log(`${name}:`)
  const skipped = await scenario()
  if (skipped === undefined) done += 1
  console.log(skipped === undefined ? `  held, ${Math.round((Date.now() - started) / 1000)} s` : `  skipped: ${skipped}`)
}
console.log(`${done} scenarios held`)
// sockets of clients that were cut off may still wait for their end
process.exit(0)
