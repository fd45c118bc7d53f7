import type { PlanDocument } from '@secondwind/core'
import { isKnown } from '@secondwind/core'
import type { PatientWords } from './patient-words.ts'

/** What the patient chose to hear about time. Silence, a conflict or an unknown value is a no. */
export function wishOf(doc: PlanDocument): 'none' | 'general' | 'full' {
  const fact = doc.case.facts['wants-prognosis']
  const value = isKnown(fact) ? fact.value : undefined
  return value === 'general' || value === 'full' ? value : 'none'
}

/**
 * Lines about time, only for those who asked for them: words for `general`; the figures with their range, as natural frequencies, for `full`.
 * The range is the plan's own estimate around the median of the study, and the page says so; only the median and the shares alive are the study's.
 */
export function outlookLines(doc: PlanDocument, words: PatientWords): readonly string[] {
  const wish = wishOf(doc)
  if (wish === 'none') return []
  const asked = wish === 'full' ? 'You asked to hear all we know.' : 'You asked to hear the general picture.'
  const inHospice = doc.case.facts['in-hospice']
  const general = words.page(isKnown(inHospice) && inHospice.value === true ? 'outlook-hospice' : 'outlook-general')
  if (wish === 'general') return [asked, ...general]
  if (!doc.outlook) return [asked, ...words.page('outlook-no-study'), ...general]
  const { median, worst10, typical, best10, alive } = doc.outlook
  return [
    asked,
    ...words.page('outlook-study'),
    `Half of the people in the study lived longer than ${span(median)}, and half lived less.`,
    `Think of 10 people like them. About 1 of them lives less than ${span(worst10)}. About 5 of them live between ${span(typical[0])} and ${span(typical[1])}.`,
    best10 === null ? 'Some live much longer. We cannot put a number on it.' : `About 1 of them lives more than ${span(best10)}.`,
    ...alive.map((a) => `After ${span(a.years * 12)}, about ${Math.round(a.percent)} of 100 people in that study were alive.`),
    ...general,
  ]
}

/** Months in words: whole months below two years, half years above. */
export function span(months: number): string {
  if (months < 1.5) return '1 month'
  if (months < 24) return months === 12 ? '1 year' : `${Math.round(months)} months`
  const halves = Math.round(months / 6)
  return halves % 2 === 0 ? `${halves / 2} years` : `${(halves - 1) / 2} and a half years`
}

const ABOUT_TIME = /\b(months?|weeks?|years?|prognos\w*|surviv\w*|life expectancy|die[sd]?|dying|death|terminal\w*|curable|incurable)\b/i

/** True for words that speak of time left: they are not echoed to someone who has not asked to hear of it. */
export const speaksOfTime = (text: string): boolean => ABOUT_TIME.test(text)
