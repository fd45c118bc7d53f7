import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** The codes of the synthetic charts, from `codes.yaml` beside this file: codes are data. This part only gives them types. */
export interface Coding {
  readonly system: string
  readonly code: string
  readonly display?: string
}

export const LOINC = 'http://loinc.org'
export const SNOMED = 'http://snomed.info/sct'
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
export const UCUM = 'http://unitsofmeasure.org'
export const HGNC = 'http://www.genenames.org'
export const HGVS = 'http://varnomen.hgvs.org'
export const MCODE = 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-'
export const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-'

export const snomed = (code: string, display: string): Coding => ({ system: SNOMED, code, display })
export const loinc = (code: string, display: string): Coding => ({ system: LOINC, code, display })

export type CancerKind = 'nsclc' | 'adenocarcinoma' | 'squamous' | 'smallCell' | 'neuroendocrine'
export type MetastasisSite = 'brain' | 'bone' | 'liver' | 'lung' | 'adrenal' | 'pleura' | 'node'
export type Edition = '8' | '9'
export type Intent = 'curative' | 'palliative'
export type DiseaseStatus = 'improved' | 'stable' | 'worsened'
export type AnalyteName =
  | 'leukocytes'
  | 'haemoglobin'
  | 'platelets'
  | 'neutrophils'
  | 'lymphocytes'
  | 'creatinine'
  | 'sodium'
  | 'potassium'
  | 'magnesium'
  | 'calcium'
  | 'albumin'
  | 'alt'
  | 'ast'
  | 'alp'
  | 'bilirubin'
  | 'ldh'
  | 'crp'

/** A laboratory value: LOINC code and its words, UCUM unit, an unremarkable value, the laboratory's limits. */
export interface Analyte {
  readonly code: string
  readonly words: string
  readonly unit: string
  readonly usual: number
  /** Spread of the daily noise, as a part of the value. */
  readonly spread: number
  readonly low: number
  readonly high: number
  readonly digits: number
}

type Table<Key extends string, Value = Coding> = { readonly [key in Key]: Value }

interface CodeFile {
  readonly histology: Table<CancerKind>
  readonly primary: Table<CancerKind>
  readonly metastasis: Table<MetastasisSite>
  readonly edition: Table<Edition>
  readonly t: Table<'T1c' | 'T2' | 'T2a' | 'T3' | 'T4'>
  readonly n: Table<'N0' | 'N1' | 'N2' | 'N3'>
  readonly m: Table<'M0' | 'M1a' | 'M1b' | 'M1c'>
  readonly stageIv: Coding
  readonly intent: Table<Intent>
  readonly stopReason: Table<'progression' | 'toxicity'>
  readonly diseaseStatus: Table<DiseaseStatus>
  readonly rxnorm: Readonly<Record<string, string>>
  readonly genes: Readonly<Record<string, string>>
  readonly broadPanel: readonly string[]
  readonly analytes: Table<AnalyteName, Analyte>
}

const SYSTEMS: Readonly<Record<string, string>> = {
  snomed: SNOMED,
  loinc: LOINC,
  'icd-o-3': 'http://terminology.hl7.org/CodeSystem/icd-o-3',
}

/** Writes the full address of a code system where the file has its short name. */
function withSystems(value: unknown): unknown {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === 'system' ? SYSTEMS[String(part)] : withSystems(part)]))
}

const FILE = withSystems(parse(fs.readFileSync(fileURLToPath(new URL('./codes.yaml', import.meta.url)), 'utf8'))) as CodeFile

export const HISTOLOGY = FILE.histology
export const PRIMARY = FILE.primary
export const METASTASIS = FILE.metastasis
export const EDITION = FILE.edition
export const T_CATEGORY = FILE.t
export const N_CATEGORY = FILE.n
export const M_CATEGORY = FILE.m
export const STAGE_IV = FILE.stageIv
export const INTENT = FILE.intent
export const STOP_REASON = FILE.stopReason
export const DISEASE_STATUS = FILE.diseaseStatus
/** RxNorm ingredients; a drug that is absent here has no confirmed code and is sent as text. */
export const RXNORM_INGREDIENT = FILE.rxnorm
export const GENES = FILE.genes
/** What a broad DNA and RNA panel of the network covers. */
export const BROAD_PANEL = FILE.broadPanel
/** The network's laboratory. */
export const ANALYTES = FILE.analytes
