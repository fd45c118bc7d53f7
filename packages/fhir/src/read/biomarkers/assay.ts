import type { Resource } from '../context.ts'
import { rememberFor } from '../remember.ts'
import {
  choiceDay,
  codeKeysOf,
  conceptOf,
  conceptsOf,
  dayOf,
  nameOf,
  notesOf,
  objectOf,
  observedOn,
  referencesOf,
  wordsOf,
} from '../shapes.ts'
import type { Assay, Ledger } from './ledger.ts'
import type { Tables, TestCode } from './tables.ts'

const WORD_GAP = ' ; '

/** Text of the elements that say what was done with which sample. */
export function methodWords(resource: Resource): string {
  const concepts = [conceptOf(resource.code), conceptOf(resource.method), ...conceptsOf(resource.category)]
  return [...concepts.flatMap((concept) => wordsOf(concept)), ...notesOf(resource)].join(WORD_GAP)
}

/** The test behind a resource: its sample (its own, else its report's), kind and day. */
export function assayOf(resource: Resource, ledger: Ledger, test?: TestCode, extraWords = ''): Assay {
  const { tables, context } = ledger
  const report = ledger.reportOf.get(resource)
  const specimens = [...specimensOf(resource, ledger), ...(report ? specimensOf(report, ledger) : [])]
  const tumour = specimens.filter((specimen) => !tables.says('normalSpecimen', specimenWords(tables, specimen)))
  const specimen = tumour[0] ?? specimens[0]
  const method = methodOf(resource, ledger, test, extraWords)
  const text = `${codeText(resource)} ${extraWords} ${report ? codeText(report) : ''}`
  const kind = test?.sample ?? kindOf(specimen, text, ledger)
  const on = (specimen && collectedOn(specimen)) ?? observedOn(resource) ?? (report && observedOn(report)) ?? dayOf(resource.authoredOn)
  const key = specimen ? nameOf(specimen) : `${kind}|${on ?? context.source(report ?? resource).reference}`
  return { key, kind, ...(on === undefined ? {} : { on }), ...(method === undefined ? {} : { method }) }
}

// LOINC names say `in Blood or Tissue`: only a person's own words and the specimen tell plasma from tissue
const codeText = (resource: Resource): string => {
  const code = conceptOf(resource.code)
  return [
    code.text ?? code.codings.find((coding) => !coding.display?.includes('Blood or Tissue'))?.display ?? '',
    ...wordsOf(conceptOf(resource.method)),
    ...notesOf(resource),
  ].join(WORD_GAP)
}

function kindOf(specimen: Resource | undefined, text: string, ledger: Ledger): Assay['kind'] {
  const words = specimen === undefined ? '' : specimenWords(ledger.tables, specimen)
  if (words !== '') {
    if (ledger.tables.says('plasmaSpecimen', words)) return 'plasma'
    return 'tissue'
  }
  if (ledger.tables.says('plasma', text)) return 'plasma'
  return ledger.tables.says('tissue', text) ? 'tissue' : 'unknown'
}

function methodOf(resource: Resource, ledger: Ledger, test: TestCode | undefined, extraWords: string): Assay['method'] {
  if (test?.method) return test.method
  const { tables } = ledger
  const text = `${methodWords(resource)} ${extraWords}`
  if (tables.says('ihc', text)) return 'ihc'
  if (tables.says('fish', text)) return 'fish'
  const isVariant = codeKeysOf(conceptOf(resource.code)).some((key) => ledger.tables.codes.variant.includes(key.split('|')[1] ?? ''))
  return isVariant || tables.says('panel', text) || /sequenc/i.test(text) ? 'sequencing' : undefined
}

const specimensOf = (resource: Resource, ledger: Ledger): readonly Resource[] =>
  referencesOf(resource.specimen)
    .map((reference) => ledger.context.chart.resolve(reference, resource))
    .filter((target) => target?.resourceType === 'Specimen')
    .filter((target) => target !== undefined)

/** What type, condition and collection of a specimen say, in words. */
export const specimenWords = rememberFor((_tables: Tables, specimen: Resource): string => {
  const collection = objectOf(specimen.collection)
  const concepts = [
    conceptOf(specimen.type),
    ...conceptsOf(specimen.condition),
    ...(collection ? [conceptOf(collection.bodySite), conceptOf(collection.method)] : []),
  ]
  return [...concepts.flatMap((concept) => wordsOf(concept)), ...notesOf(specimen)].join(WORD_GAP)
})

const collectedOn = (specimen: Resource): string | undefined => {
  const collection = objectOf(specimen.collection)
  return (collection && choiceDay(collection, 'collected')) ?? dayOf(specimen.receivedTime)
}
