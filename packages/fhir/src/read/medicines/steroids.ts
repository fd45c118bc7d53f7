import type { ReadContext } from '../context.ts'
import { nameOf } from '../shapes.ts'
import { firstKey, says } from '../treatment/phrases.ts'
import type { MedicineWords } from './dose.ts'
import { drugLookup } from './drug-lookup.ts'
import type { OwnMedicine } from './index.ts'

/** Systemic steroids taken all the time, their dose in prednisone a day (undefined: cannot be worked out) and why, where the words say so. */
export interface ReadSteroids {
  readonly medicines: readonly OwnMedicine[]
  readonly mg: number | undefined
  readonly reason: string | undefined
}

/**
 * Systemic steroids in milligrams of prednisone a day, and why they are taken.
 *
 * Inhaled, topical and other local steroids do not count, nor do short courses around chemotherapy when the words say so.
 * A systemic steroid whose dose cannot be worked out leaves the sum unknown: it is not zero.
 */
export function readSteroids(context: ReadContext, words: MedicineWords, medicines: readonly OwnMedicine[]): ReadSteroids | undefined {
  const lookup = drugLookup(context.knowledge)
  const systemic = medicines.filter((medicine) => medicine.classes?.includes('corticosteroid') && !says(medicine.texts, words.localRoutes))
  if (systemic.length === 0) return undefined
  const continuous = systemic.filter((medicine) => !says(medicine.texts, words.aroundChemotherapy))
  const sources = systemic.flatMap((medicine) => medicine.events.map((event) => context.source(event.resource)))
  const reason = continuous.map((medicine) => firstKey(medicine.texts, words.steroidReasons)).find((key) => key !== undefined)
  const texts = continuous.map((medicine) => medicine.texts).join('; ')
  if (reason !== undefined) context.settle('steroid-reason', { value: reason, words: texts.slice(0, 200), sources })
  else if (continuous.length === 0) context.settle('steroid-reason', { value: 'antiemetic', sources })

  let sum = 0
  for (const medicine of continuous) {
    const factor = lookup.entries.get(medicine.drug ?? '')?.prednisoneFactor
    if (medicine.dailyDoseMg === undefined || factor === undefined) {
      context.issue({
        code: 'missing-input',
        severity: 'warning',
        path: nameOf(medicine.events[0]!.resource),
        message: `the daily dose of ${medicine.name} cannot be worked out, so the steroid dose is unknown`,
        remedy: 'record dose and frequency: above 10 mg of prednisone a day immunotherapy is affected',
      })
      context.settle('prednisone-mg', { unknown: 'not-recorded', words: medicine.texts.slice(0, 200), sources })
      return { medicines: continuous, mg: undefined, reason }
    }
    if (medicine.assumedOnceDaily) {
      context.issue({
        code: 'read-from-text',
        severity: 'warning',
        path: nameOf(medicine.events[0]!.resource),
        message: `"${medicine.name}" does not say how often; read as once a day`,
        remedy: 'confirm the daily dose',
      })
    }
    sum += medicine.dailyDoseMg * factor
  }
  const on = continuous
    .map((medicine) => medicine.events.at(-1)?.start)
    .filter((day) => day !== undefined)
    .sort()
    .at(-1)
  const mg = Math.round(sum * 10) / 10
  context.settle('prednisone-mg', { value: mg, unit: 'mg/d', ...(on === undefined ? {} : { on }), sources })
  return { medicines: continuous, mg, reason }
}
