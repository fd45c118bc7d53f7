import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Holds the arrows of ARCHITECTURE.md: which package may import which, that a module is entered through its index.ts,
 * which Node modules the pure packages may not touch, and that no circle of value imports exists.
 * dependency-cruiser cannot read TypeScript 7 yet (docs/decisions/0003): this is the part of it that we need.
 */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

const MAY_IMPORT: { readonly [name: string]: readonly string[] } = {
  core: [],
  compiler: ['core'],
  fhir: ['core'],
  care: ['core'],
  statistics: [],
  server: ['core', 'compiler', 'fhir', 'care', 'statistics'],
  // and the types of server/contract: see check()
  web: ['core', 'care', 'fhir'],
}
/** Packages that must run in a browser: no Node modules, and only these libraries. */
const PURE: { readonly [name: string]: readonly string[] } = { core: [], fhir: [], care: [], statistics: [] }
/** Inside care, `planning` sits on top; below it these arrows exist (architecture section 2). */
const CARE_MODULES: { readonly [module: string]: readonly string[] } = {
  planning: ['delivery', 'supportive', 'monitoring', 'scheduling', 'outcomes'],
  delivery: ['monitoring'],
  supportive: ['monitoring'],
  outcomes: ['monitoring'],
  scheduling: ['delivery'],
  monitoring: [],
}

interface Import {
  readonly from: string
  readonly line: number
  readonly specifier: string
  readonly isType: boolean
}

const problems: string[] = []
const graph = new Map<string, string[]>()

for (const file of sourceFiles(path.join(ROOT, 'packages'))) {
  for (const one of importsOf(file)) check(one)
}
findCircles()
for (const problem of problems) console.log(problem)
console.log(
  problems.length === 0 ? `imports: ${graph.size} files, every arrow allowed, no circle` : `imports: ${problems.length} forbidden`,
)
process.exitCode = problems.length === 0 ? 0 : 1

function sourceFiles(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        /\.tsx?$/.test(name) && name.includes(`${path.sep}src${path.sep}`) && !/\.test\.tsx?$/.test(name) && !name.includes('node_modules'),
    )
    .map((name) => path.join(folder, name))
}

function importsOf(file: string): readonly Import[] {
  const text = fs.readFileSync(file, 'utf8')
  const found: Import[] = []
  for (const m of text.matchAll(/(?:^|\n)(import|export)\s+(type\s+)?([^'";]*?from\s+)?'([^']+)'|import\('([^']+)'\)/g)) {
    const names = m[3] ?? ''
    const onlyTypes = m[2] !== undefined || /^\{(\s*type\s+[^,}]+,?)+\s*\}\s*from\s+$/.test(`${names.trim()} `)
    found.push({ from: file, line: text.slice(0, m.index).split('\n').length + 1, specifier: m[4] ?? m[5]!, isType: onlyTypes })
  }
  return found
}

function check({ from, line, specifier, isType }: Import): void {
  const at = `${path.relative(ROOT, from)}:${line}`
  const [, name, , module] = path.relative(ROOT, from).split(path.sep) as [string, string, string, string]
  const workspace = /^@secondwind\/([a-z]+)(\/.*)?$/.exec(specifier)
  if (workspace) {
    // what the server answers is known to the pages by type; nothing of the server runs in them
    if (name === 'web' && workspace[1] === 'server' && workspace[2] === '/contract') {
      if (!isType) problems.push(`${at}: web takes types only from ${specifier}`)
      return
    }
    if (!MAY_IMPORT[name]?.includes(workspace[1]!)) problems.push(`${at}: ${name} may not import ${workspace[1]}`)
    if (workspace[2]) problems.push(`${at}: a package is entered through its index only, not ${specifier}`)
    return
  }
  if (!specifier.startsWith('.')) {
    const pure = PURE[name]
    if (pure && !pure.includes(specifier)) problems.push(`${at}: ${name} runs in browsers and may not import ${specifier}`)
    return
  }
  const target = path.resolve(path.dirname(from), specifier)
  const [, targetPackage, , targetModule] = path.relative(ROOT, target).split(path.sep)
  if (targetPackage !== name) problems.push(`${at}: reaches into another package by path`)
  if (!fs.existsSync(target)) problems.push(`${at}: ${specifier} does not exist`)
  const crosses =
    module !== undefined &&
    targetModule !== undefined &&
    module !== targetModule &&
    !module.endsWith('.ts') &&
    !targetModule.endsWith('.ts')
  if (name === 'care' && crosses && !CARE_MODULES[module]?.includes(targetModule))
    problems.push(`${at}: care/${module} may not use care/${targetModule}`)
  if ((name === 'care' || name === 'core') && crosses && !isType && path.basename(target) !== 'index.ts')
    problems.push(`${at}: enter ${targetModule} through its index.ts`)
  if (!isType) graph.set(from, [...(graph.get(from) ?? []), target])
}

function findCircles(): void {
  const state = new Map<string, 'open' | 'done'>()
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      const circle = [...trail.slice(trail.indexOf(file)), file].map((f) => path.relative(ROOT, f))
      problems.push(`circle: ${circle.join(' → ')}`)
      return
    }
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of graph.keys()) visit(file, [])
}
