import { cancerKindOf } from '../cancers.ts'
import type { ReadContext } from '../context.ts'
import { Kept } from '../kept.ts'
import { type MedicineEvent, medicineEvents } from '../medicines/medicine-event.ts'
import { choiceDay, conceptOf, conceptsOf, dayOf, nameOf, objectsOf, observedOn, stringOf, wordsOf } from '../shapes.ts'
import { earlier, firstDay, lastDay } from './days.ts'
import { says } from './phrases.ts'
import { type TreatmentWords, treatmentWords } from './words.ts'

/** Why an anticancer drug is read as treatment of another illness; undefined when nothing says so. */
export function otherUseOf(context: ReadContext, event: MedicineEvent, drug: string): string | undefined {
  const words = treatmentWords(context)
  const use = words.otherUses[drug]
  if (use === undefined) return undefined
  const reasons = event.reasons.join('. ')
  const told = [event.name, ...event.notes, ...event.categories, ...routesOf(event)].join('. ')
  if (says(told, use.signs)) return `"${event.name}" names another use`
  if (says(`${reasons}. ${event.notes.join('. ')}`, use.illness)) return 'its own record names that illness'
  if (says(reasons, words.lungReasons)) return undefined
  const illness = illnessOf(context, use.illness)
  const began = lastDay(event.start ?? event.end)
  const cancer = firstDay(cancerSince(context))
  if (began !== undefined && cancer !== undefined && began < cancer)
    return `it began on ${event.start ?? event.end}, before the cancer was known (${cancerSince(context)})${illness === undefined ? '' : `, and the chart lists ${illness}`}`
  const isAlone = use.beside !== undefined && !medicineEvents(context).some((one) => use.beside!.some((id) => one.drugs.includes(id)))
  return illness !== undefined && isAlone ? `the chart lists ${illness}, and no ${use.beside!.join(' or ')} stands beside it` : undefined
}

/** The same of a drug told in words, from the clause that tells it. */
export function isOtherUseInWords(context: ReadContext, clause: string, drug: string, start: string | undefined): boolean {
  const use = treatmentWords(context).otherUses[drug]
  if (use === undefined) return false
  if (says(clause, use.signs) || says(clause, use.illness)) return true
  const began = lastDay(start)
  const cancer = firstDay(cancerSince(context))
  return began !== undefined && cancer !== undefined && began < cancer
}

/** Anticancer drugs of an event that are taken for another illness: they belong to the patient's own medicines. */
export const otherUses = (context: ReadContext, event: MedicineEvent): readonly string[] =>
  event.drugs.filter((drug) => otherUseOf(context, event, drug) !== undefined)

const REFUTED = new Set(['refuted', 'entered-in-error'])

function illnessOf(context: ReadContext, words: TreatmentWords['otherUses'][string]['illness']): string | undefined {
  for (const condition of context.chart.ofType('Condition')) {
    if (conceptOf(condition.verificationStatus).codings.some((coding) => REFUTED.has(coding.code))) continue
    const named = wordsOf(conceptOf(condition.code)).find((text) => says(text, words))
    if (named !== undefined) return `${named} (${nameOf(condition)})`
  }
  return undefined
}

const routesOf = (event: MedicineEvent): readonly string[] =>
  [...objectsOf(event.resource.dosageInstruction), ...objectsOf(event.resource.dosage)].flatMap((dosage) => [
    ...wordsOf(conceptOf(dosage.route)),
    ...wordsOf(conceptOf(dosage.site)),
    stringOf(dosage.text) ?? '',
  ])

const since = new Kept<ReadContext, string | false>()

/** First day on which anything tells of the cancer: a diagnosis of it or of metastases, a stage, a pathology report. Undefined without a dated diagnosis. */
function cancerSince(context: ReadContext): string | undefined {
  const known = since.get(context)
  if (known !== undefined) return known === false ? undefined : known
  let first: string | undefined
  for (const condition of context.chart.ofType('Condition')) {
    const kind = cancerKindOf(context, condition)
    if (kind === 'none' || kind === 'other-cancer' || kind === 'ignored-cancer') continue
    first = earlier(earlier(first, choiceDay(condition, 'onset')), dayOf(condition.recordedDate))
  }
  if (first !== undefined) {
    for (const report of context.chart.ofType('DiagnosticReport'))
      if (conceptsOf(report.category).some((category) => category.codings.some(({ code }) => PATHOLOGY.has(code))))
        first = earlier(first, observedOn(report))
    for (const procedure of context.chart.ofType('Procedure'))
      if (/biops|lobectomy|pneumonectomy|radiotherapy|radiation/i.test(wordsOf(conceptOf(procedure.code)).join('. ')))
        first = earlier(first, choiceDay(procedure, 'performed'))
  }
  since.set(context, first ?? false)
  return first
}

const PATHOLOGY = new Set(['SP', 'PAT', 'CP', 'GE'])
