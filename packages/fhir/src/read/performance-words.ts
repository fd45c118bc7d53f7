import type { ReadContext, Resource } from './context.ts'
import { currentGrades, goesOn, gradesIn, isNotNow, namesScale, type ScaleName, type ToldGrade } from './performance-grades.ts'
import { choiceDay, dayOf, nameOf, notesOf } from './shapes.ts'
import { saidInText, textsOf } from './texts.ts'
import { sentencesOf } from './words.ts'

const SCALES: readonly ScaleName[] = ['ecog', 'karnofsky']

/**
 * ECOG and Karnofsky said in notes and reports: "ECOG PS 2", "KPS of 70%", "ECOG was 3, now 1".
 *
 * Only a sentence that names the scale counts, and the sentence behind it that goes on about the grade. Of grades of several times the one of now is
 * read (`performance-grades.ts`). Two grades of one time, a range or an earlier state alone are not read: the sentence is named as unread, so that a
 * person looks.
 */
export function readPerformanceWords(context: ReadContext): void {
  for (const { resource, path, text, on } of textsOf(context)) readText(context, resource, path, text, on)
  for (const condition of context.chart.ofType('Condition')) {
    const on = dayOf(condition.recordedDate) ?? choiceDay(condition, 'onset')
    notesOf(condition).forEach((note, index) => {
      readText(context, condition, `note[${index}]`, note, on)
    })
  }
}

function readText(context: ReadContext, resource: Resource, path: string, text: string, on: string | undefined): void {
  const { knowledge } = context
  for (const fact of SCALES) {
    if (!namesScale(knowledge, fact, text)) continue
    const read: { readonly words: string; readonly grades: readonly ToldGrade[] }[] = []
    for (const words of passagesOf(context, fact, text)) {
      const [low, high] = knowledge.facts.get(fact)?.plausible ?? [0, 0]
      const { grades, doubt } = gradesIn(knowledge, fact, words, on)
      const isRead = !doubt && !isNotNow(knowledge, words) && currentGrades(grades).length === 1
      if (isRead && grades.every(({ grade }) => grade >= low && grade <= high)) read.push({ words, grades })
      else notRead(context, resource, path, words)
    }
    const [grade, ...others] = currentGrades(read.flatMap(({ grades }) => grades))
    if (grade === undefined) continue
    const said = read.filter(({ grades }) => currentGrades(grades)[0] === grade)
    const words = said[0]?.words
    if (others.length > 0 || words === undefined) {
      for (const one of read) notRead(context, resource, path, one.words)
      continue
    }
    context.read(fact, { value: grade, ...(on === undefined ? {} : { on }), words, weight: -1, source: context.source(resource, path) })
    context.understood(resource, path)
    for (const one of read) saidInText(context, resource, path, one.words)
  }
}

/** The sentences that name the scale, each with those behind it that go on about its grade. */
function passagesOf(context: ReadContext, scale: ScaleName, text: string): readonly string[] {
  const passages: string[] = []
  let isOpen = false
  for (const sentence of sentencesOf(text)) {
    const last = passages.at(-1)
    if (namesScale(context.knowledge, scale, sentence)) {
      passages.push(sentence)
      isOpen = true
    } else if (isOpen && last !== undefined && goesOn(context.knowledge, scale, sentence))
      passages[passages.length - 1] = `${last.replace(/[.!]$/, '')}; ${sentence}`
    else isOpen = false
  }
  return passages
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
