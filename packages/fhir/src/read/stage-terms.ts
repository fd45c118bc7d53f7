import type { ReaderKnowledge } from './context.ts'
import { onceFor } from './remember.ts'
import { type Lexicon, lexiconOf, type Token, tokensOf } from './words.ts'

/** `knowledge/terminology/stage.yaml`. */
export interface StageFile {
  readonly groups: readonly { readonly value: string; readonly snomed?: readonly string[]; readonly words: readonly string[] }[]
  readonly conditionCodes: { readonly [snomed: string]: string }
  readonly early: readonly string[]
  readonly advanced: readonly string[]
  /** Groups that exist only with a distant metastasis. */
  readonly fourth: readonly string[]
  readonly stageWords: readonly string[]
  readonly groupLoinc: readonly string[]
  readonly groupSnomed: readonly string[]
  readonly groupNames: readonly string[]
  readonly categories: {
    readonly [letter: string]: {
      readonly fact: string
      readonly loinc: readonly string[]
      readonly snomed: readonly string[]
      readonly names: readonly string[]
    }
  }
  readonly categoryCodes: { readonly [snomed: string]: string }
  readonly editions: {
    readonly codes: { readonly [code: string]: string }
    readonly words: { readonly [edition: string]: readonly string[] }
  }
  readonly ninthOnly: readonly string[]
  readonly workUpDays: number
}

export interface StageTerms {
  readonly file: StageFile
  readonly groupByWord: ReadonlyMap<string, string>
  readonly groupByCode: ReadonlyMap<string, string>
  readonly editionWords: Lexicon<string>
  readonly stageWords: Lexicon<true>
  readonly categoryOf: ReadonlyMap<string, string>
}

export const stageTermsOf = onceFor((knowledge: ReaderKnowledge): StageTerms => {
  const file = knowledge.terminology<StageFile>('stage')
  const groupByWord = new Map<string, string>()
  const groupByCode = new Map<string, string>()
  for (const group of file.groups) {
    for (const word of group.words) groupByWord.set(tokensOf(word).join(' '), group.value)
    for (const code of group.snomed ?? []) groupByCode.set(code, group.value)
  }
  const categoryOf = new Map<string, string>()
  for (const category of Object.values(file.categories)) {
    for (const code of [...category.loinc, ...category.snomed]) categoryOf.set(code, category.fact)
    for (const name of category.names) categoryOf.set(tokensOf(name).join(' '), category.fact)
  }
  const compiled: StageTerms = {
    file,
    groupByWord,
    groupByCode,
    editionWords: lexiconOf(
      Object.entries(file.editions.words).flatMap(([edition, words]) => words.map((word) => [word, edition] as const)),
    ),
    stageWords: lexiconOf(file.stageWords.map((word) => [word, true] as const)),
    categoryOf,
  }
  return compiled
})

const CATEGORY = /^[cpyra]{0,3}([tnm])(is|x|[0-4])([a-c]?)([12]?|mi)$/

/** `cT2a`, `pN1`, `M1c2` as fact values: T and N without subdivision, M with. Undefined when the notation is not TNM. */
export function categoryOfToken(token: Token): { readonly letter: string; readonly value: string } | undefined {
  const match = CATEGORY.exec(token)
  if (!match) return undefined
  const [, letter = '', level = '', part = '', digit = ''] = match
  return { letter, value: letter === 'm' ? `m${level}${part}${part === 'c' ? digit : ''}` : `${letter}${level}` }
}
