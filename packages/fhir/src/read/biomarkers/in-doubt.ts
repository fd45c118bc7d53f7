import { type Fact, type FactDefinition, isKnown } from '@secondwind/core'
import type { Finding, Ledger } from './ledger.ts'
import { findingsOf, sourcesOf } from './settle.ts'

/**
 * Fusions of which a stain or FISH says neither yes nor no ("ALK 2+", "FISH equivocal", a positive screening stain) while nothing has settled them.
 * Such a result is not silence: the fact names the gene, and the chart's reader is told. A variant of unknown meaning found by sequencing is none.
 * Undefined (left to the registry's rule for silence) when no fusion is in doubt.
 */
export function settleInDoubt(ledger: Ledger, definition: FactDefinition, settled: ReadonlyMap<string, Fact>): Fact | undefined {
  const doubts = new Map<string, Finding[]>()
  for (const gene of ledger.tables.genes.values()) {
    if (gene.fusion === undefined || gene.acquired === undefined || !(gene.acquired in (definition.values ?? {}))) continue
    const fact = settled.get(gene.fusion)
    if (fact === undefined || isKnown(fact)) continue
    const open = findingsOf(ledger, gene.fusion).filter(
      (finding) =>
        finding.verdict === 'equivocal' &&
        finding.assay.method !== 'sequencing' &&
        (finding.gene === undefined || finding.gene === gene.symbol) &&
        isAsked(fact, finding),
    )
    if (open.length > 0) doubts.set(gene.acquired, [...(doubts.get(gene.acquired) ?? []), ...open])
  }
  if (doubts.size === 0) return undefined
  const findings = [...doubts.values()].flat()
  for (const [gene, own] of doubts) say(ledger, definition.values?.[gene] ?? gene, own)
  const words = findings.find((finding) => finding.words !== undefined)?.words
  const on = findings[0]?.assay.on
  return {
    value: [...doubts.keys()].sort(),
    absence: 'witnessed',
    ...(on === undefined ? {} : { on }),
    ...(words === undefined ? {} : { words }),
    sources: sourcesOf(findings),
  }
}

/** The doubt is what keeps the fact open: not a result that is pending, or a sample that failed. */
const isAsked = (fact: Fact, finding: Finding): boolean =>
  !isKnown(fact) &&
  fact.unknown === 'not-informative' &&
  (fact.sources ?? []).some((source) => source.reference === finding.source.reference && source.path === finding.source.path)

function say(ledger: Ledger, gene: string, findings: readonly Finding[]): void {
  const first = findings[0]
  if (first === undefined) return
  const { reference, path } = first.source
  ledger.context.issue({
    code: 'unclassified-variant',
    severity: 'warning',
    path: path === undefined ? reference : `${reference}.${path}`,
    message: `${gene} is in doubt${first.words === undefined ? '' : ` ("${first.words.slice(0, 120)}")`}: neither positive nor negative`,
    remedy: 'settle it by another method (FISH or RNA sequencing) before an immunotherapy',
  })
}
