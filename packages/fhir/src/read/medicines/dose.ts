import { conceptOf, numberOf, objectOf, objectsOf, quantityOf, stringOf } from '../shapes.ts'
import { says } from '../treatment/phrases.ts'
import { dosagesOf, type MedicineEvent } from './medicine-event.ts'

/** `knowledge/terminology/medicines.yaml`. */
export interface MedicineWords {
  readonly localRoutes: readonly string[]
  readonly aroundChemotherapy: readonly string[]
  readonly prophylactic: readonly string[]
  readonly therapeutic: readonly string[]
  readonly notTaken: readonly string[]
  /** Milligrams of prednisone a day from which a steroid counts as immunosuppression of an autoimmune disease. */
  readonly activePrednisoneMg: number
  /** Steroids given for swelling of the brain as a rule: without a stated reason they say nothing of an autoimmune disease. */
  readonly oedemaSteroids: readonly string[]
  readonly immunosuppressionOtherwise: readonly string[]
  readonly steroidReasons: { readonly [reason: string]: readonly string[] }
  readonly frequencies: readonly { readonly perDay: number; readonly words: readonly string[] }[]
  readonly timingCodes: { readonly [code: string]: number }
  readonly mgPer: { readonly [unit: string]: number }
  readonly pieces: readonly string[]
  readonly intermittent: { readonly [interactionClass: string]: number }
  readonly vaccines: {
    readonly live: { readonly [drug: string]: readonly string[] }
    readonly notLive: readonly string[]
    readonly cvx: { readonly [code: string]: string }
  }
  readonly medicationLists: readonly string[]
  readonly problemLists: readonly string[]
  /** Words with which a note tells what medicines, or what other illnesses, there are, none included. */
  readonly medicinesTold: readonly string[]
  readonly problemsTold: readonly string[]
}

export interface DailyDose {
  /** Milligrams a day; undefined when the chart does not let it be worked out. */
  readonly mg?: number
  /** How often is not stated; once a day was assumed. */
  readonly assumedOnceDaily?: true
}

/** Milligrams a day of one medicine event, from structured dosage where there is one, else from words ("10 mg twice daily"). */
export function dailyDose(event: MedicineEvent, words: MedicineWords): DailyDose {
  let sum: number | undefined
  for (const dosage of dosagesOf(event.resource)) {
    const one = structured(dosage, event.name, words)
    if (one !== undefined) sum = (sum ?? 0) + one
  }
  if (sum !== undefined) return { mg: round(sum) }
  for (const text of [...event.notes, event.name]) {
    const read = fromWords(text, words, event.notes.join(' '))
    if (read.mg !== undefined) return read
  }
  return {}
}

function structured(dosage: { readonly [key: string]: unknown }, name: string, words: MedicineWords): number | undefined {
  const rate = objectsOf(dosage.doseAndRate)[0]
  const dose = quantityOf(rate?.doseQuantity) ?? quantityOf(dosage.doseQuantity) ?? quantityOf(dosage.dose)
  if (dose === undefined) return undefined
  const unit = (dose.code ?? dose.unit ?? '').toLowerCase()
  let mg: number | undefined = words.mgPer[unit] === undefined ? undefined : dose.value * words.mgPer[unit]
  if (mg === undefined && words.pieces.includes(unit)) {
    const strength = amountIn(name, words)
    if (strength !== undefined) mg = strength * dose.value
  }
  if (mg === undefined) return undefined
  const perDay = perDayOf(dosage, words)
  return perDay === undefined ? undefined : mg * perDay
}

function perDayOf(dosage: { readonly [key: string]: unknown }, words: MedicineWords): number | undefined {
  const timing = objectOf(dosage.timing)
  const repeat = objectOf(timing?.repeat)
  const frequency = numberOf(repeat?.frequency)
  const period = numberOf(repeat?.period) ?? (frequency === undefined ? undefined : 1)
  const unitDays = PERIOD_DAYS[stringOf(repeat?.periodUnit) ?? '']
  if (period !== undefined && unitDays !== undefined) return (frequency ?? 1) / (period * unitDays)
  const code = conceptOf(timing?.code)
  for (const coding of code.codings) {
    const perDay = words.timingCodes[coding.code.toUpperCase()]
    if (perDay !== undefined) return perDay
  }
  return frequencyIn([code.text, stringOf(dosage.text)].filter((text) => text !== undefined).join(' '), words)
}

/** Days in a FHIR period unit. */
const PERIOD_DAYS: { readonly [unit: string]: number } = { h: 1 / 24, d: 1, wk: 7, mo: 30, a: 365 }

function fromWords(text: string, words: MedicineWords, around: string): DailyDose {
  const mg = amountIn(text, words)
  if (mg === undefined) return {}
  const perDay = frequencyIn(text, words) ?? frequencyIn(around, words)
  return perDay === undefined ? { mg: round(mg), assumedOnceDaily: true } : { mg: round(mg * perDay) }
}

function amountIn(text: string, words: MedicineWords): number | undefined {
  for (const match of text.matchAll(/(\d+(?:[.,]\d+)?)\s*(\p{L}+)(?!\s*\/\s*\d*\s*m[l2²])/giu)) {
    const factor = words.mgPer[match[2]!.toLowerCase()]
    if (factor !== undefined) return Number(match[1]!.replace(',', '.')) * factor
  }
  return undefined
}

const frequencyIn = (text: string, words: MedicineWords): number | undefined =>
  words.frequencies.find((frequency) => says(text, frequency.words))?.perDay

const round = (mg: number): number => Math.round(mg * 100) / 100
