import { answerOf, isOfRelative, type Polarity } from './assertion.ts'
import { readCoughedBlood } from './bleeding.ts'
import type { ReadContext, Reader, ReaderKnowledge, Resource } from './context.ts'
import { type Evidence, type Finding, findingsByCode, findingsNamed, report } from './findings.ts'
import { ungather } from './gathered.ts'
import { noteAutoimmune } from './graded.ts'
import { isOfOtherTumour } from './primary-cancer.ts'
import { answersOf } from './questions.ts'
import { answerRefusals } from './refusals.ts'
import { rememberConcept } from './remember.ts'
import { type Concept, codeKeysOf, conceptOf, type Json, objectsOf, observedOn, quantityOf, wordsOf } from './shapes.ts'
import { counts } from './texts.ts'
import { each } from './words.ts'

/**
 * Findings that an Observation, a component or a questionnaire item names and answers with yes or no: symptoms, signs, serology, pregnancy.
 * An answer that is a number or a text is left to the readers of scores and of text; "unknown" and "not done" leave the fact unknown.
 */
export const readSymptoms: Reader = (context) => {
  for (const observation of context.chart.ofType('Observation')) {
    if (!counts(observation)) continue
    const on = observedOn(observation)
    readAnswer(context, observation, observation, 'value', on)
    each(objectsOf(observation.component), (component, index) => readAnswer(context, observation, component, `component[${index}]`, on))
  }
  for (const { response, path, label, concept, element, on } of answersOf(context)) {
    const findings = concept === undefined ? [] : findingsByCode(context.knowledge, concept)
    const named = findings.length > 0 ? findings : findingsAbout(context.knowledge, label)
    const answer = answerOf(context.knowledge, element)
    if (answer === undefined) continue
    const isRefusal = answerRefusals(context, label, answer, { resource: response, path, ...(on === undefined ? {} : { on }) })
    for (const finding of named) tell(context, finding, answer, response, path, on, findings.length > 0 ? undefined : label)
    if (isRefusal || named.length > 0) context.understood(response, path)
  }
  readCoughedBlood(context)
}

/** Findings that a concept names by code, else by its words. */
const findingsAsked = rememberConcept((knowledge: ReaderKnowledge, concept: Concept): readonly Finding[] => {
  const coded = findingsByCode(knowledge, concept)
  return coded.length > 0 ? coded : [...new Set(wordsOf(concept).flatMap((text) => findingsAbout(knowledge, text)))]
})

/** Findings that a label names of the patient: "Family history of …" asks about somebody else. A wish may well name a relative. */
function findingsAbout(knowledge: ReaderKnowledge, label: string): readonly Finding[] {
  const named = findingsNamed(knowledge, label)
  return named.length > 0 && isOfRelative(knowledge, label) ? named.filter(({ table }) => table === 'wishes') : named
}

function readAnswer(context: ReadContext, observation: Resource, element: Json, path: string, on: string | undefined): void {
  const concept = conceptOf(element.code)
  const named = findingsAsked(context.knowledge, concept)
  const label = wordsOf(concept)
  const answer = answerOf(context.knowledge, element)
  if (answer !== undefined && label[0] !== undefined) {
    const evidence = { resource: observation, path, ...(on === undefined ? {} : { on }) }
    if (answerRefusals(context, label[0], answer, evidence)) context.understood(observation)
  }
  if (named.length === 0) return
  const coded = findingsByCode(context.knowledge, concept)
  const isBare = answer === undefined && element === observation && !hasValue(element) && codeKeysOf(concept).length > 0 && coded.length > 0
  for (const finding of named) {
    const said =
      answer ?? (finding.measured ? amountOf(element) : undefined) ?? (isBare && finding.table === 'symptoms' ? 'present' : undefined)
    if (said === undefined || (isOfTumour(finding) && isOfOtherTumour(context, observation))) continue
    tell(context, finding, said, observation, path, on, coded.length > 0 ? undefined : label[0])
    context.understood(observation)
  }
}

/** Said of the tumour, not of the patient. */
export const isOfTumour = (finding: Finding): boolean => finding.kind?.includes('tumour') ?? false

/** A viral load: below the limit of detection is absent, any amount is present. */
function amountOf(element: Json): Polarity | undefined {
  const amount = quantityOf(element.valueQuantity)
  if (amount === undefined) return undefined
  if (amount.comparator === '<' || amount.comparator === '<=') return 'absent'
  return amount.value > 0 ? 'present' : 'absent'
}

const hasValue = (element: Json): boolean =>
  Object.keys(element).some((key) => key.startsWith('value') || key === 'component' || key === 'dataAbsentReason')

function tell(
  context: ReadContext,
  finding: Finding,
  answer: Polarity,
  resource: Resource,
  path: string,
  on: string | undefined,
  words: string | undefined,
): void {
  const evidence = { resource, path, ...(on === undefined ? {} : { on }), ...(words === undefined ? {} : { words }) }
  report(context, finding, answer, evidence)
  if (answer === 'absent' && finding.table === 'wishes') tellNo(context, finding, evidence)
  noteAutoimmune(context, finding, answer, undefined, evidence)
}

/**
 * What a plain "no" to a wish says, where the opposite is known; else only that the wish does not stand: an earlier yes is taken back, and a
 * directive that is denied leaves what applies instead open.
 */
function tellNo(context: ReadContext, finding: Finding, { resource, path, on, words }: Evidence): void {
  const shared = {
    source: context.source(resource, path),
    ...(on === undefined ? {} : { on }),
    ...(words === undefined ? {} : { words, weight: -1 }),
  }
  for (const [fact, value] of Object.entries(finding.adds ?? {})) ungather(context, fact, value, on)
  for (const [fact, value] of Object.entries(finding.answerNo ?? {})) context.read(fact, { ...shared, value })
  if (finding.answerNo !== undefined || !finding.noDenial) return
  for (const [fact, value] of Object.entries(finding.sets ?? {}))
    if (typeof value === 'string') context.read(fact, { ...shared, unknown: 'unmapped' })
}
