import type { FactSource, Issue } from '@secondwind/core'
import type { ReadContext, Resource } from '../context.ts'
import type { Tables } from './tables.ts'

/** One test of one sample, as far as the chart tells. */
export interface Assay {
  /** Same key, same sample: the specimen, else kind and day. */
  readonly key: string
  readonly kind: 'tissue' | 'plasma' | 'unknown'
  readonly on?: string
  readonly method?: 'ihc' | 'fish' | 'sequencing'
}

/** `covered`: a completed test looked there and reported nothing. `negative`: it says so. */
export type Verdict = 'positive' | 'negative' | 'covered' | 'equivocal' | 'pending' | 'insufficient'

/** What one test says of one fact. */
export interface Finding {
  readonly fact: string
  readonly verdict: Verdict
  /** Member of a `codes` or `code` fact. */
  readonly value?: string
  /** The gene, where a fact stands for several (NTRK1 to 3). */
  readonly gene?: string
  readonly assay: Assay
  readonly source: FactSource
  readonly words?: string
}

/** One reading of a number (PD-L1, copies, TMB); without a value the test said nothing that counts. */
export interface NumberFinding {
  readonly fact: string
  readonly value?: number
  readonly unknown?: 'not-informative' | 'pending' | 'insufficient-sample'
  readonly assay: Assay
  readonly source: FactSource
  readonly words?: string
  /** Coded values outrank words. */
  readonly coded: boolean
}

/** Everything read so far; settled once at the end. */
export interface Ledger {
  readonly context: ReadContext
  readonly tables: Tables
  readonly findings: Finding[]
  readonly numbers: NumberFinding[]
  /** `assay key|gene` or `assay key|fact` that a report excludes from its coverage. */
  readonly uncovered: Set<string>
  readonly rna: { readonly done: boolean; readonly assay: Assay; readonly source: FactSource; readonly words: string }[]
  readonly plasma: { readonly assay: Assay; readonly source: FactSource; readonly enough: boolean | undefined; readonly words?: string }[]
  /** Genomic tests that are finished, whatever they found. */
  readonly sequenced: { readonly assay: Assay; readonly source: FactSource }[]
  readonly pending: { readonly source: FactSource; readonly on?: string; readonly words?: string }[]
  readonly insufficient: { readonly source: FactSource; readonly on?: string; readonly words?: string }[]
  readonly phases: { readonly value: 'cis' | 'trans'; readonly source: FactSource; readonly on?: string; readonly words: string }[]
  /** Complaints about a vague result, dropped where another result settles one of these facts. */
  readonly doubts: { readonly facts: readonly string[]; readonly say: () => void }[]
  readonly reportOf: ReadonlyMap<Resource, Resource>
}

export const newLedger = (context: ReadContext, tables: Tables, reportOf: ReadonlyMap<Resource, Resource>): Ledger => ({
  context,
  tables,
  findings: [],
  numbers: [],
  uncovered: new Set(),
  rna: [],
  plasma: [],
  sequenced: [],
  pending: [],
  insufficient: [],
  phases: [],
  doubts: [],
  reportOf,
})

/** Where a reading came from: the test, the place and, for text, the words. */
export interface Origin {
  readonly assay: Assay
  readonly source: FactSource
  readonly words?: string
  readonly coded: boolean
  /** The words stand in the report of a genomic test. */
  readonly isGenomic?: true
}

export function note(
  ledger: Ledger,
  code: Issue['code'],
  severity: Issue['severity'],
  origin: Origin,
  message: string,
  remedy?: string,
): void {
  const { reference, path } = origin.source
  ledger.context.issue({
    code,
    severity,
    path: path === undefined ? reference : `${reference}.${path}`,
    message,
    ...(remedy === undefined ? {} : { remedy }),
  })
}

export function find(
  ledger: Ledger,
  origin: Origin,
  fact: string,
  verdict: Verdict,
  extra: { readonly value?: string; readonly gene?: string } = {},
): void {
  ledger.findings.push({
    fact,
    verdict,
    ...extra,
    assay: origin.assay,
    source: origin.source,
    ...(origin.words === undefined ? {} : { words: origin.words }),
  })
}
