import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from '../steps.ts'

export interface Prepared {
  readonly jars: string
  readonly home: string
  readonly shared: string
}

type Outcome = { readonly ok: true; readonly value: Prepared } | { readonly ok: false; readonly error: string }

/** The packages the validator loads, in this order; each brings what it depends on. */
export const PACKAGES = ['hl7.terminology.r4', 'hl7.fhir.uv.extensions.r4', 'hl7.fhir.us.mcode'] as const

const BUILD = path.join(ROOT, 'build/validator')

/** Everything the validator needs, fetched or unpacked once; or the reason why it cannot run here. */
export function prepare(): Outcome {
  const shared = process.env.SECONDWIND_SHARED ?? path.resolve(ROOT, '../shared')
  const packages = path.join(shared, 'data/fhir-packages')
  if (!fs.existsSync(packages)) {
    return no(`the FHIR packages are not at ${packages} (set SECONDWIND_SHARED to the folder that holds data/fhir-packages)`)
  }
  if (!runs('java', ['-version'])) return no('there is no java (a JDK of version 17 or newer is needed)')
  const lib = jars()
  if (!lib.ok) return no(lib.error)
  return { ok: true, value: { jars: lib.value, home: unpacked(packages), shared } }
}

const no = (error: string): Outcome => ({ ok: false, error })

const runs = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0

function jars(): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string } {
  const pom = fs.readFileSync(path.join(ROOT, 'tools/validator/pom.xml'), 'utf8')
  const lib = path.join(BUILD, 'lib')
  const stamp = path.join(BUILD, 'pom.xml')
  const done = path.join(BUILD, 'complete')
  if (fs.existsSync(done) && fs.readFileSync(stamp, 'utf8') === pom) return { ok: true, value: lib }
  if (!runs('mvn', ['-version'])) return { ok: false, error: 'there is no mvn, and the validator has not been fetched yet' }
  fs.rmSync(BUILD, { recursive: true, force: true })
  fs.mkdirSync(lib, { recursive: true })
  fs.writeFileSync(stamp, pom)
  const fetched = spawnSync('mvn', ['-q', '-B', '-f', stamp, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  if (fetched.status !== 0) {
    return { ok: false, error: `mvn could not fetch the validator: ${`${fetched.stdout}${fetched.stderr}`.trim().split('\n')[0]}` }
  }
  fs.writeFileSync(done, '')
  return { ok: true, value: lib }
}

/**
 * A home folder of the validator's own with the packages unpacked in it.
 *
 * mCODE 4.0.0 asks for genomics-reporting 2.0.0, terminology 6.2.0 and extensions 5.2.0; newer ones are at hand. The dependencies in the unpacked
 * copies are rewritten to what is there, and those that are nowhere to be had (value set libraries of the NLM and CDC) are left out.
 */
function unpacked(packages: string): string {
  const home = path.join(ROOT, 'build/fhir-home')
  const cache = path.join(home, '.fhir/packages')
  const archives = fs.readdirSync(packages).filter((f) => f.endsWith('.tgz') && !f.includes('examples'))
  const stamp = path.join(home, 'complete')
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === archives.join()) return home
  fs.rmSync(home, { recursive: true, force: true })
  const versions = new Map<string, string>()
  for (const archive of archives) {
    const [, name = '', version = ''] = /^(.+?)-(\d+\.\d+\.\d+.*)\.tgz$/.exec(archive) ?? []
    versions.set(name, version)
    const folder = path.join(cache, `${name}#${version}`)
    fs.mkdirSync(folder, { recursive: true })
    spawnSync('tar', ['xzf', path.join(packages, archive), '-C', folder, '--no-same-permissions'])
  }
  for (const [name, version] of versions) {
    const file = path.join(cache, `${name}#${version}/package/package.json`)
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as { dependencies?: { [name: string]: string } }
    // terminology and extensions depend on each other in a circle
    const isBase = name.startsWith('hl7.terminology') || name.includes('.extensions.')
    const wanted = isBase ? [] : Object.keys(manifest.dependencies ?? {}).filter((d) => versions.has(d))
    fs.rmSync(file)
    fs.writeFileSync(file, JSON.stringify({ ...manifest, dependencies: Object.fromEntries(wanted.map((d) => [d, versions.get(d)])) }))
  }
  emptyPackage(cache, 'hl7.fhir.xver-extensions', '0.1.0')
  fs.writeFileSync(stamp, archives.join())
  return home
}

/** The engine insists on this package at start; nothing of ours uses an extension from another FHIR version. */
function emptyPackage(cache: string, name: string, version: string): void {
  const folder = path.join(cache, `${name}#${version}/package`)
  fs.mkdirSync(folder, { recursive: true })
  const canonical = `http://hl7.org/fhir/${name.replace('hl7.fhir.', '')}`
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name, version, fhirVersions: ['4.0.1'], type: 'IG', canonical, url: canonical }),
  )
}
