import { answerWord } from './assertion.ts'
import type { ReadContext, Reader, ReaderKnowledge, Resource } from './context.ts'
import { type Finding, findingsByCode } from './findings.ts'
import { gather } from './gathered.ts'
import { reportText } from './graded.ts'
import { answersOf } from './questions.ts'
import { readRefusals } from './refusals.ts'
import { onceFor, rememberConcept } from './remember.ts'
import {
  type Concept,
  choiceDay,
  codeKeysOf,
  conceptOf,
  conceptsOf,
  dayOf,
  elementValue,
  nameOf,
  notesOf,
  objectOf,
  observedOn,
  stringOf,
  wordsOf,
} from './shapes.ts'
import { counts, saidInText, textsOf } from './texts.ts'
import { each, findPhrases, type Lexicon, lexiconOf, sentencesOf, tokensOf } from './words.ts'

interface WishesFile {
  readonly consent: { readonly dnr: readonly string[] }
  readonly travel: { readonly words: readonly string[]; readonly units: { readonly [unit: string]: number } }
  readonly goalWords: readonly string[]
  readonly goalLoinc: readonly string[]
  readonly directiveWords: readonly string[]
}

interface Compiled {
  readonly goals: Lexicon<true>
  readonly directives: Lexicon<true>
  readonly travel: Lexicon<true>
}

const compile = onceFor((knowledge: ReaderKnowledge): Compiled => {
  const file = knowledge.terminology<WishesFile>('wishes')
  const compiled = {
    goals: lexiconOf(file.goalWords.map((word) => [word, true] as const)),
    directives: lexiconOf(file.directiveWords.map((word) => [word, true] as const)),
    travel: lexiconOf(file.travel.words.map((word) => [word, true] as const)),
  }
  return compiled
})

const isWish = (finding: Finding): boolean => finding.table === 'wishes'

/**
 * What the patient wants: goals in their own words, preferences, declined treatments, code status, and the circumstances of care.
 * A directive (Consent, service request, code) is read by code first. A wish that no phrase knows stays in `goals`, word for word.
 */
export const readWishes: Reader = (context) => {
  readGoals(context)
  readPreferences(context)
  readDirectives(context)
  readTravel(context)
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind !== 'note') continue
    for (const words of readRefusals(context, text, { resource, path, ...(on === undefined ? {} : { on }) }, false)) {
      saidInText(context, resource, path, words)
      context.understood(resource, path)
    }
  }
}

function readGoals(context: ReadContext): void {
  for (const goal of context.chart.ofType('Goal')) {
    const status = stringOf(goal.lifecycleStatus)
    if (status === 'rejected' || status === 'cancelled' || status === 'entered-in-error') continue
    const text = wordsOf(conceptOf(goal.description))[0]
    const on = dayOf(goal.statusDate) ?? choiceDay(goal, 'start')
    if (text !== undefined) own(context, goal, 'description', text, on)
    each(notesOf(goal), (note, index) => own(context, goal, `note[${index}]`, note, on))
  }
}

/** Whether a code or its words ask for what the patient wants. */
const asksForGoals = rememberConcept((knowledge: ReaderKnowledge, code: Concept): boolean => {
  const { goals } = compile(knowledge)
  const { goalLoinc } = knowledge.terminology<WishesFile>('wishes')
  return (
    codeKeysOf(code).some((key) => goalLoinc.some((loinc) => key === `http://loinc.org|${loinc}`)) ||
    wordsOf(code).some((label) => findPhrases(goals, tokensOf(label)).length > 0)
  )
})

function readPreferences(context: ReadContext): void {
  for (const observation of context.chart.ofType('Observation')) {
    if (!asksForGoals(context.knowledge, conceptOf(observation.code)) || !counts(observation)) continue
    const text = stringOf(observation.valueString) ?? wordsOf(conceptOf(observation.valueCodeableConcept))[0]
    // "Wishes tablets only: no" is an answer, read with its question (`symptoms.ts`), not a goal in the patient's words
    if (text !== undefined && !isPlainAnswer(context.knowledge, text)) own(context, observation, 'value', text, observedOn(observation))
  }
  for (const { response, path, label, concept, element, on } of answersOf(context)) {
    const text = stringOf(element.valueString) ?? wordsOf(conceptOf(element.valueCodeableConcept))[0]
    if (
      text === undefined ||
      isPlainAnswer(context.knowledge, text) ||
      !asksForGoals(context.knowledge, { codings: concept?.codings ?? [], text: label })
    )
      continue
    own(context, response, path, text, on)
  }
}

/** Yes, no or unknown and nothing else. */
const isPlainAnswer = (knowledge: ReaderKnowledge, text: string): boolean =>
  answerWord(knowledge, text) !== undefined && tokensOf(text).length <= LONGEST_ANSWER

const LONGEST_ANSWER = 2

/** Keeps the words as a goal and reads the wishes in them. */
function own(context: ReadContext, resource: Resource, path: string, text: string, on: string | undefined): void {
  const source = context.source(resource, path)
  gather(context, 'goals', text, source, on, text)
  context.read('goals-recorded', { value: true, source, ...(on === undefined ? {} : { on }) })
  const statements = reportText(context, text, { resource, path, ...(on === undefined ? {} : { on }) }, isWish, true)
  const refused = readRefusals(context, text, { resource, path, ...(on === undefined ? {} : { on }) }, true)
  const read = new Set([...statements.map((statement) => statement.words), ...refused])
  for (const words of read) saidInText(context, resource, path, words)
  context.understood(resource)
  const rest = sentencesOf(text).filter((sentence) => !read.has(sentence))
  if (rest.length === 0) return
  context.issue({
    code: 'unread-text',
    severity: 'information',
    path: `${nameOf(resource)}.${path}`,
    message: `kept word for word as a goal, but no rule understands it: "${rest.join(' ').slice(0, 240)}"`,
    remedy: 'weigh it yourself when choosing',
  })
}

function readDirectives(context: ReadContext): void {
  const { consent } = context.knowledge.terminology<WishesFile>('wishes')
  for (const type of ['Consent', 'ServiceRequest', 'Flag', 'Observation'] as const) {
    for (const resource of context.chart.ofType(type)) {
      // most observations that are left: answered by a number
      if (type === 'Observation' && isNumberAlone(resource)) continue
      const status = stringOf(resource.status)
      if (!counts(resource) || status === 'inactive' || status === 'revoked' || status === 'proposed' || status === 'draft') continue
      // an Observation with a value asks by its code: the answer is read in `symptoms.ts`, and only other words of the value speak here
      const isQuestion = type === 'Observation' && hasAnswer(resource)
      // answered by a number, or not at all: no words that could state a wish
      if (
        isQuestion &&
        resource.valueCodeableConcept === undefined &&
        resource.valueString === undefined &&
        resource.provision === undefined
      )
        continue
      const concepts = [
        ...(isQuestion ? [] : [...conceptsOf(resource.category), conceptOf(resource.scope), conceptOf(resource.code)]),
        conceptOf(resource.valueCodeableConcept),
        ...conceptsOf(objectOf(resource.provision)?.code),
      ]
      const on = dayOf(resource.dateTime) ?? dayOf(resource.authoredOn) ?? observedOn(resource)
      const dated = on === undefined ? {} : { on }
      const isDeny = stringOf(objectOf(resource.provision)?.type) === 'permit'
      if (type === 'Consent' && !isDeny && concepts.some((concept) => codeKeysOf(concept).some((key) => consent.dnr.includes(key)))) {
        context.read('code-status', { value: 'dnr', source: context.source(resource), ...dated })
        context.understood(resource)
        continue
      }
      const coded = concepts.flatMap((concept) => findingsByCode(context.knowledge, concept)).filter(isWish)
      for (const finding of coded) {
        for (const [fact, value] of Object.entries(finding.sets ?? {}))
          context.read(fact, { value, source: context.source(resource), ...dated })
        context.understood(resource)
      }
      if (coded.length > 0) continue
      const value = isQuestion && asksForDirective(context.knowledge, conceptOf(resource.code)) ? stringOf(resource.valueString) : undefined
      for (const text of [
        ...concepts.flatMap(wordsOf),
        ...(value === undefined ? [] : [value]),
        ...(type === 'Observation' ? [] : notesOf(resource)),
      ]) {
        const statements = reportText(context, text, { resource, path: 'code', ...dated }, isWish)
        const refused = readRefusals(context, text, { resource, path: 'code', ...dated }, true)
        for (const words of new Set([...statements.map((statement) => statement.words), ...refused]))
          saidInText(context, resource, 'code', words)
        if (statements.length + refused.length > 0) context.understood(resource)
      }
    }
  }
}

/** Answered by a number and by nothing in words: states no wish. */
const isNumberAlone = ({ valueQuantity, valueCodeableConcept, valueString, provision }: Resource): boolean =>
  valueQuantity !== undefined &&
  valueQuantity !== null &&
  valueCodeableConcept === undefined &&
  valueString === undefined &&
  provision === undefined

/** A value of any kind, or a reason why there is none: what the code says is then not a statement by itself. */
const hasAnswer = (observation: Resource): boolean =>
  elementValue(observation) !== undefined || observation.dataAbsentReason !== undefined || observation.component !== undefined

/** Whether a code asks for a wish or a directive that its value then states in words ("Resuscitation status: not for resuscitation"). */
const asksForDirective = rememberConcept((knowledge: ReaderKnowledge, code: Concept): boolean => {
  const { directives } = compile(knowledge)
  return wordsOf(code).some((label) => findPhrases(directives, tokensOf(label)).length > 0)
})

/** Travel time in words: "travel time 90 min", "travels 2 hours". The coded amount is read by `scores.ts`. */
function readTravel(context: ReadContext): void {
  const { travel } = compile(context.knowledge)
  const { units } = context.knowledge.terminology<WishesFile>('wishes').travel
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind !== 'note') continue
    for (const sentence of sentencesOf(text)) {
      const tokens = tokensOf(sentence)
      const hit = findPhrases(travel, tokens)[0]
      if (hit === undefined) continue
      for (let at = hit.to; at < Math.min(tokens.length, hit.to + 6); at += 1) {
        const factor = units[tokens[at + 1] ?? '']
        if (factor === undefined || !/^\d+(?:\.\d+)?$/.test(tokens[at] ?? '')) continue
        context.read('travel-minutes', {
          value: Number(tokens[at]) * factor,
          unit: 'min',
          source: context.source(resource, path),
          words: sentence,
          weight: -1,
          ...(on === undefined ? {} : { on }),
        })
        saidInText(context, resource, path, sentence)
        break
      }
    }
  }
}
