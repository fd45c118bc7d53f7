import type { ReadContext, Reader } from '../context.ts'
import { Kept } from '../kept.ts'
import { readCourses } from './courses.ts'
import { type Extent, extentOf } from './extent.ts'
import { readHistory } from './history.ts'
import { placeCourses } from './intent.ts'
import { readNewSymptoms } from './new-symptoms.ts'
import { type RadiationCourse, radiationCourses, readRadiation } from './radiation.ts'
import { type Operation, operations, readSurgery } from './surgery.ts'
import type { ToldLine } from './told-line.ts'
import { readToxicity, type Toxicity } from './toxicity.ts'

/** Treatment so far, as its readers worked it out. */
export interface TreatmentTold {
  readonly extent: Extent
  readonly lines: readonly ToldLine[]
  readonly radiation: readonly RadiationCourse[]
  readonly operations: readonly Operation[]
  readonly toxicities: readonly Toxicity[]
}

const TOLD = new Kept<object, TreatmentTold>()

/** What the readers of treatment worked out of a chart, once they have read it. */
export const treatmentTold = (context: ReadContext): TreatmentTold | undefined => TOLD.get(context)

/** Anticancer treatment so far: systemic lines, response, toxicity, radiation and surgery. */
export const readTreatment: Reader = (context) => {
  const extent = extentOf(context)
  const radiation = radiationCourses(context)
  const surgery = operations(context)
  readRadiation(context, radiation, extent.brainMetastasisOn)
  readSurgery(context, surgery, extent.brainMetastasisOn)
  const courses = placeCourses(context, readCourses(context), extent, radiation, surgery)
  const lines = readHistory(context, courses, extent)
  const toxicities = readToxicity(context, courses)
  readNewSymptoms(context, courses, toxicities)
  TOLD.set(context, { extent, lines, radiation, operations: surgery, toxicities })
}
