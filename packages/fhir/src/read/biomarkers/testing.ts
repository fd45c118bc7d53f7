import { type Fact, type FactDefinition, type FactSource, isKnown } from '@secondwind/core'
import { onceFor } from '../remember.ts'
import { type Assay, type Finding, isInGap, type Ledger } from './ledger.ts'
import { findingsOf, isExcluded, sourcesOf } from './settle.ts'
import type { Tables } from './tables.ts'

interface Entry {
  readonly assay: Assay
  readonly source: FactSource
}

function latestDay(entries: readonly { readonly assay: Assay }[]): string | undefined {
  let latest: string | undefined
  for (const { assay } of entries) if (assay.on !== undefined && (latest === undefined || assay.on > latest)) latest = assay.on
  return latest
}

const fact = (value: boolean | string | readonly string[], entries: readonly Entry[], words?: string): Fact => {
  const on = latestDay(entries)
  const sources = [...sourcesOf(entries)].sort(
    (a, b) => a.reference.localeCompare(b.reference) || (a.path ?? '').localeCompare(b.path ?? ''),
  )
  return { value, absence: 'witnessed', ...(on === undefined ? {} : { on }), ...(words === undefined ? {} : { words }), sources }
}

/** Results that tell of the tumour's genes; stains of driver proteins count, PD-L1 and the like do not. */
const isMolecular = (finding: Finding): boolean => finding.fact !== 'msi-high' || finding.assay.method !== 'ihc'

/** Plasma tells something where it shows an alteration of the tumour, or holds enough tumour DNA to show one. */
export function isInformative({ assay }: Entry, ledger: Ledger): boolean {
  if (assay.kind !== 'plasma') return true
  const isShown = ledger.findings.some(
    (finding) =>
      finding.assay.key === assay.key && finding.verdict === 'positive' && !ledger.tables.genes.get(finding.gene ?? '')?.haematopoiesis,
  )
  const fractions = ledger.plasma.filter((entry) => entry.assay.on === assay.on)
  return isShown || (fractions.length > 0 && fractions.every((entry) => entry.enough === true))
}

/** Driver facts of the core genes. */
const coreDriversOf = onceFor(({ genes }: Tables): readonly string[] => [
  ...new Set(
    [...genes.values()].filter((gene) => gene.core).flatMap((gene) => [...(gene.mutation ?? []), ...(gene.fusion ? [gene.fusion] : [])]),
  ),
])

/** Driver facts that are mutations, of any gene. */
const mutationsOf = onceFor(({ genes }: Tables): ReadonlySet<string> => new Set([...genes.values()].flatMap((gene) => gene.mutation ?? [])))

/**
 * How far molecular testing has come. `complete`: the drivers of every core gene are settled (a panel has been reported), whatever the method.
 * `none` means that the chart holds neither result nor order.
 */
export function settleTesting(ledger: Ledger, settled: ReadonlyMap<string, Fact>): Fact {
  const reported = ledger.findings.filter(
    (finding) =>
      isMolecular(finding) && ['positive', 'negative', 'covered', 'equivocal'].includes(finding.verdict) && !isExcluded(finding, ledger),
  )
  const tells = (entry: Entry): boolean => isInformative(entry, ledger)
  const results = reported.filter(tells)
  const sequenced = ledger.sequenced.filter((entry) => tells(entry) && !isInGap(entry, ledger))
  if (coreDriversOf(ledger.tables).every((id) => isKnown(settled.get(id)))) return fact('complete', results)
  if (ledger.pending.length > 0) return state('pending', ledger.pending)
  const pending = ledger.findings.filter((finding) => finding.verdict === 'pending' && isMolecular(finding))
  if (pending.length > 0) return fact('pending', pending, pending.find((one) => one.words)?.words)
  const hasWitness = results.some((finding) => finding.verdict !== 'equivocal')
  if (!hasWitness && ledger.insufficient.length > 0) return state('insufficient', ledger.insufficient)
  const failed = ledger.findings.filter((finding) => finding.verdict === 'insufficient' && isMolecular(finding))
  if (!hasWitness && failed.length > 0) return fact('insufficient', failed, failed.find((one) => one.words)?.words)
  const burden = ledger.numbers.filter((one) => one.fact === 'tmb')
  if (results.length === 0 && burden.length > 0) return fact('partial', burden)
  if (results.length > 0 || sequenced.length > 0) return fact('partial', results.length > 0 ? results : sequenced)
  // plasma that came back without enough tumour DNA to say no
  const empty: readonly Entry[] = [...reported, ...ledger.sequenced]
  if (empty.length > 0) return fact('insufficient', empty, ledger.plasma.find(({ enough }) => enough === false)?.words)
  return { value: 'none', absence: 'listed', sources: [] }
}

function state(value: string, entries: readonly { readonly source: FactSource; readonly on?: string; readonly words?: string }[]): Fact {
  const on = entries
    .map((entry) => entry.on)
    .filter((day) => day !== undefined)
    .sort()
    .at(-1)
  const words = entries
    .map((entry) => entry.words)
    .filter((text) => text !== undefined)
    .sort()[0]
  return {
    value,
    absence: 'witnessed',
    ...(on === undefined ? {} : { on }),
    ...(words === undefined ? {} : { words }),
    sources: sourcesOf([...entries].sort((a, b) => a.source.reference.localeCompare(b.source.reference))),
  }
}

/** What a name or a result says of its method ("DNA and RNA") is no news where the report itself says that the RNA failed. */
const isOfFailedReport = (ledger: Ledger, reference: string, failed: ReadonlySet<string>): boolean =>
  failed.has(reference) ||
  (failed.size > 0 &&
    [...ledger.reportOf].some(
      ([result, report]) => ledger.context.source(result).reference === reference && failed.has(ledger.context.source(report).reference),
    ))

/** RNA was sequenced: said so somewhere; `false` where a finished test says DNA only; otherwise nobody says. */
export function settleRna(ledger: Ledger, definition: FactDefinition): Fact {
  const failed = new Set(ledger.rna.filter((entry) => !entry.done).map((entry) => entry.source.reference))
  const done = ledger.rna.filter((entry) => entry.done && !isOfFailedReport(ledger, entry.source.reference, failed))
  if (done.length > 0) return fact(true, done, done[0]?.words)
  if (ledger.rna.length > 0) return fact(false, ledger.rna, ledger.rna[0]?.words)
  return { unknown: 'not-recorded', ...(definition.test ? { would: definition.test } : {}) }
}

/** Tissue was sequenced: `false` where only plasma was. */
export function settleTissue(ledger: Ledger, definition: FactDefinition): Fact {
  const done: readonly Entry[] = [
    ...ledger.sequenced.filter((entry) => !isInGap(entry, ledger)),
    ...ledger.findings.filter(
      (finding) =>
        finding.assay.method === 'sequencing' &&
        ['positive', 'negative', 'covered'].includes(finding.verdict) &&
        !isExcluded(finding, ledger),
    ),
  ]
  const tissue = done.filter(({ assay }) => assay.kind === 'tissue')
  if (tissue.length > 0) return fact(true, tissue)
  if (done.some(({ assay }) => assay.kind === 'unknown'))
    return { unknown: 'not-recorded', ...(definition.test ? { would: definition.test } : {}), sources: sourcesOf(done) }
  const plasma = done.filter(({ assay }) => assay.kind === 'plasma')
  if (plasma.length > 0) return fact(false, plasma)
  return { unknown: 'not-tested', ...(definition.test ? { would: definition.test } : {}) }
}

/**
 * The latest plasma test. Positive: an alteration of the tumour was found (one that blood cells may carry is none).
 * Negative only with a stated, sufficient share of tumour DNA; without that it says nothing.
 */
export function settlePlasma(ledger: Ledger, definition: FactDefinition): Fact {
  const all = ledger.findings.filter((finding) => finding.assay.kind === 'plasma')
  const entries: readonly Entry[] = [...all, ...ledger.plasma, ...ledger.sequenced.filter(({ assay }) => assay.kind === 'plasma')]
  if (entries.length === 0) return { unknown: 'not-tested', ...(definition.test ? { would: definition.test } : {}) }
  const day = latestDay(entries)
  const latest = entries.filter(({ assay }) => assay.on === day)
  const findings = all.filter((finding) => finding.assay.on === day)
  const positive = findings.filter(
    (finding) => finding.verdict === 'positive' && finding.gene !== undefined && !ledger.tables.genes.get(finding.gene)?.haematopoiesis,
  )
  if (positive.length > 0) return fact('positive', positive)
  if (findings.length > 0 && findings.every((finding) => finding.verdict === 'pending')) return fact('pending', findings)
  const fractions = ledger.plasma.filter(({ assay }) => assay.on === day)
  const isEnough = fractions.length > 0 && fractions.every((entry) => entry.enough === true)
  return fact(isEnough ? 'negative' : 'not-informative', latest, fractions[0]?.words)
}

/** Whether the resistance change sits on the same copy as the earlier one. Meaningless without both. */
export function settlePhase(ledger: Ledger, definition: FactDefinition, settled: ReadonlyMap<string, Fact>): Fact {
  const pair = [...ledger.tables.genes.values()].find((gene) => (gene.resistance?.length ?? 0) > 1)?.resistance ?? []
  const both = pair.every((id) => {
    const known = settled.get(id)
    return known !== undefined && isKnown(known) && known.value === true
  })
  if (!both || pair.length === 0) return { unknown: 'not-recorded' }
  const phases = [...ledger.phases].sort(
    (a, b) => (b.on ?? '').localeCompare(a.on ?? '') || a.source.reference.localeCompare(b.source.reference),
  )
  const latest = phases.filter((phase) => phase.on === phases[0]?.on)
  const first = latest[0]
  if (!first) return { unknown: 'not-recorded', ...(definition.test ? { would: definition.test } : {}) }
  if (latest.some((phase) => phase.value !== first.value)) return { unknown: 'conflicting', sources: sourcesOf(latest) }
  return {
    value: first.value,
    absence: 'witnessed',
    ...(first.on === undefined ? {} : { on: first.on }),
    words: first.words,
    sources: sourcesOf(latest),
  }
}

/** Region of the latest insertion found. */
export function settlePosition(ledger: Ledger, definition: FactDefinition): Fact {
  const findings = findingsOf(ledger, definition.id)
  const values = new Set(findings.map((finding) => finding.value))
  const first = findings[0]
  if (first?.value === undefined) return { unknown: 'not-recorded' }
  if (values.size > 1 && findings.filter((finding) => finding.assay.on === first.assay.on).some((finding) => finding.value !== first.value))
    return { unknown: 'conflicting', sources: sourcesOf(findings) }
  return fact(first.value, findings, first.words)
}

/** Fusions that came under treatment: found in a later sample than the first one with a driver mutation of another gene. */
export function settleAcquired(ledger: Ledger, definition: FactDefinition): Fact {
  const mutations = mutationsOf(ledger.tables)
  const drivers = ledger.findings.filter(
    (finding) => finding.verdict === 'positive' && mutations.has(finding.fact) && finding.assay.on !== undefined,
  )
  const baseline = drivers.map((finding) => finding.assay.on).sort()[0]
  const unknown: Fact = { unknown: 'not-tested', ...(definition.test ? { would: definition.test } : {}) }
  if (baseline === undefined) return unknown
  const later = ledger.findings.filter((finding) => (finding.assay.on ?? '') > baseline)
  const found = later.filter((finding) => finding.verdict === 'positive' && isFusion(finding, ledger))
  const values = [...new Set(found.flatMap((finding) => ledger.tables.genes.get(finding.gene ?? '')?.acquired ?? []))].sort()
  if (values.length > 0) return fact(values, found)
  const fusions = [...new Set([...ledger.tables.genes.values()].flatMap((gene) => (gene.acquired && gene.fusion ? [gene.fusion] : [])))]
  const looked = later.filter(
    (finding) =>
      fusions.includes(finding.fact) &&
      (finding.verdict === 'negative' || finding.verdict === 'covered') &&
      finding.assay.kind !== 'plasma',
  )
  return fusions.every((id) => looked.some((finding) => finding.fact === id)) ? fact([], looked) : unknown
}

const isFusion = (finding: Finding, ledger: Ledger): boolean => {
  const gene = ledger.tables.genes.get(finding.gene ?? '')
  return (
    gene?.acquired !== undefined &&
    (finding.fact === gene.fusion || (finding.fact === gene.anyAlteration && /::|fusion/i.test(finding.words ?? '')))
  )
}
