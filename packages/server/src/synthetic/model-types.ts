import type { CancerKind, MetastasisSite } from './builders/codes.ts'
import type { Bell, Shares, Spread } from './draw.ts'

/** What `model/*.yaml` holds once every figure is its bare value. */
export type Ancestry = 'white' | 'black' | 'asian' | 'native'
export type ByKind<T> = Readonly<Record<CancerKind, T>>
export type ByAncestry<T> = Readonly<Record<Ancestry, T>>
export type Sex = 'male' | 'female'

export interface HomeMedicine {
  readonly drug: string
  readonly dosage: string
  readonly share: number
}

export interface Comorbidity {
  readonly id: string
  readonly words: string
  readonly share: Readonly<Record<Sex, number>>
  readonly neverSmoker?: number
  readonly medicines?: readonly HomeMedicine[]
  readonly levels?: { readonly creatinine?: Bell }
}

export interface PeopleModel {
  readonly ancestry: ByAncestry<number>
  readonly hispanic: number
  readonly histology: ByAncestry<Shares>
  readonly otherNowAdenocarcinoma: number
  readonly largeIsNeuroendocrine: number
  readonly age: ByKind<Bell>
  readonly ageRange: { readonly min: number; readonly max: number }
  readonly ageNeverSmoker: Bell
  readonly male: ByKind<number>
  readonly maleNeverSmoker: number
  readonly neverSmoked: ByKind<ByAncestry<number>>
  readonly currentOfEver: number
  readonly packYears: Bell
  readonly bodyWeightKg: Readonly<Record<Sex, Bell>> & { readonly min: number; readonly max: number }
  readonly heightCm: Readonly<Record<Sex, Bell>> & { readonly min: number; readonly max: number }
  readonly ecog: { readonly nsclc: readonly number[]; readonly smallCell: readonly number[] }
  readonly comorbidities: readonly Comorbidity[]
  readonly symptoms: {
    readonly none: number
    readonly among: readonly { readonly id: string; readonly words: string; readonly share: number }[]
  }
  readonly weightLossKg: Bell
}

export interface AlterationModel {
  readonly gene: string
  readonly partner?: string
  readonly c?: string
  readonly p?: string
  readonly words?: string
  readonly copies?: number
}

export interface DriverShare {
  readonly never?: number | ByAncestry<number>
  readonly ever?: number | ByAncestry<number>
  readonly any?: number
}

export interface Companion extends AlterationModel {
  readonly ancestry?: ByAncestry<number>
  readonly neverSmoker?: number
  readonly given?: Shares
  readonly share: Shares
}

export interface TumourModel {
  readonly drivers: ByKind<Readonly<Record<string, DriverShare>>>
  readonly alterations: Readonly<
    Record<
      string,
      readonly (AlterationModel & { readonly driver: string; readonly share: number | ByAncestry<number>; readonly neverSmoker?: number })[]
    >
  >
  readonly companions: readonly Companion[]
  readonly tmb: { readonly never: Spread; readonly ever: Spread }
  readonly pdl1: {
    readonly wildType: readonly number[]
    readonly driver: readonly number[]
    readonly stk11: readonly number[]
    readonly driverGenes: readonly string[]
    readonly lowGenes: readonly string[]
    readonly scores: readonly (readonly number[])[]
  }
  readonly metastases: Readonly<Record<Exclude<MetastasisSite, 'node'>, ByKind<number>>>
  readonly brainDrivers: readonly string[]
  readonly brainFusionRatio: number
  readonly lesions: readonly [number, number]
  readonly sizesMm: Readonly<Record<'T1c' | 'T2' | 'T2a' | 'T3' | 'T4' | 'brain' | 'other', readonly [number, number]>>
  readonly otherwise: Shares
  readonly severalLesions: number
  readonly t: Shares
  readonly n: Shares
}

export interface CurveModel {
  readonly points: readonly (readonly [months: number, alive: number])[]
  readonly before: number
}
export interface HazardModel {
  readonly ratio: number
  readonly reference: number
  readonly frailReference?: number
  readonly driverRatio?: number
  readonly gene?: string
  readonly of?: readonly string[]
}

export interface SurvivalModel {
  readonly curves: Readonly<Record<string, CurveModel>>
  readonly after: number
  readonly hazards: Readonly<Record<'ecog' | 'male' | 'liver' | 'brain' | 'illness' | 'withDriver' | 'withoutDriver', HazardModel>>
  readonly outsideTrials: number
  readonly pfsWithSurvival: number
}

export interface ToxicityModel {
  readonly id: string
  readonly words: string
  readonly class: string
  readonly share: number
  readonly grades: readonly number[]
  readonly onset: number
  readonly ends: number
  readonly steroid: boolean
  readonly admits: boolean
  readonly lasts?: boolean
  readonly medicine?: { readonly drug: string; readonly dosage: string }
}

export interface RadiotherapyModel {
  readonly share: number
  readonly doseGy: number
  readonly fractions: number
  readonly stereotactic: boolean
  readonly site: string
  readonly siteCode: readonly [string, string]
}

export interface TreatmentModel {
  readonly untreated: { readonly nsclc: readonly number[]; readonly driver: readonly number[]; readonly smallCell: readonly number[] }
  readonly startDays: Spread
  readonly startDaysSmallCell: Spread
  readonly beforeResults: number
  readonly nextLine: readonly number[]
  readonly nextLineSmallCell: readonly number[]
  readonly pauseDays: Spread
  readonly immunotherapyMonths: number
  readonly regimens: Readonly<Record<string, { readonly pfs: number; readonly response: number }>>
  readonly pfsShape: number
  readonly stable: number
  readonly frailFrom: number
  readonly highFrom: number
  readonly lines: Readonly<Record<string, readonly Shares[]>>
  readonly bridge: string
  readonly since: Readonly<Record<string, string>>
  readonly steroid: { readonly drug: string; readonly moderateMg: number; readonly severeMg: number }
  readonly toxicities: readonly ToxicityModel[]
  readonly radiotherapy: { readonly brain: RadiotherapyModel; readonly bone: RadiotherapyModel }
}

export interface CareModel {
  readonly testing: {
    readonly anyTest: number
    readonly broadPanel: Readonly<Record<Hospital['kind'], number>>
    readonly rareHistology: number
    readonly pdl1: number
    readonly panelDays: Spread
    readonly narrowDays: Spread
    readonly pdl1Days: Spread
    readonly tissueFails: number
    readonly pdl1Fails: number
    readonly plasmaAfterFailure: number
    readonly plasmaUninformative: number
    readonly plasmaDays: Spread
    readonly biopsyAgain: number
    readonly orderAfterBiopsy: Spread
    readonly narrowPanel: readonly string[]
    readonly panelGenes: readonly string[]
  }
  readonly resistance: Readonly<Record<string, readonly (AlterationModel & { readonly share: number })[]>>
  readonly scans: { readonly everyDays: number; readonly jitterDays: number }
  readonly visitsUntreated: { readonly everyDays: number; readonly jitterDays: number }
  readonly ecogCourse: { readonly worsensAtProgression: number; readonly lastMonths: number }
  readonly palliative: { readonly share: number; readonly days: Spread }
  readonly hospice: { readonly share: number; readonly stay: readonly number[] }
  readonly lastDose: { readonly within14: number; readonly otherwise: Spread }
  readonly lastMonth: { readonly hospital: number; readonly intensive: number; readonly emergency: number }
  readonly newSites: Shares
  readonly admissionsPerYear: number
  readonly stayDays: Spread
  readonly admissionReasons: readonly string[]
  readonly pain: Bell
  readonly levels: Readonly<Record<'albumin' | 'haemoglobin' | 'ldh' | 'crp', readonly number[]>>
  readonly spo2: readonly number[]
  readonly imaging: { readonly brainMri: number }
  readonly painAsked: number
  readonly goals: { readonly share: number; readonly words: readonly string[] }
  readonly services: readonly { readonly id: string; readonly words: string; readonly current?: boolean; readonly share: number }[]
}

export interface Hospital {
  readonly id: string
  readonly city: string
  readonly state: string
  readonly latitude: number
  readonly longitude: number
  readonly beds: number
  readonly kind: 'academic' | 'community'
  /** Part of the network's patients. */
  readonly patients: number
  readonly trauma: string
  readonly style: 'mcode' | 'us-core' | 'text-only'
  readonly can: readonly string[]
}

export interface Model {
  readonly people: PeopleModel
  readonly tumour: TumourModel
  readonly survival: SurvivalModel
  readonly treatment: TreatmentModel
  readonly care: CareModel
  readonly messiness: Readonly<Record<string, { readonly share: number; readonly issues: readonly string[] }>>
  readonly hospitals: { readonly hospitals: readonly Hospital[]; readonly capabilities: Readonly<Record<string, string>> }
}
