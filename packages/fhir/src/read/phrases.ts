import type { Reader } from './context.ts'
import { reportGrades, reportText } from './graded.ts'
import { isOfOtherTumour } from './primary-cancer.ts'
import { isOfTumour } from './symptoms.ts'
import { saidInText, sentencesRead, textsOf } from './texts.ts'
import { sentencesOf } from './words.ts'

/**
 * Findings, classes and grades in free text: conclusions of reports, notes, impressions, documents. Everything read carries its words and the
 * lowest weight. Sentences of a report in which nobody understood anything are named at the end (`unread.ts`).
 */
export const readPhrases: Reader = (context) => {
  for (const { resource, path, text, on, kind } of textsOf(context)) {
    if (kind === 'pathology') continue
    const evidence = { resource, path, ...(on === undefined ? {} : { on }) }
    const statements = reportText(
      context,
      text,
      evidence,
      (finding) => (kind === 'note' || finding.table !== 'wishes') && !(isOfTumour(finding) && isOfOtherTumour(context, resource)),
    )
    const isGraded = reportGrades(context, text, evidence)
    if (statements.length === 0 && !isGraded) continue
    context.understood(resource, path)
    const read = new Set(statements.map(({ words }) => words))
    for (const words of read) saidInText(context, resource, path, words)
    if (isGraded) sentencesRead(context, sentencesOf(text))
  }
}
