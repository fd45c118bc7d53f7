import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where developers and CI keep the big outside suites: `../shared/data` beside the project, or what `SECONDWIND_DATA` names. Users have neither. */
const beside = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../shared/data')

export const SHARED_DATA: string | undefined = process.env.SECONDWIND_DATA ?? (fs.existsSync(beside) ? beside : undefined)

/** Title suffix of a suite that could not run. */
export const SKIPPED = 'SKIPPED: ../shared/data is not here (nor SECONDWIND_DATA)'
