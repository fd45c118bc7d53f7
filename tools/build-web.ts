import fs from 'node:fs'
import path from 'node:path'
import { type BuildOptions, build } from 'vite'
import { ROOT } from './steps.ts'

/** What the pages are made of: a change in one of them means another build. */
const SOURCES = ['packages/web', 'packages/core/src', 'packages/care/src', 'packages/fhir/src', 'package-lock.json']
const OUT = path.join(ROOT, 'build/web')
const STAMP = path.join(ROOT, 'build/web.stamp')
const LOCK = path.join(ROOT, 'build/web.lock')

/** Builds the workspace into build/web, unless what is there is of these very files. Gives whether it built. */
export async function buildWeb(): Promise<boolean> {
  if (isCurrent(stampOf())) return false
  await takeLock()
  try {
    const stamp = stampOf()
    // another process may have built it meanwhile
    if (isCurrent(stamp)) return false
    await buildPages({})
    fs.writeFileSync(STAMP, stamp)
    return true
  } finally {
    fs.rmSync(LOCK, { recursive: true, force: true })
  }
}

const isCurrent = (stamp: string): boolean =>
  fs.existsSync(path.join(OUT, 'index.html')) && fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === stamp

/** Test files run side by side, and two builds into one folder take each other's files away. A lock that nobody has touched for two minutes is nobody's. */
async function takeLock(): Promise<void> {
  fs.mkdirSync(path.dirname(LOCK), { recursive: true })
  for (;;) {
    try {
      fs.mkdirSync(LOCK)
      return
    } catch {
      const age = Date.now() - (fs.statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0)
      if (age > 120_000) fs.rmSync(LOCK, { recursive: true, force: true })
      else await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

/** One build as users get it: in tests NODE_ENV says "test", and React would come in its slow form. */
export async function buildPages(options: BuildOptions): Promise<void> {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    await build({ configFile: path.join(ROOT, 'packages/web/vite.config.ts'), mode: 'production', logLevel: 'error', build: options })
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

function stampOf(): string {
  const lines: string[] = []
  for (const source of SOURCES) {
    const full = path.join(ROOT, source)
    const names = fs.statSync(full).isDirectory() ? fs.readdirSync(full, { recursive: true, encoding: 'utf8' }).sort() : ['']
    for (const name of names) {
      if (name.includes('node_modules') || /\.test\.tsx?$/.test(name)) continue
      const { size, mtimeMs, isFile } = ((at) => ({ size: at.size, mtimeMs: at.mtimeMs, isFile: at.isFile() }))(
        fs.statSync(path.join(full, name)),
      )
      if (isFile) lines.push(`${source}/${name} ${size} ${Math.round(mtimeMs)}`)
    }
  }
  return lines.join('\n')
}

if (import.meta.main) console.log((await buildWeb()) ? 'pages built' : 'pages are as they should be')
