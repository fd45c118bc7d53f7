import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { cpgResources, cqlEdition } from '@secondwind/compiler'
import { openKnowledge } from '../../packages/server/src/compose.ts'
import { ROOT } from '../steps.ts'

const AS_OF = '2026-11-23'

/** The reports that `secondwind quality` writes, summaries and subject lists, and the measures that they are of. */
export function measuresToCheck(work: string, charts: string): readonly string[] {
  const { knowledge } = openKnowledge()
  const measures = cpgResources(knowledge, cqlEdition(knowledge)).filter(({ resourceType }) => resourceType === 'Measure')
  const files = measures.map((measure) => write(work, `measure-${measure.id}`, JSON.stringify(measure)))
  const report = (name: string, ...options: readonly string[]): string => {
    const args = [path.join(ROOT, 'bin/secondwind.mjs'), 'quality', charts, '--as-of', AS_OF, '--format', 'fhir', ...options]
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
    if (run.status !== 0) throw new Error(`secondwind quality ${options.join(' ')}: ${run.stderr}`)
    return write(work, `quality-${name}`, run.stdout)
  }
  return [
    ...files,
    report('summary', '--suppress-below', '0'),
    report('suppressed-by-site-and-quarter', '--by', 'site,quarter'),
    report('subjects', '--suppress-below', '0', '--subjects'),
  ]
}

function write(work: string, name: string, text: string): string {
  const file = path.join(work, `${name}.json`)
  fs.writeFileSync(file, text)
  return file
}
