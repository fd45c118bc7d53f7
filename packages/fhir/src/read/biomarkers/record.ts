import { classifyVariant } from './classify.ts'
import { find, type Ledger, note, type Origin, type Verdict } from './ledger.ts'
import type { About, Statement } from './statements.ts'
import type { Gene } from './tables.ts'
import type { ParsedVariant } from './variant.ts'

export type Significance = 'benign' | 'uncertain' | 'pathogenic' | undefined

/** Facts that a test of a gene answers as a whole. Resistance is answered by sequencing only. */
export function factsOf(gene: Gene, about: About, isSequencing: boolean): readonly string[] {
  const answered = isSequencing ? answeredBySequence : answeredOtherwise
  let byAbout = answered.get(gene)
  if (byAbout === undefined) {
    byAbout = new Map()
    answered.set(gene, byAbout)
  }
  let facts = byAbout.get(about)
  if (facts === undefined) {
    facts = factsAnswered(gene, about, isSequencing)
    byAbout.set(about, facts)
  }
  return facts
}

/** Worked out once per gene of a knowledge base. */
const answeredBySequence = new WeakMap<Gene, Map<About, readonly string[]>>()
const answeredOtherwise = new WeakMap<Gene, Map<About, readonly string[]>>()

function factsAnswered(gene: Gene, about: About, isSequencing: boolean): readonly string[] {
  const facts: string[] = []
  const isWide = about === 'any' || about === 'unstated' || about === 'expression'
  if (isWide || about === 'mutation') {
    facts.push(...(gene.mutation ?? []))
    if (isSequencing) facts.push(...(gene.resistance ?? []), ...(gene.resistanceCodes ? [gene.resistanceCodes] : []))
    if (gene.anyAlteration) facts.push(gene.anyAlteration)
    // reports deny a "mutation" of a gene whose only driver is a fusion
    if (about === 'mutation' && gene.fusion && !gene.mutation) facts.push(gene.fusion)
  }
  if ((isWide || about === 'fusion') && gene.fusion) facts.push(gene.fusion)
  if (about === 'fusion' && !gene.fusion && gene.anyAlteration) facts.push(gene.anyAlteration)
  if ((about === 'amplification' || about === 'any') && gene.amplification) facts.push(gene.amplification)
  return [...new Set(facts)]
}

/** A verdict on a whole gene. */
export function recordGene(ledger: Ledger, symbol: string, about: About, verdict: Verdict, origin: Origin): void {
  const gene = ledger.tables.genes.get(symbol)
  if (!gene) return
  for (const fact of factsOf(gene, about, origin.assay.method === 'sequencing')) find(ledger, origin, fact, verdict, { gene: symbol })
}

/** An alteration that was found. */
export function recordVariant(ledger: Ledger, variant: ParsedVariant, significance: Significance, origin: Origin): void {
  const gene = variant.gene === undefined ? undefined : ledger.tables.genes.get(variant.gene)
  if (!gene) return
  const meaning = classifyVariant(variant, ledger.tables)
  const name = `${gene.symbol} ${variant.label}`
  if (variant.copies !== undefined || variant.ratio !== undefined) recordCopies(ledger, variant, gene, origin)
  if (
    meaning.verdict === 'benign' ||
    (significance === 'benign' && meaning.truths.every((fact) => fact === gene.anyAlteration) && meaning.codes.length === 0)
  ) {
    note(ledger, 'benign-variant', 'information', origin, `${name} is benign or silent: it is no driver and selects no treatment`)
    imply(ledger, gene, origin)
    return
  }
  if (significance === 'benign') {
    note(
      ledger,
      'contradictory-result',
      'warning',
      origin,
      `${name} is a known class of alteration but is reported as benign`,
      'ask the laboratory',
    )
    for (const fact of meaning.truths) find(ledger, origin, fact, 'equivocal', { gene: gene.symbol })
    return
  }
  if (significance === 'uncertain') {
    unclassified(ledger, gene, variant, origin, `${name} is reported as of uncertain significance: it selects no treatment`)
    for (const fact of meaning.truths) find(ledger, origin, fact, 'equivocal', { gene: gene.symbol })
    if (variant.change) imply(ledger, gene, origin)
    return
  }
  switch (meaning.verdict) {
    case 'classified':
      for (const fact of meaning.truths) find(ledger, origin, fact, 'positive', { gene: gene.symbol })
      for (const { fact, value } of meaning.codes) find(ledger, origin, fact, 'positive', { value, gene: gene.symbol })
      if (meaning.position) find(ledger, origin, meaning.position.fact, 'positive', { value: meaning.position.value })
      if (meaning.note) note(ledger, 'off-label-detail', 'information', origin, `${name}: ${meaning.note}`)
      if (variant.kind === 'fusion') recordFusion(ledger, variant, gene, origin)
      else list(ledger, gene, variant, origin)
      if (variant.change) imply(ledger, gene, origin)
      return
    case 'unquantified':
      find(ledger, origin, gene.amplification ?? '', 'equivocal', { gene: gene.symbol })
      ledger.doubts.push({
        facts: gene.amplification === undefined ? [] : [gene.amplification],
        say: () =>
          note(
            ledger,
            'unclassified-variant',
            'warning',
            origin,
            `${name} without numbers that show a high level`,
            'give copy number or ratio to the centromere',
          ),
      })
      return
    case 'low':
      if (gene.amplification) find(ledger, origin, gene.amplification, 'negative', { gene: gene.symbol })
      return
    case 'unclear':
      for (const fact of gene.mutation ?? []) find(ledger, origin, fact, 'equivocal', { gene: gene.symbol })
      ledger.doubts.push({
        facts: gene.mutation ?? [],
        say: () =>
          note(
            ledger,
            'unclassified-variant',
            'warning',
            origin,
            `${name}: the exact change is not stated`,
            'ask the laboratory for the protein change',
          ),
      })
      return
    case 'unclassified':
      if (variant.kind === 'amplification' || variant.kind === 'gain' || variant.kind === 'loss') return
      unclassified(ledger, gene, variant, origin, `${name} is of no class that selects a treatment`)
      if (variant.change) imply(ledger, gene, origin)
  }
}

function unclassified(ledger: Ledger, gene: Gene, variant: ParsedVariant, origin: Origin, message: string): void {
  note(ledger, 'unclassified-variant', 'information', origin, message)
  if (gene.unclassified) find(ledger, origin, gene.unclassified, 'positive')
  list(ledger, gene, variant, origin)
}

const list = (ledger: Ledger, gene: Gene, variant: ParsedVariant, origin: Origin): void => {
  if (gene.listed && variant.change) find(ledger, origin, gene.listed, 'positive', { value: variant.label })
}

function recordFusion(ledger: Ledger, variant: ParsedVariant, gene: Gene, origin: Origin): void {
  if (variant.partner) find(ledger, origin, 'fusion-partners', 'positive', { value: `${variant.partner}::${gene.symbol}` })
  if (variant.unknownPartner) {
    note(
      ledger,
      'unclassified-variant',
      'warning',
      origin,
      `${gene.symbol} fusion with an intergenic or unknown partner: it may not be expressed`,
      'confirm with RNA',
    )
  }
}

/** A change reported in a gene shows that its drivers were looked for; resistance only where the gene was sequenced. */
function imply(ledger: Ledger, gene: Gene, origin: Origin): void {
  for (const fact of gene.mutation ?? []) find(ledger, origin, fact, 'covered', { gene: gene.symbol })
  if (origin.assay.method !== 'sequencing') return
  for (const fact of gene.resistance ?? []) find(ledger, origin, fact, 'covered', { gene: gene.symbol })
}

function recordCopies(ledger: Ledger, variant: ParsedVariant, gene: Gene, origin: Origin): void {
  if (gene.amplification !== 'met-amplification') return
  const { assay, source, words, coded } = origin
  const shared = { assay, source, coded, ...(words === undefined ? {} : { words }) }
  if (variant.copies !== undefined) ledger.numbers.push({ fact: 'met-copy-number', value: variant.copies, ...shared })
  if (variant.ratio !== undefined) ledger.numbers.push({ fact: 'met-cep7-ratio', value: variant.ratio, ...shared })
}

/** One class of alteration that was looked for and not found, or could not be settled. */
export function recordClass(ledger: Ledger, variant: ParsedVariant, verdict: Verdict, origin: Origin): void {
  const gene = variant.gene === undefined ? undefined : ledger.tables.genes.get(variant.gene)
  if (!gene) return
  if (variant.kind === 'amplification' || variant.kind === 'gain') {
    if (gene.amplification) find(ledger, origin, gene.amplification, verdict, { gene: gene.symbol })
    if (variant.copies !== undefined || variant.ratio !== undefined) recordCopies(ledger, variant, gene, origin)
    return
  }
  if (variant.kind === 'loss' || variant.kind === 'truncation') return
  const meaning = classifyVariant(variant, ledger.tables)
  for (const fact of meaning.truths) if (fact !== gene.anyAlteration) find(ledger, origin, fact, verdict, { gene: gene.symbol })
  for (const { fact, value } of meaning.codes) find(ledger, origin, fact, verdict, { value, gene: gene.symbol })
}

const EXON_RANGE = /\bexons?\s?1[89]\s?(?:-|–|to|through)\s?2[01]\b/i

/** A claim of a text. */
export function recordStatement(ledger: Ledger, statement: Statement, origin: Origin): void {
  const { gene: symbol, variants, polarity } = statement
  const gene = ledger.tables.genes.get(symbol)
  if (!gene) return
  const method = statement.method ?? origin.assay.method
  const here: Origin = {
    ...origin,
    words: statement.words,
    assay: method === undefined ? origin.assay : { ...origin.assay, method },
  }
  if (statement.germline) {
    if (polarity === 'positive') germline(ledger, symbol, here)
    return
  }
  // a gene whose own test failed or is not back is not covered by the list of genes of the same test
  const isOpen = polarity === 'insufficient' || polarity === 'pending'
  if (polarity === 'untested' || (isOpen && method !== 'ihc' && method !== 'fish')) ledger.uncovered.add(`${origin.assay.key}|${symbol}`)
  if (polarity === 'untested') return
  if (polarity === 'tested') recordGene(ledger, symbol, statement.about === 'unstated' ? 'any' : statement.about, 'covered', here)
  else if (isNumbered(statement) && (polarity === 'positive' || polarity === 'negative' || polarity === 'equivocal'))
    recordNumbers(ledger, gene, statement, here)
  else if (polarity === 'positive') recordPositive(ledger, gene, statement, here)
  else if (variants.length > 0 && !EXON_RANGE.test(statement.words))
    for (const variant of variants) recordClass(ledger, variant, polarity, here)
  else if (method === 'ihc' && statement.about !== 'amplification') recordStain(ledger, gene, polarity, here)
  else if (
    polarity === 'negative' &&
    gene.ihc === 'expression' &&
    statement.about === 'unstated' &&
    method !== 'sequencing' &&
    !origin.isGenomic
  ) {
    // "HER2 negative" may be a stain, a copy number or a sequence: it settles nothing
    for (const fact of factsOf(gene, 'any', false)) find(ledger, here, fact, 'equivocal', { gene: symbol })
  } else recordGene(ledger, symbol, method === 'fish' && gene.fusion ? 'fusion' : statement.about, polarity, here)
}

const isNumbered = (statement: Statement): boolean =>
  statement.variants.some((variant) => variant.copies !== undefined || variant.ratio !== undefined)

/** Numbers speak for themselves; "not amplified" beside numbers that say high settles nothing. */
function recordNumbers(ledger: Ledger, gene: Gene, statement: Statement, origin: Origin): void {
  for (const variant of merged(statement.variants)) {
    if (variant.kind !== 'amplification') continue
    const verdict = classifyVariant(variant, ledger.tables).verdict
    if (statement.polarity !== 'negative' || gene.amplification === undefined)
      recordVariant(ledger, variant, statement.significance, origin)
    else {
      recordCopies(ledger, variant, gene, origin)
      find(ledger, origin, gene.amplification, verdict === 'classified' ? 'equivocal' : 'negative', { gene: gene.symbol })
    }
  }
}

function recordPositive(ledger: Ledger, gene: Gene, statement: Statement, origin: Origin): void {
  if (statement.variants.length > 0) {
    for (const variant of merged(statement.variants)) recordVariant(ledger, variant, statement.significance, origin)
    return
  }
  if (origin.assay.method === 'ihc') {
    recordStain(ledger, gene, 'positive', origin)
    return
  }
  if (statement.about === 'amplification') {
    const variant: ParsedVariant = { gene: gene.symbol, kind: 'amplification', label: `${gene.symbol} amplification`, start: 0, end: 0 }
    recordVariant(ledger, variant, statement.significance, origin)
    return
  }
  if (gene.fusion && (statement.about === 'fusion' || statement.about === 'unstated' || origin.assay.method === 'fish')) {
    find(ledger, origin, gene.fusion, 'positive', { gene: gene.symbol })
    return
  }
  if (gene.anyAlteration) {
    find(ledger, origin, gene.anyAlteration, 'positive', { gene: gene.symbol })
    return
  }
  for (const fact of gene.mutation ?? []) find(ledger, origin, fact, 'equivocal', { gene: gene.symbol })
  ledger.doubts.push({
    facts: gene.mutation ?? [],
    say: () =>
      note(
        ledger,
        'unclassified-variant',
        'warning',
        origin,
        `${gene.symbol} is reported as altered without saying how`,
        'ask the laboratory for the exact change',
      ),
  })
}

/** Protein staining: it confirms, screens for, or says nothing of the driver, by gene. */
export function recordStain(ledger: Ledger, gene: Gene, verdict: Verdict, origin: Origin): void {
  const fact = gene.ihcFact ?? gene.fusion
  if (gene.ihc === 'not-a-mutation') {
    note(
      ledger,
      'suspicious-code',
      'information',
      origin,
      `${gene.symbol} protein staining says nothing of a mutation and selects no treatment`,
    )
    return
  }
  if (!fact || gene.ihc === 'expression' || gene.ihc === undefined) return
  if (verdict === 'positive' && gene.ihc === 'screens') {
    find(ledger, origin, fact, 'equivocal', { gene: gene.symbol })
    note(
      ledger,
      'unclassified-variant',
      'warning',
      origin,
      `${gene.symbol} staining is positive: a screening result`,
      'confirm by FISH or sequencing',
    )
    return
  }
  // a negative pan-TRK stain covers the whole family
  find(ledger, origin, fact, verdict, { gene: gene.symbol })
}

export function germline(ledger: Ledger, symbol: string, origin: Origin): void {
  note(
    ledger,
    'suspicious-code',
    'warning',
    origin,
    `${symbol}: a germline variant is no somatic driver and selects no treatment here`,
    'genetic counselling where it is pathogenic',
  )
}

/** Ratio and copy number of one gene in one place are one finding. */
export function merged(variants: readonly ParsedVariant[]): readonly ParsedVariant[] {
  const kept: ParsedVariant[] = []
  for (const variant of variants) {
    const at = kept.findIndex((one) => one.kind === 'amplification' && variant.kind === 'amplification' && one.gene === variant.gene)
    const known = kept[at]
    if (!known) kept.push(variant)
    else
      kept[at] = {
        ...known,
        ...(variant.copies === undefined ? {} : { copies: variant.copies }),
        ...(variant.ratio === undefined ? {} : { ratio: variant.ratio }),
      }
  }
  return kept
}
