import { bodySitesOf } from './conditions-of.ts'
import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { parentsOf } from './findings.ts'
import { siteIndexOf } from './lesions.ts'
import { type OriginLexicon, type OtherPrimaryTerms, originLexiconOf, originsIn } from './origins.ts'
import { onceFor, rememberFor } from './remember.ts'
import { type Concept, conceptOf, extensionOf, profilesOf, wordsOf } from './shapes.ts'
import { findPhrases, type Lexicon, lexiconOf, tokensOf } from './words.ts'

/** `knowledge/terminology/histology.yaml`. */
export interface HistologyFile {
  readonly values: readonly {
    readonly value: string
    readonly snomed?: readonly string[]
    readonly icdo3?: readonly string[]
    readonly icd10?: readonly string[]
    readonly words?: readonly string[]
  }[]
  readonly general: { readonly [value: string]: readonly string[] }
  /** Values that words of a note may still refine. */
  readonly open: readonly string[]
  readonly transformed: { readonly [value: string]: string }
  readonly transformedFrom: readonly string[]
  readonly combined: { readonly [value: string]: string }
  readonly lung: {
    readonly snomed: readonly string[]
    readonly icd10: readonly string[]
    readonly suspected: readonly string[]
    readonly bodySites: readonly string[]
    readonly words: readonly string[]
  }
  readonly genericCancer: { readonly snomed: readonly string[]; readonly icd10: readonly string[] }
  readonly cancer: {
    readonly words: readonly string[]
    readonly notCancer: readonly string[]
    readonly ignoredIcd10: readonly string[]
    readonly ignoredWords: readonly string[]
    readonly historyIcd10: readonly string[]
  }
  readonly notMetastaticWords: readonly string[]
  readonly metastasisWords: readonly string[]
  readonly metastasisOnlyWords: readonly string[]
  readonly laterality: {
    readonly snomed: { readonly [code: string]: string }
    readonly icd10: { readonly [code: string]: string }
    readonly words: { readonly [word: string]: string }
  }
  readonly observations: { readonly loinc: readonly string[]; readonly words: readonly string[] }
  readonly rebiopsyWords: readonly string[]
  readonly transformedWords: readonly string[]
  /** Beside these a sentence speaks of a search, a risk or a plan, not of a result. */
  readonly intendedWords: readonly string[]
  readonly secondPrimaryWords: readonly string[]
  readonly otherCancerWords: readonly string[]
  readonly otherPrimary: OtherPrimaryTerms
}

export interface CancerIndex {
  readonly file: HistologyFile
  /** `snomed|code`, `icdo3|8140/3`, `icd10|C34` → value. */
  readonly histology: ReadonlyMap<string, string>
  readonly histologyWords: Lexicon<string>
  readonly lungCodes: ReadonlySet<string>
  readonly lungSites: ReadonlySet<string>
  readonly generic: ReadonlySet<string>
  readonly words: Lexicon<
    | 'cancer'
    | 'notCancer'
    | 'ignored'
    | 'lung'
    | 'metastasis'
    | 'notMetastatic'
    | 'metastasisOnly'
    | 'second'
    | 'rebiopsy'
    | 'transformed'
    | 'otherCancer'
    | 'intended'
    | 'report'
  >
  readonly sides: Lexicon<string>
  /** Which organ a text says that a tumour began in. */
  readonly origins: OriginLexicon
}

const SNOMED = 'http://snomed.info/sct'
export const cancerIndexOf = onceFor((knowledge: ReaderKnowledge): CancerIndex => {
  const file = knowledge.terminology<HistologyFile>('histology')
  const histology = new Map<string, string>()
  const histologyWords: [string, string][] = []
  for (const entry of file.values) {
    for (const code of entry.snomed ?? []) histology.set(`snomed|${code}`, entry.value)
    for (const code of entry.icdo3 ?? []) histology.set(`icdo3|${code}`, entry.value)
    for (const code of entry.icd10 ?? []) histology.set(`icd10|${code}`, entry.value)
    for (const word of entry.words ?? []) histologyWords.push([word, entry.value])
  }
  const tag = <T extends string>(words: readonly string[], value: T) => words.map((word) => [word, value] as const)
  const index: CancerIndex = {
    file,
    histology,
    histologyWords: lexiconOf(histologyWords),
    lungCodes: new Set([...file.lung.snomed.map((code) => `snomed|${code}`), ...file.lung.icd10.map((code) => `icd10|${code}`)]),
    lungSites: new Set(file.lung.bodySites),
    generic: new Set([
      ...file.genericCancer.snomed.map((code) => `snomed|${code}`),
      ...file.genericCancer.icd10.map((code) => `icd10|${code}`),
    ]),
    words: lexiconOf([
      ...tag(file.cancer.words, 'cancer'),
      ...tag(file.cancer.notCancer, 'notCancer'),
      ...tag(file.cancer.ignoredWords, 'ignored'),
      ...tag(file.lung.words, 'lung'),
      ...tag(file.notMetastaticWords, 'notMetastatic'),
      ...tag(file.metastasisWords, 'metastasis'),
      ...tag(file.metastasisOnlyWords, 'metastasisOnly'),
      ...tag(file.secondPrimaryWords, 'second'),
      ...tag(file.rebiopsyWords, 'rebiopsy'),
      ...tag(file.transformedWords, 'transformed'),
      ...tag(file.otherCancerWords, 'otherCancer'),
      ...tag(file.intendedWords, 'intended'),
      ...tag(file.observations.words, 'report'),
    ]),
    sides: lexiconOf(Object.entries(file.laterality.words)),
    origins: originLexiconOf(file.otherPrimary),
  }
  return index
})

/** Lookup keys of a concept, most specific first: SNOMED, ICD-O-3 (also written `81403/3`), ICD-10 with its parents. */
export function cancerKeysOf(concept: Concept): readonly string[] {
  return concept.codings.flatMap(({ system, code }) => {
    if (system === SNOMED) return [`snomed|${code}`]
    const morphology = /^(\d{4})\d?\/(\d)$/.exec(code)
    if (morphology) return [`icdo3|${morphology[1]}/${morphology[2]}`]
    if (system.includes('icd-10') || system.includes('icd10')) return parentsOf(code).map((parent) => `icd10|${parent}`)
    return []
  })
}

export type CancerKind = 'lung' | 'metastasis' | 'other-cancer' | 'generic-cancer' | 'suspected-lung' | 'ignored-cancer' | 'none'

/** What a Condition is, by profile, codes, body site and, last, its words. */
export const cancerKindOf = (context: ReadContext, condition: Resource): CancerKind => kindOf(context.knowledge, condition)

const kindOf = rememberFor((knowledge: ReaderKnowledge, condition: Resource): CancerKind => {
  const index = cancerIndexOf(knowledge)
  const code = conceptOf(condition.code)
  const keys = cancerKeysOf(code)
  const icd = code.codings.filter(({ system }) => system.includes('icd')).map(({ code: value }) => value)
  const words = new Set(wordsOf(code).flatMap((text) => findPhrases(index.words, tokensOf(text)).map((hit) => hit.value)))
  const profiles = profilesOf(condition)
  if (keys.some((key) => index.file.lung.suspected.includes(key.slice(7)))) return 'suspected-lung'
  if (icd.some((value) => index.file.cancer.historyIcd10.some((prefix) => value.startsWith(prefix)))) return 'ignored-cancer'
  if (icd.some((value) => index.file.cancer.ignoredIcd10.some((prefix) => value.startsWith(prefix))) || words.has('ignored'))
    return 'ignored-cancer'
  if (profiles.some((profile) => profile.endsWith('mcode-secondary-cancer-condition'))) return 'metastasis'
  const isSecondaryCode = icd.some((value) => /^C7[789B]/.test(value))
  const secondary = siteIndexOf(knowledge)
  const isSite = keys.some((key) => secondary.byCode.has(key) || secondary.unspecified.has(key))
  const spreads = words.has('metastasis') || words.has('metastasisOnly')
  if (spreads && !isSecondaryCode && !isSite && !keys.some((key) => index.lungCodes.has(key))) {
    const origin = originOf(index, code, icd)
    if (origin === 'other') return 'other-cancer'
    if (origin === 'not-own') return 'none'
  }
  if (isSecondaryCode || words.has('metastasisOnly')) return 'metastasis'
  const isPrimaryProfile = profiles.some((profile) => profile.endsWith('mcode-primary-cancer-condition'))
  if (!isPrimaryProfile && isSite) return 'metastasis'
  if (keys.some((key) => index.lungCodes.has(key))) return 'lung'
  if (
    words.has('metastasis') &&
    !isPrimaryProfile &&
    !(words.has('cancer') && words.has('lung')) &&
    !keys.some((key) => index.histology.has(key))
  )
    return 'metastasis'
  const sites = bodySitesOf(condition)
  const inLung =
    sites.some((site) => site.codings.some(({ code: value }) => index.lungSites.has(value)) || icdLung(site)) ||
    sites.some((site) => wordsOf(site).some((text) => findPhrases(index.words, tokensOf(text)).some((hit) => hit.value === 'lung')))
  const isGeneric = keys.some((key) => index.generic.has(key))
  const looksLikeCancer =
    isPrimaryProfile || isGeneric || icd.some((value) => /^C\d/.test(value)) || (words.has('cancer') && !words.has('notCancer'))
  if (!looksLikeCancer) return 'none'
  if (inLung || (words.has('cancer') && words.has('lung'))) return 'lung'
  if (isGeneric && hasLungHistology(index, condition)) return 'lung'
  return isGeneric ? 'generic-cancer' : 'other-cancer'
})

/**
 * Where the codes and words of a spread tumour say that it began. A code of another primary wins over words, unless they name the lung as the
 * origin or tell of a metastasis in the very organ (such codes are often picked for a metastasis): then it stays open (`unclear`).
 */
function originOf(index: CancerIndex, code: Concept, icd: readonly string[]): 'other' | 'unclear' | 'not-own' | undefined {
  const { otherPrimary } = index.file
  const texts = wordsOf(code)
  const said = new Set(texts.flatMap((text) => originsIn(index.origins, index.words, tokensOf(text))))
  const isCoded = icd.some((value) => otherPrimary.icd10.some((prefix) => value.startsWith(prefix)))
  const isOften = icd.some((value) => otherPrimary.oftenMiscoded.some((prefix) => value.startsWith(prefix)))
  const tellsSite = texts.some((text) => findPhrases(index.words, tokensOf(text)).some((hit) => hit.value === 'metastasisOnly'))
  if (said.has('lung')) return isCoded ? 'unclear' : undefined
  if (said.has('other') && (isCoded || !said.has('not-own'))) return 'other'
  if (isCoded) return isOften && tellsSite ? 'unclear' : 'other'
  if (said.has('other')) return 'not-own'
  return said.has('unclear') ? 'unclear' : undefined
}

/** Whether what counts as a metastasis of the lung cancer may be one of another cancer: a code or words say another origin as well. */
export function mayBeOfOtherCancer(context: ReadContext, condition: Resource): boolean {
  if (cancerKindOf(context, condition) !== 'metastasis') return false
  const code = conceptOf(condition.code)
  const icd = code.codings.filter(({ system }) => system.includes('icd')).map(({ code: value }) => value)
  const origin = originOf(cancerIndexOf(context.knowledge), code, icd)
  return origin === 'other' || origin === 'unclear'
}

const icdLung = (site: Concept): boolean => site.codings.some(({ code }) => /^C3[34]/.test(code))

const hasLungHistology = (index: CancerIndex, condition: Resource): boolean => {
  const extension = extensionOf(condition, 'mcode-histology-morphology-behavior')
  return extension !== undefined && cancerKeysOf(conceptOf(extension.valueCodeableConcept)).some((key) => index.histology.has(key))
}
