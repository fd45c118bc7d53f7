import { cancerKindOf } from '../cancers.ts'
import type { ReadContext, Resource } from '../context.ts'
import { conceptOf, extensionOf, stringOf, wordsOf } from '../shapes.ts'
import { textsOf } from '../texts.ts'
import { says } from '../treatment/phrases.ts'
import type { MedicineWords } from './dose.ts'

const MEDICINES = ['MedicationStatement', 'MedicationRequest', 'MedicationAdministration', 'MedicationDispense'] as const

/**
 * Whether a list of medicines and a list of other illnesses came with the chart at all.
 *
 * Silence counts as absence for both (`absence: listed`), which is only fair where a list came. Where none did, the facts say so, and a warning asks for it.
 * A sentence such as "no regular medication" or "past medical history: none" is a list.
 */
export function readReceived(context: ReadContext, words: MedicineWords): void {
  const texts = textsOf(context)
  const said = (phrases: readonly string[]): Resource | undefined => texts.find(({ text }) => says(text, phrases))?.resource
  const named = (phrases: readonly string[]): Resource | undefined =>
    context.chart.ofType('List').find((list) => says([stringOf(list.title) ?? '', ...wordsOf(conceptOf(list.code))].join('. '), phrases))
  const medicine = MEDICINES.flatMap((type) => context.chart.ofType(type))[0] ?? named(words.medicationLists) ?? said(words.medicinesTold)
  const illness =
    context.chart.ofType('Condition').find((condition) => ['none', 'other-cancer'].includes(cancerKindOf(context, condition))) ??
    context.chart
      .ofType('Observation')
      .find(
        (observation) =>
          extensionOf(observation, 'mcode-related-condition') !== undefined ||
          extensionOf(observation, 'mcode-related-condition-absent') !== undefined,
      ) ??
    named(words.problemLists) ??
    said(words.problemsTold)
  settle(context, 'medicines-list-received', medicine, 'no medicines list', 'no medicine', 'interactions and bleeding risk rest on it')
  settle(
    context,
    'problem-list-received',
    illness,
    'no problem list',
    'no other illness',
    'many treatments are unsafe with another illness',
  )
}

function settle(context: ReadContext, fact: string, shown: Resource | undefined, what: string, counted: string, why: string): void {
  const { patient } = context.chart
  context.settle(fact, { value: shown !== undefined, sources: [context.source(shown ?? patient)] })
  if (shown !== undefined) return
  context.issue({
    code: 'missing-input',
    severity: 'warning',
    path: fact,
    message: `${what} was received; counted as ${counted}: confirm before treatment`,
    remedy: `send it, or record that there is none: ${why}`,
  })
}
