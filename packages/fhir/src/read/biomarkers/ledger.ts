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
  readonly value: string | undefined
  /** The gene, where a fact stands for several (NTRK1 to 3). */
  readonly gene: string | undefined
  readonly assay: Assay
  readonly source: FactSource
  readonly words: string | undefined
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

/** A test that is no witness of absence: by its report and the results that the report lists, else by its sample. */
interface Gap {
  readonly references: ReadonlySet<string>
  /** Results of other reports, of the same sample perhaps: they stand on their own. */
  readonly others: ReadonlySet<string>
  /** The sample, where the words stand in the report of the test itself. */
  readonly key?: string
  /** Undefined: nothing that it looked for. */
  readonly facts?: ReadonlySet<string>
  /** The words speak of a panel or of sequencing: another test told in the same report stands. */
  readonly isPanel: boolean
}

/** Everything read so far; settled once at the end. */
export interface Ledger {
  readonly context: ReadContext
  readonly tables: Tables
  readonly findings: Finding[]
  readonly numbers: NumberFinding[]
  /** `assay key|gene` or `assay key|fact` that a report excludes from its coverage. */
  readonly uncovered: Set<string>
  /** Tests that failed, are on their way or cannot be relied on, whole or for some facts: what they did not find is not absent. */
  readonly gaps: Gap[]
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
  gaps: [],
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
  const { value, gene } = extra
  const { assay, source, words } = origin
  // every element in one order, there or not: a panel leaves a hundred of these, and settling looks into each many times
  ledger.findings.push({ fact, verdict, value, gene, assay, source, words })
}

/** Says that a test is no witness of absence, whole or of some facts. Words of a note speak of themselves alone, never of a report. */
export function addGap(ledger: Ledger, { source, assay }: Origin, isPanel: boolean, facts?: ReadonlySet<string>): void {
  const references = new Set([source.reference])
  const others = new Set<string>()
  let isReport = source.reference.startsWith('DiagnosticReport/')
  for (const [result, report] of ledger.reportOf) {
    const isOwn = ledger.context.source(report).reference === source.reference
    if (isOwn) isReport = true
    const known = isOwn ? references : others
    known.add(ledger.context.source(result).reference)
  }
  ledger.gaps.push({ references, others, isPanel, ...(isReport ? { key: assay.key } : {}), ...(facts === undefined ? {} : { facts }) })
}

/** Whether an absence stands in a test that cannot show it. A stain or FISH of the same sample is another test. `fact` undefined: the test as a whole. */
export const isInGap = ({ assay, fact, source, verdict }: Placed, ledger: Ledger): boolean =>
  ledger.gaps.some(
    (gap) =>
      (gap.facts === undefined || (fact !== undefined && gap.facts.has(fact))) &&
      assay.method !== 'ihc' &&
      assay.method !== 'fish' &&
      (!gap.isPanel || assay.method === 'sequencing' || verdict === 'covered') &&
      (gap.references.has(source.reference) ||
        (gap.key === assay.key &&
          assay.method === 'sequencing' &&
          source.reference.startsWith('Observation/') &&
          !gap.others.has(source.reference))),
  )

type Placed = Pick<Finding, 'assay' | 'source'> & { readonly fact?: string; readonly verdict?: Verdict }
