import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { cpgResources, cqlEdition } from '@secondwind/compiler'
import { openKnowledge } from '../../packages/server/src/compose.ts'
import { ROOT } from '../steps.ts'

const AS_OF = '2026-11-23'

/** What `secondwind quality` and `secondwind population` write: reports, subject lists, groups, and the measures that the reports are of. */
export function measuresToCheck(work: string, charts: string): readonly string[] {
  const { knowledge } = openKnowledge()
  const measures = cpgResources(knowledge, cqlEdition(knowledge)).filter(({ resourceType }) => resourceType === 'Measure')
  const files = measures.map((measure) => write(work, `measure-${measure.id}`, JSON.stringify(measure)))
  const asked = (command: 'quality' | 'population', name: string, ...options: readonly string[]): string => {
    const args = [path.join(ROOT, 'bin/secondwind.mjs'), command, charts, '--as-of', AS_OF, '--format', 'fhir', ...options]
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
    if (run.status !== 0) throw new Error(`secondwind ${command} ${options.join(' ')}: ${run.stderr}`)
    return write(work, `${command}-${name}`, run.stdout)
  }
  return [
    ...files,
    asked('population', 'options'),
    asked('population', 'tests-suppressed', '--show', 'tests', '--suppress-below', '11'),
    asked('quality', 'summary', '--suppress-below', '0'),
    asked('quality', 'suppressed-by-site-and-quarter', '--by', 'site,quarter'),
    asked('quality', 'subjects', '--suppress-below', '0', '--subjects'),
  ]
}

function write(work: string, name: string, text: string): string {
  const file = path.join(work, `${name}.json`)
  fs.writeFileSync(file, text)
  return file
}
