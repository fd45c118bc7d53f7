import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ROOT } from '../steps.ts'

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string }

const BUILD = path.join(ROOT, 'build/cql-translator')

const runs = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0

/** The folder with the translator's jars, fetched once from Maven; or the reason why it cannot be had here. */
export function translator(): Outcome<string> {
  const pom = fs.readFileSync(path.join(ROOT, 'tools/cql/pom.xml'), 'utf8')
  const lib = path.join(BUILD, 'lib')
  const stamp = path.join(BUILD, 'pom.xml')
  const done = path.join(BUILD, 'complete')
  if (!runs('java', ['-version'])) return { ok: false, error: 'there is no java (a JDK of version 17 or newer is needed to translate CQL)' }
  if (fs.existsSync(done) && fs.readFileSync(stamp, 'utf8') === pom) return { ok: true, value: lib }
  if (!runs('mvn', ['-version'])) return { ok: false, error: 'there is no mvn, and the CQL translator has not been fetched yet' }
  fs.rmSync(BUILD, { recursive: true, force: true })
  fs.mkdirSync(lib, { recursive: true })
  fs.writeFileSync(stamp, pom)
  const fetched = spawnSync('mvn', ['-q', '-B', '-f', stamp, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  if (fetched.status !== 0)
    return { ok: false, error: `mvn could not fetch the CQL translator: ${`${fetched.stdout}${fetched.stderr}`.trim().split('\n')[0]}` }
  fs.writeFileSync(done, '')
  return { ok: true, value: lib }
}

/** Translates CQL texts, by library id, in one JVM. Throws with the translator's messages when one of them is wrong. */
export function translate(jars: string, texts: ReadonlyMap<string, string>): ReadonlyMap<string, object> {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-cql-'))
  try {
    const [from, to] = ['cql', 'elm'].map((name) => path.join(work, name)) as [string, string]
    fs.mkdirSync(from)
    fs.mkdirSync(to)
    for (const [id, text] of texts) fs.writeFileSync(path.join(from, `${id}.cql`), text)
    const run = spawnSync('java', ['-cp', path.join(jars, '*'), path.join(ROOT, 'tools/cql/Translate.java'), from, to], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    if (run.status !== 0) throw new Error(`the CQL translator refused the text:\n${run.stdout.slice(0, 3000)}${run.stderr.slice(-1000)}`)
    return new Map([...texts.keys()].map((id) => [id, JSON.parse(fs.readFileSync(path.join(to, `${id}.json`), 'utf8')) as object]))
  } finally {
    fs.rmSync(work, { recursive: true })
  }
}

export interface Evaluation {
  readonly texts: ReadonlyMap<string, string>
  /** The library whose definitions are asked for. */
  readonly library: string
  readonly version: string
  readonly questions: readonly string[]
  /** ISO day that is asked. */
  readonly asOf: string
  /** Bundles of case features, one a case. */
  readonly features: readonly object[]
}

/** Answers of the Java reference engine: a text a case, a letter a question (t, f, u). Throws when it does not answer for each. */
export function evaluate(jars: string, { texts, library, version, questions, asOf, features }: Evaluation): readonly string[] {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-cql-'))
  try {
    const folder = path.join(work, 'cql')
    fs.mkdirSync(folder)
    for (const [id, text] of texts) fs.writeFileSync(path.join(folder, `${id}.cql`), text)
    fs.writeFileSync(path.join(work, 'questions'), questions.join('\n'))
    const bundles = path.join(work, 'bundles.ndjson')
    fs.writeFileSync(bundles, features.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const program = path.join(ROOT, 'tools/cql/Evaluate.java')
    const run = spawnSync('java', ['-cp', path.join(jars, '*'), program, folder, library, version, asOf, bundles], {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    })
    const answers = run.stdout.split('\n').filter((line) => line.startsWith('answer '))
    if (run.status !== 0 || answers.length !== features.length)
      throw new Error(`the CQL engine stopped after ${answers.length} of ${features.length} cases:\n${run.stderr.slice(-3000)}`)
    return answers.map((line) => line.slice('answer '.length))
  } finally {
    fs.rmSync(work, { recursive: true })
  }
}
