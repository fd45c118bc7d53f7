import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm run bench -- NAME`: runs one benchmark of this folder. Each checks its answers first and ends with one JSON line. */
const here = path.dirname(fileURLToPath(import.meta.url))
const names = fs
  .readdirSync(here)
  .filter((f) => f.endsWith('.bench.ts'))
  .map((f) => f.slice(0, -'.bench.ts'.length))
const name = process.argv[2]
if (name === undefined || !names.includes(name)) {
  console.error(`benchmarks: ${names.join(', ')}`)
  process.exitCode = 1
} else {
  process.exitCode =
    spawnSync(process.execPath, ['--expose-gc', path.join(here, `${name}.bench.ts`), ...process.argv.slice(3)], { stdio: 'inherit' })
      .status ?? 1
}
