import { rememberWithHint } from '../remember.ts'
import { type ChangeKind, changesIn, type SequenceChange } from './hgvs.ts'
import { type Gene, genesIn, otherGenesIn, type Tables } from './tables.ts'

/** One alteration of one gene, as a report names it. `gene` is absent where the text does not say. */
export interface ParsedVariant {
  readonly gene?: string
  readonly kind: ChangeKind | 'fusion' | 'amplification' | 'gain' | 'loss' | 'truncation'
  readonly change?: SequenceChange
  /** Fusion partner, upper case; absent for an unknown or unnamed partner. */
  readonly partner?: string
  readonly unknownPartner?: true
  readonly copies?: number
  readonly ratio?: number
  /** `cis` or `trans`, where the words say so. */
  readonly phase?: 'cis' | 'trans'
  readonly label: string
  readonly start: number
  readonly end: number
}

/** What a structured observation brings: any of these may be missing. */
export interface VariantParts {
  readonly genes?: readonly string[]
  readonly protein?: string
  readonly coding?: string
  readonly name?: string
  readonly copies?: number
  /** Words on the kind of change: sequence ontology names, interpretation. */
  readonly change?: string
}

/**
 * Alterations in a text or in the parts of an observation. Pure, never throws.
 * A protein description outranks a coding one, except where the coding change touches a splice site.
 */
export function parseVariant(input: string | VariantParts, tables: Tables, hint?: string): readonly ParsedVariant[] {
  return typeof input === 'string' ? parseText(tables.unglue(input), tables, hint) : parseParts(input, tables)
}

function parseParts(parts: VariantParts, tables: Tables): readonly ParsedVariant[] {
  const genes = [...new Set(parts.genes ?? [])]
  const hint = genes[0]
  const words = [parts.name, parts.change].filter((text) => text !== undefined).join(' ; ')
  const coding = parts.coding === undefined ? [] : parseText(parts.coding, tables, hint)
  const splice = coding.filter((variant) => variant.change !== undefined && touchesSplice(variant, tables))
  const protein = parts.protein === undefined ? [] : parseText(parts.protein, tables, hint)
  const named = words === '' ? [] : parseText(tables.unglue(words), tables, hint)
  const exact = splice.length > 0 ? splice : protein.length > 0 ? protein : named.some((variant) => variant.change?.from) ? [] : coding
  const structural = genes.length >= 2 ? fusionOfPair(genes, tables) : undefined
  const isBareFusion = (variant: ParsedVariant): boolean =>
    structural !== undefined && variant.kind === 'fusion' && variant.partner === undefined
  const found = [...exact, ...named.filter((variant) => (exact.length === 0 || !isSequence(variant)) && !isBareFusion(variant))]
  if (structural && !found.some((variant) => variant.kind === 'fusion' && variant.partner)) found.push(structural)
  if (hint !== undefined && structural === undefined && !found.some((variant) => variant.kind === 'fusion')) {
    const gene = tables.genes.get(hint)
    if (gene && tables.says('fusion', words)) found.push(fusion(hint, undefined, words, 0, 0, tables.says('unspecifiedPartner', words)))
  }
  if (parts.copies !== undefined && hint !== undefined) {
    found.push({ gene: hint, kind: 'amplification', copies: parts.copies, label: `copy number ${parts.copies}`, start: 0, end: 0 })
  }
  return dedupe(found)
}

const isSequence = (variant: ParsedVariant): boolean => variant.change !== undefined

/** Two genes studied in one variant: the driver gene and its partner. */
function fusionOfPair(genes: readonly string[], tables: Tables): ParsedVariant | undefined {
  const drivers = genes.filter(
    (symbol) => tables.genes.get(symbol)?.fusion !== undefined || tables.genes.get(symbol)?.anyAlteration === 'fgfr-alteration',
  )
  // the kinase is the partner's three-prime end: with two candidates the one that is not the other's usual partner leads
  const driver =
    drivers.find((symbol) => genes.some((other) => other !== symbol && tables.genes.get(symbol)?.partners?.includes(other))) ?? drivers[0]
  if (driver === undefined) return undefined
  const partner = genes.find((symbol) => symbol !== driver)
  return fusion(driver, partner, '', 0, 0, false)
}

function fusion(gene: string, partner: string | undefined, label: string, start: number, end: number, unknown: boolean): ParsedVariant {
  const name = partner === undefined ? `${gene} fusion` : `${partner}::${gene}`
  return {
    gene,
    kind: 'fusion',
    ...(partner === undefined ? {} : { partner }),
    ...(unknown ? { unknownPartner: true as const } : {}),
    label: partner === undefined && label !== '' ? label.trim() : name,
    start,
    end,
  }
}

const touchesSplice = (variant: ParsedVariant, tables: Tables): boolean =>
  variant.gene !== undefined && spliceFact(variant.change, tables.genes.get(variant.gene)) !== undefined

/**
 * The fact of a splice-site change: the change reaches the acceptor (up to a number of bases before the exon) or the donor
 * (the last base of the exon and a few after it), or removes the whole exon.
 */
export function spliceFact(change: SequenceChange | undefined, gene: Gene | undefined): string | undefined {
  const bases = change?.bases
  if (!bases || !gene?.spliceSites) return undefined
  for (const site of gene.spliceSites) {
    const place = (base: number, offset: number): number | undefined => {
      if (base === site.acceptor && offset <= 0) return offset
      if (base === site.acceptor - 1 && offset > 0) return undefined
      return undefined
    }
    const acceptorFrom = place(bases.from, bases.fromOffset)
    if (acceptorFrom !== undefined && acceptorFrom < 0 && acceptorFrom >= -site.upTo) {
      const reaches = bases.to > site.acceptor - 1 && (bases.to !== site.acceptor || bases.toOffset >= -site.upTo)
      if (reaches) return site.fact
    }
    if (bases.to === site.donor && bases.toOffset > 0 && bases.toOffset <= site.downTo && bases.from === site.donor) return site.fact
    if (bases.from < site.donor && bases.from >= site.acceptor && bases.to === site.donor) return site.fact
    if (bases.from === site.donor && bases.fromOffset === 0) return site.fact
    if (bases.to === site.donor && bases.toOffset > 0 && bases.from >= site.acceptor) return site.fact
  }
  return undefined
}

const parseText = (text: string, tables: Tables, hint?: string): readonly ParsedVariant[] => variantsBy(tables, text, hint)

const variantsBy = rememberWithHint((tables: Tables, text, hint): readonly ParsedVariant[] => {
  const genes = genesIn(text, tables)
  const others = otherGenesIn(text, tables)
  const found: ParsedVariant[] = [...fusionsIn(text, tables, hint), ...genomicIn(text, tables)]
  const inFusion = (at: number): boolean => found.some((variant) => at >= variant.start && at < variant.end)
  for (const change of changesIn(text)) {
    if (inFusion(change.start)) continue
    const before = genes.filter((mention) => mention.end <= change.start).at(-1)
    const other = others.filter((mention) => mention.end <= change.start).at(-1)
    if (other && other.start > (before?.start ?? -1)) continue
    const after = genes.find((mention) => mention.start >= change.end)
    const symbol = nearest(before, after, hint) ?? standaloneGene(change.label, tables)
    found.push(resolve(change, symbol, tables))
  }
  found.push(...copiesIn(text, tables, hint))
  const phase = phaseIn(text, tables)
  const merged = mergeDescriptions(found, tables)
  return phase === undefined ? merged : merged.map((variant) => ({ ...variant, phase }))
})

type Mention = { readonly symbols: readonly string[] }
const only = (mention: Mention | undefined): string | undefined => (mention?.symbols.length === 1 ? mention.symbols[0] : undefined)
const nearest = (before: Mention | undefined, after: Mention | undefined, hint: string | undefined): string | undefined =>
  only(before) ?? hint ?? only(after)

function standaloneGene(label: string, tables: Tables): string | undefined {
  for (const gene of tables.genes.values()) if (gene.standalone?.includes(label)) return gene.symbol
  return undefined
}

/** Names the residue of a coding substitution from the gene's table of known bases. */
function resolve(change: SequenceChange, symbol: string | undefined, tables: Tables): ParsedVariant {
  const gene = symbol === undefined ? undefined : tables.genes.get(symbol)
  const { label, start, end } = change
  const base = { ...(symbol === undefined ? {} : { gene: symbol }), kind: change.kind, change, label, start, end }
  if (!gene?.dna || !label.startsWith('c.')) return base
  const known = gene.dna[label.slice(2)] ?? gene.dna[label.slice(2).replace(/(del|dup)[ACGT]+$/, '$1')]
  const protein = known === undefined ? undefined : changesIn(known)[0]
  return protein === undefined ? base : { ...base, kind: protein.kind, change: { ...protein, start, end }, label: protein.label }
}

/** `c.2573T>G (p.Leu858Arg)`: two descriptions of one change; the protein one stays unless the coding one is a splice site. */
function mergeDescriptions(variants: readonly ParsedVariant[], tables: Tables): readonly ParsedVariant[] {
  const sorted = [...variants].sort((a, b) => a.start - b.start)
  const kept: ParsedVariant[] = []
  for (const variant of sorted) {
    const last = kept.at(-1)
    const near = last !== undefined && variant.start - last.end <= 14 && last.gene === variant.gene
    if (near && last.change && variant.change) {
      const coding = [last, variant].filter((one) => one.change?.label.startsWith('c.') || one.label.startsWith('c.'))
      const isPair = coding.length === 1 && sameCodon(last, variant)
      const isExonName = last.change.exon !== undefined && variant.change.from !== undefined && !variant.kind.startsWith('exon')
      const isNameOfExon = variant.change.exon !== undefined && variant.kind.startsWith('exon') && last.change.from !== undefined
      if (isPair) {
        const splice = [last, variant].find((one) => touchesSplice(one, tables))
        kept[kept.length - 1] = splice ?? (coding[0] === last ? variant : last)
        continue
      }
      if (isExonName && sameClass(last, variant, tables)) {
        kept[kept.length - 1] = variant
        continue
      }
      if (isNameOfExon && sameClass(variant, last, tables)) continue
    }
    kept.push(variant)
  }
  return dedupe(kept)
}

function sameCodon(a: ParsedVariant, b: ParsedVariant): boolean {
  const [from, other] = [a.change?.from ?? a.change?.bases?.from, b.change?.from ?? b.change?.bases?.from]
  if (from === undefined || other === undefined) return true
  const codon = (change: SequenceChange | undefined, value: number): number =>
    change?.bases && change.from === undefined ? Math.ceil(value / 3) : value
  return Math.abs(codon(a.change, from) - codon(b.change, other)) <= 4
}

/** `exon 19 deletion (E746_A750del)`: the exon's name and the exact change of it. */
function sameClass(exon: ParsedVariant, exact: ParsedVariant, tables: Tables): boolean {
  if (exon.kind === 'exon-mutation') return true
  if (exon.kind === 'exon-deletion') return exact.kind === 'deletion'
  if (exon.kind === 'exon-insertion') return exact.kind === 'insertion' || exact.kind === 'duplication'
  return exact.kind === 'splice' || touchesSplice(exact, tables)
}

function dedupe(variants: readonly ParsedVariant[]): readonly ParsedVariant[] {
  const seen = new Set<string>()
  return variants.filter((variant) => {
    const key = `${variant.gene ?? ''}|${variant.kind}|${variant.label}|${variant.copies ?? ''}|${variant.ratio ?? ''}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function genomicIn(text: string, tables: Tables): readonly ParsedVariant[] {
  const found: ParsedVariant[] = []
  for (const match of text.matchAll(/NC_\d{6}\.\d{1,2}:g\.\d+[ACGT]>[ACGT]/g)) {
    for (const gene of tables.genes.values()) {
      const protein = gene.genomic?.[match[0]]
      const change = protein === undefined ? undefined : changesIn(protein)[0]
      if (change)
        found.push({
          gene: gene.symbol,
          kind: change.kind,
          change,
          label: change.label,
          start: match.index,
          end: match.index + match[0].length,
        })
    }
  }
  return found
}

const SYMBOL = '[A-Z][A-Z0-9]{1,10}(?:orf\\d{1,3})?'
const PAIR = new RegExp(`(?<![A-Za-z0-9])(${SYMBOL})\\s?(::|--|[-–—/:])\\s?(${SYMBOL})(?![A-Za-z0-9])`, 'g')

function fusionsIn(text: string, tables: Tables, hint?: string): readonly ParsedVariant[] {
  const found: ParsedVariant[] = []
  for (const match of text.matchAll(PAIR)) {
    const [whole, left = '', mark = '', right = ''] = match
    const start = match.index
    const end = start + whole.length
    const after = text.slice(end, end + 40)
    const named = tables.says('fusion', after.split(/[,;.]/)[0] ?? '')
    const pair = driverOf(left, right, tables, mark === '::' || mark === '--' || named)
    if (pair) found.push(fusion(pair.gene, pair.partner, whole, start, end, false))
  }
  for (const match of text.matchAll(
    new RegExp(`\\b(?:fusion|rearrangement|translocation) (?:of|between|involving) (${SYMBOL}) (?:and|with|to) (${SYMBOL})\\b`, 'g'),
  )) {
    const pair = driverOf(match[1] ?? '', match[2] ?? '', tables, true)
    if (pair) found.push(fusion(pair.gene, pair.partner, match[0], match.index, match.index + match[0].length, false))
  }
  found.push(...exonJunctions(text, tables, hint), ...namedFusions(text, tables, hint, found))
  return found
}

function driverOf(
  left: string,
  right: string,
  tables: Tables,
  certain: boolean,
): { readonly gene: string; readonly partner: string } | undefined {
  const canFuse = (symbol: string): boolean => {
    const gene = tables.genes.get(symbol)
    return gene?.fusion !== undefined || (gene?.partners?.length ?? 0) > 0 || gene?.family === 'FGFR'
  }
  const [isLeft, isRight] = [canFuse(left), canFuse(right)]
  const usual = (gene: string, partner: string): boolean => tables.genes.get(gene)?.partners?.includes(partner) === true
  if (isRight && usual(right, left)) return { gene: right, partner: left }
  if (isLeft && usual(left, right)) return { gene: left, partner: right }
  if (!certain || left === right) return undefined
  if (isRight && tables.genes.get(right)?.fusion) return { gene: right, partner: left }
  if (isLeft && tables.genes.get(left)?.fusion) return { gene: left, partner: right }
  if (isRight) return { gene: right, partner: left }
  return isLeft ? { gene: left, partner: right } : undefined
}

/** RNA reports of an exon left out: `MET::MET (exon 13 - exon 15)`, `MET e13-e15`, `M13;M15`. */
function exonJunctions(text: string, tables: Tables, hint?: string): readonly ParsedVariant[] {
  const found: ParsedVariant[] = []
  for (const match of text.matchAll(
    /\b(?:ex(?:on)?\.? ?|e|\()(\d{1,2})\)?[ ]?(?:[-–—;:]{1,2}|to|\/)[ ]?(?:[A-Z0-9]{2,8}\()?(?:ex(?:on)?\.? ?|e)?(\d{1,2})\)?/gi,
  )) {
    const symbol = only(genesIn(text.slice(0, match.index + 1), tables).at(-1)) ?? hint
    const gene = symbol === undefined ? undefined : tables.genes.get(symbol)
    const rule = gene?.exonFusions?.find(({ from, to }) => from === Number(match[1]) && to === Number(match[2]))
    if (!rule || !gene) continue
    const exon = rule.from + 1
    const label = `exon ${exon} skipping`
    const [start, end] = [match.index, match.index + match[0].length]
    found.push({ gene: gene.symbol, kind: 'exon-skipping', change: { kind: 'exon-skipping', exon, label, start, end }, label, start, end })
  }
  return found
}

/** A fusion without its partner: `ALK rearranged`, `RET fusion, partner unknown`, `ROS1 split signal in 40% of nuclei`. */
function namedFusions(text: string, tables: Tables, hint: string | undefined, known: readonly ParsedVariant[]): readonly ParsedVariant[] {
  if (!tables.says('fusion', text)) return []
  const found: ParsedVariant[] = []
  const covered = new Set(known.map((variant) => variant.gene))
  const mentions = genesIn(text, tables)
  for (const match of text.matchAll(tables.pattern('fusion'))) {
    const before = mentions.filter((mention) => mention.end <= match.index).at(-1)
    const after = mentions.find((mention) => mention.start >= match.index)
    for (const symbol of (before ?? after)?.symbols ?? (hint === undefined ? [] : [hint])) {
      if (covered.has(symbol) || !tables.genes.has(symbol)) continue
      covered.add(symbol)
      const partner = /\bpartner:?\s+([A-Z][A-Z0-9]{2,9})\b/.exec(text)?.[1]
      found.push(fusion(symbol, partner, '', match.index, match.index + match[0].length, tables.says('unspecifiedPartner', text)))
    }
  }
  return found
}

// a number that stands alone: the 7 of CEN7 and CEP 7 and the 31 of 7q31 are parts of names
const NUMBER = '([<>≤≥=~≈]{0,2})\\s?(?<![A-Za-z0-9.,-])(?<!\\b(?:CEN|CEP|chr|chromosome|exon)\\s)(\\d{1,3}(?:[.,]\\d{1,4})?)(?!\\d|[qp]\\d)'
// what may stand between a measure and its number: words, among them names with digits
const FILLER =
  '(?:\\b(?:CEN|CEP|chr|chromosome)\\s?-?\\d{1,2}\\b|\\b[A-Za-z]+-?\\d+[A-Za-z0-9]*|\\b\\d{1,2}[qp]\\d+(?:\\.\\d+)?|[^0-9<>≤≥;,])'
const RATIO = new RegExp(`(?:/\\s?(?:CEP|CEN)\\s?-?\\d{1,2}|\\bratio)\\b(?:\\s?ratio)?${FILLER}{0,28}?${NUMBER}`, 'gi')
const COPIES = new RegExp(
  `\\b(?:gene )?(?:copy[- ]numbers?(?: gain)?|copies|GCN|CN)\\b(?:/ ?(?:cell|nucleus))?${FILLER}{0,24}?${NUMBER}(?!\\s?%)`,
  'gi',
)
const COPIES_BEFORE = new RegExp(`${NUMBER}\\s?(?:gene )?copies\\b`, 'gi')
// copies of the middle of the chromosome are no copies of the gene
const CENTROMERE = '(?:\\bCE[NP]\\s?-?\\d{1,2}\\b|\\bcentromeres?\\b|\\bchromosome\\s?\\d{1,2}\\b)'
const OF_CENTROMERE = new RegExp(CENTROMERE, 'i')
const CENTROMERE_BEFORE = new RegExp(`${CENTROMERE}[ :(]*(?:(?:mean|average|median|signals?)[ :(]+)*$`, 'i')
const CENTROMERE_AFTER = new RegExp(`^ (?:(?:of|for|the) )*${CENTROMERE}`, 'i')

function copiesIn(text: string, tables: Tables, hint?: string): readonly ParsedVariant[] {
  const found: ParsedVariant[] = []
  const mentions = genesIn(text, tables)
  const geneAt = (at: number): string | undefined =>
    only(mentions.filter((mention) => mention.start <= at).at(-1)) ?? hint ?? only(mentions[0])
  const amplifiable = (symbol: string | undefined): boolean => symbol !== undefined && tables.genes.get(symbol)?.amplification !== undefined
  const push = (match: RegExpMatchArray, field: 'copies' | 'ratio'): void => {
    const index = match.index ?? 0
    const gene = geneAt(index)
    const value = Number((match[2] ?? '').replace(',', '.'))
    if (!amplifiable(gene) || gene === undefined || !Number.isFinite(value)) return
    found.push({ gene, kind: 'amplification', [field]: value, label: match[0].trim(), start: index, end: index + match[0].length })
  }
  for (const match of text.matchAll(RATIO)) push(match, 'ratio')
  const ofCentromere = (match: RegExpMatchArray): boolean => {
    const at = match.index ?? 0
    const after = text.slice(at + match[0].length)
    return OF_CENTROMERE.test(match[0]) || CENTROMERE_BEFORE.test(text.slice(0, at)) || CENTROMERE_AFTER.test(after)
  }
  for (const match of text.matchAll(COPIES)) if (!ofCentromere(match)) push(match, 'copies')
  for (const match of text.matchAll(COPIES_BEFORE)) if (!ofCentromere(match)) push(match, 'copies')
  for (const match of text.matchAll(tables.pattern('amplification'))) {
    const gene = geneAt(match.index) ?? only(mentions.at(-1))
    if (gene !== undefined && tables.genes.has(gene)) {
      found.push({ gene, kind: 'amplification', label: `${gene} amplification`, start: match.index, end: match.index + match[0].length })
    }
  }
  for (const [word, kind] of [
    ['loss', 'loss'],
    ['truncating', 'truncation'],
  ] as const) {
    for (const match of text.matchAll(tables.pattern(word))) {
      const gene = geneAt(match.index)
      if (gene !== undefined && tables.genes.get(gene)?.anyAlteration !== undefined) {
        found.push({ gene, kind, label: `${gene} ${match[0].toLowerCase()}`, start: match.index, end: match.index + match[0].length })
      }
    }
  }
  return found
}

/** Whether two changes are said to sit on one allele or on two. */
export function phaseIn(text: string, tables: Tables): 'cis' | 'trans' | undefined {
  const cis = tables.says('cis', text)
  const trans = tables.says('trans', text)
  return cis === trans ? undefined : cis ? 'cis' : 'trans'
}
