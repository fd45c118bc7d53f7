import { polarityIn } from './assertion.ts'
import type { ReaderKnowledge } from './context.ts'
import { onceFor } from './remember.ts'
import { findPhrases, type Lexicon, lexiconOf, sentencesOf, type Token, tokensOf } from './words.ts'

/** `knowledge/terminology/metastatic-sites.yaml`. */
export interface SitesFile {
  readonly sites: readonly {
    readonly value: string
    readonly with?: readonly string[]
    readonly regional?: true
    readonly snomed?: readonly string[]
    readonly icd10?: readonly string[]
    readonly bodySites?: readonly string[]
    readonly words: readonly string[]
  }[]
  /** Codes of a metastasis that name no site. */
  readonly unspecified: { readonly snomed: readonly string[]; readonly icd10: readonly string[] }
  readonly metastasisWords: readonly string[]
  readonly originWords: readonly string[]
  readonly linkWords: readonly string[]
  readonly fillerWords: readonly string[]
  readonly countWords: readonly string[]
  /** Words that a number of lesions follows: "n = 3". */
  readonly countMarks: readonly string[]
  /** Words before a digit that make it a label, not a number of lesions: "segment 4". */
  readonly labelWords: readonly string[]
  readonly progressing: {
    readonly sites: readonly string[]
    readonly spread: readonly string[]
    readonly surelySpread: readonly string[]
    readonly notSpread: readonly string[]
    readonly ownIllness: readonly string[]
    readonly supposed: readonly string[]
    readonly growth: readonly string[]
    readonly grown: readonly string[]
    readonly lesions: readonly string[]
    /** "progressed on osimertinib in the liver": what stands between is a treatment. */
    readonly during: readonly string[]
    readonly benign: readonly string[]
    readonly doubt: readonly string[]
    readonly contralateral: readonly string[]
  }
  readonly sizeWords: readonly string[]
  readonly sizeLoinc: readonly string[]
  readonly lengthUnits: { readonly [unit: string]: number }
  readonly numberWords: { readonly [word: string]: number }
  readonly lesionWords: readonly string[]
  readonly treatedWords: readonly string[]
  readonly plannedWords: readonly string[]
  readonly untreatedWords: readonly string[]
  readonly symptomaticWords: readonly string[]
  /** A cause and a symptom within four words say that a lesion is symptomatic. */
  readonly symptomCauses: readonly string[]
  readonly symptomNames: readonly string[]
  readonly asymptomaticWords: readonly string[]
  /** Symptoms that need no cause beside them in the note of a metastasis. */
  readonly noteSymptoms: readonly string[]
  /** Problems that a brain metastasis can cause. */
  readonly brainComplaints: readonly string[]
  readonly effusions: readonly {
    readonly site: string
    readonly words: readonly string[]
    readonly present: string
    readonly symptomatic: string
  }[]
  readonly painfulWords: readonly string[]
  /** Questions about symptoms of a metastasis. */
  readonly symptomQuestions: readonly string[]
  /** Words that narrow a question ("new", "active"): a no to it does not deny the metastases. */
  readonly narrowingWords: readonly string[]
  readonly progressingWords: readonly string[]
  readonly stableWords: readonly string[]
  readonly brainProcedureWords: readonly string[]
  readonly certainlyBrainWords: readonly string[]
  readonly prophylacticWords: readonly string[]
  readonly brainClear: readonly string[]
  /** Something in the brain that a scan does not explain: no witness, in either direction. */
  readonly brainDoubt: readonly string[]
  readonly stagingWithinDays: number
}

export type Trait =
  | 'lesion'
  | 'count'
  | 'treated'
  | 'planned'
  | 'untreated'
  | 'symptomatic'
  | 'asymptomatic'
  | 'painful'
  | 'progressing'
  | 'stable'

export interface SiteIndex {
  readonly byCode: ReadonlyMap<string, string>
  readonly byBodySite: ReadonlyMap<string, string>
  readonly unspecified: ReadonlySet<string>
  readonly with: ReadonlyMap<string, readonly string[]>
  readonly regional: ReadonlySet<string>
  /** Words of a site alone: for labels and body sites. */
  readonly sites: Lexicon<string>
  readonly metastasis: Lexicon<true>
  /** Words that name where the cancer comes from. */
  readonly origin: Lexicon<true>
  /** Words that may stand between a site and its metastasis (`link`: "to", "in"; `filler`: "and", "multiple", "left"). */
  readonly between: Lexicon<'link' | 'filler'>
  readonly measures: Lexicon<'count' | 'size' | 'metastasis' | 'lesion' | 'symptom' | 'narrow'>
  readonly procedures: Lexicon<'brain' | 'prophylactic' | 'planned' | 'surely'>
  readonly traits: Lexicon<Trait>
  readonly clear: Lexicon<true>
  readonly doubt: Lexicon<true>
}

export const metastasesFile = onceFor((knowledge: ReaderKnowledge): SitesFile => knowledge.terminology<SitesFile>('metastatic-sites'))

export const siteIndexOf = onceFor((knowledge: ReaderKnowledge): SiteIndex => {
  const file = metastasesFile(knowledge)
  const byCode = new Map<string, string>()
  const byBodySite = new Map<string, string>()
  const words: [string, string][] = []
  for (const site of file.sites) {
    for (const code of site.snomed ?? []) byCode.set(`snomed|${code}`, site.value)
    for (const code of site.icd10 ?? []) byCode.set(`icd10|${code}`, site.value)
    for (const code of site.bodySites ?? []) byBodySite.set(code, site.value)
    for (const word of site.words) {
      words.push([word, site.value])
    }
  }
  const tag = <T extends string>(list: readonly string[], value: T) => list.map((word) => [word, value] as const)
  const index: SiteIndex = {
    byCode,
    byBodySite,
    unspecified: new Set([
      ...file.unspecified.snomed.map((code) => `snomed|${code}`),
      ...file.unspecified.icd10.map((code) => `icd10|${code}`),
    ]),
    with: new Map(file.sites.flatMap((site) => (site.with ? [[site.value, site.with] as const] : []))),
    regional: new Set(file.sites.filter((site) => site.regional).map((site) => site.value)),
    sites: lexiconOf(words),
    metastasis: lexiconOf(file.metastasisWords.map((word) => [word, true] as const)),
    origin: lexiconOf(file.originWords.map((word) => [word, true] as const)),
    between: lexiconOf([...tag(file.linkWords, 'link'), ...tag(file.fillerWords, 'filler')]),
    measures: lexiconOf([
      ...tag(file.countWords, 'count'),
      ...tag(file.sizeWords, 'size'),
      ...tag(file.metastasisWords, 'metastasis'),
      ...tag(file.lesionWords, 'lesion'),
      ...tag(file.symptomQuestions, 'symptom'),
      ...tag(file.narrowingWords, 'narrow'),
    ]),
    procedures: lexiconOf([
      ...tag(file.brainProcedureWords, 'brain'),
      ...tag(file.certainlyBrainWords, 'surely'),
      ...tag(file.prophylacticWords, 'prophylactic'),
      ...tag(file.plannedWords, 'planned'),
    ]),
    traits: lexiconOf([
      ...tag(file.lesionWords, 'lesion'),
      ...tag(file.countMarks, 'count'),
      ...tag(file.painfulWords, 'painful'),
      ...tag(file.treatedWords, 'treated'),
      ...tag(file.plannedWords, 'planned'),
      ...tag(file.untreatedWords, 'untreated'),
      ...tag(file.symptomaticWords, 'symptomatic'),
      ...tag(
        file.symptomCauses.flatMap((cause) => file.symptomNames.map((name) => `${cause} ... ${name}`)),
        'symptomatic',
      ),
      ...tag(file.asymptomaticWords, 'asymptomatic'),
      ...tag(file.progressingWords, 'progressing'),
      ...tag(file.stableWords, 'stable'),
    ]),
    clear: lexiconOf(file.brainClear.map((phrase) => [phrase, true] as const)),
    doubt: lexiconOf(file.brainDoubt.map((phrase) => [phrase, true] as const)),
  }
  return index
})

/** What words beside a metastasis say of it. Absent: not said. */
export interface LesionWords {
  readonly count?: number
  readonly largestMm?: number
  readonly symptomatic?: boolean
  /** It hurts; never false: what does not hurt may not have been asked. */
  readonly painful?: true
  readonly treated?: boolean
  readonly progressing?: boolean
}

/** "3 lesions; largest 15 mm; no symptoms; treated with SRS" as numbers and truths. A planned treatment is not one that was given. */
export function lesionsIn(knowledge: ReaderKnowledge, text: string): LesionWords {
  const file = metastasesFile(knowledge)
  const { traits } = siteIndexOf(knowledge)
  let count: number | undefined
  let largestMm: number | undefined
  const said = new Set<Trait>()
  for (const sentence of sentencesOf(text)) {
    const tokens = tokensOf(sentence)
    for (const hit of findPhrases(traits, tokens)) {
      if (hit.value === 'lesion') count = larger(count, countBefore(file, tokens, hit.from))
      else if (hit.value === 'count') count = larger(count, numberOf(file, tokens[hit.to]))
      else if (isSaid(knowledge, tokens, hit)) said.add(hit.value)
    }
    largestMm = larger(largestMm, lengthIn(file, tokens))
  }
  const truth = (yes: Trait, no: Trait): boolean | undefined => (said.has(no) ? false : said.has(yes) ? true : undefined)
  const treated = said.has('untreated') ? false : said.has('treated') && !said.has('planned') ? true : undefined
  const painful = said.has('painful') && !said.has('asymptomatic')
  const symptomatic = painful ? true : truth('symptomatic', 'asymptomatic')
  const progressing =
    said.has('progressing') && !said.has('stable') ? true : said.has('stable') && !said.has('progressing') ? false : undefined
  return {
    ...(count === undefined ? {} : { count }),
    ...(largestMm === undefined ? {} : { largestMm }),
    ...(symptomatic === undefined ? {} : { symptomatic }),
    ...(painful ? { painful } : {}),
    ...(treated === undefined ? {} : { treated }),
    ...(progressing === undefined ? {} : { progressing }),
  }
}

const larger = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b)

/** "causes headaches" is symptoms, "not painful" and "cause no headaches" are none; words that are themselves a denial ("no growth") count as said. */
function isSaid(
  knowledge: ReaderKnowledge,
  tokens: readonly Token[],
  hit: { readonly value: Trait; readonly from: number; readonly to: number },
): boolean {
  if (!ASSERTED.has(hit.value)) return true
  if (tokens.slice(hit.from, hit.to).some((token) => token === 'no' || token === 'not' || token === 'without')) return false
  return ['present', 'past'].includes(polarityIn(knowledge, tokens, hit.from, hit.to))
}

/** Traits that a denial before them takes away. The others hold denials among their words. */
const ASSERTED: ReadonlySet<Trait> = new Set(['symptomatic', 'painful', 'progressing'])

/** A number of lesions: digits or a number word; "a" is an article. */
const numberOf = (file: SitesFile, token: Token | undefined): number | undefined =>
  token === undefined || token === 'a' ? undefined : /^\d{1,3}$/.test(token) ? Number(token) : file.numberWords[token]

/** A number of lesions as the whole answer: "3", "three", "3 lesions". */
export function countAnswer(knowledge: ReaderKnowledge, text: string): number | undefined {
  const file = metastasesFile(knowledge)
  const tokens = tokensOf(text)
  const count = numberOf(file, tokens[0])
  const rest = tokens.slice(1)
  return count !== undefined && rest.every((token) => !/\d/.test(token) && file.lengthUnits[token] === undefined) ? count : undefined
}

/**
 * The number within four words before "lesions", a length between them left out: "3 small enhancing lesions", "solitary 34 mm cerebellar
 * metastasis". A digit after a label ("segment 4") is no number.
 */
function countBefore(file: SitesFile, tokens: readonly Token[], at: number): number | undefined {
  let words = 0
  for (let back = at - 1; back >= 0 && words < 4; back -= 1) {
    const token = tokens[back] ?? ''
    if (token === ',') return undefined
    if (file.lengthUnits[token] !== undefined) {
      while (/^(?:\d+(?:\.\d+)?|x|by)$/.test(tokens[back - 1] ?? '')) back -= 1
      continue
    }
    words += 1
    const number = file.labelWords.includes(tokens[back - 1] ?? '') ? undefined : numberOf(file, token)
    if (number !== undefined) return number
  }
  return undefined
}

/** The largest length of a sentence in mm; "12 x 8 mm" counts 12. */
function lengthIn(file: SitesFile, tokens: readonly Token[]): number | undefined {
  let largest: number | undefined
  tokens.forEach((token, at) => {
    const factor = file.lengthUnits[token]
    if (factor === undefined) return
    for (let back = at - 1; back >= Math.max(0, at - 5); back -= 1) {
      const before = tokens[back] ?? ''
      if (/^\d+(?:\.\d+)?$/.test(before)) largest = larger(largest, Number(before) * factor)
      else if (before !== 'x' && before !== 'by') break
    }
  })
  return largest
}

/** A site stated as metastatic in one sentence. */
export interface SiteMention {
  readonly site: string
  readonly from: number
  readonly to: number
}

/**
 * Sites that a sentence ties to a word for metastasis: before it in an enumeration ("liver and bone metastases"), or after a link
 * ("metastases to liver, bone and the left adrenal"). Without a site, `topic` is taken: a report of the brain speaks of the brain.
 */
export function sitesIn(knowledge: ReaderKnowledge, tokens: readonly Token[], topic?: string): readonly SiteMention[] {
  const mentions: SiteMention[] = []
  for (const word of findPhrases(siteIndexOf(knowledge).metastasis, tokens)) {
    const found = sitesBeside(knowledge, tokens, word)
    mentions.push(...(found.length === 0 && topic !== undefined ? [{ site: topic, from: word.from, to: word.to }] : found))
  }
  return mentions
}

/**
 * Sites enumerated right before a word ("liver and bone metastases"), and behind it after a link ("metastases to liver, bone and the left adrenal") or
 * an opening ("metastases: liver, bone"). Behind an opening the lung is where the cancer comes from ("bone metastases (lung adenocarcinoma)").
 */
export function sitesBeside(
  knowledge: ReaderKnowledge,
  tokens: readonly Token[],
  word: { readonly from: number; readonly to: number },
): readonly SiteMention[] {
  const index = siteIndexOf(knowledge)
  const sites = findPhrases(index.sites, tokens)
  const between = findPhrases(index.between, tokens)
  const found: SiteMention[] = []
  for (let at = word.from; at > 0; ) {
    const site = sites.filter(({ to }) => to === at)[0]
    const filler = between.find(({ value, to }) => value === 'filler' && to === at)
    if (site) found.push({ site: site.value, from: site.from, to: word.to })
    const step = site?.from ?? filler?.from ?? (tokens[at - 1] === ',' || tokens[at - 1] === '/' ? at - 1 : undefined)
    if (step === undefined) break
    at = step
  }
  const isOpened = found.length === 0 && OPENINGS.has(tokens[word.to] ?? '')
  let linked = isOpened
  for (let at = isOpened ? word.to + 1 : word.to; at < tokens.length; ) {
    const site = linked ? sites.filter(({ from }) => from === at).sort((a, b) => b.to - a.to)[0] : undefined
    // "lesions in" is one link, and the head is a part of it
    const step = between.filter(({ from, to }) => from === at || (at === word.to && from < at && to > at)).sort((a, b) => b.to - a.to)[0]
    if (step?.value === 'link') linked = true
    if (site && !(isOpened && site.value === 'lung')) found.push({ site: site.value, from: word.from, to: site.to })
    const next = site?.to ?? step?.to ?? (linked && STEPS.has(tokens[at] ?? '') ? at + 1 : undefined)
    if (next === undefined) break
    at = next
  }
  return found
}

/** Signs that may stand inside an enumeration. */
const STEPS: ReadonlySet<Token> = new Set([',', ':', '(', ')', '/'])

/** What opens an enumeration without a link. */
const OPENINGS: ReadonlySet<Token> = new Set([':', '('])
