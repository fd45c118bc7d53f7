import { readComorbidities } from './comorbidities.ts'
import type { Reader } from './context.ts'
import { readGestation } from './gestation.ts'
import { readImaging } from './imaging.ts'
import { readMetastases } from './metastases.ts'
import { readPathology } from './pathology.ts'
import { readPhrases } from './phrases.ts'
import { readPrimaryCancer } from './primary-cancer.ts'
import { readScores } from './scores.ts'
import { readSmoking } from './smoking.ts'
import { readStaging } from './staging.ts'
import { readSymptoms } from './symptoms.ts'
import { readWishes } from './wishes.ts'

/** Readers of conditions, stage, imaging, symptoms, scores and wishes, in the order in which they look. */
export const CLINICAL_READERS: readonly Reader[] = [
  readPrimaryCancer,
  readPathology,
  readStaging,
  readMetastases,
  readImaging,
  readComorbidities,
  readSmoking,
  readSymptoms,
  readScores,
  readGestation,
  readWishes,
  readPhrases,
]
