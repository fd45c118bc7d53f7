import fs from 'node:fs'
import path from 'node:path'
import wabt from 'wabt'
import { ROOT } from './steps.ts'

/**
 * Assembles the plane machine (`npm run build:planes`). The result is kept in the repository, so that users need no assembler;
 * a test assembles it again and compares.
 */
export const SOURCE = path.join(ROOT, 'packages/core/src/criteria/planes.wat')
export const TARGET = path.join(ROOT, 'packages/core/src/criteria/planes-wasm.ts')

export async function assembled(): Promise<string> {
  const features = { simd: true, threads: true, bulk_memory: true }
  const module = (await wabt()).parseWat('planes.wat', fs.readFileSync(SOURCE, 'utf8'), features)
  module.resolveNames()
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
  return `/** \`planes.wat\`, assembled by \`npm run build:planes\`. Do not edit. */\nexport const PLANES_WASM =\n  '${base64}'\n`
}

if (process.argv[1] === import.meta.filename) fs.writeFileSync(TARGET, await assembled())
