import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SEEDS } from './seeds.ts'

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..')
/** Larger charts spend the time on walking, not on more kinds of damage. */
const MAX_BYTES = 60_000

let kept: readonly unknown[] | undefined

/** The charts to mutate: our seeds, the fixtures, and the public mCODE examples where the shared material is present. */
export function charts(): readonly unknown[] {
  if (kept) return kept
  const shared = process.env.SECONDWIND_SHARED ?? path.resolve(PROJECT, '../shared')
  const folders = [path.join(PROJECT, 'fixtures/patients'), path.join(shared, 'data/mcode/mcode-org-testdata')]
  const files = folders
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) =>
      fs
        .readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((f) => f.endsWith('.json'))
        .sort()
        .map((f) => path.join(folder, f)),
    )
  const texts = files.filter((f) => fs.statSync(f).size <= MAX_BYTES).map((f) => fs.readFileSync(f, 'utf8'))
  // our own seeds come several times: they are small, and each decides something
  kept = [...SEEDS, ...SEEDS, ...SEEDS].map((s) => s.bundle as unknown).concat(texts.map((t) => JSON.parse(t) as unknown))
  return kept
}
