import type { Resource } from '../context.ts'
import { rememberConcept, rememberFor } from '../remember.ts'
import {
  type Concept,
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
  const specimens = specimensOf(resource, ledger)
  if (report !== undefined) specimens.push(...specimensOf(report, ledger))
  const specimen = specimens.find((one) => !tables.says('normalSpecimen', specimenWords(tables, one))) ?? specimens[0]
  const method = methodOf(resource, ledger, test, extraWords)
  const kind =
    test?.sample ??
    kindOfSpecimen(specimen, tables) ??
    kindInText(`${codeText(resource)} ${extraWords} ${report ? codeText(report) : ''}`, tables)
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

function kindOfSpecimen(specimen: Resource | undefined, tables: Tables): Assay['kind'] | undefined {
  const words = specimen === undefined ? '' : specimenWords(tables, specimen)
  return words === '' ? undefined : tables.says('plasmaSpecimen', words) ? 'plasma' : 'tissue'
}

const kindInText = (text: string, tables: Tables): Assay['kind'] =>
  tables.says('plasma', text) ? 'plasma' : tables.says('tissue', text) ? 'tissue' : 'unknown'

function methodOf(resource: Resource, { tables }: Ledger, test: TestCode | undefined, extraWords: string): Assay['method'] {
  if (test?.method) return test.method
  const code = conceptOf(resource.code)
  const category = conceptsOf(resource.category)
  if (extraWords !== '' || resource.note !== undefined || category.length > 1)
    return methodIn(`${methodWords(resource)} ${extraWords}`, code, tables)
  // the regions studied by one panel share code, method and category: their words are looked through once
  const method = conceptOf(resource.method)
  const asked = methodsOf(tables, code)
  const known = asked.find((one) => one.method === method && one.category === category[0])
  if (known !== undefined) return known.answer
  const answer = methodIn(`${methodWords(resource)} `, code, tables)
  if (asked.length >= MOST_METHODS) asked.shift()
  asked.push({ method, category: category[0], answer })
  return answer
}

interface AskedMethod {
  readonly method: Concept
  readonly category: Concept | undefined
  readonly answer: Assay['method']
}

const methodsOf = rememberConcept((_tables: Tables, _code: Concept): AskedMethod[] => [])
const MOST_METHODS = 16

function methodIn(text: string, code: Concept, tables: Tables): Assay['method'] {
  if (tables.says('ihc', text)) return 'ihc'
  if (tables.says('fish', text)) return 'fish'
  const isVariant = codeKeysOf(code).some((key) => tables.codes.variant.includes(key.split('|')[1] ?? ''))
  return isVariant || tables.says('panel', text) || /sequenc/i.test(text) ? 'sequencing' : undefined
}

function specimensOf(resource: Resource, ledger: Ledger): Resource[] {
  const specimens: Resource[] = []
  if (resource.specimen === undefined) return specimens
  for (const reference of referencesOf(resource.specimen)) {
    const target = ledger.context.chart.resolve(reference, resource)
    if (target?.resourceType === 'Specimen') specimens.push(target)
  }
  return specimens
}

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
