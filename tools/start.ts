import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm start`: plans the example patients in the terminal, one after another. `npm start -- NAME` plans those whose name holds NAME. */
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const folder = path.join(root, 'fixtures/patients')
const wanted = process.argv[2] ?? ''
const files = fs.readdirSync(folder).filter((f) => f.endsWith('.json') && f.includes(wanted))
if (files.length === 0) {
  console.error(`no example patient is called ${wanted}; there are ${fs.readdirSync(folder).join(', ')}`)
  process.exitCode = 1
}
for (const file of files) {
  console.log(`\n${'═'.repeat(100)}\nsecondwind plan fixtures/patients/${file} --as-of 2026-11-23\n`)
  const run = spawnSync(
    process.execPath,
    [path.join(root, 'packages/server/src/cli/main.ts'), 'plan', path.join(folder, file), '--as-of', '2026-11-23'],
    { stdio: 'inherit' },
  )
  if (run.status !== 0) process.exitCode = run.status ?? 1
}
if (files.length > 1)
  console.log(
    `\n${files.length} example patients planned. One alone: npm start -- ${files[0]!.replace('.json', '')}. Your own: npx secondwind plan <bundle.json>`,
  )
