import { readAllergies } from './allergies.ts'
import { readBiomarkers } from './biomarkers/index.ts'
import type { IndexedChart } from './chart.ts'
import { readComorbidities } from './comorbidities.ts'
import type { Reader, ReaderKnowledge } from './context.ts'
import { readImaging } from './imaging.ts'
import { readLaboratory } from './laboratory.ts'
import { readMedicines } from './medicines/index.ts'
import { readMetastases } from './metastases.ts'
import { readPathology } from './pathology.ts'
import { readPatient } from './patient.ts'
import { readPerformance } from './performance.ts'
import { readPhrases } from './phrases.ts'
import { readPrimaryCancer } from './primary-cancer.ts'
import { readProfiles } from './profiles.ts'
import { createContext, type Findings } from './reading-context.ts'
import { readScores } from './scores.ts'
import { readSmoking } from './smoking.ts'
import { readStaging } from './staging.ts'
import { readSymptoms } from './symptoms.ts'
import { readTreatment } from './treatment/index.ts'
import { unreadIssues } from './unread.ts'
import { readWishes } from './wishes.ts'

/** Every reader, in the order in which they look. */
const READERS: readonly Reader[] = [
  readProfiles,
  readPatient,
  readPrimaryCancer,
  readPathology,
  readStaging,
  readMetastases,
  readImaging,
  readComorbidities,
  readAllergies,
  readSymptoms,
  readScores,
  readSmoking,
  readPhrases,
  readWishes,
  readLaboratory,
  readPerformance,
  readBiomarkers,
  readTreatment,
  readMedicines,
]

/** All that the readers find in one chart. What none of them understood is listed last, as issues. */
export function readChart(chart: IndexedChart, knowledge: ReaderKnowledge, asOf: string): Findings {
  const { context, findings } = createContext(chart, knowledge, asOf)
  for (const reader of READERS) reader(context)
  for (const issue of unreadIssues(context, findings)) context.issue(issue)
  return findings
}
