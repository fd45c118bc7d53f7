import { dayAfter, type Resource } from '../builders/chart.ts'
import type { Life } from '../life/life.ts'
import type { Model } from '../model-types.ts'
import type { regimensOf } from '../regimen-doses.ts'
import { writeBackground, writeDiagnosis } from './diagnosis.ts'
import { writeTreatment } from './lines.ts'
import { writeMess } from './mess.ts'
import { writeTests } from './tests.ts'
import { writeSupport, writeVisits } from './visits.ts'
import { type Codes, hospitalRef, MESS_SYSTEM, marked, startChart, type Writing } from './writing.ts'

/** The chart of a life on a day, resource by resource: nothing in it lies after that day, but what the messiness put there. */
export function writeChart(
  life: Life,
  id: string,
  asOf: string,
  model: Model,
  regimens: ReturnType<typeof regimensOf>,
  codes: Codes,
): readonly Resource[] {
  const { chart, lastDay } = startChart(life, id, asOf, codes)
  const dates = new Map<number, string>()
  const date = (day: number): string => {
    const known = dates.get(day)
    if (known !== undefined) return known
    const made = dayAfter(life.diagnosedOn, day)
    dates.set(day, made)
    return made
  }
  const writing: Writing = { chart, life, model, regimens, hospital: hospitalRef(life.person.hospital), lastDay, date }
  writeDiagnosis(writing)
  writeBackground(writing)
  writeTests(writing)
  writeTreatment(writing)
  writeVisits(writing)
  writeSupport(writing)
  writeMess(writing)
  const tags = [...life.messes].map((code) => ({ system: MESS_SYSTEM, code }))
  return chart.resources.map((resource, i) => marked(resource, i === 0 ? tags : []))
}
