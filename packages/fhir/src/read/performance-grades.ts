import type { ReaderKnowledge } from './context.ts'
import { onceFor } from './remember.ts'

/** The part of `knowledge/terminology/performance.yaml` that tells grades of now from grades of another time. */
interface TimesFile {
  readonly ecog: { readonly inText: readonly string[] }
  readonly karnofsky: { readonly inText: readonly string[] }
  readonly between: readonly string[]
  readonly notNow: readonly string[]
  readonly times: {
    /** "now", "today": the grade beside it is the one that counts. */
    readonly now: readonly string[]
    /** "previously", "before": the grade beside it is of another time. */
    readonly then: readonly string[]
    /** "was", "on admission": of another time where the text also tells a grade of now; alone it is all there is. */
    readonly past: readonly string[]
    /** "unchanged": a time beside it is the one that the grade has lasted since. */
    readonly same: readonly string[]
    /** "improved", "fell": words of a change, before "from 3 to 1". */
    readonly change: readonly string[]
  }
}

export type ScaleName = 'ecog' | 'karnofsky'

/** When a grade held: said to be now, told as the end of a change, said without a time, said in the past tense alone, said to be of another time. */
export type GradeTime = 'now' | 'changed' | 'unsaid' | 'past' | 'then'

export interface ToldGrade {
  readonly grade: number
  readonly time: GradeTime
}

interface Patterns {
  readonly named: RegExp
  readonly everyName: RegExp
  readonly primary: RegExp
  readonly fromTo: RegExp
  readonly fromNamedTo: RegExp
  readonly arrow: RegExp
  readonly changedTo: RegExp
  readonly backwards: RegExp
  readonly breakBefore: RegExp
  readonly continued: RegExp
  /** "now 1-2": a grade is meant, and it is not one. */
  readonly unclear: RegExp
  /** Nothing but words that may stand beside a grade. */
  readonly blank: RegExp
  readonly now: RegExp
  readonly earlier: RegExp
  readonly startsThen: RegExp
  readonly past: RegExp
  readonly same: RegExp
  readonly month: RegExp
  readonly notNow: RegExp
  readonly range: readonly [number, number]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const IN_MONTH = `(?<![a-z])(?:in|since|of)\\s+(?:early\\s+|late\\s+|mid[\\s-]?)?(?<month>${MONTHS.join('|')})[a-z]{0,6}(?![a-z])`

const NAME = '\u00a7'
const ARROW = '(?:\u2192|-+>|=+>)'
/** A whole number that is not a part of a range, a date, a decimal number or a comparison. */
const GRADE = `\\b(\\d{1,3})(?![\\d.]\\d|\\d|\\s*(?:-(?!>)|\u2013|to\\b|or\\b|/|>)\\s*\\d)\\s*%?`
/** The first grade of a trend: "from 3 to 1", "3 -> 1". */
const ANY_GRADE = '\\b(\\d{1,3})\\s*%?'

/** Whether a text names the scale. */
export const namesScale = (knowledge: ReaderKnowledge, scale: ScaleName, text: string): boolean =>
  patternsOf(knowledge)[scale].named.test(text)

/** Whether a sentence is about a condition, a plan or somebody's rule: nothing in it tells how the patient is. */
export const isNotNow = (knowledge: ReaderKnowledge, sentence: string): boolean => patternsOf(knowledge).ecog.notNow.test(sentence)

/** Whether a sentence without the scale's name goes on about its grade: "Now 1.", "Previously 3." */
export const goesOn = (knowledge: ReaderKnowledge, scale: ScaleName, sentence: string): boolean => {
  const { continued, range, now, earlier, past } = patternsOf(knowledge)[scale]
  const first = sentence.toLowerCase().split(/[,;()]/)[0] ?? ''
  const grade = Number(continued.exec(first)?.[1] ?? Number.NaN)
  return grade >= range[0] && grade <= range[1] && (now.test(first) || earlier.test(first) || past.test(first))
}

/**
 * Every grade of the scale that a sentence tells, with its time: "ECOG was 3, now 1", "ECOG 1 (was 0 in May)", "ECOG fell from 1 to 2",
 * "previously ECOG 0, today ECOG 2", "ECOG 3 -> 1". A number without the scale's name counts only in a clause that holds nothing but it and a time.
 * A grade beside the month of another time than `on` is of then. `doubt`: the words beside a grade speak of now and of then at once.
 */
export function gradesIn(
  knowledge: ReaderKnowledge,
  scale: ScaleName,
  sentence: string,
  on?: string,
): { readonly grades: readonly ToldGrade[]; readonly doubt: boolean } {
  const patterns = patternsOf(knowledge)[scale]
  const mark = (grade: string | undefined, time: GradeTime): string => ` #${grade}|${time}# `
  const marked = sentence
    .toLowerCase()
    .replace(patterns.everyName, NAME)
    .replace(patterns.fromTo, (_, grade: string) => mark(grade, 'changed'))
    .replace(patterns.fromNamedTo, (_, grade: string) => mark(grade, 'changed'))
    .replace(patterns.arrow, (_, grade: string) => mark(grade, 'changed'))
    .replace(patterns.changedTo, (_, grade: string) => mark(grade, 'changed'))
    .replace(patterns.primary, (words: string, grade: string) => mark(grade, linkTime(patterns, words)))
    .replace(patterns.backwards, (_, grade: string) => mark(grade, 'changed'))
    .replace(patterns.breakBefore, ', $&')
  const grades: { grade: number; time: GradeTime }[] = []
  let doubt = false
  let before: GradeTime | undefined
  let isBeside = false
  for (const clause of marked.split(/[,;()]|\b(?:but|and|whereas|while|vs\.?|versus)(?![a-z])/)) {
    const own = [...clause.matchAll(/#(\d+)\|([a-z]+)#/g)]
    const time = timeOf(patterns, clause, on)
    if (own.length > 0) {
      for (const [, grade, linked] of own) {
        const said = linked === 'unsaid' ? (before ?? 'unsaid') : (linked as GradeTime)
        if (time === 'both' && linked !== 'now') doubt = true
        const isSaid = linked === 'now' || time === undefined || time === 'both' || (linked === 'changed' && time === 'past')
        grades.push({ grade: Number(grade), time: isSaid ? said : time })
      }
      before = undefined
      isBeside = true
      continue
    }
    const grade = patterns.continued.exec(clause)?.[1]
    if (grade !== undefined && time !== undefined && time !== 'both') {
      // behind other words the number may be of something else ("pain was 8, now 3"): what is of then is left out, what is of now is a doubt
      if (isBeside || grades.length === 0) grades.push({ grade: Number(grade), time })
      else if (time === 'now') doubt = true
    } else if (grades.length > 0 && time !== undefined && patterns.unclear.test(clause)) doubt = true
    else if (patterns.startsThen.test(clause)) {
      // "ECOG 1, before the pneumonia" and "Before the pneumonia, ECOG 1"
      const last = grades.at(-1)
      if (last === undefined) before = 'then'
      else if (last.time === 'unsaid') last.time = 'then'
    } else if (!patterns.blank.test(clause)) isBeside = false
  }
  return { grades, doubt }
}

const ORDER: readonly GradeTime[] = ['now', 'changed', 'unsaid', 'past']

/** The grades that count: those of now, else those without a time, else those in the past tense alone. Grades of another time never count. */
export function currentGrades(told: readonly ToldGrade[]): readonly number[] {
  const time = ORDER.find((one) => told.some((grade) => grade.time === one))
  return time === undefined ? [] : [...new Set(told.filter((grade) => grade.time === time).map(({ grade }) => grade))]
}

const linkTime = (patterns: Patterns, words: string): GradeTime =>
  patterns.now.test(words) ? 'now' : patterns.earlier.test(words) ? 'then' : patterns.past.test(words) ? 'past' : 'unsaid'

function timeOf(patterns: Patterns, clause: string, on: string | undefined): GradeTime | 'both' | undefined {
  const month = patterns.month.exec(clause)?.groups?.month
  const isOther = month !== undefined && MONTHS.indexOf(month) + 1 !== Number(on?.slice(5, 7))
  const isThen = patterns.earlier.test(clause) || isOther
  const isNow = patterns.now.test(clause)
  if (patterns.same.test(clause)) return 'now'
  if (isNow) return isThen ? 'both' : 'now'
  return isThen ? 'then' : patterns.past.test(clause) ? 'past' : undefined
}

const patternsOf = onceFor((knowledge: ReaderKnowledge): { readonly [name in ScaleName]: Patterns } => {
  const file = knowledge.terminology<TimesFile>('performance')
  const { now, then, past, same, change } = file.times
  const word = (list: readonly string[]): string => `(?<![a-z])(?:${alternatives(list)})(?![a-z])`
  const times = `(?:${word([...now, ...then, ...past])}|${IN_MONTH})`
  const filler = `(?:[\\s:=(,]|${word(file.between)})*`
  const loose = `(?:[\\s:=]|${word(file.between)}|${word([...now, ...past])})*`
  const beside = `(?:[\\s:=]|${word(file.between)}|${word([...now, ...then, ...past, ...change])}|\\bto\\b)*`
  const changed = `(?:${word(change)}\\s+)`
  const build = (scale: ScaleName): Patterns => {
    const name = `\\b(?:${alternatives(file[scale].inText)})(?![a-z])`
    return {
      named: new RegExp(name, 'i'),
      everyName: new RegExp(name, 'gi'),
      fromTo: new RegExp(`${NAME}${loose}${changed}*from\\s+\\d{1,3}\\s*%?[^,;()\\d#${NAME}]{0,30}?(?:\\bto|${ARROW})\\s+${GRADE}`, 'g'),
      fromNamedTo: new RegExp(
        `from\\s+${NAME}${filler}\\d{1,3}\\s*%?[^,;()\\d#${NAME}]{0,30}?(?:\\bto|${ARROW})\\s+(?:${NAME}${filler})?${GRADE}`,
        'g',
      ),
      arrow: new RegExp(`${NAME}${filler}${ANY_GRADE.replace('(', '(?:')}\\s*${ARROW}\\s*(?:${NAME}${filler})?${GRADE}`, 'g'),
      changedTo: new RegExp(`${NAME}${loose}${changed}+to\\s+(?:${NAME}${filler})?${GRADE}`, 'g'),
      primary: new RegExp(`${NAME}${filler}${GRADE}`, 'g'),
      backwards: new RegExp(
        `#(\\d+)\\|(?:unsaid|past|now|changed)#\\s*,?\\s*${changed}*(?:up |down )?from\\s+(?:${NAME}${filler})?\\d{1,3}\\b`,
        'g',
      ),
      breakBefore: new RegExp(`${word([...now, ...then, ...past])}(?=${beside}\\d{1,3}\\b(?!\\s*[a-z]*\\s*(?:ago|earlier)\\b))`, 'g'),
      continued: new RegExp(
        `^${beside}${GRADE}\\s*(?:${times}\\s*)*[.!]?\\s*(?:(?:in|on|at|after|with|since|despite|due|following|because|during|as|under)\\b.*)?$`,
      ),
      unclear: new RegExp(`^${beside}\\d{1,3}\\s*(?:-|\u2013|to\\b|or\\b|/)\\s*\\d`),
      blank: new RegExp(`^${beside}\\s*$`),
      now: new RegExp(word(now), 'i'),
      earlier: new RegExp(word(then), 'i'),
      startsThen: new RegExp(`^\\s*${word(then)}`, 'i'),
      past: new RegExp(word(past), 'i'),
      same: new RegExp(word(same), 'i'),
      month: new RegExp(IN_MONTH, 'i'),
      notNow: new RegExp(`\\b(?:${alternatives(file.notNow)})\\b`, 'i'),
      range: knowledge.facts.get(scale)?.plausible ?? ([0, 0] as const),
    }
  }
  const patterns = { ecog: build('ecog'), karnofsky: build('karnofsky') }
  return patterns
})

/** Longest first, so that "ecog performance status" is not taken for "ecog". */
const alternatives = (words: readonly string[]): string =>
  [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ /g, '\\s+'))
    .join('|')
