import { conceptOf, wordsOf } from '../shapes.ts'
import { sentencesOf } from './statements.ts'
import { genesIn, otherGenesIn, type Tables } from './tables.ts'
import { parseVariant } from './variant.ts'

/** The name of a test as a subject for its result: the text of its code, else the first display. */
export const subjectOf = (code: unknown): string => (wordsOf(conceptOf(code))[0] ?? '').replace(/[:.]\s*$/, '').trim()

/** Whether a name stands for a test of named markers (`ALK FISH`, `PD-L1 22C3`) and not for a panel or a whole report. */
export const isOneTest = (name: string, tables: Tables): boolean =>
  (genesIn(name, tables).length > 0 || tables.says('pdl1', name)) && !tables.says('panel', name)

/**
 * The result of a test whose name holds its subject: sentences that name no marker of their own are given the name, so that
 * `ALK FISH` with "Split signals in 62%. Positive." reads like "ALK FISH: positive". Cells that are merely there, counts of nuclei and
 * controls are no result. Where the name holds several markers, an unaddressed positive belongs to none of them.
 */
export function withSubject(name: string, text: string, tables: Tables): string {
  const sentences = sentencesOf(text)
    .map((sentence) => sentence.replace(tables.pattern('cellularity'), ' ').trim())
    .filter((sentence) => /[A-Za-z0-9]/.test(sentence))
  const isAlone = sentences.length === 1
  const markers = new Set(genesIn(name, tables).map(({ symbols }) => symbols.join('|')))
  return sentences
    .flatMap((sentence) => {
      if (hasSubject(sentence, tables)) return [sentence]
      if (!isResult(name, sentence, isAlone, tables) && !(isAlone && mayBeScore(name, sentence, tables))) return []
      const isShared = tables.says('positive', sentence) && !tables.says('negative', sentence)
      return markers.size > 1 && isShared ? [] : [`${name}: ${sentence}`]
    })
    .join('\n')
}

const hasSubject = (sentence: string, tables: Tables): boolean =>
  genesIn(sentence, tables).length > 0 || otherGenesIn(sentence, tables).length > 0 || tables.says('pdl1', sentence)

/** A verdict, a change, a grade or a score of this test: not a remark on the sample, on another stain or on the diagnosis. */
function isResult(name: string, sentence: string, isAlone: boolean, tables: Tables): boolean {
  const says = (word: string): boolean => tables.says(word, sentence)
  if (says('notAResult')) return false
  if (tables.says('pdl1', name) && (/\d\s*%/.test(sentence) || says('tps') || says('cps'))) return true
  if (says('fusion') || says('mutation') || says('amplification') || says('splitSignals')) return true
  if (parseVariant(`${name}: ${sentence}`, tables).length > parseVariant(name, tables).length) return true
  if (says('otherSubject')) return false
  const isVerdict = VERDICTS.some(says) || /\d\s?\+|\bscore\b/i.test(sentence)
  return isVerdict && (isAlone || says('plainResult') || / \d\s?%|\d\s?\+/.test(sentence))
}

const VERDICTS = ['negative', 'positive', 'equivocal', 'pending', 'insufficient', 'untested'] as const

/** A bare number or word is the result of a test that measures; the name of a fusion alone is no finding of it. */
const mayBeScore = (name: string, sentence: string, tables: Tables): boolean =>
  !tables.says('otherSubject', sentence) && (tables.says('pdl1', name) || (/\d/.test(sentence) && !tables.says('fusion', name)))
