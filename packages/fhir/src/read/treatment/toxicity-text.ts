import type { Statement } from '../assertion.ts'
import { statementsOf } from '../assertion.ts'
import type { ReadContext, Resource } from '../context.ts'
import { saidInText, textsOf } from '../texts.ts'
import { type Lexicon, lexiconOf } from '../words.ts'
import { anticancerIn } from './from-text.ts'
import { says } from './phrases.ts'
import type { Term, ToxicityWords } from './toxicity.ts'

/** A toxicity named in a report or a note. */
export interface ToldToxicity {
  readonly term: Term
  readonly text: string
  readonly on?: string
  /** Said to be there, said to be over, or only suspected. */
  readonly says: 'present' | 'past' | 'uncertain'
  readonly resource: Resource
  readonly path: string
}

const lexicons = new WeakMap<object, Lexicon<Term>>()

function lexiconOfTerms(words: ToxicityWords): Lexicon<Term> {
  const known = lexicons.get(words)
  if (known !== undefined) return known
  const lexicon = lexiconOf(
    words.terms
      .filter((term) => term.organ !== undefined)
      .flatMap((term) => [...(term.pneumonitis === true ? (term.inReports ?? []) : term.words)].map((word) => [word, term] as const)),
  )
  lexicons.set(words, lexicon)
  return lexicon
}

/**
 * Toxicities told in reports and notes, one of each kind: the latest that was said of it.
 *
 * Pneumonitis counts by its name alone (the caller asks whether a drug ran that can cause it), every other organ only when the sentence itself calls
 * it immune-related or drug-induced, or grades it beside a drug. What is denied, warned of, planned for or about a relative is not returned; a denial
 * that is later than the finding makes it past.
 */
export function toxicitiesInTexts(context: ReadContext, words: ToxicityWords): readonly ToldToxicity[] {
  const lexicon = lexiconOfTerms(words)
  const latest = new Map<string, ToldToxicity>()
  const texts = [...textsOf(context)].sort((a, b) => ((a.on ?? '') < (b.on ?? '') ? -1 : (a.on ?? '') > (b.on ?? '') ? 1 : 0))
  for (const { resource, path, text, on } of texts) {
    for (const statement of statementsOf(context.knowledge, lexicon, text)) {
      const term = statement.value
      const sentence = statement.words
      if (statement.polarity === 'ignored' || says(sentence, words.excluded)) continue
      const before = latest.get(term.id)
      if (statement.polarity === 'absent') {
        if (before !== undefined && (before.on ?? '') < (on ?? '')) latest.set(term.id, { ...before, says: 'past' })
        continue
      }
      if (!isToxicity(context, words, statement, sentence)) continue
      // within one text a finding beats the doubt and the history beside it
      if (before?.resource === resource && before.says === 'present') continue
      if (before?.says === 'present' && statement.polarity === 'uncertain') continue
      latest.set(term.id, {
        term,
        text: sentence,
        ...(on === undefined ? {} : { on }),
        says: statement.polarity,
        resource,
        path,
      })
    }
  }
  const told = [...latest.values()]
  for (const { resource, path, text } of told) {
    context.understood(resource, path)
    saidInText(context, resource, path, text)
  }
  return told
}

function isToxicity(context: ReadContext, words: ToxicityWords, { value: term }: Statement<Term>, sentence: string): boolean {
  if (term.pneumonitis === true) return true
  if (says(sentence, words.immuneWords) || says(sentence, words.drugWords)) return true
  return /\b(?:grade|ctcae|G[1-5])\b/i.test(sentence) && anticancerIn(context, sentence).length > 0 && term.immune !== 'words'
}
