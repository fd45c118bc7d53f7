import type { IndexedChart } from './chart.ts'
import type { Reader, ReaderKnowledge } from './context.ts'
import { readLaboratory } from './laboratory.ts'
import { readPatient } from './patient.ts'
import { readPerformance } from './performance.ts'
import { readProfiles } from './profiles.ts'
import { createContext, type Findings } from './reading-context.ts'
import { unreadIssues } from './unread.ts'

/** Every reader, in the order in which they look: later ones may build on what earlier ones settled. */
const READERS: readonly Reader[] = [readProfiles, readPatient, readLaboratory, readPerformance]

/** All that the readers find in one chart. What none of them understood is listed last, as issues. */
export function readChart(chart: IndexedChart, knowledge: ReaderKnowledge, asOf: string): Findings {
  const { context, findings } = createContext(chart, knowledge, asOf)
  for (const reader of READERS) reader(context)
  for (const issue of unreadIssues(context, findings)) context.issue(issue)
  return findings
}
