import type { ReaderKnowledge } from '../context.ts'
import { findPhrases, type Lexicon, lexiconOf, type Token } from '../words.ts'
import { anticancerIn } from './from-text.ts'
import type { ToxicityWords } from './toxicity.ts'
import { gradeIn } from './toxicity-grade.ts'

/** Words that tie an illness to the drug beside it (`toxicity-terms.yaml`, `ties`). */
export interface TieWords {
  /** After the illness, before the drug: "on", "due to". */
  readonly cause: readonly string[]
  /** Between a drug and the illness behind it: "T-DXd-associated ILD". */
  readonly between: readonly string[]
  /** The drug was ended for it. */
  readonly stopped: readonly string[]
  /** It came while the drug ran. */
  readonly came: readonly string[]
  /** It is new, without a word on its cause. */
  readonly appeared: readonly string[]
  /** It was there before. */
  readonly before: readonly string[]
  /** The drug never ran. */
  readonly notGiven: readonly string[]
}

export interface Tie {
  /** The drugs that the words lay it to. */
  readonly drugs: readonly string[]
  /** False: named together, and nothing says that one caused the other. */
  readonly isSure: boolean
}

type Kind = keyof TieWords
const lexicons = new WeakMap<object, Lexicon<Kind>>()

function lexiconOfTies(words: ToxicityWords): Lexicon<Kind> {
  const known = lexicons.get(words)
  if (known !== undefined) return known
  const lexicon = lexiconOf(
    (Object.keys(words.ties) as Kind[]).flatMap((kind) => words.ties[kind].map((phrase) => [phrase, kind] as const)),
  )
  lexicons.set(words, lexicon)
  return lexicon
}

/** How far behind its cause a drug may stand: "after six cycles of T-DXd". */
const REACH = 7

/**
 * The anticancer drugs to which a sentence lays an illness that is not a toxicity by its name alone ("ILD"): "T-DXd ILD grade 2",
 * "ILD after six cycles of T-DXd", "T-DXd stopped for ILD". Undefined where no drug stands beside it, where it was there before the drug, or where
 * the drug was not given because of it.
 */
export function tieIn(
  knowledge: ReaderKnowledge,
  words: ToxicityWords,
  {
    tokens,
    from,
    to,
    words: sentence,
  }: { readonly tokens: readonly Token[]; readonly from: number; readonly to: number; readonly words: string },
): Tie | undefined {
  const all = anticancerIn({ knowledge }, sentence)
  if (all.length === 0) return undefined
  const hits = findPhrases(lexiconOfTies(words), tokens)
  if (hits.some(({ value }) => value === 'notGiven')) return undefined
  const within = (start: number, end: number): readonly string[] =>
    anticancerIn({ knowledge }, tokens.slice(Math.max(0, start), end).join(' '))
  const isGraded = gradeIn(sentence, { gradeWords: {}, terms: words.terms }) !== undefined
  if (!isGraded && hits.some(({ value }) => value === 'before')) return undefined
  for (const cause of hits) {
    if (cause.value !== 'cause' || cause.from < to || tokens.slice(to, cause.from).includes(',')) continue
    const stop = tokens.indexOf(',', cause.to)
    const drugs = within(cause.to, Math.min(cause.to + REACH, stop < 0 ? tokens.length : stop))
    if (drugs.length > 0) return { drugs, isSure: true }
  }
  const inFront = nearestBefore(within, hits, tokens, from)
  if (inFront.length > 0) return { drugs: inFront, isSure: true }
  const isSure = isGraded || hits.some(({ value }) => value === 'stopped' || value === 'came')
  return { drugs: all, isSure }
}

/** The drug right before the illness, with nothing between but words that join the two. */
function nearestBefore(
  within: (start: number, end: number) => readonly string[],
  hits: readonly { readonly value: Kind; readonly from: number; readonly to: number }[],
  tokens: readonly Token[],
  from: number,
): readonly string[] {
  let end = from
  for (;;) {
    const joint = hits.find(({ value, to }) => value === 'between' && to === end)
    const step = joint?.from ?? (/^(?:[:/()]|\d|g[1-5])$/.test(tokens[end - 1] ?? '') ? end - 1 : undefined)
    if (step === undefined) break
    end = step
  }
  for (let start = end - 1; start >= Math.max(0, end - 4); start -= 1) {
    if (tokens[start] === ',') break
    const drugs = within(start, end)
    // the shortest stretch that names a drug must end with it: "osimertinib was begun despite" does not
    if (drugs.length > 0) return within(start, end - 1).length === 0 || end - start === 1 ? drugs : []
  }
  return []
}
