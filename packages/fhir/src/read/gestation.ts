import { earliestDay, latestDay } from '@secondwind/core'
import { answerOf, polarityIn } from './assertion.ts'
import { conditionsOf, stateOf } from './conditions-of.ts'
import type { ReadContext, Reader, ReaderKnowledge, Resource } from './context.ts'
import { conceptOf, wordsOf } from './shapes.ts'
import { saidInText, textsOf } from './texts.ts'
import { findPhrases, type Lexicon, lexiconOf, sentencesOf, type Token, tokensOf } from './words.ts'

/** `gestation` of `knowledge/terminology/scores.yaml`. */
interface GestationFile {
  readonly gestation: {
    readonly icd10: string
    readonly about: readonly string[]
    readonly units: readonly string[]
    readonly notNow: readonly string[]
    readonly numbers: { readonly [word: string]: number }
  }
}

const compiledOf = new WeakMap<object, { readonly about: Lexicon<true>; readonly notNow: Lexicon<true> }>()

function compile(knowledge: ReaderKnowledge) {
  const file = knowledge.terminology<GestationFile>('scores')
  const known = compiledOf.get(file)
  if (known) return known
  const lexicon = (words: readonly string[]): Lexicon<true> => lexiconOf(words.map((word) => [word, true] as const))
  const compiled = { about: lexicon(file.gestation.about), notNow: lexicon(file.gestation.notNow) }
  compiledOf.set(file, compiled)
  return compiled
}

/**
 * `gestation-weeks`: completed weeks of pregnancy on the day of the plan. A dated note grows with the time since; the label or code of a
 * Condition is taken as it stands, since nobody says when it was written, and counts less than a note.
 */
export const readGestation: Reader = (context) => {
  const { icd10 } = context.knowledge.terminology<GestationFile>('scores').gestation
  for (const condition of conditionsOf(context)) {
    if (stateOf(condition) !== 'present') continue
    const concept = conceptOf(condition.code)
    const coded = concept.codings.map(({ code }) => (code.startsWith(`${icd10}.`) ? Number(code.slice(icd10.length + 1)) : Number.NaN))
    const words = wordsOf(concept)
    const weeks = coded.find((number) => number > 7 && number < 43) ?? words.map((text) => weeksIn(context.knowledge, text)).find(isNumber)
    if (weeks === undefined) continue
    context.read('gestation-weeks', {
      value: weeks,
      unit: 'wk',
      source: context.source(condition, 'code'),
      weight: -2,
      ...(words[0] ? { words: words[0] } : {}),
    })
  }
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind === 'pathology') continue
    const asked = askedOf(context, resource, path)
    for (const sentence of sentencesOf(text)) {
      const weeks =
        weeksIn(context.knowledge, sentence) ?? (asked === undefined ? undefined : weeksIn(context.knowledge, `${asked} ${sentence}`))
      if (weeks === undefined) continue
      const now = weeks + weeksSince(context, on)
      context.read('gestation-weeks', {
        value: now,
        unit: 'wk',
        source: context.source(resource, path),
        words: sentence,
        weight: -1,
        ...(on === undefined ? {} : { on }),
      })
      context.read('pregnancy', {
        value: true,
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

/** What an observation asks, where its value answers yes or is a number: "Pregnancy test" = "positive, 22 weeks". */
function askedOf(context: ReadContext, resource: Resource, path: string): string | undefined {
  if (resource.resourceType !== 'Observation' || path !== 'valueString') return undefined
  const isAnswer = answerOf(context.knowledge, resource) === 'present' || /^\s*\d/.test(String(resource.valueString))
  return isAnswer ? wordsOf(conceptOf(resource.code))[0] : undefined
}

const isNumber = (value: number | undefined): value is number => value !== undefined

/** Completed weeks from the day of a note to the day of the plan; none without a day. */
function weeksSince(context: ReadContext, on: string | undefined): number {
  const from = on === undefined ? undefined : latestDay(on)
  const to = earliestDay(context.asOf)
  return from === undefined || to === undefined || to < from ? 0 : Math.floor((to - from) / 7)
}

/** "14 weeks pregnant", "gestation of 14+3 weeks", "Pregnancy, fourteen weeks". A range gives the lower number; undefined when it is of another time. */
function weeksIn(knowledge: ReaderKnowledge, text: string): number | undefined {
  const { about, notNow } = compile(knowledge)
  const { units, numbers } = knowledge.terminology<GestationFile>('scores').gestation
  const tokens = tokensOf(text)
  const subject = findPhrases(about, tokens).find(({ from, to }) => polarityIn(knowledge, tokens, from, to) === 'present')
  if (subject === undefined || findPhrases(notNow, tokens).length > 0) return undefined
  const place = tokens.findIndex((token, at) => units.includes(token) && numberBefore(tokens, at, numbers) !== undefined)
  if (place < 0 || Math.abs(place - subject.from) > 8) return undefined
  const weeks = numberBefore(tokens, place, numbers)
  return weeks !== undefined && weeks > 0 && weeks < 43 ? weeks : undefined
}

function numberBefore(tokens: readonly Token[], unit: number, numbers: { readonly [word: string]: number }): number | undefined {
  const end = tokens[unit - 1] ?? ''
  // "14+3 weeks": days stand after the plus; "14 0/7 weeks": days in sevenths
  if (tokens[unit - 2] === '+' || (tokens[unit - 2] === '/' && end === '7')) {
    const whole = tokens[unit - (tokens[unit - 2] === '+' ? 3 : 4)] ?? ''
    return /^\d{1,2}$/.test(whole) ? Number(whole) : undefined
  }
  if (/^\d{1,2}$/.test(end)) return Number(end)
  const word = numbers[end]
  if (word === undefined) return undefined
  const tens = numbers[tokens[unit - 2] ?? ''] ?? 0
  return tens >= 20 && word < 10 ? tens + word : word
}
