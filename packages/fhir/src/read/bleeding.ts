import { answerOf, polarityIn } from './assertion.ts'
import { conditionsOf, foundOn, isLater, stateOf } from './conditions-of.ts'
import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { findingsByCode, findingsNamed, findingsOf } from './findings.ts'
import { onceFor, rememberConcept } from './remember.ts'
import { type Concept, conceptOf, notesOf, observedOn, quantityOf, stringOf, wordsOf } from './shapes.ts'
import { counts, saidInText, textsOf } from './texts.ts'
import { findPhrases, type Lexicon, lexiconOf, sentencesOf, type Token, tokensOf } from './words.ts'

/** `knowledge/terminology/symptoms.yaml`, `coughedBlood`: how much blood, in words. */
interface AmountFile {
  readonly coughedBlood: {
    readonly finding: string
    readonly fact: string
    readonly amount: string
    readonly massive: string
    /** Millilitres of one unit. */
    readonly units: { readonly [unit: string]: number }
    readonly numbers: { readonly [word: string]: number }
    /** Words that are an answer to "haemoptysis?" and say that there is some. */
    readonly present: readonly string[]
    readonly massiveWords: readonly string[]
    /** Between the amount and the blood: it is the amount of something else. */
    readonly otherFluid: readonly string[]
    /** Behind the amount: it is not that of a day. */
    readonly longer: readonly string[]
  }
}

interface Compiled {
  readonly words: Lexicon<'present' | 'massive' | 'other' | 'longer'>
}

const fileOf = (knowledge: ReaderKnowledge): AmountFile['coughedBlood'] => knowledge.terminology<AmountFile>('symptoms').coughedBlood

const compile = onceFor((knowledge: ReaderKnowledge): Compiled => {
  const file = fileOf(knowledge)
  const tag = <T extends string>(list: readonly string[], value: T) => list.map((word) => [word, value] as const)
  const compiled: Compiled = {
    words: lexiconOf([
      ...tag(file.present, 'present'),
      ...tag(file.massiveWords, 'massive'),
      ...tag(file.otherFluid, 'other'),
      ...tag(file.longer, 'longer'),
    ]),
  }
  return compiled
})

/** Whether a concept asks for or names blood coughed up. */
const namesBlood = rememberConcept((knowledge: ReaderKnowledge, concept: Concept): boolean => {
  const { finding, massive } = fileOf(knowledge)
  return [...findingsByCode(knowledge, concept), ...wordsOf(concept).flatMap((text) => findingsNamed(knowledge, text))].some(
    ({ id }) => id === finding || id === massive,
  )
})

/**
 * How much blood is coughed up in a day: `haemoptysis-ml`, and `haemoptysis-massive` where words say so. Read from the value of an observation
 * of that name ("about 20 ml of fresh blood daily"), from a diagnosis and its notes ("200 mL in 24 h"), and from sentences that name the blood.
 * An amount in an hour is at least that of the day; one of a week or longer is not read.
 */
export function readCoughedBlood(context: ReadContext): void {
  const file = fileOf(context.knowledge)
  for (const observation of context.chart.ofType('Observation')) {
    const on = observedOn(observation)
    if (!counts(observation) || isLater(context, on) || !namesBlood(context.knowledge, conceptOf(observation.code))) continue
    const quantity = quantityOf(observation.valueQuantity)
    const factor = file.units[quantity?.code?.toLowerCase() ?? ''] ?? file.units[quantity?.unit?.toLowerCase() ?? '']
    if (quantity !== undefined && factor !== undefined) {
      tell(context, observation, 'value', on, undefined, quantity.value > 0 ? true : undefined, quantity.value * factor)
      continue
    }
    const text = stringOf(observation.valueString) ?? wordsOf(conceptOf(observation.valueCodeableConcept))[0]
    const answer = answerOf(context.knowledge, observation)
    if (text === undefined || answer === 'absent' || answer === 'uncertain') continue
    const tokens = tokensOf(text)
    const said = findPhrases(compile(context.knowledge).words, tokens).filter(
      ({ from, to }) => polarityIn(context.knowledge, tokens, from, to) === 'present',
    )
    const ml = amountIn(context.knowledge, tokens, 0, tokens.length)
    const isMassive = said.some(({ value }) => value === 'massive')
    if (ml === undefined && !isMassive && !said.some(({ value }) => value === 'present')) continue
    tell(context, observation, 'value', on, text, ml === undefined || ml > 0 ? true : undefined, ml, isMassive)
  }
  for (const condition of conditionsOf(context)) {
    const concept = conceptOf(condition.code)
    if (stateOf(condition) !== 'present' || !namesBlood(context.knowledge, concept)) continue
    const own = [
      ...wordsOf(concept).map((text) => ['code', text] as const),
      ...notesOf(condition).map((text, at) => [`note[${at}]`, text] as const),
    ]
    for (const [path, text] of own) {
      const tokens = tokensOf(text)
      const ml = amountIn(context.knowledge, tokens, 0, tokens.length)
      if (ml !== undefined && ml > 0) tell(context, condition, path, foundOn(condition), text, undefined, ml)
    }
  }
  const { lexicon } = findingsOf(context.knowledge)
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind === 'pathology') continue
    for (const sentence of sentencesOf(text)) {
      const tokens = tokensOf(sentence)
      const hit = findPhrases(lexicon, tokens).find(({ value }) => value.id === file.finding || value.id === file.massive)
      if (hit === undefined || polarityIn(context.knowledge, tokens, hit.from, hit.to) !== 'present') continue
      const ml = amountIn(context.knowledge, tokens, hit.from, hit.to)
      if (ml !== undefined && ml > 0) tell(context, resource, path, on, sentence, undefined, ml)
    }
  }
}

/** How far from the name of the blood its amount may stand. */
const REACH = { before: 4, after: 9 }

/** The largest amount in millilitres beside tokens `from` to `to`; undefined when none is said, or it is of another fluid or a longer time. */
function amountIn(knowledge: ReaderKnowledge, tokens: readonly Token[], from: number, to: number): number | undefined {
  const { units, numbers } = fileOf(knowledge)
  const marks = findPhrases(compile(knowledge).words, tokens)
  let largest: number | undefined
  for (let at = Math.max(0, from - REACH.before); at < Math.min(tokens.length, to + REACH.after); at += 1) {
    const factor = units[tokens[at] ?? ''] ?? units[(tokens[at] ?? '').replace(/s$/, '')]
    if (factor === undefined) continue
    const before = tokens[at - 1] ?? ''
    const number =
      before === 'a' && tokens[at - 2] === 'half'
        ? numbers.half
        : (numbers[before] ?? (/^\d+(?:\.\d+)?$/.test(before) ? Number(before) : undefined))
    if (number === undefined) continue
    const isOther = marks.some(
      ({ value, from: start }) => value === 'other' && start >= Math.min(at, from) && start <= Math.max(at + 4, to),
    )
    const isLonger = marks.some(({ value, from: start }) => value === 'longer' && start > at && start <= at + 6)
    if (!isOther && !isLonger) largest = Math.max(largest ?? 0, number * factor)
  }
  return largest
}

function tell(
  context: ReadContext,
  resource: Resource,
  path: string,
  on: string | undefined,
  words: string | undefined,
  present: true | undefined,
  ml: number | undefined,
  isMassive = false,
): void {
  const file = fileOf(context.knowledge)
  const base = {
    source: context.source(resource, path),
    ...(on === undefined ? {} : { on }),
    ...(words === undefined ? {} : { words, weight: -1 }),
  }
  if (present) context.read(file.fact, { ...base, value: true })
  if (ml !== undefined) context.read(file.amount, { ...base, value: ml, unit: 'mL' })
  if (isMassive) context.read(file.massive, { ...base, value: true })
  context.understood(resource, path)
  if (words !== undefined) saidInText(context, resource, path, words)
}
