import { type ClinicPhones, type PatientLine, patientPage, withPhones } from '@secondwind/care'
import type { KnowledgeBase, PlanDocument } from '@secondwind/core'
import { wrap } from './layout.ts'

/** The page for the patient as plain text, narrow enough to be read on paper. The words come from `patientPage`, the numbers to call from the site. */
export function patientText(doc: PlanDocument, knowledge: KnowledgeBase, columns: number, phones?: ClinicPhones): string {
  const width = Math.max(50, Math.min(columns, 80))
  const page = withPhones(patientPage(doc, knowledge), phones)
  const out: string[] = [`${page.title.toUpperCase()}   ${page.asOf}`]
  for (const section of page.sections) {
    out.push('', section.title.toUpperCase(), '─'.repeat(section.title.length))
    for (const [i, line] of section.lines.entries()) {
      const before = section.lines[i - 1]?.kind
      if (before !== undefined && (line.kind === 'heading' || (line.kind === 'text' && before === 'bullet'))) out.push('')
      out.push(...lineText(line, width))
    }
  }
  return out.join('\n')
}

function lineText(line: PatientLine, width: number): readonly string[] {
  switch (line.kind) {
    case 'bullet':
      return wrap(`• ${line.text}`, width - 2, '  ').map((l) => `  ${l}`)
    case 'quote':
      return wrap(`“${line.text}”`, width - 4).map((l) => `    ${l}`)
    case 'fill':
      return [
        `  ${line.text} ______________________________`,
        ...(line.instead === undefined ? [] : wrap(`If this line is empty: ${line.instead}`, width - 4).map((l) => `    ${l}`)),
      ]
    case 'phone':
      return [`  ${line.text} ${line.number}`]
    default:
      return wrap(line.text, width)
  }
}
