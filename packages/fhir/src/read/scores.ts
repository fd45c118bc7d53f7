import type { ReadContext, Reader, ReaderKnowledge, Resource } from './context.ts'
import { gradesIn, numeral } from './graded.ts'
import { answersOf } from './questions.ts'
import { onceFor, rememberConcept } from './remember.ts'
import {
  type Concept,
  codeKeysOf,
  conceptOf,
  type Json,
  nameOf,
  numberOf,
  objectsOf,
  observedOn,
  quantityOf,
  stringOf,
  wordsOf,
} from './shapes.ts'
import { counts, saidInText, textsOf } from './texts.ts'
import { findPhrases, type Lexicon, lexiconOf, sentencesOf, type Token, tokensOf } from './words.ts'

interface Score {
  readonly fact: string
  readonly loinc?: readonly string[]
  readonly snomed?: readonly string[]
  readonly names: readonly string[]
  readonly inText: readonly string[]
  readonly units?: { readonly [unit: string]: number }
  readonly outOf?: number
  readonly percent?: true
  /** A class or its points, read as beside the words of `conditions.yaml`, `graded`. */
  readonly graded?: true
  /** Of several numbers (left and right leg) the lowest counts. */
  readonly lowest?: true
}

interface ScoresFile {
  readonly scores: readonly Score[]
  readonly selfHarmItem: { readonly loinc: readonly string[]; readonly names: readonly string[] }
}

interface Compiled {
  readonly byCode: ReadonlyMap<string, Score>
  readonly names: Lexicon<Score | 'self-harm'>
  readonly inText: Lexicon<Score>
}

const compile = onceFor((knowledge: ReaderKnowledge): Compiled => {
  const file = knowledge.terminology<ScoresFile>('scores')
  const byCode = new Map<string, Score>()
  for (const score of file.scores) {
    for (const code of score.loinc ?? []) byCode.set(`http://loinc.org|${code}`, score)
    for (const code of score.snomed ?? []) byCode.set(`http://snomed.info/sct|${code}`, score)
  }
  const compiled: Compiled = {
    byCode,
    names: lexiconOf<Score | 'self-harm'>([
      ...file.scores.flatMap((score) => score.names.map((name) => [name, score] as const)),
      ...file.selfHarmItem.names.map((name) => [name, 'self-harm'] as const),
    ]),
    inText: lexiconOf(file.scores.flatMap((score) => score.inText.map((name) => [name, score] as const))),
  }
  return compiled
})

/** The score that a concept names, by code or else in words. */
const scoreNamed = rememberConcept(
  (knowledge: ReaderKnowledge, concept: Concept): { readonly score: Score | 'self-harm'; readonly named: boolean } | undefined => {
    const { byCode, names } = compile(knowledge)
    const { selfHarmItem } = knowledge.terminology<ScoresFile>('scores')
    for (const key of codeKeysOf(concept)) {
      const score = byCode.get(key)
      if (score) return { score, named: false }
      if (selfHarmItem.loinc.some((loinc) => key === `http://loinc.org|${loinc}`)) return { score: 'self-harm', named: false }
    }
    for (const label of wordsOf(concept)) {
      const found = findPhrases(names, tokensOf(label))[0]
      if (found) return { score: found.value, named: true }
    }
    return undefined
  },
)

/** Scores and grades with a number: by code or name of an Observation or a question, else from a note where the name stands before the number. */
export const readScores: Reader = (context) => {
  const { inText } = compile(context.knowledge)
  const take = (resource: Resource, path: string, element: Json, concept: Concept, on: string | undefined): void => {
    const found = scoreNamed(context.knowledge, concept)
    if (found === undefined) return
    if (found.score === 'self-harm') readSelfHarm(context, resource, path, element, on)
    else readScore(context, resource, path, element, found.score, on)
  }
  for (const observation of context.chart.ofType('Observation')) {
    if (!counts(observation)) continue
    const on = observedOn(observation)
    const code = conceptOf(observation.code)
    take(observation, 'value', observation, code, on)
    objectsOf(observation.component).forEach((component, index) => {
      take(observation, `component[${index}]`, component, conceptOf(component.code), on)
    })
  }
  for (const { response, path, element, concept, label, on } of answersOf(context))
    take(response, path, element, { codings: concept?.codings ?? [], text: label }, on)
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind !== 'note') continue
    for (const sentence of sentencesOf(text)) {
      const tokens = tokensOf(sentence)
      for (const { value: score, to } of findPhrases(inText, tokens)) {
        const value = numberAfter(score, tokens, to)
        if (value === undefined || !isPlausible(context, score.fact, value)) continue
        context.read(score.fact, {
          value,
          source: context.source(resource, path),
          words: sentence,
          weight: -1,
          ...(on === undefined ? {} : { on }),
        })
        context.understood(resource, path)
        saidInText(context, resource, path, sentence)
      }
    }
  }
}

function readScore(context: ReadContext, resource: Resource, path: string, element: Json, score: Score, on: string | undefined): void {
  if (score.graded) {
    readClass(context, resource, path, element, score, on)
    return
  }
  const value = amountOf(score, element)
  if (value === undefined) return
  const source = context.source(resource, path)
  const dated = on === undefined ? {} : { on }
  context.understood(resource, path === 'value' ? undefined : path)
  if (!isPlausible(context, score.fact, value)) {
    context.issue({
      code: 'implausible-value',
      severity: 'warning',
      path: `${nameOf(resource)}.${path}`,
      message: `${score.fact} of ${value} cannot be right`,
      remedy: 'check the value: it is not used',
    })
    return
  }
  const unit = context.knowledge.facts.get(score.fact)?.unit
  context.read(score.fact, { value, source, ...dated, ...(unit === undefined ? {} : { unit }) })
}

/** A class as letter or points: "C", "Class C (11 points)", 11. A value that gives no class leaves the fact open: silence would say that there is none. */
function readClass(context: ReadContext, resource: Resource, path: string, element: Json, score: Score, on: string | undefined): void {
  const concept = conceptOf(element.valueCodeableConcept)
  const amount = numberOf(element.valueInteger) ?? numberOf(element.valueDecimal) ?? quantityOf(element.valueQuantity)?.value
  const told = [stringOf(element.valueString), ...wordsOf(concept), ...concept.codings.map(({ code }) => code), amount]
    .filter((one) => one !== undefined)
    .map(String)
  if (told.length === 0) return
  const found = told.flatMap((text) => gradesIn(context.knowledge, `${score.names[0]} ${text}`).filter(({ fact }) => fact === score.fact))
  const values = new Set(found.map(({ value }) => value))
  const reading =
    values.size === 1 ? { value: found[0]!.value } : { unknown: values.size === 0 ? ('unmapped' as const) : ('conflicting' as const) }
  const words = told[0]!
  context.understood(resource, path === 'value' ? undefined : path)
  context.read(score.fact, { ...reading, words, source: context.source(resource, path), ...(on === undefined ? {} : { on }) })
}

function amountOf(score: Score, element: Json): number | undefined {
  const quantity = quantityOf(element.valueQuantity)
  if (quantity) {
    if (quantity.comparator !== undefined) return undefined
    if (score.units === undefined) return quantity.value
    const factor = score.units[quantity.code ?? ''] ?? score.units[quantity.unit ?? '']
    return factor === undefined ? undefined : quantity.value * factor
  }
  const number = numberOf(element.valueInteger) ?? numberOf(element.valueDecimal)
  if (number !== undefined) return number
  const concept = conceptOf(element.valueCodeableConcept)
  const texts = [stringOf(element.valueString), ...wordsOf(concept)].filter((text) => text !== undefined)
  for (const text of texts) {
    const numbers = tokensOf(text).filter((token, at, all) => numeral(token) !== undefined && all[at - 1] !== '/')
    const first = numbers.map(numeral).find((value) => value !== undefined)
    if (first !== undefined) return score.lowest ? Math.min(...numbers.map((token) => numeral(token) ?? first)) : first
  }
  return undefined
}

/** The number after a name: "pain 7/10", "PHQ-9 score of 14", "weight loss 8 %". An upper bound after "/" is not a score. */
function numberAfter(score: Score, tokens: readonly Token[], from: number): number | undefined {
  const found: number[] = []
  for (let at = from; at < Math.min(tokens.length, from + 6); at += 1) {
    const token = tokens[at] ?? ''
    if (token === ',' && found.length > 0) break
    if (!/^\d+(?:\.\d+)?$/.test(token) || tokens[at - 1] === '/') continue
    if (score.percent && tokens[at + 1] !== '%') continue
    if (score.outOf !== undefined && tokens[at + 1] === '/' && tokens[at + 2] !== String(score.outOf)) continue
    // A scale without its upper bound is only believed right beside its name.
    if (score.outOf !== undefined && tokens[at + 1] !== '/' && at > from + 2) continue
    found.push(Number(token))
    if (!score.lowest) break
  }
  return found.length === 0 ? undefined : score.lowest ? Math.min(...found) : found[0]
}

function readSelfHarm(context: ReadContext, resource: Resource, path: string, element: Json, on: string | undefined): void {
  const amount = numberOf(element.valueInteger) ?? quantityOf(element.valueQuantity)?.value ?? numberOf(element.valueDecimal)
  if (amount === undefined) return
  context.read('suicidal-ideation', {
    value: amount > 0,
    source: context.source(resource, path),
    ...(on === undefined ? {} : { on }),
    ...(amount > 0 ? {} : { absence: 'witnessed' as const }),
  })
}

function isPlausible(context: ReadContext, fact: string, value: number): boolean {
  const definition = context.knowledge.facts.get(fact)
  const range = definition?.plausible
  if (definition?.type === 'integer' && !Number.isInteger(value)) return false
  return range === undefined || (value >= range[0] && value <= range[1])
}
