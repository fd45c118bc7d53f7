import type { Statement } from '../assertion.ts'
import { statementsOf } from '../assertion.ts'
import type { ReadContext, Resource } from '../context.ts'
import { saidInText, textsOf } from '../texts.ts'
import { type Lexicon, lexiconOf } from '../words.ts'
import { datesIn, daysBetween } from './days.ts'
import { tieIn } from './drug-ties.ts'
import { anticancerIn } from './from-text.ts'
import { says } from './phrases.ts'
import type { Term, ToxicityWords } from './toxicity.ts'
import { treatmentWords } from './words.ts'

/** A toxicity named in a report or a note. */
export interface ToldToxicity {
  readonly term: Term
  readonly text: string
  readonly on?: string
  /** Said to be there, said to be over, or only suspected. */
  readonly says: 'present' | 'past' | 'uncertain'
  /** The drugs that the words lay it to, where they do. */
  readonly suspects?: readonly string[]
  readonly resource: Resource
  readonly path: string
}

/** Words that leave it open whether a toxicity is there. */
export type Doubt = Pick<ToldToxicity, 'text' | 'resource' | 'path'>

const lexicons = new WeakMap<object, Lexicon<Term>>()

function lexiconOfTerms(words: ToxicityWords): Lexicon<Term> {
  const known = lexicons.get(words)
  if (known !== undefined) return known
  const lexicon = lexiconOf(
    words.terms
      .filter((term) => term.organ !== undefined)
      .flatMap((term) =>
        [...(term.pneumonitis === true ? [...(term.inReports ?? []), ...(term.wide ?? []), ...(term.signs ?? [])] : term.words)].map(
          (word) => [word, term] as const,
        ),
      ),
  )
  lexicons.set(words, lexicon)
  return lexicon
}

/**
 * Toxicities told in reports and notes, one of each kind: the latest that was said of it.
 *
 * Pneumonitis counts by its name alone (the caller asks whether a drug ran that can cause it), a wider word for the lung ("ILD") where the sentence lays
 * it to a drug (`drug-ties.ts`; named beside a drug and no more, it is a doubt), every other organ only when the sentence itself calls it immune-related
 * or drug-induced, or grades it beside a drug. What is denied, warned of, planned for or about a relative is not returned; a denial
 * that is later than the finding makes it past.
 */
export function toxicitiesInTexts(context: ReadContext, words: ToxicityWords): readonly ToldToxicity[] {
  const lexicon = lexiconOfTerms(words)
  const latest = new Map<string, ToldToxicity>()
  const texts = [...textsOf(context)].sort((a, b) => ((a.on ?? '') < (b.on ?? '') ? -1 : (a.on ?? '') > (b.on ?? '') ? 1 : 0))
  for (const { resource, path, text, on } of texts) {
    for (const statement of statementsOf(context.knowledge, lexicon, withoutStops(text))) {
      const term = statement.value
      const sentence = statement.words
      if (statement.polarity === 'ignored' || says(sentence, words.excluded)) continue
      const before = latest.get(term.id)
      if (statement.polarity === 'absent') {
        if (before !== undefined && (before.on ?? '') < (on ?? '')) latest.set(term.id, { ...before, says: 'past' })
        continue
      }
      const isWide = isWideWord(statement)
      const tie = term.pneumonitis === true ? tieIn(context.knowledge, words, statement) : undefined
      const isLaid = isLaidToDrugs(words, sentence)
      const isNew = says(sentence, words.ties.appeared) && !says(sentence, words.ties.before)
      const isSign = isSignOnly(statement)
      if (isSign && (!isNew || statement.polarity === 'past' || !isLately(context, on))) continue
      if (!isSign && (isWide ? tie === undefined && !isLaid && !isNew : !isToxicity(context, words, statement, sentence))) continue
      const isDoubtful = isSign || (isWide && tie?.isSure !== true && !isLaid)
      const polarity = isDoubtful ? 'uncertain' : statement.polarity
      // within one text a finding beats the doubt and the history beside it
      if (before?.resource === resource && before.says === 'present') continue
      if (before?.says === 'present' && polarity === 'uncertain') continue
      latest.set(term.id, {
        term,
        text: sentence,
        ...dayOf(statement, on),
        says: polarity,
        ...(!isSign && tie?.isSure === true ? { suspects: tie.drugs } : {}),
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

/** The drugs that a text surely lays a pneumonitis to; undefined when it names none, or no drug. */
export function laidTo(context: ReadContext, words: ToxicityWords, text: string): readonly string[] | undefined {
  const drugs = statementsOf(context.knowledge, lexiconOfTerms(words), text).flatMap((statement) => {
    const tie = statement.value.pneumonitis === true ? tieIn(context.knowledge, words, statement) : undefined
    return tie?.isSure === true ? tie.drugs : []
  })
  return drugs.length === 0 ? undefined : drugs
}

/** "gr. 2" and "Gr. III" would end a sentence. */
const withoutStops = (text: string): string => text.replace(/\b(gr|ca)\.\s*(?=[1-5IV])/giu, '$1 ')

const isLaidToDrugs = (words: ToxicityWords, sentence: string): boolean =>
  says(sentence, words.immuneWords) || says(sentence, words.drugWords)

/** Whether the words that were found name the illness whatever its cause. */
function isWideWord({ value: term, tokens, from, to }: Statement<Term>): boolean {
  const found = tokens.slice(from, to).join(' ')
  return says(found, term.wide) && !says(found, term.inReports)
}

/** Whether the words are only what a scan shows of it. */
const isSignOnly = ({ value: term, tokens, from, to }: Statement<Term>): boolean => {
  const found = tokens.slice(from, to).join(' ')
  return says(found, term.signs) && !says(found, term.inReports) && !says(found, term.wide)
}

/** A scan of a year ago says nothing of a drug that runs now. */
function isLately(context: ReadContext, on: string | undefined): boolean {
  const age = daysBetween(on, context.asOf)
  return age === undefined || age <= treatmentWords(context).limits.toxicityActiveDays
}

/** A single date beside it in its clause is the day of the event ("grade 2 in July 2026"), unless it dates the start of a treatment; else the text's day. */
function dayOf({ words: sentence, tokens, from }: Statement<Term>, on: string | undefined): { readonly on?: string } {
  const commas = tokens.slice(0, from).filter((token) => token === ',').length
  const clause = sentence.split(',')[commas] ?? sentence
  const [date, ...more] = datesIn(clause)
  const isOwn = date !== undefined && more.length === 0 && !STARTED.test(clause) && (on === undefined || date.iso <= on)
  return isOwn ? { on: date.iso } : on === undefined ? {} : { on }
}

const STARTED = /\b(?:since|start(?:ed)?|beg[au]n|from|now|current(?:ly)?|ongoing|new)\b/iu

function isToxicity(context: ReadContext, words: ToxicityWords, { value: term }: Statement<Term>, sentence: string): boolean {
  if (term.pneumonitis === true) return true
  if (isLaidToDrugs(words, sentence)) return true
  return /\b(?:grade|ctcae|G[1-5])\b/i.test(sentence) && anticancerIn(context, sentence).length > 0 && term.immune !== 'words'
}
