import { readAllergies } from './allergies.ts'
import { readBiomarkers } from './biomarkers/index.ts'
import type { IndexedChart } from './chart.ts'
import { readComorbidities } from './comorbidities.ts'
import type { ReadContext, Reader, ReaderKnowledge } from './context.ts'
import { readGestation } from './gestation.ts'
import { readImaging } from './imaging.ts'
import { readLaboratory } from './laboratory.ts'
import { readMedicines } from './medicines/index.ts'
import { readMetastases } from './metastases.ts'
import { readOddDetails } from './odd-details.ts'
import { readPathology } from './pathology.ts'
import { readPatient } from './patient.ts'
import { readPerformance } from './performance.ts'
import { readPerformanceWords } from './performance-words.ts'
import { readPhrases } from './phrases.ts'
import { readPrimaryCancer } from './primary-cancer.ts'
import { readProfiles } from './profiles.ts'
import { readQuality } from './quality/index.ts'
import { createContext, type Findings } from './reading-context.ts'
import { restOf } from './rest-of-chart.ts'
import { readScores } from './scores.ts'
import { readSmoking } from './smoking.ts'
import { readStaging } from './staging.ts'
import { readSymptoms } from './symptoms.ts'
import { readTreatment } from './treatment/index.ts'
import { unreadIssues } from './unread.ts'
import { readWishes } from './wishes.ts'

/** Elements with a fixed place and a number or code: they look first. */
const PLAIN_READERS: readonly Reader[] = [readProfiles, readPatient, readLaboratory, readPerformance]

/** The readers of each theme, in the order in which they look through what is left. */
const THEME_READERS: readonly Reader[] = [
  readPrimaryCancer,
  readPathology,
  readStaging,
  readMetastases,
  readImaging,
  readComorbidities,
  readAllergies,
  readSymptoms,
  readScores,
  readGestation,
  readSmoking,
  readPhrases,
  readPerformanceWords,
  readWishes,
  readBiomarkers,
  readTreatment,
  readMedicines,
  readOddDetails,
]

/** All that the readers find in one chart. What none of them understood is listed last, as issues. */
export const readChart = (chart: IndexedChart, knowledge: ReaderKnowledge, asOf: string): Findings =>
  readTogether(chart, knowledge, asOf).findings

/** The same, with the context in which the readers of each theme worked: what they keep of the chart is asked for with it. */
export function readTogether(
  chart: IndexedChart,
  knowledge: ReaderKnowledge,
  asOf: string,
): { readonly findings: Findings; readonly context: ReadContext } {
  const { context, findings } = createContext(chart, knowledge, asOf)
  for (const reader of PLAIN_READERS) reader(context)
  const rest = restOf(context, findings)
  for (const reader of THEME_READERS) reader(rest)
  readQuality(rest, chart, findings)
  for (const issue of unreadIssues(rest, findings)) context.issue(issue)
  return { findings, context: rest }
}
