import { answerWord, statementsOf } from './assertion.ts'
import { cancerIndexOf, cancerKeysOf } from './cancers.ts'
import { isLater } from './conditions-of.ts'
import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { rememberFor } from './remember.ts'
import { type Concept, codeKeysOf, conceptOf, extensionOf, observedOn, stringOf, wordsOf } from './shapes.ts'
import { counts, reportKindsOf, textsOf } from './texts.ts'
import { findPhrases, sentencesOf, tokensOf } from './words.ts'

/** One statement of what the tumour is. `fromText`: read from words, not from a code. `isTissue`: from a pathology result, not from a diagnosis list. */
export interface HistologyWitness {
  readonly value: string
  readonly resource: Resource
  readonly path: string
  readonly on?: string
  readonly words?: string
  readonly isTissue: boolean
  readonly saysRebiopsy: boolean
}

/** Histology of one concept: by code, else by its words. Undefined when it names none. */
export function histologyOf(context: ReadContext, concept: Concept): { readonly value: string; readonly words?: string } | undefined {
  const index = cancerIndexOf(context.knowledge)
  const coded = cancerKeysOf(concept)
    .map((key) => index.histology.get(key))
    .filter((value) => value !== undefined)
  const byCode = mostSpecific(context, coded)
  const fromWords = wordsOf(concept).flatMap((words) => {
    const value = histologyInText(context, words)
    return value === undefined ? [] : [{ value, words }]
  })
  // A display that is more specific than its general code ("lung adenocarcinoma" under C34.1) is read, and marked as words.
  const said = fromWords[0]
  if (byCode.length === 1 && byCode[0] !== undefined) {
    if (said && isMoreSpecific(context, said.value, byCode[0])) return said
    return { value: byCode[0] }
  }
  return byCode.length === 0 ? said : undefined
}

/** The one histology a text asserts; undefined when it asserts none or several that disagree. Denied and suspected ones do not count. */
export function histologyInText(context: ReadContext, text: string): string | undefined {
  const statements = statementsOf(context.knowledge, cancerIndexOf(context.knowledge).histologyWords, text)
  const asserted = statements.filter(({ polarity }) => polarity === 'present').map(({ value }) => value)
  const values = mostSpecific(context, asserted)
  return values.length === 1 ? values[0] : undefined
}

/** Drops the general values that a specific one already implies. */
export function mostSpecific(context: ReadContext, values: readonly string[]): readonly string[] {
  const distinct = [...new Set(values)]
  return distinct.filter((value) => !distinct.some((other) => other !== value && isMoreSpecific(context, other, value)))
}

/** `specific` is a kind of `general`, directly or through another value. */
export function isMoreSpecific(context: ReadContext, specific: string, general: string): boolean {
  return cancerIndexOf(context.knowledge).file.general[general]?.includes(specific) ?? false
}

/** Histology that a lung-cancer Condition states: its extension, then its code. */
export function witnessesOfCondition(context: ReadContext, condition: Resource, on: string | undefined): readonly HistologyWitness[] {
  const witnesses: HistologyWitness[] = []
  const { words: lexicon } = cancerIndexOf(context.knowledge)
  const saysRebiopsy = wordsOf(conceptOf(condition.code)).some((text) =>
    findPhrases(lexicon, tokensOf(text)).some((hit) => hit.value === 'rebiopsy'),
  )
  const put = (concept: Concept, path: string): void => {
    const found = histologyOf(context, concept)
    if (found) witnesses.push({ ...found, resource: condition, path, isTissue: false, saysRebiopsy, ...(on === undefined ? {} : { on }) })
  }
  const extension = extensionOf(condition, 'mcode-histology-morphology-behavior') ?? extensionOf(condition, 'histology-morphology-behavior')
  if (extension) put(conceptOf(extension.valueCodeableConcept), 'extension')
  put(conceptOf(condition.code), 'code')
  return witnesses
}

/** Whether the code of an observation is that of a histology result. */
const namesHistology = rememberFor((knowledge: ReaderKnowledge, code: Concept): boolean => {
  const { file, words } = cancerIndexOf(knowledge)
  return (
    codeKeysOf(code).some((key) => file.observations.loinc.some((loinc) => key === `http://loinc.org|${loinc}`)) ||
    wordsOf(code).some((text) => findPhrases(words, tokensOf(text)).some((hit) => hit.value === 'report'))
  )
})

/** Histology of pathology observations and reports, those about another condition left out. */
export function tissueWitnesses(context: ReadContext, isOther: (resource: Resource) => boolean): readonly HistologyWitness[] {
  const { words: lexicon } = cancerIndexOf(context.knowledge)
  const witnesses: HistologyWitness[] = []
  const says = (text: string): boolean => findPhrases(lexicon, tokensOf(text)).some((hit) => hit.value === 'rebiopsy')
  for (const observation of context.chart.ofType('Observation')) {
    const code = conceptOf(observation.code)
    if (!namesHistology(context.knowledge, code) || !counts(observation) || isOther(observation)) continue
    const on = observedOn(observation)
    if (isLater(context, on)) continue
    const dated = on === undefined ? {} : { on }
    const text = stringOf(observation.valueString)
    const concept = conceptOf(observation.valueCodeableConcept)
    const found = text === undefined ? histologyOf(context, concept) : withWords(histologyInText(context, text), text)
    const label = [...wordsOf(code), text ?? '', ...wordsOf(concept)].join(' ')
    if (found) {
      witnesses.push({
        ...found,
        resource: observation,
        path: text === undefined ? 'valueCodeableConcept' : 'valueString',
        isTissue: true,
        saysRebiopsy: says(label),
        ...dated,
      })
      context.understood(observation)
    }
  }
  for (const text of textsOf(context)) {
    if (text.kind !== 'pathology' || text.resource.resourceType === 'Observation' || isOther(text.resource)) continue
    const value = histologyInText(context, text.text)
    if (value === undefined || answerWord(context.knowledge, text.text) === 'absent') continue
    witnesses.push({
      value,
      resource: text.resource,
      path: text.path,
      words: text.text,
      isTissue: true,
      saysRebiopsy: says(text.text) || reportKindsOf(context.knowledge, text.resource).size === 0,
      ...(text.on === undefined ? {} : { on: text.on }),
    })
    context.understood(text.resource, text.path)
  }
  return witnesses
}

const withWords = (value: string | undefined, words: string) => (value === undefined ? undefined : { value, words })

/** The last resort: a note whose sentence names the lung and a histology. */
export function noteWitnesses(context: ReadContext): readonly HistologyWitness[] {
  const { words: lexicon } = cancerIndexOf(context.knowledge)
  const witnesses: HistologyWitness[] = []
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind !== 'note') continue
    for (const sentence of sentencesOf(text)) {
      if (!findPhrases(lexicon, tokensOf(sentence)).some((hit) => hit.value === 'lung')) continue
      const value = histologyInText(context, sentence)
      if (value === undefined) continue
      witnesses.push({ value, resource, path, words: sentence, isTissue: false, saysRebiopsy: false, ...(on === undefined ? {} : { on }) })
      context.understood(resource, path)
    }
  }
  return witnesses
}
