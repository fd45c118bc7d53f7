import type { ReaderKnowledge } from '../context.ts'

export type StopReason = 'progression' | 'toxicity' | 'completed' | 'choice' | 'other'
export type Setting = 'adjuvant' | 'neoadjuvant' | 'perioperative' | 'consolidation' | 'chemoradiation' | 'maintenance'
export type Intent = 'curative' | 'palliative'
export type Role = 'platinum' | 'ici' | 'tki' | 'cytotoxic' | 'antiangiogenic' | 'adc' | 'oral'

/** `knowledge/terminology/treatment.yaml`: limits, roles and the words of treatment. */
export interface TreatmentWords {
  readonly limits: {
    readonly regimenWindowDays: number
    readonly gapDays: number
    readonly lastDoseRunningDays: number
    readonly supplyGraceDays: number
    readonly baselineDays: number
    readonly metastasisGraceDays: number
    readonly localTherapyWindowDays: number
    readonly onTreatmentDays: number
    readonly toxicityActiveDays: number
    readonly runningUnheardDays: number
    readonly statusNearEndDays: number
  }
  readonly roles: { readonly [role in Role]: readonly string[] }
  readonly broadClasses: readonly string[]
  readonly abbreviations: { readonly [short: string]: string }
  readonly substitutions: readonly (readonly string[])[]
  readonly maintenanceAfterPlatinum: readonly string[]
  readonly pneumonitisSuspectRoles: readonly Role[]
  readonly intent: { readonly [intent in Intent]: { readonly codes: readonly string[]; readonly words: readonly string[] } }
  readonly settings: { readonly [setting in Setting]: readonly string[] }
  readonly stop: { readonly [reason in StopReason]: { readonly codes: readonly string[]; readonly words: readonly string[] } }
  readonly lineWords: { readonly [line: string]: readonly string[] }
  readonly notGiven: readonly string[]
  readonly doubtful: readonly string[]
  readonly given: readonly string[]
  readonly running: readonly string[]
  readonly chemotherapyProcedure: { readonly codes: readonly string[]; readonly words: readonly string[] }
  readonly historyWords: readonly string[]
  readonly otherReasons: readonly string[]
  readonly lungReasons: readonly string[]
  /** Anticancer drugs that also treat other illnesses: the illness, words that show that use (`signs`), drugs beside which alone it treats lung cancer. */
  readonly otherUses: {
    readonly [drug: string]: { readonly illness: readonly string[]; readonly signs: readonly string[]; readonly beside?: readonly string[] }
  }
  readonly secondaryIcd10: readonly string[]
  /** What ties a drug to words about the disease ("progression on …"), and what between them says that it is only to come. */
  readonly aside: { readonly ties: readonly string[]; readonly notGivenYet: readonly string[] }
}

export const treatmentWords = (context: { readonly knowledge: ReaderKnowledge }): TreatmentWords =>
  context.knowledge.terminology<TreatmentWords>('treatment')
