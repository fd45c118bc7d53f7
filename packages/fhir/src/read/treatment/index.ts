import type { Reader } from '../context.ts'
import { readCourses } from './courses.ts'
import { extentOf } from './extent.ts'
import { readHistory } from './history.ts'
import { placeCourses } from './intent.ts'
import { readNewSymptoms } from './new-symptoms.ts'
import { radiationCourses, readRadiation } from './radiation.ts'
import { operations, readSurgery } from './surgery.ts'
import { readToxicity } from './toxicity.ts'

/** Anticancer treatment so far: systemic lines, response, toxicity, radiation and surgery. */
export const readTreatment: Reader = (context) => {
  const extent = extentOf(context)
  const radiation = radiationCourses(context)
  const surgery = operations(context)
  readRadiation(context, radiation, extent.brainMetastasisOn)
  readSurgery(context, surgery, extent.brainMetastasisOn)
  const courses = placeCourses(context, readCourses(context), extent, radiation, surgery)
  readHistory(context, courses, extent)
  readNewSymptoms(context, courses, readToxicity(context, courses))
}
