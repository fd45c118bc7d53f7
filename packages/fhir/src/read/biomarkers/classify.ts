import type { Gene, Tables, VariantRule } from './tables.ts'
import { type ParsedVariant, spliceFact } from './variant.ts'

/** What an alteration means: facts it makes true, members it adds to `codes` facts, or why it means nothing. */
export interface Classification {
  readonly truths: readonly string[]
  readonly codes: readonly { readonly fact: string; readonly value: string }[]
  /** Region of an insertion. */
  readonly position?: { readonly fact: string; readonly value: string }
  readonly note?: string
  /**
   * `benign`: by nature no change of the protein, or a known polymorphism. `unclassified`: real, of no class we know.
   * `unclear`: it may be a driver, but the report does not say which change it is. `low`, `unquantified`: see amplification.
   */
  readonly verdict: 'classified' | 'benign' | 'unclassified' | 'unquantified' | 'low' | 'unclear'
}

const NONE: Classification = { truths: [], codes: [], verdict: 'unclassified' }

/**
 * Classifies one alteration by the rules of its gene. A change without a rule is `unclassified`, never a driver.
 * An amplification is high only by its numbers; without numbers it is `unquantified`.
 */
export function classifyVariant(variant: ParsedVariant, tables: Tables): Classification {
  const gene = variant.gene === undefined ? undefined : tables.genes.get(variant.gene)
  if (!gene) return NONE
  if (variant.kind === 'synonymous' || tables.benign.has(`${gene.symbol} ${variant.label}`)) return { ...NONE, verdict: 'benign' }
  if (variant.kind === 'fusion') return fusionOf(gene)
  if (variant.kind === 'amplification' || variant.kind === 'gain') return amplificationOf(variant, gene, tables)
  const splice = spliceFact(variant.change, gene)
  if (splice !== undefined) return { truths: [splice], codes: [], verdict: 'classified' }
  const rule = gene.rules.find((candidate) => fits(candidate, variant))
  if (!rule) return anyOr(gene, { ...NONE, verdict: isUnclear(variant, gene) ? 'unclear' : 'unclassified' })
  if (rule.value !== undefined) return { truths: [], codes: [{ fact: rule.fact, value: rule.value }], verdict: 'classified' }
  return {
    truths: [rule.fact, ...(rule.also ?? [])],
    codes: [],
    ...positionOf(variant, rule, gene),
    ...(rule.note === undefined ? {} : { note: rule.note }),
    verdict: 'classified',
  }
}

/** An exon without its change, or bases that could not be named as a residue where a driver may sit. */
function isUnclear(variant: ParsedVariant, gene: Gene): boolean {
  if (variant.kind === 'exon-mutation') return true
  const at = variant.change?.from
  if (variant.kind !== 'unclear' || at === undefined) return false
  return gene.rules.some(
    (rule) => rule.codons?.includes(at) || (rule.from !== undefined && at >= rule.from && at <= (rule.to ?? rule.from)),
  )
}

const anyOr = (gene: Gene, otherwise: Classification): Classification =>
  gene.anyAlteration === undefined ? otherwise : { truths: [gene.anyAlteration], codes: [], verdict: 'classified' }

function fusionOf(gene: Gene): Classification {
  const fact = gene.fusion ?? gene.anyAlteration
  return fact === undefined ? NONE : { truths: [fact], codes: [], verdict: 'classified' }
}

function fits(rule: VariantRule, variant: ParsedVariant): boolean {
  if (!rule.kinds.includes(variant.kind)) return false
  const change = variant.change
  if (!change) return false
  if (rule.exon !== undefined) return change.exon === rule.exon
  const { from, to } = change
  if (from === undefined || to === undefined) return false
  if (rule.codons && !rule.codons.includes(from)) return false
  if (rule.from !== undefined && from < rule.from) return false
  if (rule.to !== undefined && (variant.kind === 'deletion' ? to : from) > rule.to) return false
  if (rule.ref !== undefined && change.ref !== undefined && change.ref !== '' && change.ref !== rule.ref) return false
  if (rule.inserted !== undefined && change.inserted !== rule.inserted) return false
  if (variant.kind === 'substitution' && change.alt === undefined) return false
  return rule.alt === undefined || (change.alt !== undefined && rule.alt.includes(change.alt))
}

function positionOf(variant: ParsedVariant, rule: VariantRule, gene: Gene): Pick<Classification, 'position'> {
  const positions = gene.positions
  const at = variant.change?.from
  if (!positions || positions.of !== rule.fact || at === undefined) return {}
  const range = positions.ranges.find(({ from, to }) => at >= from && at <= to)
  return range === undefined ? {} : { position: { fact: positions.fact, value: range.value } }
}

function amplificationOf(variant: ParsedVariant, gene: Gene, tables: Tables): Classification {
  const fact = gene.amplification
  if (fact === undefined) return anyOr(gene, NONE)
  const limits = fact === 'met-amplification' ? tables.thresholds.metAmplification : tables.thresholds.erbb2Amplification
  const { copies, ratio } = variant
  if (copies === undefined && ratio === undefined) return { ...NONE, verdict: 'unquantified' }
  if ((ratio ?? 0) >= limits.ratio || (copies ?? 0) >= limits.copies) return { truths: [fact], codes: [], verdict: 'classified' }
  const isLow =
    (ratio === undefined || ratio < (limits.lowRatio ?? limits.ratio)) &&
    (copies === undefined || copies < (limits.lowCopies ?? limits.copies))
  return { ...NONE, verdict: isLow ? 'low' : 'unquantified' }
}
