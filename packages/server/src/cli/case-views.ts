import fs from 'node:fs'
import path from 'node:path'
import { claimFolder } from '@secondwind/compiler'
import type { KnowledgeBase } from '@secondwind/core'
import { today } from '../compose.ts'
import { caseViews } from '../views/case-views.ts'
import { print, printIssues } from './input.ts'

/**
 * `secondwind case-views <folder>`: the case snapshot as SQL on FHIR v2, for others to reproduce: a ViewDefinition a file, `case_snapshot.sql` over their
 * tables (DuckDB), and `not-expressed.csv` with the reason for every fact that views cannot say. Exit status 0, or 2 where the folder cannot be written.
 */
export function caseViewsCommand(folder: string, { asOf = today() }: { readonly asOf?: string }, knowledge: KnowledgeBase): number {
  const { definitions, sql, expressed, notExpressed } = caseViews(knowledge, asOf)
  const files: readonly (readonly [name: string, text: string])[] = [
    ...definitions.map((view) => [`${view.name}.json`, `${JSON.stringify(view, null, 2)}\n`] as const),
    ['case_snapshot.sql', sql],
    ['not-expressed.csv', ['fact,why', ...notExpressed.map(({ fact, why }) => `${fact},"${why.replaceAll('"', '""')}"`), ''].join('\n')],
  ]
  try {
    const fault = claimFolder(folder)
    if (fault !== undefined) throw new Error(fault)
    for (const [name, text] of files) fs.writeFileSync(path.join(folder, name), text)
  } catch (error) {
    const message = error instanceof Error ? error.message : 'cannot be written'
    printIssues([{ code: 'missing-input', severity: 'error', path: folder, message, remedy: 'give a folder that can be written' }])
    return 2
  }
  print(
    `${folder}: ${definitions.length} views; ${expressed.length} facts are expressed, ${notExpressed.length} are not (not-expressed.csv says why)\n`,
  )
  return 0
}
