import fs from 'node:fs'
import path from 'node:path'
import type { KnowledgeBase, PatientCase } from '@secondwind/core'
import { readPatientCase } from '@secondwind/fhir'
import { parseCharts, readerFor } from '../src/compose.ts'

/** Where the example patients are. */
export const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures/patients')

/** The example patients as the readers give them, in the order of their files. */
export function fixtureCases(knowledge: KnowledgeBase, asOf: string): readonly PatientCase[] {
  return fs
    .readdirSync(FIXTURES)
    .filter((file) => /\.(nd)?json$/.test(file))
    .sort()
    .flatMap((file) => {
      const parsed = parseCharts(fs.readFileSync(path.join(FIXTURES, file), 'utf8'))
      if (!parsed.ok) throw new Error(`${file} cannot be read`)
      return parsed.value.map((chart) => {
        const read = readPatientCase(chart, readerFor(knowledge), { asOf })
        if (!read.ok) throw new Error(`${file} cannot be read`)
        return read.value.patientCase
      })
    })
}
