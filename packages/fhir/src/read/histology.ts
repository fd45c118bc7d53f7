import { answerWord, polarityIn, statementsOf } from './assertion.ts'
import { cancerIndexOf, cancerKeysOf } from './cancers.ts'
import { isLater } from './conditions-of.ts'
import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { rememberConcept } from './remember.ts'
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
  /** The words speak of a transformation: this is the later histology, whatever the dates say. */
  readonly saysTransformed?: true
  /** Every histology that the words assert, when there are several; `value` is then the one that a tumour turns into. */
  readonly named?: readonly string[]
  /** A histology that a tumour turns into, suspected and not shown. */
  readonly suspects?: string
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
  const { values } = histologiesInText(context, text)
  return values.length === 1 ? values[0] : undefined
}

/** All histologies a text asserts, the general ones left out, and those it suspects. */
function histologiesInText(
  context: ReadContext,
  text: string,
): { readonly values: readonly string[]; readonly suspected: readonly string[] } {
  const statements = statementsOf(context.knowledge, cancerIndexOf(context.knowledge).histologyWords, text)
  const ofPolarity = (wanted: string): readonly string[] =>
    withoutParts(
      context,
      mostSpecific(
        context,
        statements.filter(({ polarity }) => polarity === wanted).map(({ value }) => value),
      ),
    )
  return { values: ofPolarity('present'), suspected: ofPolarity('uncertain') }
}

/** "Mixed small cell and adenocarcinoma" is one tumour: what the mixture is made of is not a second histology. */
function withoutParts(context: ReadContext, values: readonly string[]): readonly string[] {
  const mixtures = Object.values(cancerIndexOf(context.knowledge).file.combined)
  const mixed = values.filter((value) => mixtures.includes(value))
  return mixed.length > 0 ? mixed : values
}

type Said = Pick<HistologyWitness, 'value' | 'named' | 'suspects' | 'saysTransformed' | 'words'>

/**
 * What the text of a pathology result says. Of an old and a new histology ("small cell carcinoma, known adenocarcinoma") the new one is the value.
 * Undefined when it asserts none, or several of which none can follow from another.
 */
function tissueWords(context: ReadContext, text: string): Said | undefined {
  const { file, words: lexicon } = cancerIndexOf(context.knowledge)
  const { values, suspected } = histologiesInText(context, text)
  const saysTransformed = sentencesOf(text).some((sentence) => {
    const tokens = tokensOf(sentence)
    return findPhrases(lexicon, tokens).some(
      (hit) => hit.value === 'transformed' && ['present', 'past'].includes(polarityIn(context.knowledge, tokens, hit.from, hit.to)),
    )
  })
  const targets = values.filter((value) => file.transformed[value] !== undefined)
  // "adenocarcinoma rather than squamous" names two that are both first histologies: only a stated transformation orders them.
  const value =
    values.length === 1
      ? values[0]
      : (targets.find((one) => !file.transformedFrom.includes(one)) ?? (saysTransformed ? targets[0] : undefined))
  if (value === undefined) return undefined
  const suspects = suspected.find((one) => file.transformed[one] !== undefined && one !== value)
  return {
    value,
    words: text,
    ...(values.length > 1 ? { named: values } : {}),
    ...(suspects === undefined ? {} : { suspects }),
    ...(saysTransformed && targets.includes(value) ? { saysTransformed: true } : {}),
  }
}

/** A sentence of a note or a diagnosis that says the tumour has turned into another histology: "rebiopsy: transformation to small cell carcinoma". */
function transformationIn(context: ReadContext, text: string): Said | undefined {
  const { file, histologyWords, words: lexicon } = cancerIndexOf(context.knowledge)
  for (const sentence of sentencesOf(text)) {
    const hits = findPhrases(lexicon, tokensOf(sentence))
    if (!hits.some((hit) => hit.value === 'rebiopsy' || hit.value === 'transformed') || hits.some((hit) => hit.value === 'intended'))
      continue
    const statements = statementsOf(context.knowledge, histologyWords, sentence)
    const isTarget = (value: string): boolean => file.transformed[value] !== undefined
    const target = statements
      .filter(({ value, polarity }) => isTarget(value) && ['present', 'past'].includes(polarity))
      .map(({ value }) => value)
    const value = target.find((one) => !file.transformedFrom.includes(one)) ?? target[0]
    if (value === undefined) continue
    const named = mostSpecific(
      context,
      statements.filter(({ polarity }) => polarity === 'present' || polarity === 'past').map((statement) => statement.value),
    )
    return { value, words: sentence, saysTransformed: true, ...(named.length > 1 ? { named } : {}) }
  }
  return undefined
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
    const change = wordsOf(concept)
      .map((text) => transformationIn(context, text))
      .find((said) => said !== undefined)
    if (change)
      witnesses.push({ ...change, resource: condition, path, isTissue: false, saysRebiopsy: true, ...(on === undefined ? {} : { on }) })
    const found = histologyOf(context, concept)
    if (found && found.value !== change?.value)
      witnesses.push({ ...found, resource: condition, path, isTissue: false, saysRebiopsy, ...(on === undefined ? {} : { on }) })
  }
  const extension = extensionOf(condition, 'mcode-histology-morphology-behavior') ?? extensionOf(condition, 'histology-morphology-behavior')
  if (extension) put(conceptOf(extension.valueCodeableConcept), 'extension')
  put(conceptOf(condition.code), 'code')
  return witnesses
}

/** Whether the code of an observation is that of a histology result. */
export const namesHistology = rememberConcept((knowledge: ReaderKnowledge, code: Concept): boolean => {
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
    const found = text === undefined ? histologyOf(context, concept) : tissueWords(context, text)
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
    const said = tissueWords(context, text.text)
    if (said === undefined || answerWord(context.knowledge, text.text) === 'absent') continue
    witnesses.push({
      ...said,
      resource: text.resource,
      path: text.path,
      isTissue: true,
      saysRebiopsy: says(text.text) || reportKindsOf(context.knowledge, text.resource).size === 0,
      ...(text.on === undefined ? {} : { on: text.on }),
    })
    context.understood(text.resource, text.path)
  }
  return witnesses
}

/** Transformations that notes state: the pathology report is often not in the chart. */
export function transformationNotes(context: ReadContext): readonly HistologyWitness[] {
  return textsOf(context).flatMap(({ resource, path, text, on, kind }) => {
    if (kind !== 'note') return []
    const said = transformationIn(context, text)
    return said === undefined ? [] : [{ ...said, resource, path, isTissue: false, saysRebiopsy: true, ...(on === undefined ? {} : { on }) }]
  })
}

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
