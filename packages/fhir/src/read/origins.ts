import { findPhrases, type Lexicon, lexiconOf, type Token } from './words.ts'

/** `otherPrimary` of `knowledge/terminology/histology.yaml`. */
export interface OtherPrimaryTerms {
  readonly icd10: readonly string[]
  readonly oftenMiscoded: readonly string[]
  readonly organs: readonly string[]
  readonly unclearOrgans: readonly string[]
  readonly names: readonly string[]
  readonly nouns: readonly string[]
  readonly notOwn: readonly string[]
}

/** Where a text says that a tumour began: in the lung, in another organ, perhaps in another (`unclear`); `not-own`: of no cancer of the patient. */
export type Origin = 'lung' | 'other' | 'unclear' | 'not-own'

export type OriginLexicon = Lexicon<'organ' | 'unclear' | 'name' | 'noun' | 'notOwn'>

export const originLexiconOf = (terms: OtherPrimaryTerms): OriginLexicon =>
  lexiconOf([
    ...terms.organs.map((word) => [word, 'organ'] as const),
    ...terms.unclearOrgans.map((word) => [word, 'unclear'] as const),
    ...terms.names.map((word) => [word, 'name'] as const),
    ...terms.nouns.map((word) => [word, 'noun'] as const),
    ...terms.notOwn.map((word) => [word, 'notOwn'] as const),
  ])

/** Between an organ and its cancer stand words of kind and side, never one of these: they lead on to where the cancer has gone. */
const LEADS_ON = /^(?:metasta\w*|secondary|to|in|into|with|and|or|due|[?:,()/+<>=%])$/
const SUFFIX_REACH = 3
const PREFIX_REACH = 8

/**
 * The origins that a text names. An organ is an origin beside its cancer ("breast cancer", "malignant neoplasm of the right breast") and behind
 * "from"; behind "metastatic to" it is only a place. `cancerWords` are those of the index: a phrase of a metastasis hides the cancer inside it.
 */
export function originsIn(origins: OriginLexicon, cancerWords: Lexicon<string>, tokens: readonly Token[]): readonly Origin[] {
  const own = findPhrases(origins, tokens)
  const others = findPhrases(cancerWords, tokens)
  const isCancer = (at: number): boolean =>
    others.some(({ value, from }) => value === 'cancer' && from === at) || own.some(({ value, from }) => value === 'noun' && from === at)
  const isOrigin = (from: number, to: number): boolean => isBeforeCancer(tokens, to, isCancer) || isBehindCancer(tokens, from, isCancer)
  const found: Origin[] = []
  for (const { value, from, to } of own) {
    if (value === 'name') found.push('other')
    else if (value === 'notOwn') found.push('not-own')
    else if (value === 'organ' && !isNode(tokens, to) && isOrigin(from, to)) found.push('other')
    else if (value === 'unclear' && isBeforeCancer(tokens, to, isCancer)) found.push('unclear')
  }
  // "NSCLC" is the lung and the cancer in one word
  if (others.some(({ value, from, to }) => value === 'lung' && (isCancer(from) || isOrigin(from, to)))) found.push('lung')
  return found
}

/** "Breast cancer", "renal cell carcinoma", "breast invasive ductal carcinoma". */
function isBeforeCancer(tokens: readonly Token[], to: number, isCancer: (at: number) => boolean): boolean {
  for (let at = to; at < Math.min(tokens.length, to + SUFFIX_REACH); at += 1) {
    if (isCancer(at)) return true
    if (LEADS_ON.test(tokens[at]!) || tokens[at] === 'of' || tokens[at] === 'from') return false
  }
  return false
}

/** "Malignant neoplasm of upper-outer quadrant of right female breast", "metastases from the prostate"; no secondary neoplasm. */
function isBehindCancer(tokens: readonly Token[], from: number, isCancer: (at: number) => boolean): boolean {
  let isOf = false
  for (let at = from - 1; at >= Math.max(0, from - PREFIX_REACH); at -= 1) {
    const token = tokens[at]!
    if (token === 'from') return true
    if (LEADS_ON.test(token)) return false
    if (token === 'of') isOf = true
    else if (isOf && isCancer(at)) return !tokens.slice(Math.max(0, at - 2), at).includes('secondary')
  }
  return false
}

/** "Carcinoma of cervical lymph node" names a node, no cancer of the cervix. */
const isNode = (tokens: readonly Token[], to: number): boolean => tokens.slice(to, to + 2).some((token) => /^(?:lymph|nod)/.test(token))
