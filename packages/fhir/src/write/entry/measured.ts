import { quantityFromText } from '../../read/laboratory.ts'
import { conversionOf } from '../../read/units.ts'
import { concept, type Entering, loinc, type ObservationCategory, observation, one, snomed, UCUM, type Writer } from './proposal.ts'

interface LaboratoryFile {
  readonly measurements: readonly { readonly fact?: string; readonly loinc?: readonly string[]; readonly names?: readonly string[] }[]
  readonly vitalSigns?: readonly string[]
}
interface PerformanceFile {
  readonly [scale: string]: unknown
}
interface Scale {
  readonly loinc: readonly string[]
  readonly names: readonly string[]
}
interface ScoresFile {
  readonly scores: readonly {
    readonly fact: string
    readonly loinc?: readonly string[]
    readonly snomed?: readonly string[]
    readonly names: readonly string[]
    readonly units?: { readonly [unit: string]: number }
  }[]
}

/** The number with its unit, as written where the unit is one of the fact's, else in the canonical one. */
function quantityOf({ definition, value, text, knowledge }: Entering): { readonly [element: string]: unknown } {
  const written = text === undefined ? undefined : quantityFromText(text)
  const unit = written?.unit === undefined ? undefined : conversionOf(definition.id, written.unit, knowledge)?.unit
  const code = unit ?? definition.unit
  const number = unit === undefined ? value : written!.value
  if (code === undefined || code === '1') return { valueQuantity: { value: number, unit: '1', system: UCUM, code: '1' } }
  return { valueQuantity: { value: number, unit: code, system: UCUM, code } }
}

/** Laboratory values, vital signs and function tests, by the code under which the laboratory reader knows them. */
export const measured: Writer = (entering) => {
  const { definition, knowledge, value } = entering
  if (typeof value !== 'number') return []
  const row = knowledge.terminology<LaboratoryFile>('laboratory').measurements.find(({ fact }) => fact === definition.id)
  if (row === undefined) return []
  const category: ObservationCategory = definition.group === 'fitness' ? 'vital-signs' : 'laboratory'
  const name = row.names?.[0] ?? definition.label
  const [code] = row.loinc ?? []
  return [one(observation(entering, category, concept(name, code === undefined ? undefined : loinc(code)), quantityOf(entering)))]
}

/** ECOG and Karnofsky, in the profiles of mCODE. */
export const performance: Writer = (entering) => {
  const { definition, knowledge, value } = entering
  const scale = knowledge.terminology<PerformanceFile>('performance')[definition.id] as Scale | undefined
  if (typeof value !== 'number' || scale?.loinc?.[0] === undefined) return []
  const code = concept(definition.label, loinc(scale.loinc[0]))
  return [one(observation(entering, 'survey', code, { valueInteger: value }, `${definition.id}-performance-status`))]
}

/** Scores, grades and counts. */
export const scored: Writer = (entering) => {
  const { definition, knowledge, value } = entering
  if (typeof value !== 'number' && definition.type !== 'code') return []
  const score = knowledge.terminology<ScoresFile>('scores').scores.find(({ fact }) => fact === definition.id)
  if (score === undefined) return []
  const [coded, sct] = [score.loinc?.[0], score.snomed?.[0]]
  const code = concept(score.names[0], coded === undefined ? undefined : loinc(coded), sct === undefined ? undefined : snomed(sct))
  if (typeof value !== 'number') return [one(observation(entering, 'survey', code, { valueString: String(value).toUpperCase() }))]
  const isCount = definition.type === 'integer' && Number.isInteger(value)
  return [one(observation(entering, 'survey', code, isCount ? { valueInteger: value } : quantityOf(entering)))]
}
