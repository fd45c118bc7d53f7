import { polarityIn } from './assertion.ts'
import { cancerIndexOf } from './cancers.ts'
import type { ReaderKnowledge } from './context.ts'
import { responseWords, statusesIn } from './disease-status.ts'
import { metastasesFile, type SiteMention, siteIndexOf, sitesBeside } from './lesions.ts'
import { onceFor, rememberWith } from './remember.ts'
import { findPhrases, type Lexicon, lexiconOf, type PhraseHit, type Token, tokensOf } from './words.ts'

/** A site in which the cancer is said to grow or to have come up, without a word for metastasis. */
export interface ProgressingSite {
  readonly site: string
  /** Shown, or only suspected. */
  readonly says: 'present' | 'uncertain'
}

/** `spread`: progression, of the cancer where the sentence tells so, `surelySpread` always; `growth`: what a lesion does, said before it; `grown`: the same, said behind it. */
type Kind =
  | 'spread'
  | 'surelySpread'
  | 'supposed'
  | 'notSpread'
  | 'growth'
  | 'grown'
  | 'lesion'
  | 'during'
  | 'benign'
  | 'doubt'
  | 'contralateral'

interface Index {
  readonly words: Lexicon<Kind>
  readonly sites: ReadonlySet<string>
  readonly ownIllness: ReadonlySet<string>
}

const indexOf = onceFor((knowledge: ReaderKnowledge): Index => {
  const file = metastasesFile(knowledge)
  const { progressing, lesionWords } = file
  const lists: readonly (readonly [Kind, readonly string[]])[] = [
    ['spread', progressing.spread],
    ['surelySpread', progressing.surelySpread],
    ['notSpread', progressing.notSpread],
    ['supposed', progressing.supposed],
    ['growth', progressing.growth],
    ['grown', progressing.grown],
    ['lesion', [...lesionWords, ...progressing.lesions]],
    ['during', progressing.during],
    ['benign', progressing.benign],
    ['doubt', progressing.doubt],
    ['contralateral', progressing.contralateral],
  ]
  const index: Index = {
    words: lexiconOf(lists.flatMap(([kind, phrases]) => phrases.map((phrase) => [phrase, kind] as const))),
    sites: new Set(progressing.sites),
    ownIllness: new Set(progressing.ownIllness),
  }
  return index
})

/** How many words may stand between "new" and its lesion, and between a lesion and "have grown". */
const REACH = 4

/**
 * Sites that a sentence names as progressing: "progression in bone and liver", "intracranial progression", "new liver lesions", "new lesions in the
 * spine", "the adrenal nodule has grown". Only sites where growth in a chart of this cancer means spread; the lung counts on the other side alone,
 * because it also holds the primary. Beside a word for a benign lesion or a doubt, and in the brain where nothing but "new" is said, it is a suspicion.
 */
export const progressingSitesIn = rememberWith((knowledge: ReaderKnowledge, sentence): readonly ProgressingSite[] => {
  const index = indexOf(knowledge)
  const tokens = tokensOf(sentence)
  // what stands beside a word for metastasis is read with it (`lesions.ts`)
  const metastases = findPhrases(siteIndexOf(knowledge).metastasis, tokens)
  const hits = findPhrases(index.words, tokens).filter(
    (hit) => hit.value !== 'lesion' || !metastases.some(({ from, to }) => from < hit.to && to > hit.from),
  )
  if (!hits.some(({ value }) => value === 'spread' || value === 'surelySpread' || value === 'growth' || value === 'grown')) return []
  if (hits.some(({ value }) => value === 'supposed') || isOfOtherCancer(knowledge, tokens)) return []
  const tellsSpread = statusesIn(sentence, responseWords({ knowledge })).some(({ value }) => value === 'progression')
  const isOpen = hits.some(({ value }) => value === 'benign' || value === 'doubt')
  const isOtherLung = hits.some(({ value }) => value === 'contralateral')
  const said = new Map<string, ProgressingSite['says']>()
  const put = (mention: SiteMention, from: number, to: number, isSuspicion: boolean): void => {
    if (!index.sites.has(mention.site) && !(mention.site === 'lung' && isOtherLung)) return
    const polarity = polarityOfPart(knowledge, tokens, from, to)
    if (polarity !== 'present' && polarity !== 'past' && polarity !== 'uncertain') return
    const says = polarity === 'uncertain' || isSuspicion || isOpen ? 'uncertain' : 'present'
    if (said.get(mention.site) !== 'present') said.set(mention.site, says)
  }
  for (const hit of hits) {
    if (hit.value === 'surelySpread' || (hit.value === 'spread' && tellsSpread))
      for (const mention of sitesBeside(knowledge, tokens, { from: hit.from, to: behindTreatment(tokens, hits, hit) }))
        if (!(index.ownIllness.has(mention.site) && isOfOrgan(tokens, hit, mention))) put(mention, mention.from, mention.to, false)
    if (hit.value === 'lesion')
      for (const { mention, growth } of growingBeside(knowledge, tokens, hits, hit)) {
        const isOnlyNew = growth.value === 'growth' && tokens[growth.from] === 'new'
        const isBrain = mention.site === 'brain' || mention.site === 'leptomeninges'
        const toldBesides = hits.some(({ value }) => value === 'spread')
        const end = growth.value === 'growth' ? mention.to : Math.max(growth.to, mention.to)
        put(mention, mention.from, end, isBrain && isOnlyNew && !toldBesides)
      }
  }
  return [...said].map(([site, says]) => ({ site, says }))
})

/** "Breast cancer, relapse in bone 2012" tells of another cancer. */
function isOfOtherCancer(knowledge: ReaderKnowledge, tokens: readonly Token[]): boolean {
  const named = findPhrases(cancerIndexOf(knowledge).words, tokens)
  return named.some(({ value }) => value === 'otherCancer') && !named.some(({ value }) => value === 'lung')
}

/** Where the words behind "progressed" go on when a treatment stands first: "progressed on osimertinib in the liver". */
function behindTreatment(tokens: readonly Token[], hits: readonly PhraseHit<Kind>[], head: PhraseHit<Kind>): number {
  const during = hits.find(({ value, from }) => value === 'during' && from === head.to)
  if (during === undefined) return head.to
  const link = tokens.slice(during.to, during.to + REACH + 1).findIndex((token) => LINKS.has(token))
  return link < 1 ? head.to : during.to + link
}

/** "Progression of liver disease" may be an illness of the liver; "progression of disease in the liver" is not. */
function isOfOrgan(tokens: readonly Token[], head: PhraseHit<Kind>, mention: SiteMention): boolean {
  const behind = tokens.slice(head.to, mention.to)
  return mention.to > head.to && behind[0] === 'of' && !behind.some((token) => LINKS.has(token))
}

const LINKS: ReadonlySet<Token> = new Set(['in', 'to', 'at', 'within', 'involving', 'with', '(', ':'])

/** Words that part a lesion from what is said of the next, or deny it. */
const BREAKS: ReadonlySet<Token> = new Set([',', 'and', 'no', 'not', 'without', 'never', 'neither', 'nor'])

/** Sites of one lesion word, with the word that says that it grows or is new. */
function growingBeside(
  knowledge: ReaderKnowledge,
  tokens: readonly Token[],
  hits: readonly PhraseHit<Kind>[],
  lesion: PhraseHit<Kind>,
): readonly { readonly mention: SiteMention; readonly growth: PhraseHit<Kind> }[] {
  const before = Math.max(0, ...hits.filter(({ value, to }) => value === 'lesion' && to <= lesion.from).map(({ to }) => to))
  const stable = findPhrases(siteIndexOf(knowledge).traits, tokens).filter(({ value }) => value === 'stable')
  const mentions = sitesBeside(knowledge, tokens, lesion).filter(({ from }) => from >= before)
  const start = Math.min(lesion.from, ...mentions.map(({ from }) => from))
  const end = Math.max(lesion.to, ...mentions.map(({ to }) => to))
  const isNear = (from: number, to: number): boolean =>
    to - from <= REACH &&
    !tokens.slice(from, to).some((token) => BREAKS.has(token)) &&
    !stable.some((one) => one.from < to && one.to > from)
  const growth =
    hits.find(
      ({ value, from, to }) =>
        (value === 'growth' || value === 'spread') && from >= before && to <= lesion.from && (to > start || isNear(to, start)),
    ) ?? hits.find(({ value, from }) => (value === 'grown' || value === 'spread') && from >= end && isNear(end, from))
  return growth === undefined || stable.some(({ from, to }) => from < growth.to && to > growth.from)
    ? []
    : mentions.map((mention) => ({ mention, growth }))
}

/** Polarity within the part between commas, so that "no new brain lesions, progression in liver" denies the first alone; an enumeration with "or" stays whole. */
function polarityOfPart(knowledge: ReaderKnowledge, tokens: readonly Token[], from: number, to: number): string {
  const start = tokens.includes('or') || tokens.includes('nor') ? 0 : tokens.lastIndexOf(',', from - 1) + 1
  return polarityIn(knowledge, tokens.slice(start), from - start, to - start)
}
