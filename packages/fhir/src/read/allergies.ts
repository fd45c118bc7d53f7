import type { ReadContext, Reader, Resource } from './context.ts'
import { drugLookup } from './medicines/drug-lookup.ts'
import { conceptOf, conceptsOf, nameOf, notesOf, objectsOf, stringOf, wordsOf } from './shapes.ts'
import { says } from './treatment/phrases.ts'

interface AllergyWords {
  readonly byClass: { readonly [drugClass: string]: string }
  readonly byDrug: { readonly [drug: string]: string }
  readonly byWords: { readonly [value: string]: readonly string[] }
  readonly severe: readonly string[]
  readonly mild: readonly string[]
  readonly none: { readonly codes: readonly string[]; readonly words: readonly string[] }
}

/**
 * Allergies as listed, and the serious hypersensitivities that bar a class of drugs.
 *
 * An allergy to a drug counts as serious unless the chart calls it mild or of low criticality: a record without severity is reported and kept.
 */
export const readAllergies: Reader = (context) => {
  const words = context.knowledge.terminology<{ hypersensitivity: AllergyWords }>('treatment').hypersensitivity
  const names = new Map<string, Resource[]>()
  const serious = new Map<string, Resource[]>()
  for (const resource of context.chart.ofType('AllergyIntolerance')) {
    if (!isValid(resource)) {
      context.understood(resource)
      continue
    }
    const code = conceptOf(resource.code)
    const reactions = objectsOf(resource.reaction)
    const substances = [code, ...reactions.map((reaction) => conceptOf(reaction.substance))]
    const texts = substances.flatMap(wordsOf)
    if (texts.length === 0 && code.codings.length === 0) continue
    context.understood(resource)
    if (code.codings.some((coding) => words.none.codes.includes(coding.code)) || texts.some((text) => says(text, words.none.words)))
      continue
    const lookup = drugLookup(context.knowledge)
    const drugs = new Set<string>()
    for (const coding of substances.flatMap((concept) => concept.codings)) {
      const id = lookup.byCode(coding.system, coding.code)
      if (id !== undefined) drugs.add(id)
    }
    for (const text of texts) for (const mention of lookup.find(text)) drugs.add(mention.drug)
    const shown = drugs.size > 0 ? [...drugs] : [(texts[0] ?? code.codings[0]!.code).toLowerCase()]
    for (const name of shown) add(names, name, resource)
    const values = hypersensitivities(context, words, [...drugs], texts.join('. '))
    if (values.length === 0 || isMild(resource, words)) continue
    if (!isSevere(resource, words)) {
      context.issue({
        code: 'missing-input',
        severity: 'warning',
        path: nameOf(resource),
        message: `the severity of the allergy to ${shown.join(', ')} is not recorded; it is read as serious`,
        remedy: 'record the reaction and its severity',
      })
    }
    for (const value of values) add(serious, value, resource)
  }
  settle(context, 'allergies', names)
  settle(context, 'hypersensitivity', serious)
}

function add(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  map.set(key, [...(map.get(key) ?? []), resource])
}

function settle(context: ReadContext, fact: string, found: ReadonlyMap<string, readonly Resource[]>): void {
  if (found.size === 0) return
  const sources = [...new Set([...found.values()].flat())]
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map((resource) => context.source(resource))
  context.settle(fact, { value: [...found.keys()].sort(), sources })
}

function isValid(resource: Resource): boolean {
  const clinical = conceptOf(resource.clinicalStatus).codings.map((coding) => coding.code)
  const verification = conceptOf(resource.verificationStatus).codings.map((coding) => coding.code)
  return (
    !clinical.some((code) => code === 'resolved' || code === 'inactive') &&
    !verification.some((code) => code === 'refuted' || code === 'entered-in-error')
  )
}

function hypersensitivities(context: ReadContext, words: AllergyWords, drugs: readonly string[], text: string): readonly string[] {
  const values = new Set<string>()
  for (const id of drugs) {
    const own = words.byDrug[id]
    if (own !== undefined) values.add(own)
    for (const drugClass of drugLookup(context.knowledge).entries.get(id)?.classes ?? []) {
      const value = words.byClass[drugClass]
      if (value !== undefined) values.add(value)
    }
  }
  for (const [value, phrases] of Object.entries(words.byWords)) if (says(text, phrases)) values.add(value)
  return [...values]
}

const reactionTexts = (resource: Resource): string =>
  [
    ...objectsOf(resource.reaction).flatMap((reaction) => [
      ...conceptsOf(reaction.manifestation).flatMap(wordsOf),
      stringOf(reaction.description) ?? '',
    ]),
    ...notesOf(resource),
    ...wordsOf(conceptOf(resource.code)),
  ].join('. ')

const severities = (resource: Resource): readonly (string | undefined)[] =>
  objectsOf(resource.reaction).map((reaction) => stringOf(reaction.severity))

const isSevere = (resource: Resource, words: AllergyWords): boolean =>
  resource.criticality === 'high' || severities(resource).includes('severe') || says(reactionTexts(resource), words.severe)

function isMild(resource: Resource, words: AllergyWords): boolean {
  if (isSevere(resource, words)) return false
  const graded = severities(resource).filter((severity) => severity !== undefined)
  return (
    resource.criticality === 'low' ||
    (graded.length > 0 && graded.every((severity) => severity === 'mild')) ||
    says(reactionTexts(resource), words.mild)
  )
}
