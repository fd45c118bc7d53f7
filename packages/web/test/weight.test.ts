import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildPages } from '../../../tools/build-web.ts'

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

test('the first screen weighs less than 200 kB gzipped: scripts and styles of the frame and of the list of patients', {
  timeout: 120_000,
}, async () => {
  const outDir = fs.mkdtempSync(path.join(os.tmpdir(), 'second-wind-weight-'))
  try {
    await buildPages({ outDir, emptyOutDir: true, manifest: 'manifest.json' })
    const manifest = JSON.parse(fs.readFileSync(path.join(outDir, 'manifest.json'), 'utf8')) as { readonly [id: string]: Chunk }
    const files = new Set<string>()
    const take = (id: string): void => {
      const chunk = manifest[id]
      if (chunk === undefined) throw new Error(`there is no ${id} in the build`)
      if (files.has(chunk.file)) return
      files.add(chunk.file)
      for (const sheet of chunk.css ?? []) files.add(sheet)
      for (const other of chunk.imports ?? []) take(other)
    }
    take('index.html')
    take('src/screens/patients/screen.tsx')
    for (const area of ['app', 'terms', 'patients']) take(`src/messages/en/${area}.json`)
    const weights = [...files].map((file) => [file, gzipSync(fs.readFileSync(path.join(outDir, file)), { level: 9 }).length] as const)
    const total = weights.reduce((sum, [, bytes]) => sum + bytes, 0)
    expect(total, weights.map(([file, bytes]) => `${bytes} ${file}`).join('\n')).toBeLessThan(200_000)
    expect([...files].some((file) => /planner|worker|pptx|pdf/.test(file))).toBe(false)
  } finally {
    fs.rmSync(outDir, { recursive: true, force: true })
  }
})
