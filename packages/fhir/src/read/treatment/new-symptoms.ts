import type { FactSource, FactValue } from '@secondwind/core'
import { answerOf, polarityIn, statementsOf } from '../assertion.ts'
import { cancerKindOf } from '../cancers.ts'
import { conditionsOf, foundOn, stateOf } from '../conditions-of.ts'
import type { ReadContext, ReaderKnowledge, Resource } from '../context.ts'
import { parentsOf } from '../findings.ts'
import { onceFor, rememberConcept } from '../remember.ts'
import { type Concept, codeKeysOf, conceptOf, nameOf, observedOn, stringOf, wordsOf } from '../shapes.ts'
import { counts, saidInText, textsOf } from '../texts.ts'
import { findPhrases, isOfEarlierYear, type Lexicon, lexiconOf, sentencesOf, type Token, tokensOf } from '../words.ts'
import { hasRole } from './courses.ts'
import { daysBetween, firstDay, lastDay } from './days.ts'
import type { PlacedCourse } from './lines.ts'
import type { Toxicity } from './toxicity.ts'
import { treatmentWords } from './words.ts'

interface Symptom {
  readonly id: string
  readonly sets?: { readonly [fact: string]: FactValue }
  readonly lately?: number
  readonly asks?: readonly string[]
  readonly organ?: string
  readonly snomed?: readonly string[]
  readonly icd10?: readonly string[]
  readonly phrases: readonly string[]
}

/** `knowledge/terminology/new-symptoms.yaml`. */
interface SymptomsFile {
  readonly symptoms: readonly Symptom[]
  readonly onsetWords: readonly string[]
  readonly worseWords: readonly string[]
  readonly oldWords: readonly string[]
  readonly toldDays: number
  readonly questions: { readonly loinc: readonly string[]; readonly words: readonly string[] }
}

interface Compiled {
  readonly byCode: ReadonlyMap<string, Symptom>
  readonly phrases: Lexicon<Symptom>
  readonly onset: Lexicon<true>
  readonly worse: Lexicon<true>
  readonly old: Lexicon<true>
  readonly questions: Lexicon<true>
  readonly questionCodes: ReadonlySet<string>
}

const compile = onceFor((knowledge: ReaderKnowledge): Compiled => {
  const file = knowledge.terminology<SymptomsFile>('new-symptoms')
  const byCode = new Map<string, Symptom>()
  for (const symptom of file.symptoms) {
    for (const code of symptom.snomed ?? []) byCode.set(`snomed|${code}`, symptom)
    for (const code of symptom.icd10 ?? []) byCode.set(`icd-10|${code}`, symptom)
  }
  const list = (words: readonly string[]): Lexicon<true> => lexiconOf(words.map((word) => [word, true] as const))
  const compiled: Compiled = {
    byCode,
    phrases: lexiconOf(file.symptoms.flatMap((symptom) => symptom.phrases.map((phrase) => [phrase, symptom] as const))),
    onset: list(file.onsetWords),
    worse: list(file.worseWords),
    old: list(file.oldWords),
    questions: list(file.questions.words),
    questionCodes: new Set(file.questions.loinc.map((code) => `http://loinc.org|${code}`)),
  }
  return compiled
})

/** A symptom that the chart states of the patient now. */
interface Mention {
  readonly symptom: Symptom
  readonly on?: string
  readonly words: string
  readonly resource: Resource
  readonly path: string
  /** Words that call it old or no worse: a record from before, never a new one. */
  readonly isOld: boolean
  /** The words deny it, or say that it is over. */
  readonly isDenied?: true
}

/**
 * Symptoms that began after a drug was started: possible harm of the drug until somebody has looked, whatever the list of problems calls them.
 *
 * New is an active entry dated on or after the first dose, a positive finding dated so, or a sentence of a note that says so; what is on
 * record from before the drug is not new. Without a date nobody can say: the grades stay open and a warning asks for the date.
 */
export function readNewSymptoms(context: ReadContext, courses: readonly PlacedCourse[], found: readonly Toxicity[]): void {
  const inWords = [...inNotes(context)]
  const mentions = [
    ...inConditions(context),
    ...[...inObservations(context), ...inWords].filter((one) => isStillTold(context, one, inWords)),
  ].filter(({ isDenied }) => isDenied !== true)
  if (mentions.length === 0) return
  const doubts: Mention[] = []
  for (const mention of mentions) {
    const suspects = courses.filter((course) => mayHaveCaused(context, course, mention.on))
    const isLate = mention.symptom.lately !== undefined && isWithin(context, mention.on, mention.symptom.lately)
    if (mention.isOld || isOnRecordBefore(mentions, mention, suspects) || (suspects.length === 0 && !isLate)) {
      if (mention.resource.resourceType === 'Condition' && !mention.isOld) leaveToJudgement(context, mention)
      continue
    }
    tell(context, mention, suspects)
    const isAfterIci = suspects.some((course) => hasRole(treatmentWords(context), course.classes, 'ici'))
    if (isAfterIci && mention.symptom.organ !== undefined) doubts.push(mention)
  }
  if (!found.some((one) => one.isImmune && one.isActive === true)) settleImmuneDoubt(context, doubts)
}

const leaveToJudgement = (context: ReadContext, { words, resource }: Mention): void =>
  context.issue({
    code: 'unmapped-code',
    severity: 'information',
    path: `${nameOf(resource)}.code`,
    message: `"${words}" is listed, and no treatment was running when it began: no rule of this product looks at it`,
    remedy: 'judge it by hand',
  })

/** Whether a Condition names one of these symptoms and nothing else of this product's lists may say that no rule looks at it. */
export const namesNewSymptom = (knowledge: ReaderKnowledge, concept: Concept): boolean =>
  symptomsOf(knowledge, concept).some(({ isSaid }) => isSaid)

/** Facts of one new symptom, and the warning that a person has to judge it. */
function tell(context: ReadContext, { symptom, on, words, resource, path }: Mention, suspects: readonly PlacedCourse[]): void {
  const source: FactSource = context.source(resource, path)
  const dated = on === undefined ? {} : { on }
  for (const fact of symptom.asks ?? []) context.read(fact, { unknown: 'not-recorded', source, words, ...dated })
  for (const [fact, value] of Object.entries(symptom.sets ?? {}))
    context.read(fact, on === undefined ? { unknown: 'not-recorded', source, words } : { value, source, words, on })
  context.understood(resource, path)
  if (suspects.length === 0) return
  const drugs = [...new Set(suspects.map(({ drug }) => drug))].sort().join(', ')
  context.issue({
    code: 'missing-input',
    severity: 'warning',
    path: nameOf(resource),
    message:
      on === undefined
        ? `"${words}" has no date; it may have begun after ${drugs}`
        : `"${words}" (${on}) began after ${drugs}: possible harm of the treatment until another cause is found`,
    remedy: 'judge and grade it today; record the cause',
  })
}

/** An immune event that nobody has judged: its organ and grade are open, and nothing may say that there is none. */
function settleImmuneDoubt(context: ReadContext, doubts: readonly Mention[]): void {
  if (doubts.length === 0) return
  const doubt = {
    unknown: 'not-recorded' as const,
    words: [...new Set(doubts.map(({ words }) => words))].sort().join(' | '),
    sources: doubts.map(({ resource, path }) => context.source(resource, path)),
  }
  for (const fact of ['active-immune-event-organ', 'active-immune-event-grade']) context.settle(fact, doubt)
}

/** Given by that day, and still running then or stopped so lately that it may still do harm. */
function mayHaveCaused(context: ReadContext, course: PlacedCourse, on: string | undefined): boolean {
  const { limits } = treatmentWords(context)
  const day = on ?? context.asOf
  if (course.start === undefined ? !course.isRunning : (firstDay(course.start) ?? 0) > (lastDay(day) ?? 0)) return false
  if (course.isRunning) return true
  const reach = hasRole(treatmentWords(context), course.classes, 'ici') ? limits.gapDays : limits.onTreatmentDays
  const since = daysBetween(course.end ?? course.doses.at(-1), day)
  return since !== undefined && since <= reach
}

/** A finding of one day speaks of its time: old ones and those that later words deny count no more. An open entry of the list of problems stays. */
function isStillTold(context: ReadContext, { symptom, on }: Mention, inWords: readonly Mention[]): boolean {
  const { toldDays } = context.knowledge.terminology<SymptomsFile>('new-symptoms')
  if (on !== undefined && !isWithin(context, on, toldDays)) return false
  return !inWords.some((other) => other.isDenied === true && other.symptom === symptom && (other.on ?? '') > (on ?? ''))
}

const isWithin = (context: ReadContext, on: string | undefined, days: number): boolean => {
  const age = daysBetween(on, context.asOf)
  return age !== undefined && age >= 0 && age <= days
}

/** The same symptom stands in the chart from before the first of these drugs. */
function isOnRecordBefore(mentions: readonly Mention[], mention: Mention, suspects: readonly PlacedCourse[]): boolean {
  const starts = suspects.map(({ start }) => firstDay(start))
  if (starts.length === 0 || starts.some((day) => day === undefined)) return false
  const first = Math.min(...(starts as number[]))
  return mentions.some((other) => other.symptom === mention.symptom && other.on !== undefined && (lastDay(other.on) ?? 0) < first)
}

/** By code, else by words that assert it; the label is what was written. */
const symptomsOf = rememberConcept(
  (knowledge: ReaderKnowledge, concept: Concept): readonly { readonly symptom: Symptom; readonly isSaid: boolean }[] => {
    const { byCode, phrases } = compile(knowledge)
    for (const { system, code } of concept.codings) {
      const keys = system.includes('icd-10') ? parentsOf(code).map((parent) => `icd-10|${parent}`) : [`snomed|${code}`]
      const symptom = keys.map((key) => byCode.get(key)).find((one) => one !== undefined)
      if (symptom !== undefined) return [{ symptom, isSaid: true }]
    }
    for (const text of wordsOf(concept)) {
      const said = statementsOf(knowledge, phrases, text)
      if (said.length > 0) return said.map(({ value, polarity }) => ({ symptom: value, isSaid: polarity === 'present' }))
    }
    return []
  },
)

const labelOf = (concept: Concept): string => wordsOf(concept)[0] ?? concept.codings[0]?.code ?? ''

function* inConditions(context: ReadContext): Generator<Mention> {
  for (const condition of conditionsOf(context)) {
    if (cancerKindOf(context, condition) !== 'none') continue
    const state = stateOf(condition)
    if (state !== 'present' && state !== 'past') continue
    const concept = conceptOf(condition.code)
    const on = foundOn(condition)
    for (const { symptom, isSaid } of symptomsOf(context.knowledge, concept)) {
      const words = labelOf(concept)
      const isOld = state === 'past' || isCalledOld(context, words)
      if (isSaid) yield { symptom, words, resource: condition, path: 'code', isOld, ...(on === undefined ? {} : { on }) }
    }
  }
}

function* inObservations(context: ReadContext): Generator<Mention> {
  const { questions, questionCodes } = compile(context.knowledge)
  for (const observation of context.chart.ofType('Observation')) {
    if (!counts(observation)) continue
    const code = conceptOf(observation.code)
    const asked = symptomsOf(context.knowledge, code)
    const isQuestion =
      asked.length === 0 &&
      (codeKeysOf(code).some((key) => questionCodes.has(key)) ||
        wordsOf(code).some((text) => findPhrases(questions, tokensOf(text)).length > 0))
    if (asked.length === 0 && !isQuestion) continue
    const text = stringOf(observation.valueString)
    const concept = isQuestion ? (text === undefined ? conceptOf(observation.valueCodeableConcept) : { codings: [], text }) : code
    if (!isQuestion && answerOf(context.knowledge, observation) !== 'present') continue
    const on = observedOn(observation)
    for (const { symptom, isSaid } of isQuestion ? symptomsOf(context.knowledge, concept) : asked) {
      const words = labelOf(concept)
      const mention = { symptom, words, resource: observation, path: 'value', isOld: isCalledOld(context, words) }
      if (isSaid) yield { ...mention, ...(on === undefined ? {} : { on }) }
    }
  }
}

/** A sentence of a note counts where it says that the symptom has just come or got worse. */
function* inNotes(context: ReadContext): Generator<Mention> {
  const { phrases, onset } = compile(context.knowledge)
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind !== 'note') continue
    for (const sentence of sentencesOf(text)) {
      const tokens = tokensOf(sentence)
      if (findPhrases(phrases, tokens).length === 0) continue
      const isNew = isAsserted(context.knowledge, onset, tokens) && !isCalledOld(context, sentence) && !isOfEarlierYear(sentence, on)
      for (const { value, polarity } of statementsOf(context.knowledge, phrases, sentence)) {
        const dated = on === undefined ? {} : { on }
        if (polarity === 'absent' || polarity === 'past')
          yield { symptom: value, words: sentence, resource, path, isOld: false, isDenied: true, ...dated }
        if (polarity !== 'present' || !isNew) continue
        saidInText(context, resource, path, sentence)
        yield { symptom: value, words: sentence, resource, path, isOld: false, ...(on === undefined ? {} : { on }) }
      }
    }
  }
}

/** Called old, and not worse: "chronic cough", but not "chronic cough, worse since Monday". */
function isCalledOld(context: ReadContext, words: string): boolean {
  const { old, worse } = compile(context.knowledge)
  const tokens = tokensOf(words)
  return findPhrases(old, tokens).length > 0 && !isAsserted(context.knowledge, worse, tokens)
}

/** One of the words stands there, and is not itself denied ("no worse", "not increasing"). */
const isAsserted = (knowledge: ReaderKnowledge, lexicon: Lexicon<true>, tokens: readonly Token[]): boolean =>
  findPhrases(lexicon, tokens).some(({ from, to }) => polarityIn(knowledge, tokens, from, to) !== 'absent')
