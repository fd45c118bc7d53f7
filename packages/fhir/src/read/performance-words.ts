import type { ReadContext, ReaderKnowledge, Resource } from './context.ts'
import { choiceDay, dayOf, nameOf, notesOf } from './shapes.ts'
import { saidInText, textsOf } from './texts.ts'
import { sentencesOf } from './words.ts'

/** The part of `knowledge/terminology/performance.yaml` that reads running text. */
interface WordsFile {
  readonly ecog: { readonly inText: readonly string[] }
  readonly karnofsky: { readonly inText: readonly string[] }
  readonly between: readonly string[]
  readonly notNow: readonly string[]
}

interface Patterns {
  readonly scales: readonly {
    readonly fact: 'ecog' | 'karnofsky'
    readonly named: RegExp
    readonly graded: RegExp
    readonly range: readonly [number, number]
  }[]
  readonly notNow: RegExp
}

const compiled = new WeakMap<ReaderKnowledge, Patterns>()

/**
 * ECOG and Karnofsky said in notes and reports: "ECOG PS 2", "KPS of 70%".
 *
 * Only a sentence that names the scale and then one whole grade counts, and only where it speaks of now. Two grades, a range or an earlier state are not
 * read: the sentence is named as unread, so that a person looks.
 */
export function readPerformanceWords(context: ReadContext): void {
  const patterns = patternsOf(context.knowledge)
  for (const { resource, path, text, on } of textsOf(context)) readText(context, patterns, resource, path, text, on)
  for (const condition of context.chart.ofType('Condition')) {
    const on = dayOf(condition.recordedDate) ?? choiceDay(condition, 'onset')
    notesOf(condition).forEach((note, index) => {
      readText(context, patterns, condition, `note[${index}]`, note, on)
    })
  }
}

function readText(context: ReadContext, patterns: Patterns, resource: Resource, path: string, text: string, on: string | undefined): void {
  for (const { fact, named, graded, range } of patterns.scales) {
    if (!named.test(text)) continue
    const grades = new Map<number, string>()
    for (const sentence of sentencesOf(text)) {
      if (!named.test(sentence)) continue
      const found = [...sentence.matchAll(graded)].map((match) => Number(match[1]))
      const isPlain = found.length === 1 && found[0]! >= range[0] && found[0]! <= range[1] && !patterns.notNow.test(sentence)
      if (isPlain) grades.set(found[0]!, sentence)
      else notRead(context, resource, path, sentence)
    }
    if (grades.size > 1) for (const sentence of grades.values()) notRead(context, resource, path, sentence)
    if (grades.size !== 1) continue
    const [[grade, words]] = [...grades] as [[number, string]]
    context.read(fact, { value: grade, ...(on === undefined ? {} : { on }), words, weight: -1, source: context.source(resource, path) })
    context.understood(resource, path)
    saidInText(context, resource, path, words)
  }
}

function notRead(context: ReadContext, resource: Resource, path: string, sentence: string): void {
  context.issue({
    code: 'unread-text',
    severity: 'information',
    path: `${nameOf(resource)}.${path}`,
    message: `performance status not read: "${sentence.slice(0, 240)}"`,
    remedy: 'record a single grade with its date',
  })
}

function patternsOf(knowledge: ReaderKnowledge): Patterns {
  const known = compiled.get(knowledge)
  if (known !== undefined) return known
  const file = knowledge.terminology<WordsFile>('performance')
  const scales = (['ecog', 'karnofsky'] as const).map((fact) => {
    const name = `\\b(?:${alternatives(file[fact].inText)})(?![a-z])`
    const link = `(?:[\\s:=(,]|${alternatives(file.between)})*`
    return {
      fact,
      named: new RegExp(name, 'i'),
      // a whole grade: not a part of a range, a date or a decimal number
      graded: new RegExp(`${name}${link}\\b(\\d{1,3})(?![\\d.]\\d|\\d|\\s*(?:-|–|to|or|/|>)\\s*\\d)`, 'gi'),
      range: knowledge.facts.get(fact)?.plausible ?? ([0, 0] as const),
    }
  })
  const patterns: Patterns = { scales, notNow: new RegExp(`\\b(?:${alternatives(file.notNow)})\\b`, 'i') }
  compiled.set(knowledge, patterns)
  return patterns
}

/** Longest first, so that "ecog performance status" is not taken for "ecog". */
const alternatives = (words: readonly string[]): string =>
  [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ /g, '\\s+'))
    .join('|')
