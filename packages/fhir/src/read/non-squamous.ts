import { statementsOf } from './assertion.ts'
import { cancerIndexOf } from './cancers.ts'
import { foundOn } from './conditions-of.ts'
import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { type HistologyWitness, namesHistology } from './histology.ts'
import { onceFor } from './remember.ts'
import { conceptOf, extensionOf, nameOf, notesOf, observedOn, stringOf, wordsOf } from './shapes.ts'
import { counts, saidInText, textsOf } from './texts.ts'
import { findPhrases, type Lexicon, lexiconOf, tokensOf } from './words.ts'

/** The part of `knowledge/terminology/histology.yaml` about tumours that are only said not to be squamous. */
interface NonSquamousFile {
  readonly nonSquamous: { readonly words: readonly string[]; readonly rules: readonly string[] }
}

interface Index {
  readonly words: Lexicon<true>
  readonly rules: Lexicon<true>
}

const indexOf = onceFor((knowledge: ReaderKnowledge): Index => {
  const file = knowledge.terminology<NonSquamousFile>('histology')
  const tag = (list: readonly string[]): Lexicon<true> => lexiconOf(list.map((word) => [word, true] as const))
  const index = { words: tag(file.nonSquamous.words), rules: tag(file.nonSquamous.rules) }
  return index
})

interface Said {
  readonly resource: Resource
  readonly path: string
  readonly words: string
  readonly on?: string
}

/**
 * `squamous-excluded`: "non-squamous NSCLC" of a tumour to which nothing gives a subtype. `value` is the histology that was settled: a subtype needs no
 * such statement, and a squamous one contradicts it, which is said.
 */
export function readNonSquamous(
  context: ReadContext,
  lung: readonly Resource[],
  value: string,
  witnesses: readonly HistologyWitness[],
  isOther: (resource: Resource) => boolean,
): void {
  const isOpen = cancerIndexOf(context.knowledge).file.open.includes(value)
  if (!isOpen && value !== 'squamous') return
  const said = statements(context, lung, isOther)[0]
  if (said === undefined) return
  if (!isOpen) {
    context.issue({
      code: 'contradictory-result',
      severity: 'warning',
      path: `${nameOf(said.resource)}.${said.path}`,
      message: `"${said.words.slice(0, 120)}" says non-squamous, and the histology is recorded as squamous (${witnesses.map(({ resource }) => nameOf(resource)).join(', ')}): squamous was used`,
      remedy: 'have pathology settle which it is',
    })
    return
  }
  context.read('squamous-excluded', {
    value: true,
    source: context.source(said.resource, said.path),
    words: said.words,
    weight: -1,
    ...(said.on === undefined ? {} : { on: said.on }),
  })
  saidInText(context, said.resource, said.path, said.words)
}

function statements(context: ReadContext, lung: readonly Resource[], isOther: (resource: Resource) => boolean): readonly Said[] {
  const found: Said[] = []
  const put = (resource: Resource, path: string, text: string | undefined, on: string | undefined, mustNameLung: boolean): void => {
    for (const words of text === undefined ? [] : sentencesThatSay(context, text, mustNameLung))
      found.push({ resource, path, words, ...(on === undefined ? {} : { on }) })
  }
  for (const condition of lung) {
    const extension =
      extensionOf(condition, 'mcode-histology-morphology-behavior') ?? extensionOf(condition, 'histology-morphology-behavior')
    for (const words of wordsOf(conceptOf(extension?.valueCodeableConcept))) put(condition, 'extension', words, foundOn(condition), false)
    for (const words of wordsOf(conceptOf(condition.code))) put(condition, 'code', words, foundOn(condition), false)
    for (const [index, note] of notesOf(condition).entries()) put(condition, `note[${index}]`, note, foundOn(condition), false)
  }
  for (const observation of context.chart.ofType('Observation')) {
    if (!counts(observation) || isOther(observation) || !namesHistology(context.knowledge, conceptOf(observation.code))) continue
    const on = observedOn(observation)
    for (const words of wordsOf(conceptOf(observation.valueCodeableConcept))) put(observation, 'valueCodeableConcept', words, on, false)
    put(observation, 'valueString', stringOf(observation.valueString), on, false)
  }
  for (const { resource, path, text, on, kind } of textsOf(context))
    if ((kind === 'pathology' || kind === 'note') && !isOther(resource)) put(resource, path, text, on, kind === 'note')
  return found
}

/** Sentences that assert it of this tumour; in a note the sentence must name the lung. */
function sentencesThatSay(context: ReadContext, text: string, mustNameLung: boolean): readonly string[] {
  const { words, rules } = indexOf(context.knowledge)
  const { words: cancer } = cancerIndexOf(context.knowledge)
  return statementsOf(context.knowledge, words, text)
    .filter(({ polarity, tokens }) => (polarity === 'present' || polarity === 'past') && findPhrases(rules, tokens).length === 0)
    .filter(({ words: sentence }) => !mustNameLung || findPhrases(cancer, tokensOf(sentence)).some((hit) => hit.value === 'lung'))
    .map((statement) => statement.words)
}
