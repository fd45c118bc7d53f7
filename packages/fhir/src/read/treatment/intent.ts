import type { ReadContext } from '../context.ts'
import { nameOf } from '../shapes.ts'
import type { Course } from './courses.ts'
import { firstDay, lastDay } from './days.ts'
import type { Extent } from './extent.ts'
import type { PlacedCourse } from './lines.ts'
import type { RadiationCourse } from './radiation.ts'
import type { Operation } from './surgery.ts'
import { type Intent, type Setting, type TreatmentWords, treatmentWords } from './words.ts'

const CURATIVE_SETTINGS: ReadonlySet<Setting> = new Set(['adjuvant', 'neoadjuvant', 'perioperative', 'consolidation', 'chemoradiation'])

/**
 * Whether each course was meant to cure, and what that rests on.
 *
 * Metastases on record before the first dose make it palliative, whatever a code says (a contradiction is reported). Else the coded intent counts, then
 * words such as "adjuvant". Without either, treatment before the first metastasis is curative only when an early stage is on record or curative
 * surgery or radical radiation stands beside it: systemic treatment alone cures no lung cancer, and calling a line for advanced disease "curative"
 * would offer first-line treatment twice. Every inference is reported.
 */
export function placeCourses(
  context: ReadContext,
  courses: readonly Course[],
  extent: Extent,
  radiation: readonly RadiationCourse[],
  surgery: readonly Operation[],
): readonly PlacedCourse[] {
  const words = treatmentWords(context)
  return courses.map((course) => {
    const { intent, because } = intentOf(course, words, extent, radiation, surgery)
    if (because !== undefined) {
      const resource = course.resources[0]
      context.issue({
        code: because.startsWith('!') ? 'contradictory-result' : 'missing-input',
        severity: because.startsWith('!') || intent === 'palliative' ? 'warning' : 'information',
        path: resource === undefined ? course.drug : nameOf(resource),
        message: `${course.drug} is counted as ${intent === 'curative' ? 'treatment meant to cure' : 'treatment for advanced disease'}: ${because.replace(/^!/, '')}`,
        remedy: 'record the intent of the treatment',
      })
    }
    return { ...course, lineIntent: intent }
  })
}

function intentOf(
  course: Course,
  words: TreatmentWords,
  extent: Extent,
  radiation: readonly RadiationCourse[],
  surgery: readonly Operation[],
): { intent: Intent; because?: string } {
  const start = course.start ?? course.end
  const at = firstDay(start)
  const metastatic = firstDay(extent.metastaticOn)
  const { metastasisGraceDays, localTherapyWindowDays } = words.limits
  const isMetastaticThen = metastatic !== undefined && at !== undefined && at >= metastatic - metastasisGraceDays
  const cureSaid =
    course.intent === 'curative' || (course.intent === undefined && course.setting !== undefined && CURATIVE_SETTINGS.has(course.setting))
  if (isMetastaticThen) {
    // a course of adjuvant treatment that began in the weeks before the metastases were found was still meant to cure
    if (cureSaid && at! < metastatic!) return { intent: 'curative' }
    if (course.intent === 'curative')
      return {
        intent: 'palliative',
        because: `!its intent is recorded as curative, but metastases are on record since ${extent.metastaticOn}`,
      }
    return { intent: 'palliative' }
  }
  if (cureSaid) return { intent: 'curative' }
  if (course.intent === 'palliative') return { intent: 'palliative' }
  const local = [
    ...radiation.filter((one) => one.isCurativeThoracic).map((one) => one.start ?? one.end),
    ...surgery.filter((one) => one.isCurative && !one.isPlanned).map((one) => one.on),
  ]
  if (at !== undefined && local.some((day) => day !== undefined && Math.abs((firstDay(day) ?? 0) - at) <= localTherapyWindowDays)) {
    return { intent: 'curative', because: 'surgery or radical radiation stands beside it and no metastases were on record' }
  }
  const early = lastDay(extent.earlyOn)
  const wasEarly = extent.hasEarlyStage && (early === undefined || at === undefined || early - metastasisGraceDays <= at)
  if (at !== undefined && metastatic !== undefined && wasEarly)
    return { intent: 'curative', because: `an early stage is on record and the first metastasis is dated ${extent.metastaticOn}` }
  if (at !== undefined && metastatic === undefined && wasEarly && !extent.hasUndatedMetastases)
    return { intent: 'curative', because: 'only an early stage is on record' }
  if (at !== undefined && metastatic !== undefined)
    return {
      intent: 'palliative',
      because: `it began before the first recorded metastasis (${extent.metastaticOn}), but no early stage, surgery or radical radiation is on record`,
    }
  return { intent: 'palliative' }
}
