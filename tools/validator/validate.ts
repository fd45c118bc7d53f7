import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from '../steps.ts'
import { PACKAGES, type Prepared } from './prepare.ts'

export interface Finding {
  readonly path: string
  readonly message: string
  readonly id: string
}

export interface Verdict {
  readonly file: string
  readonly errors: readonly Finding[]
  readonly warnings: readonly Finding[]
}

/** Runs HL7's validator over the files in one JVM; throws when it did not answer for each of them. */
export function validate({ jars, home }: Prepared, files: readonly string[]): readonly Verdict[] {
  const installed = fs.readdirSync(path.join(home, '.fhir/packages'))
  const packages = PACKAGES.map((name) => installed.find((folder) => folder.startsWith(`${name}#`)) ?? name)
  const args = [
    '-Xmx4g',
    `-Duser.home=${home}`,
    '-cp',
    path.join(jars, '*'),
    path.join(ROOT, 'tools/validator/Validate.java'),
    ...packages,
    path.join(ROOT, 'tools/validator/definitions'),
    '--',
    ...files,
  ]
  const run = spawnSync('java', args, { encoding: 'utf8', maxBuffer: 512 * 1024 * 1024 })
  const lines = run.stdout.split('\n').filter((line) => line.startsWith('{'))
  const verdicts = lines.map((line) => JSON.parse(line) as Verdict | { readonly loaded: number }).filter((v) => 'file' in v)
  if (run.status !== 0 || verdicts.length !== files.length) {
    throw new Error(`the validator stopped after ${verdicts.length} of ${files.length} files:\n${run.stderr.slice(-2000)}`)
  }
  return verdicts
}
