import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { compileKnowledge, forBrowser, knowledgeVersion } from '@secondwind/compiler'
import type { KnowledgeParts } from '@secondwind/core'
import { build } from 'vite'
import { ROOT } from '../steps.ts'

export interface BrowserBundle {
  readonly engineFile: string
  readonly knowledge: KnowledgeParts
  readonly engineSource: string
  /** Bytes after gzip, level 9, of what is loaded before the first plan. */
  readonly gzipped: { readonly engine: number; readonly knowledge: number; readonly total: number }
}

/** Bundles the planner and the compiled knowledge as a page would load them, into build/browser. */
export async function buildForBrowser(): Promise<BrowserBundle> {
  const outDir = path.join(ROOT, 'build/browser')
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      rolldownOptions: { output: { minify: true } },
      lib: { entry: path.join(ROOT, 'tools/browser/entry.ts'), formats: ['es'], fileName: () => 'engine.js' },
    },
  })
  const root = path.join(ROOT, 'knowledge')
  const knowledge = forBrowser(compileKnowledge(root, knowledgeVersion(root)).knowledge)
  const json = JSON.stringify(knowledge.first)
  fs.writeFileSync(path.join(outDir, 'knowledge.json'), json)
  fs.writeFileSync(path.join(outDir, 'knowledge-later.json'), JSON.stringify(knowledge.later))
  const engineFile = path.join(outDir, 'engine.js')
  const engineSource = fs.readFileSync(engineFile, 'utf8')
  const engine = gzipSync(engineSource, { level: 9 }).length
  const base = gzipSync(json, { level: 9 }).length
  return { engineFile, knowledge, engineSource, gzipped: { engine, knowledge: base, total: engine + base } }
}
