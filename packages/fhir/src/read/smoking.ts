import type { Reader, ReaderKnowledge } from './context.ts'
import { rememberConcept } from './remember.ts'
import { type Concept, codeKeysOf, conceptOf, observedOn, stringOf, wordsOf } from './shapes.ts'
import { counts, saidInText, textsOf } from './texts.ts'
import { findPhrases, type Lexicon, lexiconOf, sentencesOf, tokensOf } from './words.ts'

interface SmokingFile {
  readonly smoking: {
    readonly loinc: readonly string[]
    readonly codes: { readonly [code: string]: string }
    readonly never: readonly string[]
    readonly former: readonly string[]
    readonly current: readonly string[]
    readonly packYears: readonly string[]
  }
}

type Word = 'never' | 'former' | 'current' | 'pack-years'
const lexicons = new WeakMap<object, Lexicon<Word>>()

function lexiconFor(knowledge: ReaderKnowledge): Lexicon<Word> {
  const file = knowledge.terminology<SmokingFile>('conditions')
  const known = lexicons.get(file)
  if (known) return known
  const { never, former, current, packYears } = file.smoking
  const tag = (words: readonly string[], word: Word) => words.map((phrase) => [phrase, word] as const)
  const lexicon = lexiconOf([...tag(never, 'never'), ...tag(former, 'former'), ...tag(current, 'current'), ...tag(packYears, 'pack-years')])
  lexicons.set(file, lexicon)
  return lexicon
}

const namesSmoking = rememberConcept(
  ({ loinc }: SmokingFile['smoking'], code: Concept): boolean =>
    loinc.some((one) => codeKeysOf(code).includes(`http://loinc.org|${one}`)) ||
    wordsOf(code).some((text) => tokensOf(text).some((token) => token.startsWith('smok'))),
)

/** `smoking-status` and, from words, `pack-years` (the coded amount is read by `scores.ts`). A denial ("does not smoke") is in the phrases, never inferred. */
export const readSmoking: Reader = (context) => {
  const { smoking } = context.knowledge.terminology<SmokingFile>('conditions')
  const lexicon = lexiconFor(context.knowledge)
  const fromWords = (text: string) => {
    for (const sentence of sentencesOf(text)) {
      const tokens = tokensOf(sentence)
      const hits = findPhrases(lexicon, tokens)
      const statuses = [...new Set(hits.map(({ value }) => value).filter((value) => value !== 'pack-years'))]
      const years = hits.find(({ value }) => value === 'pack-years')
      const amount = years === undefined ? undefined : Number(tokens[years.from - 1])
      const status = statuses.length === 1 ? statuses[0] : undefined
      if (status !== undefined || (amount !== undefined && Number.isFinite(amount)))
        return { status, amount: Number.isFinite(amount) ? amount : undefined, words: sentence }
    }
    return undefined
  }
  for (const observation of context.chart.ofType('Observation')) {
    if (!counts(observation)) continue
    if (!namesSmoking(smoking, conceptOf(observation.code))) continue
    const concept = conceptOf(observation.valueCodeableConcept)
    const on = observedOn(observation)
    const dated = on === undefined ? {} : { on }
    const coded = concept.codings.map(({ code }) => smoking.codes[code]).find((value) => value !== undefined)
    if (coded !== undefined) {
      context.read('smoking-status', { value: coded, source: context.source(observation), ...dated })
      context.understood(observation)
      continue
    }
    for (const text of [...wordsOf(concept), stringOf(observation.valueString) ?? '']) {
      const said = fromWords(text)
      if (said === undefined) continue
      const base = { source: context.source(observation), ...dated, words: said.words, weight: -1 }
      if (said.status !== undefined) context.read('smoking-status', { ...base, value: said.status })
      if (said.amount !== undefined) context.read('pack-years', { ...base, value: said.amount })
      context.understood(observation)
      break
    }
  }
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind !== 'note') continue
    const said = fromWords(text)
    if (said === undefined) continue
    const base = { source: context.source(resource, path), ...(on === undefined ? {} : { on }), words: said.words, weight: -1 }
    if (said.status !== undefined) context.read('smoking-status', { ...base, value: said.status })
    if (said.amount !== undefined) context.read('pack-years', { ...base, value: said.amount })
    context.understood(resource, path)
    saidInText(context, resource, path, said.words)
  }
}
