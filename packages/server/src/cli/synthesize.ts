import fs from 'node:fs'
import path from 'node:path'
import { claimFolder } from '@secondwind/compiler'
import type { KnowledgeBase } from '@secondwind/core'
import { today } from '../compose.ts'
import type { Layout } from '../synthetic/part.ts'
import { writeNetwork } from '../synthetic/write-network.ts'
import { print, printIssues } from './input.ts'

export interface SynthesizeOptions {
  readonly patients: number
  readonly seed: string
  readonly output: string
  readonly layout: Layout
  readonly asOf?: string
  readonly years: number
  readonly untilDeath?: boolean
  readonly tidy?: boolean
  readonly threads?: number
  /** Replace the network that the folder holds. */
  readonly restart?: boolean
}

/**
 * `secondwind synthesize`: a network of invented hospitals and patients, as bundles or in the layout of a Bulk Data export.
 * Exit status 0, or 2 where the folder cannot be written. Progress goes to standard error, the summary to standard output.
 */
export async function synthesizeCommand(options: SynthesizeOptions, knowledge: KnowledgeBase): Promise<number> {
  const { patients, seed, output, layout, years } = options
  const asOf = options.asOf ?? today()
  if (fs.existsSync(output) && !fs.statSync(output).isDirectory()) {
    printIssues([
      { code: 'missing-input', severity: 'error', path: output, message: 'is a file, not a folder', remedy: 'give a folder with -o' },
    ])
    return 2
  }
  if (patients < 1) {
    printIssues([
      { code: 'not-positive', severity: 'error', path: '--patients', message: 'is less than one', remedy: 'give a number of charts' },
    ])
    return 1
  }
  if (fs.existsSync(path.join(output, 'network.yaml')) && !options.restart) {
    printIssues([
      {
        code: 'missing-input',
        severity: 'error',
        path: output,
        message: 'holds a network already',
        remedy: 'give another folder, or --restart to replace it',
      },
    ])
    return 2
  }
  const request = {
    seed,
    patients,
    asOf,
    years,
    ...(options.untilDeath ? { isUntilDeath: true } : {}),
    ...(options.tidy ? { isTidy: true } : {}),
  }
  const fault = claimFolder(output)
  if (fault !== undefined) {
    printIssues([{ code: 'missing-input', severity: 'error', path: output, message: fault, remedy: 'give a folder with -o' }])
    return 2
  }
  const started = performance.now()
  let said = 0
  const progress = (done: number): void => {
    if (!process.stderr.isTTY || (done - said < patients / 50 && done < patients)) return
    said = done
    process.stderr.write(`\r${done} of ${patients} charts${done === patients ? '\n' : ''}`)
  }
  try {
    const { files, lines } = await writeNetwork(request, layout, output, knowledge, options.threads, progress)
    const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
    const seconds = (performance.now() - started) / 1000
    print(
      `${patients} synthetic charts as of ${asOf}, seed ${seed}: ${files.length} files in ${output}, ${lines} lines, ${megabytes.toFixed(1)} MB, ${seconds.toFixed(1)} s\n` +
        `Every patient is invented; every resource carries the security label HTEST. ${path.join(output, 'network.yaml')} says how it was made.\n`,
    )
    return 0
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    printIssues([
      {
        code: 'missing-input',
        severity: 'error',
        path: output,
        message: `cannot be written: ${message}`,
        remedy: 'give a folder that can be written, with room for it',
      },
    ])
    return 2
  }
}
