import type { RuleChange } from '@secondwind/compiler'
import { KIND_WORDS } from './diff-text.ts'
import { type KnowledgeDiff, priorityOf } from './knowledge-diff.ts'

const COLUMNS = [
  'priority',
  'patient',
  'file',
  'change',
  'subject',
  'before',
  'after',
  'rule',
  'rule_change',
  'rule_file',
  'sources',
  'newly_cited',
  'no_longer_cited',
  'as_of',
  'from_release',
  'to_release',
] as const

/**
 * The worklist: one line for each change of decision or care, patients to look at first on top. Changes of reasons and words are not on it.
 * Patients that could not be compared are on it with priority 1: nobody has looked at them.
 */
export function worklist(diff: KnowledgeDiff): string {
  const rules = new Map(diff.rules.map((rule) => [rule.key, rule]))
  const asOf = diff.cohort?.asOf ?? ''
  const releases = [`${diff.before.version} ${diff.before.digest}`, `${diff.after.version} ${diff.after.digest}`]
  const rows: (readonly string[])[] = (diff.cohort?.notCompared ?? []).map((issue) => [
    '1',
    '',
    issue.path,
    'not compared',
    issue.message,
    ...Array<string>(8).fill(''),
    asOf,
    ...releases,
  ])
  for (const { patient, file, changes } of diff.cohort?.changed ?? []) {
    for (const change of changes) {
      const priority = priorityOf(change)
      if (priority === 4) continue
      const causes = change.causes.flatMap(({ rule }) => rules.get(rule) ?? [])
      const join = (text: (rule: RuleChange) => string): string => [...new Set(causes.map(text))].filter((t) => t !== '').join('; ')
      rows.push([
        String(priority),
        patient,
        file,
        KIND_WORDS[change.kind],
        change.subject,
        change.before ?? '',
        change.after ?? '',
        join((rule) => rule.key) || 'several together',
        join((rule) => rule.change),
        join((rule) => rule.after ?? rule.before ?? ''),
        join((rule) => rule.sources.join(' ')),
        join((rule) => rule.newlyCited.join(' ')),
        join((rule) => rule.noLongerCited.join(' ')),
        asOf,
        ...releases,
      ])
    }
  }
  return `${[COLUMNS, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** RFC 4180. A text that a spreadsheet would take for a formula is put behind an apostrophe: charts hold what others wrote. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
