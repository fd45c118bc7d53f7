import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Runs with Java 17 and Python 3.11, as the guide says; a newer one may want a newer Java. */
const VERSION = '3.5.3'

/**
 * The Python with which the tests of Spark run: the one that `SECONDWIND_PYTHON` names, one that has pyspark, or an environment in the cache of this user
 * that is fetched from PyPI once. Undefined where none can be had; why not is printed.
 */
export function fetchPySpark(): string | undefined {
  const has = (python: string): boolean => spawnSync(python, ['-c', 'import pyspark']).status === 0
  const named = process.env.SECONDWIND_PYTHON ?? 'python3'
  if (has(named)) return named
  const folder = path.join(os.homedir(), '.cache', `second-wind-pyspark-${VERSION}`)
  const python = path.join(folder, 'bin', 'python')
  if (fs.existsSync(python) && has(python)) return python
  if (process.env.SECONDWIND_PYTHON !== undefined) return undefined
  for (const program of ['java', 'python3'])
    if (spawnSync(program, ['--version']).status !== 0) {
      console.log(`missing: ${program}. Tests of Spark are skipped. To run them: apt-get install default-jre-headless python3-venv`)
      return undefined
    }
  console.log('fetching pyspark from PyPI …')
  for (const [command, args] of [
    ['python3', ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `pyspark==${VERSION}`]],
  ] as const) {
    const run = spawnSync(command, args, { encoding: 'utf8' })
    if (run.status === 0) continue
    fs.rmSync(folder, { recursive: true, force: true })
    console.log(`pyspark could not be fetched: ${`${run.stderr ?? ''}${run.stdout ?? ''}`.trim().slice(-300)}. Tests of Spark are skipped.`)
    return undefined
  }
  return python
}
