import { cancerKindOf } from '../cancers.ts'
import { conditionsOf, foundOn } from '../conditions-of.ts'
import type { ReadContext } from '../context.ts'
import { daysBetween } from './days.ts'
import { radiationCourses } from './radiation.ts'
import { operations } from './surgery.ts'
import { treatmentWords } from './words.ts'

/**
 * Day of the first operation or radiation of the lung that was meant to cure this cancer; undefined when none is on record with its day.
 * One long before the cancer was found was of something else.
 */
export function curativeTreatmentOn(context: ReadContext): string | undefined {
  const days = [
    ...operations(context).map((one) => (one.isCurative && !one.isPlanned && one.treats === undefined ? one.on : undefined)),
    ...radiationCourses(context).map((one) => (one.isCurativeThoracic ? (one.end ?? one.start) : undefined)),
  ].filter((on) => on !== undefined)
  const { localTherapyWindowDays } = treatmentWords(context).limits
  const found = conditionsOf(context)
    .filter((condition) => cancerKindOf(context, condition) === 'lung')
    .map(foundOn)
  return days.sort().find((day) => found.some((on) => (daysBetween(day, on) ?? 0) <= localTherapyWindowDays))
}
